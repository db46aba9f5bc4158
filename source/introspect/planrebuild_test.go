package introspect_test

import (
	"database/sql"
	"fmt"
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

// The steps that make a table of SQLite anew leave the settings of the connection as they find them, in a transaction and outside. Where
// foreign keys are on, to drop a table would delete or change the rows that lead to it where the keys have an action: the steps fail then
// before they do anything, unless they are told that keys are on and can switch them off.
func TestRebuildLeavesSettingsAndRows(t *testing.T) {
	e := engines()[0]
	for _, action := range []string{"", "ON DELETE RESTRICT", "ON DELETE CASCADE", "ON DELETE SET NULL", "ON DELETE SET DEFAULT"} {
		for _, on := range []bool{false, true} {
			for _, inside := range []bool{false, true} {
				for _, told := range []bool{false, true} {
					says := ""
					switch acts := action != "" && action != "ON DELETE RESTRICT"; {
					case acts && !told && on:
						says = "plan with ForeignKeysOn"
					case acts && told && !on:
						says = "plan without ForeignKeysOn"
					case acts && told && inside:
						says = "run it outside a transaction"
					}
					t.Run(fmt.Sprintf("sqlite %s on=%v inside=%v told=%v", action, on, inside, told), func(t *testing.T) { rebuildWith(t, e, action, on, inside, told, says) })
				}
			}
		}
	}
}

func rebuildWith(t *testing.T, e engine, action string, on, inside, told bool, says string) {
	address := e.make(t)
	e.load(t, address, `CREATE TABLE papers (id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL UNIQUE, place TEXT, deleted_at DATETIME, after INTEGER REFERENCES papers (id)); CREATE INDEX papers_at ON papers (place);
		CREATE TABLE notes (paper INTEGER DEFAULT 2 REFERENCES Papers (id) `+action+`, more INTEGER); CREATE VIEW seen AS SELECT code FROM papers;
		CREATE TABLE rebuilding (x INTEGER); INSERT INTO rebuilding VALUES (7); CREATE TABLE gone (x INTEGER); CREATE TRIGGER lost AFTER DELETE ON papers BEGIN INSERT INTO gone VALUES (old.id); END;
		INSERT INTO papers (id, code, after) VALUES (1, 'a', 2), (2, 'b', NULL), (9, 'c', 1); DELETE FROM papers WHERE id = 9; DELETE FROM gone; INSERT INTO notes VALUES (1, 1), (1, 2)`)
	db := open(t, e.open(address), orm.Models(deletedPlan{}))
	opts := []introspect.Option{introspect.Fill("papers.place", "'?'")}
	if told {
		opts = append(opts, introspect.ForeignKeysOn())
	}
	plan, err := introspect.Plan(t.Context(), db, opts...)
	if err != nil {
		t.Fatal(err)
	}
	conn := sql.OpenDB(connector{new(engineDriver.Driver), fmt.Sprintf("%s?_pragma=foreign_keys(%v)&_pragma=legacy_alter_table(%v)", address, on, on)})
	conn.SetMaxOpenConns(1)
	text := func() (out string) {
		if err := conn.QueryRow(`SELECT (SELECT group_concat(id || code || ifnull(after, '-')) FROM papers) || ' ' || (SELECT group_concat(paper || more) FROM notes) || ' ' ||
			(SELECT seq FROM sqlite_sequence WHERE name = 'papers') || (SELECT count(*) FROM seen) || (SELECT count(*) FROM gone) || (SELECT x FROM main.rebuilding) ||
			(SELECT foreign_keys FROM pragma_foreign_keys) || (SELECT legacy_alter_table FROM pragma_legacy_alter_table)`).Scan(&out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	run := func(list []string) (err error) {
		if inside {
			if _, err := conn.Exec("BEGIN"); err != nil {
				t.Fatal(err)
			}
		}
		for i := 0; i < len(list) && err == nil; i++ {
			_, err = conn.Exec(list[i])
		}
		if inside && err == nil {
			_, err = conn.Exec("COMMIT")
		}
		return err
	}
	before := text()
	var up, down []string
	for i, c := range plan.Changes {
		if c.Alone != (told && strings.Contains(action, "CASC") || told && strings.Contains(action, "SET")) && c.Kind == "rebuild table" {
			t.Errorf("%v of a step that runs alone", c.Alone)
		}
		up, down = append(up, c.Up...), append(down, plan.Changes[len(plan.Changes)-1-i].Down...)
	}
	if len(up) == 0 || len(down) == 0 {
		t.Fatal(plan)
	}
	err = run(up)
	if (says != "") != (err != nil) || err != nil && !strings.Contains(err.Error(), says) {
		t.Errorf("%v, want %q", err, says)
	}
	if err == nil {
		if after := text(); after != before {
			t.Errorf("%s became %s", before, after)
		}
		if again, err := introspect.Plan(t.Context(), db); err != nil || !again.Empty() {
			t.Errorf("the second plan: %v\n%v", err, again)
		}
		err = run(down)
		if err != nil {
			t.Error("back:", err)
		}
	} else if _, open := conn.Exec("ROLLBACK"); open == nil && says != "plan without ForeignKeysOn" {
		t.Error("a transaction is left open")
	}
	if after := text(); after != before {
		t.Errorf("%s became %s", before, after)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
}

// What other migrations added after a plan was made is not lost to it: its steps fail before they do anything.
func TestRebuildOfAnotherTable(t *testing.T) {
	e := engines()[0]
	for name, later := range map[string]string{
		"a column":                 "ALTER TABLE papers ADD COLUMN extra TEXT DEFAULT 'kept'",
		"a generated column":       "ALTER TABLE papers ADD COLUMN extra TEXT AS ('kept')",
		"a column fewer":           "ALTER TABLE papers DROP COLUMN spare",
		"a column renamed":         "ALTER TABLE papers RENAME COLUMN spare TO extra",
		"an index":                 "CREATE INDEX extra ON Papers (code)",
		"an index fewer":           "DROP INDEX papers_at",
		"a trigger":                "CREATE TRIGGER extra AFTER DELETE ON papers BEGIN SELECT 1; END",
		"a trigger for another":    "DROP TRIGGER seen; CREATE TRIGGER extra AFTER DELETE ON papers BEGIN SELECT 1; END",
		"nothing, and other cases": "",
	} {
		t.Run(name, func(t *testing.T) {
			address := e.make(t)
			e.load(t, address, `CREATE TABLE "Papers" ("ID" INTEGER PRIMARY KEY AUTOINCREMENT, [code] TEXT NOT NULL UNIQUE, "Place" TEXT, deleted_at DATETIME, spare TEXT, twice TEXT AS (code || code) STORED);
				CREATE INDEX IF NOT EXISTS papers_at ON papers (place); CREATE UNIQUE INDEX main."odd ""one" ON papers (place, code) WHERE deleted_at IS NULL;
				CREATE TRIGGER IF NOT EXISTS seen AFTER INSERT ON papers BEGIN SELECT 1; END; INSERT INTO papers (code) VALUES ('a')`)
			db := open(t, e.open(address), orm.Models(deletedPlan{}))
			plan, err := introspect.Plan(t.Context(), db, introspect.Fill("papers.place", "'?'"))
			if err != nil || len(plan.Changes) == 0 {
				t.Fatal(plan, err)
			}
			e.load(t, address, later)
			conn, err := sql.Open("sqlite", address)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			conn.SetMaxOpenConns(1)
			schema := func() (out string) {
				if err := conn.QueryRow(`SELECT (SELECT group_concat(sql) FROM (SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name)) || (SELECT group_concat(code) FROM papers)`).Scan(&out); err != nil {
					t.Fatal(err)
				}
				return out
			}
			run := func(down bool) (err error) {
				for i := range plan.Changes {
					list := plan.Changes[i].Up
					if down {
						list = plan.Changes[len(plan.Changes)-1-i].Down
					}
					for _, s := range list {
						if _, err = conn.Exec(s); err != nil {
							return err
						}
					}
				}
				return nil
			}
			before := schema()
			err = run(false)
			if later == "" {
				if err == nil {
					err = run(true)
				}
				if err != nil {
					t.Errorf("of the table that it was planned for: %v\n%v", err, plan)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), "plan again") {
				t.Errorf("the steps gave %v", err)
			}
			if after := schema(); after != before {
				t.Errorf("%s\nbecame\n%s", before, after)
			}
		})
	}
}

// A plan that switches foreign keys off looks at the table before it does so.
func TestRebuildOfAnotherTableLeavesKeysOn(t *testing.T) {
	e := engines()[0]
	address := e.make(t)
	e.load(t, address, `CREATE TABLE papers (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, place TEXT, deleted_at DATETIME); INSERT INTO papers (code) VALUES ('a');
		CREATE TABLE notes (paper INTEGER REFERENCES papers (id) ON DELETE CASCADE); INSERT INTO notes VALUES (1)`)
	db := open(t, e.open(address), orm.Models(deletedPlan{}))
	plan, err := introspect.Plan(t.Context(), db, introspect.Fill("papers.place", "'?'"), introspect.ForeignKeysOn())
	if err != nil {
		t.Fatal(err)
	}
	e.load(t, address, "ALTER TABLE papers ADD COLUMN extra TEXT DEFAULT 'kept'")
	conn, err := sql.Open("sqlite", address+"?_pragma=foreign_keys(1)")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetMaxOpenConns(1)
	err = nil
	for i := 0; i < len(plan.Changes) && err == nil; i++ {
		for _, s := range plan.Changes[i].Up {
			if _, err = conn.Exec(s); err != nil {
				break
			}
		}
	}
	if err == nil || !strings.Contains(err.Error(), "plan again") {
		t.Errorf("the steps gave %v", err)
	}
	var got string
	if err := conn.QueryRow("SELECT (SELECT foreign_keys FROM pragma_foreign_keys) || extra || (SELECT count(*) FROM notes) FROM papers").Scan(&got); err != nil || got != "1kept1" {
		t.Errorf("%s, %v", got, err)
	}
}

// A shell that goes on behind a statement that fails keeps nothing of the step, wherever it fails: the table, its rows and what goes by them stay.
func TestRebuildGuardsShellsThatGoOn(t *testing.T) {
	e := engines()[0]
	for _, action := range []string{"", "ON DELETE CASCADE"} {
		for _, told := range []bool{false, true} {
			for _, inside := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s told=%v inside=%v", action, told, inside), func(t *testing.T) { rebuildGoingOn(t, e, action, told, inside) })
			}
		}
	}
}

func rebuildGoingOn(t *testing.T, e engine, action string, told, inside bool) {
	const script = `DROP TABLE IF EXISTS notes; DROP TABLE IF EXISTS papers; CREATE TABLE papers (id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL UNIQUE, place TEXT, deleted_at DATETIME); CREATE INDEX papers_at ON papers (place); CREATE TABLE notes (paper INTEGER REFERENCES papers (id) %s);
		CREATE TRIGGER seen AFTER INSERT ON papers BEGIN SELECT 1; END; INSERT INTO papers (id, code) VALUES (1, 'a'), (2, 'b'), (9, 'c'); DELETE FROM papers WHERE id = 9; INSERT INTO notes VALUES (1), (2)`
	address := e.make(t)
	e.load(t, address, fmt.Sprintf(script, action))
	db := open(t, e.open(address), orm.Models(deletedPlan{}))
	opts := []introspect.Option{introspect.Fill("papers.place", "'?'")}
	if told {
		opts = append(opts, introspect.ForeignKeysOn())
	}
	plan, err := introspect.Plan(t.Context(), db, opts...)
	if err != nil || len(plan.Changes) == 0 {
		t.Fatal(plan, err)
	}
	list := plan.Changes[0].Up
	if plan.Changes[0].Kind != "rebuild table" {
		t.Fatal(plan)
	}
	for _, on := range []int{0, 1} {
		for broken := -1; broken < len(list); broken++ { // the statement that fails
			if broken >= 0 && (strings.HasPrefix(list[broken], "SAVEPOINT") || strings.HasPrefix(list[broken], "CREATE TEMP") || strings.Contains(list[broken], "TABLE temp.") || strings.Contains(list[broken], `INTO "rebuilding_done"`)) {
				continue // which nothing can stop, or holds the others
			}
			e.load(t, address, fmt.Sprintf(script, action))
			conn, err := sql.Open("sqlite", fmt.Sprintf("%s?_pragma=foreign_keys(%d)", address, on))
			if err != nil {
				t.Fatal(err)
			}
			conn.SetMaxOpenConns(1)
			schema := func() (out string) {
				if err := conn.QueryRow(`SELECT (SELECT group_concat(name) FROM (SELECT name FROM sqlite_master ORDER BY name)) || (SELECT group_concat(id || code) FROM papers) || (SELECT seq FROM sqlite_sequence WHERE name = 'papers') || (SELECT group_concat(paper) FROM notes)`).Scan(&out); err != nil {
					out = err.Error()
				}
				return out
			}
			before := schema()
			if inside {
				_, _ = conn.Exec("BEGIN")
			}
			failed := false
			for i, s := range list {
				if i == broken {
					failed = true
					if strings.HasPrefix(s, "INSERT OR ROLLBACK") {
						_, _ = conn.Exec("ROLLBACK")
					}
					continue
				}
				if _, err := conn.Exec(s); err != nil {
					failed = true
				}
			}
			_, _ = conn.Exec("COMMIT")
			_, _ = conn.Exec("RELEASE \"rebuild\"")
			if after := schema(); after != before {
				t.Errorf("foreign keys %d, without %q, failed %v: %s became %s", on, list[max(broken, 0)], failed, before, after)
			}
			if err := conn.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
