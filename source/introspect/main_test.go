package introspect_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	engineDriver "modernc.org/sqlite"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/introspect"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
	"github.com/multi-orm/orm/source/sqlserver"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(testkit.Run(m))
}

// engine is a database that the suite runs on.
type engine struct {
	name string
	make func(tb testing.TB) (address string)
	load func(tb testing.TB, address, script string)
	open func(address string) source.Source
}

func engines() []engine {
	all := []engine{
		{"sqlite", testkit.SQLite, loadSQLite, func(a string) source.Source { return sqlite.Source("main", a) }},
		{"postgres", testkit.Postgres, loadPostgres, func(a string) source.Source { return postgres.Source("main", a) }},
	}
	if os.Getenv(testkit.SQLServerVariable) != "" {
		all = append(all, engine{"sqlserver", testkit.SQLServer, loadSQLServer, func(a string) source.Source { return sqlserver.Source("main", a) }})
	}
	return all
}

// has reports whether the engine has the fixture.
func (e engine) has(fixture string) bool {
	_, err := os.Stat(filepath.Join("testdata", fixture+"."+e.name+".sql"))
	return err == nil
}

func loadSQLite(tb testing.TB, address, script string) {
	tb.Helper()
	d := new(engineDriver.Driver)
	if err := sqlite.RegisterDecimals(d); err != nil {
		tb.Fatal(err)
	}
	db := sql.OpenDB(connector{d, address})
	_, err := db.ExecContext(tb.Context(), script)
	if err != nil {
		tb.Fatal(err)
	}
	if err := db.Close(); err != nil {
		tb.Fatal(err)
	}
}

// connector opens connections that know the collation of decimals.
type connector struct {
	driver  *engineDriver.Driver
	address string
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.address) }
func (c connector) Driver() driver.Driver                        { return c.driver }

func loadPostgres(tb testing.TB, address, script string) {
	tb.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, script); err != nil {
		tb.Fatal(err)
	}
}

// loadSQLServer runs a script a statement at a time: a view must be the first of its batch.
func loadSQLServer(tb testing.TB, address, script string) {
	tb.Helper()
	db, err := sql.Open("sqlserver", address)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, text := range strings.SplitAfter(script, ";\n") {
		if _, err := db.ExecContext(tb.Context(), text); err != nil {
			tb.Fatalf("%v: %s", err, text)
		}
	}
}

func fixture(tb testing.TB, name string) string {
	tb.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

func open(tb testing.TB, src source.Source, opts ...orm.Option) orm.DB {
	tb.Helper()
	db, err := orm.Open(tb.Context(), append([]orm.Option{src}, opts...)...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}

// database makes a database of a script and reads its schema.
func (e engine) database(tb testing.TB, script string, opts ...introspect.Option) (orm.DB, *introspect.Schema) {
	tb.Helper()
	address := e.make(tb)
	e.load(tb, address, script)
	db := open(tb, e.open(address))
	s, err := introspect.Read(tb.Context(), db, opts...)
	if err != nil {
		tb.Fatal(err)
	}
	return db, s
}

// golden compares got with a file, or writes it with -update.
func golden(tb testing.TB, name, got string) {
	tb.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			tb.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	if got != string(want) {
		tb.Errorf("%s differs: run the tests with -update and look at the difference\ngot:\n%s", name, got)
	}
}
