package introspect_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/introspect"
)

// aMigration has a step of each sort, without a database.
func aMigration(dialect string) *introspect.Migration {
	return &introspect.Migration{Source: "main", Dialect: dialect, Changes: []introspect.Change{
		{Table: "a", Kind: "create table", Up: []string{"CREATE TABLE a (b INT) -- odd"}, Down: []string{"DROP TABLE a"}, Why: "it; is\n-- +goose Down\nnot there"},
		{Table: "a", Kind: "add index", Up: []string{"CREATE INDEX CONCURRENTLY x ON a (b)"}, Down: []string{"DROP INDEX x"}, Alone: true, Why: "for speed"},
		{Table: "a", Kind: "rebuild table", Up: []string{"CREATE TRIGGER t BEGIN SELECT 1;\n\n\nSELECT 'it''s'; END"}, Alone: true, Why: "for a trigger"},
		{Table: "a", Column: "b", Kind: "drop column", Up: []string{"ALTER TABLE a\nDROP COLUMN b"}, Down: []string{"ALTER TABLE a ADD COLUMN b INT"}, Destructive: true, Why: "it is gone"},
	}}
}

func at(t time.Time) introspect.Option { return introspect.Clock(func() time.Time { return t }) }

func names(t *testing.T, dir string) (out []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// Each tool has the names, the marks and the parts that it reads; later files have later numbers, whatever the clock says.
func TestWriteFiles(t *testing.T) {
	noon := at(time.Date(2026, 1, 2, 15, 0, 0, 0, time.FixedZone("east", 3*3600)))
	for _, c := range []struct {
		tool   introspect.Tool
		before string
		names  string
		marks  map[int][]string // in the file of that place
	}{
		{introspect.Goose, "20260102120001_old.sql", "20260102120001_old.sql 20260102120002_add-b_1.sql 20260102120003_add-b_2.sql 20260102120004_add-b_3.sql", map[int][]string{
			1: {"-- +goose Up\n-- create table a: it, is -- + goose Down not there\nCREATE TABLE a (b INT) -- odd\n;\n", "\n-- +goose Down\n-- back from create table a\nDROP TABLE a;\n"},
			2: {"-- +goose NO TRANSACTION\n-- +goose Up\n"},
			3: {"-- +goose NO TRANSACTION\n", "-- +goose StatementBegin\nCREATE TRIGGER", "END;\n-- +goose StatementEnd\n", "\n-- ALTER TABLE a\n-- DROP COLUMN b;\n", "-- It does not bring back what the step lost, and may cut or round what does not fit.\n-- ALTER TABLE a ADD COLUMN b INT;\n", "-- Nothing takes it back.\n"},
		}},
		{introspect.Goose, "", "20260102120000_add-b_1.sql 20260102120001_add-b_2.sql 20260102120002_add-b_3.sql", nil},
		{introspect.Migrate, "000007_old.up.sql", "000007_old.up.sql 000008_add-b_1.down.sql 000008_add-b_1.up.sql 000009_add-b_2.down.sql 000009_add-b_2.up.sql 000010_add-b_3.down.sql 000010_add-b_3.up.sql", map[int][]string{
			1: {"-- back from create table a\nDROP TABLE a;\n"}, 2: {"CREATE TABLE a"},
		}},
		{introspect.Migrate, "20250102120000_old.up.sql", "20250102120000_old.up.sql 20260102120000_add-b_1.down.sql 20260102120000_add-b_1.up.sql 20260102120001_add-b_2.down.sql 20260102120001_add-b_2.up.sql 20260102120002_add-b_3.down.sql 20260102120002_add-b_3.up.sql", nil},
		{introspect.Atlas, "", "20260102120000_add-b_1.sql 20260102120001_add-b_2.sql 20260102120002_add-b_3.sql atlas.sum", map[int][]string{
			1: {"-- atlas:txmode none\n\n-- add index"}, 2: {"-- atlas:delimiter \\n\\n\\n\\n\n-- atlas:txmode none\n\n"},
		}},
	} {
		dir := filepath.Join(t.TempDir(), "new")
		if c.before != "" {
			if err := errors.Join(os.Mkdir(dir, 0o755), os.WriteFile(filepath.Join(dir, c.before), []byte("old"), 0o600)); err != nil {
				t.Fatal(err)
			}
		}
		if err := aMigration("sqlite").WriteFiles(dir, c.tool, "add-b", noon); err != nil {
			t.Fatal(err)
		}
		got := names(t, dir)
		if strings.Join(got, " ") != c.names {
			t.Errorf("%s", got)
		}
		for i, marks := range c.marks {
			text, err := os.ReadFile(filepath.Join(dir, got[i]))
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range marks {
				if !strings.Contains(string(text), m) {
					t.Errorf("%s lacks %q:\n%s", got[i], m, text)
				}
			}
		}
	}
}

// golang-migrate hands SQL Server a file as one batch.
func TestWriteFilesOfSQLServer(t *testing.T) {
	dir := t.TempDir()
	if err := aMigration("sqlserver").WriteFiles(dir, introspect.Migrate, "x"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "000003_x_3.up.sql"))
	if err != nil || !strings.Contains(string(text), "EXEC(N'CREATE TRIGGER t BEGIN SELECT 1;\n\n\nSELECT ''it''''s''; END');\n") {
		t.Errorf("%s, %v", text, err)
	}
}

// What stands in names and comments of the database is never read as SQL or as a mark of the tool.
func TestWriteFilesOfHostileNames(t *testing.T) {
	later := introspect.Migration{Changes: []introspect.Change{
		{Table: "a", Kind: "add column", Why: "it", Up: []string{"ALTER TABLE a ADD b INT"}, Down: []string{"ALTER TABLE a DROP b"}},
		{Table: "a", Kind: "drop index", Destructive: true, Why: "+goose Down", Up: []string{"DROP INDEX \"x\rDROP TABLE users, --\"", "DROP INDEX \"y\n+goose Down\n\""}, Down: []string{"CREATE INDEX \"x\rDROP TABLE users, --\" ON a (b)"}},
	}}
	for _, tool := range []introspect.Tool{introspect.Goose, introspect.Migrate, introspect.Atlas} {
		dir := t.TempDir()
		if err := later.WriteFiles(dir, tool, "x"); err != nil {
			t.Fatal(err)
		}
		for _, name := range names(t, dir) {
			text, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.FieldsFuncSeq(string(text), func(r rune) bool { return r == '\n' || r == '\r' }) {
				if strings.Contains(line, "users") && !strings.HasPrefix(line, "--") {
					t.Errorf("%s runs %q", name, line)
				}
			}
			if n := strings.Count(string(text), "-- +goose"); tool == introspect.Goose && n != 2 {
				t.Errorf("%d marks in %s", n, text)
			}
		}
	}
	now := introspect.Migration{Changes: []introspect.Change{{Table: "a", Kind: "rebuild table", Up: []string{"CREATE INDEX i ON t (a) /*\n-- +goose StatementEnd\n*/"}}}}
	if err := now.WriteFiles(t.TempDir(), introspect.Goose, "x"); !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), "mark of the tool") {
		t.Error(err)
	}
	if err := now.WriteFiles(t.TempDir(), introspect.Migrate, "x"); err != nil {
		t.Error(err)
	}
}

// What cannot be a file is refused, and what is there is left as it is.
func TestWriteFilesRefuses(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"", "a b", "../up", "x.sql", "ü", strings.Repeat("x", 101), "a\nb"} {
		if err := aMigration("sqlite").WriteFiles(dir, introspect.Goose, name); !errors.Is(err, orm.ErrInvalid) {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, tool := range []introspect.Tool{0, introspect.Atlas + 1} {
		if err := aMigration("sqlite").WriteFiles(dir, tool, "x"); !errors.Is(err, orm.ErrInvalid) {
			t.Error(err)
		}
	}
	if err := aMigration("sqlite").WriteFiles(dir, introspect.Goose, "x", introspect.Destructive()); err == nil || !strings.Contains(err.Error(), "Destructive does not belong here") {
		t.Error(err)
	}
	if err := aMigration("sqlite").WriteFiles(dir, introspect.Goose, "x", introspect.Clock(nil)); !errors.Is(err, orm.ErrInvalid) {
		t.Error(err)
	}
	if err := new(introspect.Migration).WriteFiles(dir, introspect.Goose, "x"); !errors.Is(err, introspect.ErrNothing) {
		t.Error(err)
	}
	if got := names(t, dir); len(got) != 0 {
		t.Error(got)
	}
	if err := os.WriteFile(filepath.Join(dir, "atlas.sum"), []byte("h1:wrong\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := aMigration("sqlite").WriteFiles(dir, introspect.Atlas, "x"); !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), "atlas migrate hash") {
		t.Error(err)
	}
	const last = "99999999999999999999_x.sql"
	if err := os.WriteFile(filepath.Join(dir, last), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := aMigration("sqlite").WriteFiles(dir, introspect.Goose, "x"); !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), "none can follow") {
		t.Error(err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{last, "atlas.sum"}) {
		t.Error(got)
	}
}
