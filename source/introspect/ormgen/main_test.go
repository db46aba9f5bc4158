package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/introspect"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

func exec(t *testing.T, src source.Source, text string) {
	t.Helper()
	db, err := orm.Open(context.Background(), src)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(t.Context(), orm.Unsafe(text)); err != nil {
		t.Fatal(err)
	}
}

// It writes the models, then finds nothing to do; when the tables have changed, -check says so until it has run again.
func TestCommand(t *testing.T) {
	for name, address := range map[string]string{"sqlite": testkit.SQLite(t), "postgres": testkit.Postgres(t)} {
		make := func() source.Source {
			if name == "sqlite" {
				return sqlite.Source("main", address)
			}
			return postgres.Source("main", address)
		}
		t.Run(name, func(t *testing.T) {
			exec(t, make(), "CREATE TABLE users (id integer PRIMARY KEY, email varchar(100) NOT NULL UNIQUE, tenant_id bigint NOT NULL)")
			out := filepath.Join(t.TempDir(), "models", "models.go")
			ormgen := func(args ...string) (string, string, error) {
				var stdout, stderr bytes.Buffer
				err := run(t.Context(), append([]string{"-source", address}, args...), &stdout, &stderr)
				return stdout.String(), stderr.String(), err
			}
			if _, _, err := ormgen("-check", "-out", out); !errors.Is(err, errDiffers) {
				t.Errorf("-check without a file: %v", err)
			}
			if _, told, err := ormgen("-out", out, "-tenant", "tenant_id", "-progress"); err != nil || !strings.Contains(told, "asking the database") || !strings.Contains(told, "1 of 1 tables read, up to users") || !strings.Contains(told, "1 of 1 tables written") {
				t.Fatal(told, err)
			}
			text, err := os.ReadFile(out)
			if err != nil || !strings.Contains(string(text), `orm:"tenant_id,tenant"`) {
				t.Fatalf("%s: %v", text, err)
			}
			if _, _, err := ormgen("-check", "-out", out, "-tenant", "tenant_id"); err != nil {
				t.Errorf("-check behind it: %v", err)
			}
			exec(t, make(), "CREATE VIEW emails AS SELECT email FROM users")
			if _, notes, err := ormgen("-check", "-out", out, "-tenant", "tenant_id"); !errors.Is(err, errDiffers) || !strings.Contains(notes, "emails: is a view and has no key") {
				t.Errorf("-check of another schema: %v, %s", err, notes)
			}
			if _, _, err := ormgen("-check", "-out", out, "-tenant", "tenant_id", "-only", "users"); err != nil {
				t.Errorf("-only users: %v", err)
			}
			var s introspect.Schema
			if text, _, err := ormgen("-json"); err != nil || json.Unmarshal([]byte(text), &s) != nil || s.Table("", "emails") == nil {
				t.Errorf("-json: %v\n%s", err, text)
			}
			for _, bad := range [][]string{{"-only", "user"}, {"-tenant", "tenantid"}, {"-package", "a b"}, {"-check"}, {"rest"}} {
				if _, _, err := ormgen(bad...); err == nil || errors.Is(err, errDiffers) {
					t.Errorf("%s: %v", bad, err)
				}
			}
		})
	}
	if err := run(t.Context(), []string{"-plan", "-source", "x"}, new(bytes.Buffer), new(bytes.Buffer)); err == nil || !strings.Contains(err.Error(), "examples/migrations") {
		t.Errorf("-plan: %v", err)
	}
	for _, address := range []string{"", "no/such/file.db", "mysql://x"} {
		if err := run(t.Context(), []string{"-source", address}, new(bytes.Buffer), new(bytes.Buffer)); err == nil {
			t.Errorf("%q was taken", address)
		}
	}
}

// The step of continuous integration that the doc shows fails until the models are those of the database.
func TestDocumentedStep(t *testing.T) {
	doc, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	const before = "run: go run github.com/multi-orm/orm/source/introspect/ormgen "
	_, step, ok := strings.Cut(string(doc), before)
	step, _, _ = strings.Cut(step, "\n")
	if !ok || !strings.HasSuffix(step, " -check") {
		t.Fatalf("the doc has no step: %q", step)
	}
	address := testkit.SQLite(t)
	exec(t, sqlite.Source("main", address), "CREATE TABLE users (id integer PRIMARY KEY, email text NOT NULL)")
	t.Chdir(t.TempDir())
	ormgen := func(step string) error {
		args := strings.Fields(step)
		for i := range args {
			if args[i] == `"$DATABASE_URL"` {
				args[i] = address
			}
		}
		return run(t.Context(), args, new(bytes.Buffer), new(bytes.Buffer))
	}
	if err := ormgen(step); !errors.Is(err, errDiffers) {
		t.Errorf("without a file: %v", err)
	}
	if err := ormgen(strings.TrimSuffix(step, " -check")); err != nil {
		t.Fatal(err)
	}
	if err := ormgen(step); err != nil {
		t.Errorf("behind it: %v", err)
	}
	exec(t, sqlite.Source("main", address), "ALTER TABLE users ADD COLUMN age integer")
	if err := ormgen(step); !errors.Is(err, errDiffers) {
		t.Errorf("after a migration: %v", err)
	}
}
