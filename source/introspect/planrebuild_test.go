package introspect_test

import (
	"database/sql"
	"strings"
	"testing"

	engineDriver "modernc.org/sqlite"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/introspect"
)

// A table of SQLite that is made anew keeps the numbers of its rows, by which full-text indexes know them, and the number that
// its next row gets.
func TestRebuiltTableKeepsNumbers(t *testing.T) {
	e := engines()[0]
	address := e.make(t)
	e.load(t, address, `CREATE TABLE wides (id TEXT PRIMARY KEY NOT NULL, price TEXT NOT NULL, name TEXT NOT NULL, n TEXT NOT NULL, ratio REAL NOT NULL);
		CREATE TABLE papers (id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL, place TEXT, deleted_at DATETIME);
		INSERT INTO wides VALUES ('a', '1', 'x', '1', 1), ('b', '1', 'x', '1', 1), ('c', '1', 'x', '1', 1); DELETE FROM wides WHERE id = 'a';
		INSERT INTO papers (code) VALUES ('a'), ('b'); DELETE FROM papers;
		CREATE TRIGGER gone AFTER DELETE ON papers BEGIN INSERT INTO papers (code, place) VALUES (old.code || '''; again', 'x'); END;
		CREATE VIEW seen AS SELECT * FROM papers`)
	db := open(t, e.open(address), orm.Models(widePlan{}, deletedPlan{}))
	plan, err := introspect.Plan(t.Context(), db, introspect.Fill("papers.place", "'?'"))
	if err != nil {
		t.Fatal(err)
	}
	e.run(t, address, plan.Changes, false)
	e.load(t, address, "INSERT INTO papers (code, place) VALUES ('c', 'p'); DELETE FROM papers WHERE code = 'c'")
	got, err := orm.Raw[string](t.Context(), db, "SELECT (SELECT group_concat(rowid || id) FROM wides) || ' ' || (SELECT group_concat(id || code) FROM seen)")
	if err != nil || len(got) != 1 || got[0] != "2b,3c 4c'; again" {
		t.Errorf("%v, %v", got, err)
	}
}

// To drop a table deletes the rows that lead to it while foreign keys are on: inside a transaction, where they cannot be switched off,
// the steps fail before they do anything; outside they switch them off, and leave them on.
func TestRebuildSparesRowsThatLeadToIt(t *testing.T) {
	e := engines()[0]
	for _, inside := range []bool{true, false} {
		address := e.make(t)
		e.load(t, address, `CREATE TABLE papers (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, place TEXT, deleted_at DATETIME); CREATE INDEX papers_at ON papers (place);
			CREATE TABLE notes (paper INTEGER NOT NULL REFERENCES papers (id) ON DELETE CASCADE); INSERT INTO papers (id, code) VALUES (1, 'a'); INSERT INTO notes VALUES (1), (1)`)
		db := open(t, e.open(address), orm.Models(deletedPlan{}))
		plan, err := introspect.Plan(t.Context(), db, introspect.Fill("papers.place", "'?'"))
		if err != nil {
			t.Fatal(err)
		}
		conn := sql.OpenDB(connector{new(engineDriver.Driver), address + "?_pragma=foreign_keys(1)"})
		conn.SetMaxOpenConns(1)
		if inside {
			if _, err := conn.Exec("BEGIN"); err != nil {
				t.Fatal(err)
			}
		}
		for i := 0; i < len(plan.Changes) && err == nil; i++ {
			for _, s := range plan.Changes[i].Up {
				if _, err = conn.Exec(s); err != nil {
					break
				}
			}
		}
		var notes, on int
		if err := conn.QueryRow("SELECT (SELECT count(*) FROM notes), foreign_keys FROM pragma_foreign_keys").Scan(&notes, &on); err != nil || notes != 2 || on != 1 {
			t.Errorf("inside %v: %d rows lead to the table, foreign keys %d, %v", inside, notes, on, err)
		}
		if inside != (err != nil) || err != nil && !strings.Contains(err.Error(), "foreign keys are on, run it outside a transaction") {
			t.Errorf("inside %v: %v", inside, err)
		}
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
