package migrate

import (
	"strings"
	"testing"
)

const createOdd = `CREATE TABLE "odd" (id INTEGER PRIMARY KEY AUTOINCREMENT, -- the key, of course
	"a, b" VARCHAR(10) DEFAULT 'x, (y' CONSTRAINT given NOT NULL ON CONFLICT FAIL COLLATE NOCASE,
	kind TEXT CHECK (kind IN ('a', 'b')) NULL, parent INT REFERENCES odd (id) ON DELETE SET NULL ON UPDATE SET DEFAULT DEFERRABLE INITIALLY DEFERRED,
	twice INT GENERATED ALWAYS AS (parent * 2) STORED, [last one] TEXT NOT NULL DEFAULT (lower('(')),
	UNIQUE (kind, parent), CONSTRAINT low CHECK (parent < 10 AND kind <> 'z'), FOREIGN KEY ("a, b") REFERENCES kinds (kind)) STRICT`

func readOdd(t *testing.T) *createText {
	t.Helper()
	c, ok := readCreate(createOdd)
	if !ok || len(c.defs) != 9 {
		t.Fatalf("%v, %+v", ok, c)
	}
	return c
}

// A change touches what it is of, and leaves the rest as its author wrote it.
func TestCreateText(t *testing.T) {
	for _, x := range []struct {
		name string
		do   func(*createText) bool
		want string
		gone string
	}{
		{"null", func(c *createText) bool { c.null("A, B", true); return true }, `"a, b" VARCHAR(10) DEFAULT 'x, (y' COLLATE NOCASE,`, "given"},
		{"not null", func(c *createText) bool { c.null("kind", false); return true }, `kind TEXT CHECK (kind IN ('a', 'b')) NOT NULL,`, ")) NULL"},
		{"not null behind actions", func(c *createText) bool { c.null("parent", false); return true }, `ON DELETE SET NULL ON UPDATE SET DEFAULT DEFERRABLE INITIALLY DEFERRED NOT NULL,`, ""},
		{"type", func(c *createText) bool { c.retype("a, b", "TEXT COLLATE other", false); return true }, `"a, b" TEXT COLLATE other DEFAULT 'x, (y' CONSTRAINT given NOT NULL ON CONFLICT FAIL,`, "NOCASE"},
		{"type of the last", func(c *createText) bool { c.retype("last one", "BLOB", false); return true }, `[last one] BLOB NOT NULL DEFAULT (lower('(')),`, "[last one] TEXT"},
		{"check", func(c *createText) bool { return c.check("kind", "kind IN ('a', 'b')", "kind IN ('c')") }, `kind TEXT CHECK (kind IN ('c')) NULL,`, "'a'"},
		{"new check", func(c *createText) bool { return c.check("kind", "", "1") }, `NULL CHECK (1),`, ""},
		{"check of the table", func(c *createText) bool { return c.check("kind", "parent < 10 AND kind <> 'z'", "2") }, `CONSTRAINT low CHECK (2)`, "parent <"},
		{"add", func(c *createText) bool { c.add("more", "more INT"); return true }, "DEFAULT (lower('(')),\n\tmore INT,\n\tUNIQUE", ""},
		{"drop", func(c *createText) bool { return c.drop("kind") }, "FOREIGN KEY (\"a, b\") REFERENCES kinds (kind)", "UNIQUE"},
	} {
		c := readOdd(t).clone()
		if !x.do(c) {
			t.Errorf("%s: refused", x.name)
		}
		got := c.create(`"new"`)
		if !strings.Contains(got, x.want) || x.gone != "" && strings.Contains(got, x.gone) || !strings.HasPrefix(got, "CREATE TABLE \"new\" (\n\tid INTEGER PRIMARY KEY AUTOINCREMENT,\n") || !strings.HasSuffix(got, "\n) STRICT") {
			t.Errorf("%s: %s", x.name, got)
		}
	}
	for _, c := range []string{"parent", "id", "none"} { // a generated column is made of it, it is the key, it is not there
		x := readOdd(t)
		if x.drop(c) && c != "id" {
			t.Errorf("%s was dropped", c)
		}
	}
	if c := readOdd(t); c.check("kind", "another", "1") {
		t.Error("a check that is not there was replaced")
	}
}

// Whatever a text is, its parts are found again in what is written of them.
func FuzzCreateText(f *testing.F) {
	f.Add(createOdd)
	f.Add("CREATE TABLE t(a)")
	f.Add("CREATE TABLE t(a, b, PRIMARY KEY (a, b)) WITHOUT ROWID")
	f.Add("CREATE TABLE t (a CONSTRAINT x")
	f.Add("(,,)")
	f.Fuzz(func(t *testing.T, text string) {
		c, ok := readCreate(text)
		if !ok {
			return
		}
		again, ok := readCreate(c.create("t"))
		if !ok || len(again.defs) != len(c.defs) {
			t.Fatalf("%d parts became %+v", len(c.defs), again)
		}
		for _, d := range c.defs {
			if d.column == "" {
				continue
			}
			x := c.clone()
			x.null(d.column, false)
			x.retype(d.column, "TEXT", false)
			x.check(d.column, "", "1")
			x.drop(d.column)
		}
	})
}
