package introspect_test

import (
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/introspect"
)

type (
	numberedPlan struct {
		ID   int64  `orm:"id,auto,table=papers"`
		Name string `orm:"name"`
	}
	namedPlan struct {
		ID   string `orm:"id,table=papers"`
		Name string `orm:"name"`
	}
	pairedPlan struct {
		A    int64  `orm:"a,id,table=papers"`
		B    string `orm:"b,id"`
		Name string `orm:"name"`
	}
	sizedPlan struct {
		ID   int64  `orm:"id,auto,table=papers"`
		Name string `orm:"name"`
		Code string `orm:"code,type=varchar(9),default=x"`
	}
)

// A key of SQLite gets another type with the table as it was else: what numbers itself goes with INTEGER alone, rows keep their keys.
func TestPlanGuardsRetypedKeys(t *testing.T) {
	e := engines()[0]
	for _, c := range []struct {
		name, table string
		model       any
		values      string
		rows, notes string
		says        []string // of the table that was made
		lacks       string
	}{
		{"a text", "id TEXT PRIMARY KEY, name TEXT NOT NULL)", numberedPlan{}, "('9', 'a'), ('3', 'b')", "3integerb,9integera", "", []string{"id INTEGER PRIMARY KEY,"}, "TEXT PRIMARY"},
		{"a text and its NOT NULL", `"id" varchar(9) CONSTRAINT pk PRIMARY KEY ON CONFLICT REPLACE NOT NULL, name TEXT NOT NULL)`, numberedPlan{}, "('9', 'a'), ('3', 'b')", "3integerb,9integera", "", []string{`"id" INTEGER CONSTRAINT pk PRIMARY KEY ON CONFLICT REPLACE NOT NULL,`}, ""},
		{"a constraint", "id TEXT, name TEXT NOT NULL, CONSTRAINT pk PRIMARY KEY (id))", numberedPlan{}, "('9', 'a'), ('3', 'b')", "3integerb,9integera", "", []string{"id INTEGER,", "CONSTRAINT pk PRIMARY KEY (id)"}, "INTEGER PRIMARY"},
		{"no row numbers", "id TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID", numberedPlan{}, "('9', 'a'), ('3', 'b')", "3integerb,9integera", "papers.id: set default is to be done by hand", []string{"id INTEGER PRIMARY KEY", "WITHOUT ROWID"}, ""},
		{"strict", "id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT", numberedPlan{}, "('9', 'a'), ('3', 'b')", "3integerb,9integera", "", []string{"id INTEGER PRIMARY KEY", "STRICT"}, ""},
		{"a number that is none", "id INTEGER PRIMARY KEY DESC, name TEXT NOT NULL)", namedPlan{}, "(9, 'a'), (3, 'b')", "3textb,9texta", "", []string{"id TEXT PRIMARY KEY DESC"}, ""},
		{"a row number", "id INTEGER PRIMARY KEY, name TEXT NOT NULL)", namedPlan{}, "(9, 'a'), (3, 'b')", "3textb,9texta", "", []string{"id TEXT PRIMARY KEY NOT NULL"}, ""},
		{"a row number by a constraint", "id INTEGER, name TEXT NOT NULL, PRIMARY KEY (id))", namedPlan{}, "(9, 'a'), (3, 'b')", "3textb,9texta", "", []string{"id TEXT NOT NULL", "PRIMARY KEY (id)"}, ""},
		{"a counter", "id INTEGER PRIMARY KEY ASC AUTOINCREMENT, name TEXT NOT NULL)", namedPlan{}, "(9, 'a'), (3, 'b')", "3textb,9texta", "", []string{"id TEXT PRIMARY KEY ASC NOT NULL"}, "AUTOINCREMENT"},
		{"a strict counter", "id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL) STRICT", namedPlan{}, "(9, 'a'), (3, 'b')", "3textb,9texta", "", []string{"STRICT"}, "AUTOINCREMENT"},
		{"several columns", "a TEXT NOT NULL, b INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (a, b)) WITHOUT ROWID", pairedPlan{}, "('9', 1, 'a'), ('3', 2, 'b')", "3integer2textb,9integer1texta", "", []string{"a INTEGER NOT NULL", "PRIMARY KEY (a, b)"}, ""},
		{"a type that a strict table has not", "id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT", sizedPlan{}, "(9, 'a'), (3, 'b')", "3integerb,9integera", "papers.code: add column is to be done by hand, since the table is STRICT, which knows no varchar(9)", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			address := e.make(t)
			e.load(t, address, "CREATE TABLE papers ("+c.table+"; INSERT INTO papers VALUES "+c.values)
			db := open(t, e.open(address), orm.Models(c.model))
			plan, err := introspect.Plan(t.Context(), db)
			if err != nil || !strings.Contains(plan.String(), c.notes) || c.notes == "" && strings.Contains(plan.String(), "note:") {
				t.Fatal(plan, err)
			}
			query := "SELECT group_concat(id || typeof(id) || name, ',') FROM (SELECT * FROM papers ORDER BY id)"
			if strings.Contains(c.rows, "1") {
				query = "SELECT group_concat(a || typeof(a) || b || typeof(b) || name, ',') FROM (SELECT * FROM papers ORDER BY a)"
			}
			text := func(query string) string {
				rows, err := orm.Raw[string](t.Context(), db, orm.Unsafe(query))
				if err != nil || len(rows) != 1 {
					t.Fatal(rows, err)
				}
				return rows[0]
			}
			before := text(query)
			e.run(t, address, plan.Changes, false)
			if got := text(query); got != c.rows {
				t.Errorf("%s became %s, want %s", before, got, c.rows)
			}
			made := text("SELECT sql FROM sqlite_master WHERE name = 'papers'")
			for _, says := range c.says {
				if !strings.Contains(made, says) {
					t.Errorf("%q is not in %s", says, made)
				}
			}
			if c.lacks != "" && strings.Contains(made, c.lacks) {
				t.Error(made)
			}
			again, err := introspect.Plan(t.Context(), db)
			if err != nil || !again.Empty() || c.notes == "" && len(again.Notes) > 0 {
				t.Errorf("the second plan: %v\n%v", err, again)
			}
			for i := len(plan.Changes) - 1; i >= 0; i-- {
				e.load(t, address, strings.Join(plan.Changes[i].Down, ";\n"))
			}
			if got := text(query); got != before {
				t.Errorf("%s went back to %s", before, got)
			}
		})
	}
}
