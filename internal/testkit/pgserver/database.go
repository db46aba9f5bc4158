package pgserver

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

// Options say which server a test needs.
type Options struct {
	Server   string // its URL; "" is the one that the environment names, or a throw-away one
	Required bool   // where there is none the test fails; else the environment says whether
}

// Database returns the URL of a fresh, empty PostgreSQL database (UTF8, locale C). It is dropped when the test ends, and a connection
// that is still open then fails the test. Where there is no PostgreSQL the test is skipped, or fails if that is required.
func Database(tb testing.TB, o Options) string {
	tb.Helper()
	return postgres(tb, func() (*url.URL, error) { return o.address() }, o.Required || required(os.Getenv))
}

// Schema returns a URL whose connections see a fresh, empty schema and no other, in the database that the server's URL names. It is
// dropped as a database is by Database, and takes a tenth of its time.
func Schema(tb testing.TB, o Options) string {
	tb.Helper()
	server, version := reach(tb, func() (*url.URL, error) { return o.address() }, o.Required || required(os.Getenv))
	name := throwAway()
	run := func(text string) error {
		return admin(server, func(ctx context.Context, conn *pgx.Conn) error {
			_, err := conn.Exec(ctx, text)
			return err
		})
	}
	if err := run("CREATE SCHEMA " + name); err != nil {
		tb.Fatalf("pgtest: creating a schema: %v", err)
	}
	dropAtEnd(tb, server, "application_name", name, "DROP SCHEMA "+name+" CASCADE")
	marked(tb, version)
	u := *server
	query := u.Query()
	query.Set("search_path", name)
	query.Set("application_name", name)
	u.RawQuery = query.Encode()
	return u.String()
}

func throwAway() string { return "orm_test_" + strings.ToLower(rand.Text()) }

// reach finds the server and asks for its version, or ends the test.
func reach(tb testing.TB, address func() (*url.URL, error), required bool) (server *url.URL, version string) {
	tb.Helper()
	server, err := address()
	switch {
	case errors.Is(err, pgcluster.ErrNoPostgres) && !required:
		tb.Skipf("pgtest: %v; install PostgreSQL or set ORM_TEST_POSTGRES", err)
	case err != nil:
		tb.Fatalf("pgtest: no PostgreSQL for this test: %v", err)
	}
	err = admin(server, func(ctx context.Context, conn *pgx.Conn) error {
		return conn.QueryRow(ctx, "SHOW server_version").Scan(&version)
	})
	if err != nil {
		tb.Fatalf("pgtest: reaching the server: %v", err)
	}
	return server, version
}

func postgres(tb testing.TB, address func() (*url.URL, error), required bool) string {
	tb.Helper()
	server, version := reach(tb, address, required)
	name := throwAway()
	err := admin(server, func(ctx context.Context, conn *pgx.Conn) error {
		// template0 is the only one that takes another encoding and locale than the server's own.
		_, err := conn.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
		return err
	})
	if err != nil {
		tb.Fatalf("pgtest: creating a database: %v", err)
	}
	dropAtEnd(tb, server, "datname", name, "DROP DATABASE "+name+" WITH (FORCE)")
	marked(tb, version)
	u := *server
	u.Path, u.RawPath = "/"+name, ""
	query := u.Query()
	// Either of these would win over the path.
	query.Del("dbname")
	query.Del("database")
	u.RawQuery = query.Encode()
	return u.String()
}

// dropAtEnd drops what was made. Connections that are still open, those whose column of pg_stat_activity is name, are ended and told of.
func dropAtEnd(tb testing.TB, server *url.URL, column, name, drop string) {
	tb.Cleanup(func() {
		tb.Helper()
		var left []string
		err := admin(server, func(ctx context.Context, conn *pgx.Conn) (err error) {
			left, err = openConnections(ctx, conn, column, name)
			if len(left) > 0 { // their locks would keep the drop waiting
				_, end := conn.Exec(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "+column+" = $1 AND backend_type = 'client backend'", name)
				err = errors.Join(err, end)
			}
			_, dropped := conn.Exec(ctx, drop)
			return errors.Join(err, dropped)
		})
		if err != nil {
			tb.Errorf("pgtest: dropping %s: %v", name, err)
		}
		// A test that failed half-way has better things to say.
		if len(left) > 0 && !tb.Failed() {
			tb.Errorf("pgtest: %d connection(s) left open:\n\t%s", len(left), strings.Join(left, "\n\t"))
		}
	})
}

// openConnections describes the connections that are still open. The server notices a closed one a little late, so it asks for a
// while before it believes.
func openConnections(ctx context.Context, conn *pgx.Conn, column, name string) ([]string, error) {
	query := `SELECT coalesce(state, 'unknown') || ': ' || query FROM pg_stat_activity
		WHERE ` + column + ` = $1 AND backend_type = 'client backend' ORDER BY backend_start`
	for try := 0; ; try++ {
		rows, err := conn.Query(ctx, query, name)
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

func marked(tb testing.TB, version string) {
	tb.Helper()
	if err := mark(os.Getenv("ORM_TEST_MARKER"), version); err != nil {
		tb.Fatalf("pgtest: %v", err)
	}
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
