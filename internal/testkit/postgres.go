package testkit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/multi-orm/orm/internal/testkit/pgcluster"
)

// adminTimeout bounds the making and dropping of a database.
const adminTimeout = 30 * time.Second

// Postgres returns the URL of a fresh, empty PostgreSQL database (UTF8, locale C). It is dropped when the test ends,
// and a connection that is still open then fails the test. Where there is no PostgreSQL the test is skipped, or fails if
// the environment requires one.
func Postgres(tb testing.TB) string {
	tb.Helper()
	return postgres(tb, process.address, required(os.Getenv))
}

func postgres(tb testing.TB, address func() (*url.URL, error), required bool) string {
	tb.Helper()
	server, err := address()
	switch {
	case errors.Is(err, pgcluster.ErrNoPostgres) && !required:
		tb.Skipf("testkit: %v; install PostgreSQL or set ORM_TEST_POSTGRES", err)
	case err != nil:
		tb.Fatalf("testkit: no PostgreSQL for this test: %v", err)
	}
	name := "orm_test_" + strings.ToLower(rand.Text())
	var version string
	err = admin(server, func(ctx context.Context, conn *pgx.Conn) error {
		if err := conn.QueryRow(ctx, "SHOW server_version").Scan(&version); err != nil {
			return err
		}
		// template0 is the only one that takes another encoding and locale than the server's own.
		_, err := conn.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
		return err
	})
	if err != nil {
		tb.Fatalf("testkit: creating a database: %v", err)
	}
	tb.Cleanup(func() {
		tb.Helper()
		var left []string
		err := admin(server, func(ctx context.Context, conn *pgx.Conn) error {
			left, err = openConnections(ctx, conn, name)
			_, drop := conn.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)")
			return errors.Join(err, drop)
		})
		if err != nil {
			tb.Errorf("testkit: dropping the database: %v", err)
		}
		// A test that failed half-way has better things to say.
		if len(left) > 0 && !tb.Failed() {
			tb.Errorf("testkit: %d connection(s) left open:\n\t%s", len(left), strings.Join(left, "\n\t"))
		}
	})
	if err := mark(os.Getenv("ORM_TEST_MARKER"), version); err != nil {
		tb.Fatalf("testkit: %v", err)
	}
	u := *server
	u.Path, u.RawPath = "/"+name, ""
	query := u.Query()
	// Either of these would win over the path.
	query.Del("dbname")
	query.Del("database")
	u.RawQuery = query.Encode()
	return u.String()
}

// openConnections describes the connections to a database that are still open. The server notices a closed one a
// little late, so it asks for a while before it believes.
func openConnections(ctx context.Context, conn *pgx.Conn, database string) ([]string, error) {
	const query = `SELECT coalesce(state, 'unknown') || ': ' || query FROM pg_stat_activity
		WHERE datname = $1 AND backend_type = 'client backend' ORDER BY backend_start`
	for try := 0; ; try++ {
		rows, err := conn.Query(ctx, query, database)
		if err != nil {
			return nil, err
		}
		left, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil || len(left) == 0 || try == 100 {
			return left, err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// admin runs do on a connection of its own to the server's maintenance database.
func admin(server *url.URL, do func(context.Context, *pgx.Conn) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), adminTimeout)
	defer cancel()
	conn, err := pgx.Connect(ctx, server.String())
	if err != nil {
		return err
	}
	err = do(ctx, conn)
	return errors.Join(err, conn.Close(ctx))
}

// required reports whether a missing PostgreSQL is a failure.
func required(getenv func(string) string) bool {
	return getenv("ORM_TEST_REQUIRE_POSTGRES") == "1" || getenv("CI") == "true"
}

// mark adds a line to the marker file, if there is one.
func mark(path, line string) error {
	if path == "" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, line)
	return errors.Join(err, f.Close())
}
