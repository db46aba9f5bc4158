package migratetest

import (
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/golang-migrate/migrate/v4"
	migratesqlite "github.com/golang-migrate/migrate/v4/database/sqlite"
	"github.com/google/go-cmp/cmp"

	"github.com/multi-orm/orm/source/introspect"
)

// Each tool's own library runs the files: rows stay, the models fit, nothing is left to do; and its files go back to the
// schema that was.
func TestFilesRun(t *testing.T) {
	for _, e := range engines() {
		for _, x := range tools() {
			t.Run(e.name+"/"+x.name, func(t *testing.T) {
				address := e.start(t)
				db := e.open(t, address, wanted()...)
				rows, was := e.rows(t, address), catalogue(t, db)
				plan, err := introspect.Plan(t.Context(), db)
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range plan.Changes {
					if c.Destructive {
						t.Errorf("%s of %s is destructive: %s", c.Kind, c.Table, c.Why)
					}
				}
				dir := t.TempDir()
				if err := plan.WriteFiles(dir, x.tool, "add_orders"); err != nil {
					t.Fatal(err)
				}
				if err := x.run(t, e, e.conn(t, address), dir, false); err != nil {
					t.Fatalf("%v\n%s", err, content(t, dir))
				}
				reached(t, db)
				if d := cmp.Diff(rows, e.rows(t, address)); d != "" {
					t.Errorf("rows: %s", d)
				}
				if !x.back {
					return
				}
				if err := x.run(t, e, e.conn(t, address), dir, true); err != nil {
					t.Fatalf("%v\n%s", err, content(t, dir))
				}
				if d := cmp.Diff(was, catalogue(t, db)); d != "" {
					t.Errorf("gone back: %s", d)
				}
				if d := cmp.Diff(rows, e.rows(t, address)); d != "" {
					t.Errorf("rows, gone back: %s", d)
				}
			})
		}
	}
}

// What narrows runs where it is asked for, in steps that spare others on PostgreSQL; unasked it is a comment that changes nothing.
func TestDestructiveFiles(t *testing.T) {
	for _, e := range engines() {
		for _, x := range tools() {
			t.Run(e.name+"/"+x.name, func(t *testing.T) {
				address := e.start(t)
				db := e.open(t, address, Strict{})
				rows := e.rows(t, address)
				opts := []introspect.Option{introspect.UnmappedColumns(), introspect.NotValid(), introspect.Concurrently(), introspect.Fill("users.code", "'c' || CAST(id AS TEXT)")}
				unasked, err := introspect.Plan(t.Context(), db, introspect.UnmappedColumns())
				if err != nil {
					t.Fatal(err)
				}
				dir := t.TempDir()
				if err := unasked.WriteFiles(dir, x.tool, "first"); err != nil {
					t.Fatal(err)
				}
				if err := x.run(t, e, e.conn(t, address), dir, false); err != nil {
					t.Fatalf("%v\n%s", err, content(t, dir))
				}
				if still := catalogue(t, db).Table("", "users"); still.Column("legacy") == nil || still.Column("code") == nil {
					t.Error("a comment did something, or what only adds was not done")
				}
				plan, err := introspect.Plan(t.Context(), db, append(opts, introspect.Destructive())...)
				if err != nil {
					t.Fatal(err)
				}
				if x.name == "atlas" { // its test store of revisions begins anew
					dir = t.TempDir()
				}
				if err := plan.WriteFiles(dir, x.tool, "narrow"); err != nil {
					t.Fatal(err)
				}
				if err := x.run(t, e, e.conn(t, address), dir, false); err != nil {
					t.Fatalf("%v\n%s", err, content(t, dir))
				}
				reached(t, db, introspect.UnmappedColumns())
				if d := cmp.Diff(rows, e.rows(t, address)); d != "" {
					t.Errorf("rows: %s", d)
				}
				if catalogue(t, db).Table("", "users").Column("legacy") != nil {
					t.Error("the column is there")
				}
				if x.back {
					if err := x.run(t, e, e.conn(t, address), dir, true); err != nil {
						t.Fatalf("back: %v\n%s", err, content(t, dir))
					}
					if catalogue(t, db).Table("", "users").Column("legacy") == nil {
						t.Error("the column did not come back")
					}
				}
			})
		}
	}
}

// To drop a table of SQLite deletes the rows that lead to it while foreign keys are on: the files fail before they do anything, unless they
// were told and are run where keys can be switched off, as goose does, and golang-migrate where its address says so. The connection has
// the keys afterwards that it had before.
func TestForeignKeysThatAreOn(t *testing.T) {
	e := engines()[0]
	goose := func(t *testing.T, db *sql.DB, dir string) error { return runGoose(t, e, db, dir, false) }
	step := func(_ *testing.T, db *sql.DB, dir string) error { return migrateStep(e, db, dir) }
	bare := func(_ *testing.T, db *sql.DB, dir string) error {
		return migrateWith(e, db, dir, false, &migratesqlite.Config{NoTxWrap: true})
	}
	atlas := func(t *testing.T, db *sql.DB, dir string) error { return runAtlas(t, e, db, dir, false) }
	for _, x := range []struct {
		name     string
		tool     introspect.Tool
		on, told bool
		fails    string
		run      func(t *testing.T, db *sql.DB, dir string) error
	}{
		{"goose", introspect.Goose, true, false, "foreign keys are on", goose},
		{"goose off", introspect.Goose, false, false, "", goose},
		{"goose told", introspect.Goose, true, true, "", goose},
		{"goose told wrongly", introspect.Goose, false, true, "foreign keys are off", goose},
		{"migrate", introspect.Migrate, true, false, "foreign keys are on", step},
		{"migrate off", introspect.Migrate, false, false, "", func(t *testing.T, db *sql.DB, dir string) error { return runMigrate(t, e, db, dir, false) }},
		{"migrate told", introspect.Migrate, true, true, "run it outside a transaction", step},
		{"migrate without a transaction", introspect.Migrate, true, false, "foreign keys are on", bare},
		{"migrate without a transaction, off", introspect.Migrate, false, false, "", bare},
		{"migrate without a transaction, told", introspect.Migrate, true, true, "", bare},
		{"atlas", introspect.Atlas, true, false, "foreign keys are on", atlas},
		{"atlas off", introspect.Atlas, false, false, "", atlas},
		{"atlas told", introspect.Atlas, true, true, "", atlas},
	} {
		t.Run(x.name, func(t *testing.T) {
			address := e.start(t)
			db := e.open(t, address, wanted()...)
			rows := e.rows(t, address)
			var opts []introspect.Option
			if x.told {
				opts = append(opts, introspect.ForeignKeysOn())
			}
			plan, err := introspect.Plan(t.Context(), db, opts...)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			if err := plan.WriteFiles(dir, x.tool, "add_orders"); err != nil {
				t.Fatal(err)
			}
			with := "?"
			if strings.Contains(address, "?") {
				with = "&"
			}
			conn := e.conn(t, fmt.Sprintf("%s%s_pragma=foreign_keys(%v)", address, with, x.on))
			conn.SetMaxOpenConns(1)
			switch err = x.run(t, conn, dir); {
			case (x.fails != "") != (err != nil), err != nil && !strings.Contains(err.Error(), x.fails):
				t.Fatalf("%v\n%s", err, content(t, dir))
			case err == nil && !closes(x.tool):
				var on bool
				if err := conn.QueryRow("SELECT foreign_keys FROM pragma_foreign_keys").Scan(&on); err != nil || on != x.on {
					t.Errorf("foreign keys are on: %v, %v", on, err)
				}
			}
			if d := cmp.Diff(rows, e.rows(t, address)); d != "" {
				t.Errorf("rows: %s", d)
			}
			if x.fails == "" {
				reached(t, db)
			}
		})
	}
}

// closes reports whether a tool closes what it was given.
func closes(x introspect.Tool) bool { return x == introspect.Migrate }

// A second run finds nothing to do.
func TestNothingTwice(t *testing.T) {
	e := engines()[0]
	address := e.start(t)
	plan, err := introspect.Plan(t.Context(), e.open(t, address, wanted()...))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := plan.WriteFiles(dir, introspect.Migrate, "a"); err != nil {
		t.Fatal(err)
	}
	if err := runMigrate(t, e, e.conn(t, address), dir, false); err != nil {
		t.Fatal(err)
	}
	if err := runMigrate(t, e, e.conn(t, address), dir, false); err == nil || !strings.Contains(err.Error(), migrate.ErrNoChange.Error()) {
		t.Error(err)
	}
}

// content is what the files hold.
func content(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, e := range entries {
		text, err := os.ReadFile(dir + "/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString("== " + e.Name() + "\n" + string(text))
	}
	return b.String()
}
