package pgserver

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/multi-orm/orm/internal/testkit/pgcluster"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 { // the server that runs on must not be taken for a leak
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	if err := Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func TestPostgresIsFresh(t *testing.T) {
	marker := filepath.Join(t.TempDir(), "marker")
	t.Setenv("ORM_TEST_MARKER", marker)
	var first, second string
	t.Run("alive", func(t *testing.T) {
		first, second = Database(t, Options{}), Database(t, Options{})
		if first == second {
			t.Fatalf("both databases are %s", first)
		}
		ctx := t.Context()
		var encoding, collation string
		a := connect(t, first)
		if _, err := a.Exec(ctx, "CREATE TABLE only_here (id int)"); err != nil {
			t.Fatal(err)
		}
		if err := a.QueryRow(ctx, "SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = current_database()").
			Scan(&encoding, &collation); err != nil || encoding != "UTF8" || collation != "C" {
			t.Errorf("encoding %q, collation %q, error %v; want UTF8 and C", encoding, collation, err)
		}
		var n int
		b := connect(t, second)
		if err := b.QueryRow(ctx, "SELECT count(*) FROM pg_class WHERE relname = 'only_here'").Scan(&n); err != nil || n != 0 {
			t.Errorf("the other database has %d such tables, error %v; want none", n, err)
		}
	})
	if first == "" {
		return // the subtest said why
	}
	for _, dsn := range []string{first, second} {
		conn, err := pgx.Connect(t.Context(), dsn)
		if err == nil {
			_ = conn.Close(t.Context()) // the test fails already
		}
		if pg, ok := errors.AsType[*pgconn.PgError](err); !ok || pg.Code != "3D000" {
			t.Errorf("after the test the database answers %v; want 3D000, does not exist", err)
		}
	}
	text, err := os.ReadFile(marker)
	if err != nil || strings.Count(string(text), "\n") != 2 {
		t.Errorf("marker is %q, error %v; want a line for each database", text, err)
	}
}

func TestPostgresReportsOpenConnections(t *testing.T) {
	Database(t, Options{}) // skips where there is none
	fake := &fakeTB{TB: t}
	fake.run(func() { connect(t, Database(fake, Options{})) })
	if !strings.Contains(fake.said, "1 connection(s) left open") {
		t.Errorf("said %q; want the open connection told", fake.said)
	}
}

func TestSchemaIsFresh(t *testing.T) {
	var first, second string
	t.Run("alive", func(t *testing.T) {
		first, second = Schema(t, Options{}), Schema(t, Options{})
		a, b := connect(t, first), connect(t, second)
		if _, err := a.Exec(t.Context(), "CREATE TABLE only_here (id int)"); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Exec(t.Context(), "SELECT * FROM only_here"); err == nil {
			t.Error("another schema's table is seen")
		}
		var schema, path string
		if err := a.QueryRow(t.Context(), "SELECT current_schema(), current_setting('search_path')").Scan(&schema, &path); err != nil || schema == "" || schema != path {
			t.Errorf("the schema is %q of %q, error %v", schema, path, err)
		}
	})
	if first == "" {
		return // the subtest said why
	}
	var n int
	if err := connect(t, first).QueryRow(t.Context(), "SELECT count(*) FROM pg_namespace WHERE nspname = current_setting('search_path')").Scan(&n); err != nil || n != 0 {
		t.Errorf("after the test there are %d such schemas, error %v", n, err)
	}
}

func TestSchemaReportsOpenConnections(t *testing.T) {
	Schema(t, Options{}) // skips where there is none
	fake := &fakeTB{TB: t}
	fake.run(func() {
		conn := connect(t, Schema(fake, Options{}))
		_, err := conn.Exec(t.Context(), "CREATE TABLE held (id int); BEGIN; LOCK held")
		if err != nil {
			t.Error(err)
		}
	})
	if !strings.Contains(fake.said, "1 connection(s) left open") || strings.Contains(fake.said, "dropping") {
		t.Errorf("said %q; want the open connection told, and the schema dropped all the same", fake.said)
	}
}

func TestServerOption(t *testing.T) {
	fake := &fakeTB{TB: t}
	fake.run(func() { Database(fake, Options{Server: "mysql://u:secret@db/x"}) })
	if fake.end != "fatal" || strings.Contains(fake.said, "secret") {
		t.Errorf("ended by %q (%s); want an error without the password", fake.end, fake.said)
	}
}

func TestPostgresMissing(t *testing.T) {
	none := func() (*url.URL, error) { return nil, pgcluster.ErrNoPostgres }
	broken := func() (*url.URL, error) { return nil, errors.New("broken") }
	for _, c := range []struct {
		name     string
		address  func() (*url.URL, error)
		required bool
		want     string
	}{
		{"none", none, false, "skip"},
		{"none but required", none, true, "fatal"},
		{"broken is never skipped", broken, false, "fatal"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake := &fakeTB{TB: t}
			fake.run(func() { postgres(fake, c.address, c.required) })
			if fake.end != c.want {
				t.Errorf("ended by %q (%s); want %q", fake.end, fake.said, c.want)
			}
		})
	}
}

func TestRequired(t *testing.T) {
	for env, want := range map[string]bool{
		"":                            false,
		"CI=true":                     true,
		"CI=false":                    false,
		"ORM_TEST_REQUIRE_POSTGRES=1": true,
		"ORM_TEST_REQUIRE_POSTGRES=0": false,
	} {
		name, value, _ := strings.Cut(env, "=")
		got := required(func(asked string) string {
			if asked == name {
				return value
			}
			return ""
		})
		if got != want {
			t.Errorf("required with %q is %v", env, got)
		}
	}
}

func TestParseKeepsPasswordsQuiet(t *testing.T) {
	for _, text := range []string{"host=db password=secret", "mysql://u:secret@db/x", "postgres://u:secret@db:port/x"} {
		_, err := parse(text)
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("parse(%q) = %v; want an error without the password", text, err)
		}
	}
}

// connect connects for the test's length.
func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	// The test's own context is done by then.
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// fakeTB records how a test function ended.
type fakeTB struct {
	testing.TB
	cleanups  []func()
	end, said string
}

// run runs do as a test of its own, cleanups included.
func (f *fakeTB) run(do func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	<-done
	for i := len(f.cleanups) - 1; i >= 0; i-- {
		f.cleanups[i]()
	}
}

func (f *fakeTB) Helper()           {}
func (f *fakeTB) Failed() bool      { return f.end == "fatal" }
func (f *fakeTB) Cleanup(do func()) { f.cleanups = append(f.cleanups, do) }

func (f *fakeTB) Errorf(format string, args ...any) { f.said += fmt.Sprintf(format, args...) }

func (f *fakeTB) Skipf(format string, args ...any) { f.stop("skip", format, args...) }

func (f *fakeTB) Fatalf(format string, args ...any) { f.stop("fatal", format, args...) }

func (f *fakeTB) stop(how, format string, args ...any) {
	f.end, f.said = how, f.said+fmt.Sprintf(format, args...)
	runtime.Goexit()
}
