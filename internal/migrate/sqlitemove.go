package migrate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/internal/ddl"
	"github.com/multi-orm/orm/internal/sqltokens"
	"github.com/multi-orm/orm/source/catalogue"
)

// What the names of constraints say where a step fails before it has done anything.
const (
	keysAct    = "foreign keys are on and delete or change rows that lead to the table: plan with ForeignKeysOn, or run it where they are off"
	keysOff    = "foreign keys are off: plan without ForeignKeysOn, or run it where they are on"
	keysInside = "foreign keys are on, run it outside a transaction"
	keysBroken = "foreign keys would lead nowhere"
	halfway    = "a statement before this one failed, so nothing of the step is kept"
	changed    = "the table has other columns, indexes or triggers than it was planned for: plan again"
)

// statements are those of one rebuilding, which leave every setting of the connection as they find it. Nothing is renamed, since that
// reads all views and changes keys that lead to the table. To drop a table deletes its rows first where foreign keys are on: keys
// without an action wait for the rows to come back, within the transaction; what an action would do to other rows cannot be taken back, so
// the steps fail before they do anything, unless they are told that keys are on, and switch them off outside a transaction and on again.
// So they do where the table is not as from says, or has another index or trigger than there: what they do not know they would lose. A shell
// that goes on behind a statement that failed does what follows in a transaction of its own, which a look at the end takes back.
func (b *rebuilding) statements(from *createText, there []string, to *createText, into, out, beside []string) []string {
	table, literal := b.d.Quote(b.p.live.Name), ddl.Literal(b.d, b.p.live.Name)
	guard, rows, done := b.d.Quote(b.unused("rebuilding")), b.d.Quote(b.unused("rebuilding_rows")), b.d.Quote(b.unused("rebuilding_done"))
	if r := b.rowid(from, to); r != "" {
		into, out = append(one(r), into...), append(one(r), out...)
	}
	places := make([]string, len(into))
	for i := range places {
		places[i] = "c" + strconv.Itoa(i+1)
	}
	check := func(column, says, condition string) string {
		return `, "` + column + `" INTEGER CONSTRAINT "` + says + `" CHECK (` + condition + `)`
	}
	refuse := check("enforced", keysAct, `"enforced" = 0`)
	enforced := "(SELECT foreign_keys FROM pragma_foreign_keys) AND " + b.acted(literal)
	counts, sequence := from.counts() && to.counts(), "NULL"
	if counts { // numbers of rows that are gone are not given again
		sequence = "(SELECT seq FROM sqlite_sequence WHERE name = " + literal + ")"
	}
	var list []string
	known := check("changed", changed, `"changed" = 0`)
	if b.switches() {
		refuse, enforced = check("enforced", keysInside, `"enforced" = 0`), "(SELECT foreign_keys FROM pragma_foreign_keys)"
		list = append(list, "CREATE TEMP TABLE "+guard+` ("was" INTEGER CONSTRAINT "`+keysOff+`" CHECK ("was" = 1)`+known+")",
			"INSERT INTO "+guard+" SELECT foreign_keys, "+b.differs(literal, from, there)+" FROM pragma_foreign_keys", "DROP TABLE temp."+guard, "PRAGMA foreign_keys = OFF")
	}
	list = append(list,
		`SAVEPOINT "rebuild"`,
		"CREATE TEMP TABLE "+guard+` ("broken" INTEGER, "sequence" INTEGER, "rows" INTEGER`+refuse+known+check("more", keysBroken, `"more" <= 0`)+")",
		"INSERT OR ROLLBACK INTO "+guard+` ("enforced", "changed", "broken", "rows", "sequence") SELECT `+enforced+", "+b.differs(literal, from, there)+", "+b.broken()+", (SELECT count(*) FROM "+table+"), "+sequence,
		`SAVEPOINT "rebuild_rows"`,
		"CREATE TEMP TABLE "+done+` ("done" INTEGER CONSTRAINT "`+halfway+`" CHECK ("done" = 1))`,
		"PRAGMA defer_foreign_keys = ON", // to the end of the transaction
		"CREATE TEMP TABLE "+rows+" ("+strings.Join(places, ", ")+")",
		"INSERT INTO "+rows+" SELECT "+strings.Join(out, ", ")+" FROM "+table)
	list = append(list, "DROP TABLE "+table, to.create(table),
		"INSERT OR ROLLBACK INTO "+table+" ("+strings.Join(into, ", ")+") SELECT "+strings.Join(places, ", ")+" FROM "+rows, "DROP TABLE temp."+rows)
	if counts { // by statements that the table of guards must be there for
		list = append(list, "UPDATE sqlite_sequence SET seq = (SELECT \"sequence\" FROM "+guard+") WHERE name = "+literal+" AND EXISTS (SELECT 1 FROM "+guard+` WHERE "sequence" IS NOT NULL)`,
			"INSERT INTO sqlite_sequence (name, seq) SELECT "+literal+`, "sequence" FROM `+guard+` WHERE "sequence" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = `+literal+")")
	}
	list = append(list, beside...)
	list = append(list,
		"INSERT OR ROLLBACK INTO "+done+" SELECT (SELECT count(*) FROM sqlite_temp_master WHERE type = 'table' AND name = "+ddl.Literal(b.d, b.unused("rebuilding"))+") = 1 AND (SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = "+literal+
			" COLLATE NOCASE) = 1 AND (SELECT count(*) FROM sqlite_master WHERE tbl_name = "+literal+" COLLATE NOCASE AND type IN ('index', 'trigger') AND sql IS NOT NULL) = "+strconv.Itoa(len(beside)),
		"INSERT OR ROLLBACK INTO "+done+" SELECT (SELECT count(*) FROM "+table+`) = "rows" AND ("sequence" IS NULL OR `+sequence+` = "sequence") FROM `+guard,
		"DROP TABLE temp."+done,
		"INSERT OR ROLLBACK INTO "+guard+` ("more") SELECT `+b.broken()+` - "broken" FROM `+guard,
		"DROP TABLE temp."+guard,
		`RELEASE "rebuild"`)
	if b.switches() {
		list = append(list, "PRAGMA foreign_keys = ON")
	}
	return list
}

// differs is the condition that the table of a name has other columns, indexes or triggers than these.
func (b *rebuilding) differs(table string, from *createText, beside []string) string {
	var columns, names []string
	for _, d := range from.defs {
		if d.column != "" {
			columns = append(columns, ddl.Literal(b.d, d.column))
		}
	}
	for _, text := range beside {
		_, name := made(text)
		names = append(names, ddl.Literal(b.d, name))
	}
	other := func(rows string, known []string) string {
		return "(SELECT count(*) FROM " + rows + ") <> " + strconv.Itoa(len(known)) +
			" OR EXISTS (SELECT 1 FROM " + rows + " AND name COLLATE NOCASE NOT IN (" + strings.Join(known, ", ") + "))"
	}
	return "(" + other("pragma_table_xinfo("+table+") WHERE true", columns) +
		" OR " + other("sqlite_master WHERE tbl_name = "+table+" COLLATE NOCASE AND type IN ('index', 'trigger') AND sql IS NOT NULL", names) + ")"
}

// unused is a name that no table has, since a temporary table goes before others of its name.
func (b *rebuilding) unused(name string) string {
	out := name
	for n := 2; slices.ContainsFunc(b.live.Tables, func(t catalogue.Table) bool { return sqltokens.Same(t.Name, out) }); n++ {
		out = name + strconv.Itoa(n)
	}
	return out
}

// acted is the condition that a key to the table has an action, whatever tables are there when the step runs.
func (b *rebuilding) acted(literal string) string {
	return `EXISTS (SELECT 1 FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS k WHERE m.type = 'table' AND k."table" = ` + literal +
		" COLLATE NOCASE AND k.on_delete IN ('CASCADE', 'SET NULL', 'SET DEFAULT'))"
}

// switches reports whether the step switches foreign keys off and on again.
func (b *rebuilding) switches() bool {
	return b.o.ForeignKeysOn && slices.ContainsFunc(b.leading(), func(f catalogue.ForeignKey) bool {
		return f.OnDelete == catalogue.Cascade || f.OnDelete == catalogue.SetNull || f.OnDelete == catalogue.SetDefault
	})
}

// leading are the keys that lead to the table, its own among them.
func (b *rebuilding) leading() (out []catalogue.ForeignKey) {
	for i := range b.live.Tables {
		for _, f := range b.live.Tables[i].ForeignKeys {
			if b.live.Tables[i].Schema == "" && sqltokens.Same(f.Table, b.p.live.Name) {
				out = append(out, f)
			}
		}
	}
	return out
}

// broken counts the rows that foreign keys of the table, and those to it, lead nowhere from.
func (b *rebuilding) broken() string {
	names := one(b.p.live.Name)
	for i := range b.live.Tables {
		t := &b.live.Tables[i]
		if t.Schema == "" && t.Name != names[0] && slices.ContainsFunc(t.ForeignKeys, func(f catalogue.ForeignKey) bool { return sqltokens.Same(f.Table, names[0]) }) {
			names = append(names, t.Name)
		}
	}
	for i, n := range names {
		names[i] = "(SELECT count(*) FROM pragma_foreign_key_check(" + ddl.Literal(b.d, n) + "))"
	}
	return strings.Join(names, " + ")
}
