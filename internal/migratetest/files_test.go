package migratetest

import (
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

// To drop a table of SQLite deletes the rows that lead to it while foreign keys are on. goose runs the file where they can be switched
// off; golang-migrate does where its address says so, and otherwise fails before anything is done.
func TestForeignKeysThatAreOn(t *testing.T) {
	e := engines()[0]
	on := func(address string) string {
		if strings.Contains(address, "?") {
			return address + "&_pragma=foreign_keys(1)"
		}
		return address + "?_pragma=foreign_keys(1)"
	}
	for _, x := range []struct {
		name  string
		tool  introspect.Tool
		fails bool
		run   func(t *testing.T, address, dir string) error
	}{
		{"goose", introspect.Goose, false, func(t *testing.T, address, dir string) error {
			return runGoose(t, e, e.conn(t, on(address)), dir, false)
		}},
		{"migrate", introspect.Migrate, true, func(t *testing.T, address, dir string) error {
			return migrateStep(e, e.conn(t, on(address)), dir)
		}},
		{"migrate without a transaction", introspect.Migrate, false, func(t *testing.T, address, dir string) error {
			return migrateWith(e, e.conn(t, on(address)), dir, false, &migratesqlite.Config{NoTxWrap: true})
		}},
	} {
		t.Run(x.name, func(t *testing.T) {
			address := e.start(t)
			db := e.open(t, address, wanted()...)
			rows := e.rows(t, address)
			plan, err := introspect.Plan(t.Context(), db)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			if err := plan.WriteFiles(dir, x.tool, "add_orders"); err != nil {
				t.Fatal(err)
			}
			err = x.run(t, address, dir)
			if x.fails != (err != nil) || err != nil && !strings.Contains(err.Error(), "foreign keys are on") {
				t.Fatalf("%v\n%s", err, content(t, dir))
			}
			if d := cmp.Diff(rows, e.rows(t, address)); d != "" {
				t.Errorf("rows: %s", d)
			}
			if !x.fails {
				reached(t, db)
			}
		})
	}
}

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
