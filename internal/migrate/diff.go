package migrate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/ddl"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/schemafit"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source/catalogue"
)

// pair is a table as it is wanted beside what is there, either of which may be nil.
type pair struct {
	d    dialect.Dialect
	want *ddl.Table
	live *catalogue.Table
}

// name is the full name of the table.
func (p *pair) name() string {
	if p.live != nil {
		return p.live.FullName()
	}
	return catalogue.FullName(p.want.Schema, p.want.Name)
}

// sql is the table's name in statements.
func (p *pair) sql() string {
	if p.live != nil {
		return dialect.Table(p.d, p.live.Schema, p.live.Name)
	}
	return dialect.Table(p.d, p.want.Schema, p.want.Name)
}

// writer makes changes of the edits of one table.
type writer interface {
	changes(p *pair, edits []edit) ([]Change, []Note)
}

// Diff gives what brings live to the tables that models want, in the order to run it, and what it leaves to be done by hand. Tables
// that no model maps are looked at only where the options say so.
func Diff(d dialect.Dialect, live *catalogue.Schema, models []*model.Model, o Options) ([]Change, []Note, error) {
	w := differ{d: d, live: live, finds: schemafit.NewLive(live), o: o, taken: map[string]bool{}, wants: map[*catalogue.Table]*ddl.Table{}, filled: map[string]bool{}, stuck: map[[2]string]bool{}}
	switch d.Name() {
	case dialect.Postgres{}.Name():
		w.w = postgresWriter{d: d, live: live, o: o}
	case dialect.SQLite{}.Name():
		w.w = sqliteWriter{d: d, live: live, o: o}
	case dialect.SQLServer{}.Name():
		w.w = sqlServerWriter{d: d, live: live}
	default:
		return nil, nil, &fault.Error{Op: "plan", Source: live.Source, Err: fault.ErrUnsupported, Detail: "changes cannot be written for the dialect " + d.Name()}
	}
	w.diff(models)
	for at := range o.Fills {
		if !w.filled[at] {
			return nil, nil, fault.Say(fault.ErrInvalid, "", "", "plan: the value for "+strconv.Quote(at)+` fills nothing: name a column that a model maps as "table.column", once`)
		}
	}
	w.settleKeys()
	for i := range w.changes {
		w.changes[i].order = i
	}
	sortChanges(w.changes)
	slices.SortStableFunc(w.notes, func(a, b Note) int { return strings.Compare(a.Table, b.Table) })
	return w.changes, w.notes, nil
}

type differ struct {
	d       dialect.Dialect
	live    *catalogue.Schema
	finds   *schemafit.Live
	o       Options
	w       writer
	taken   map[string]bool // names of indexes and tables, by schema
	filled  map[string]bool
	stuck   map[[2]string]bool              // columns, with their table, whose type is not changed as models want it
	wants   map[*catalogue.Table]*ddl.Table // what models want of tables that are there
	changes []Change
	notes   []Note

	edits []edit // of the table under way
	on    *pair
}

func (w *differ) same(a, b string) bool { return w.finds.Same(a, b) }

func (w *differ) diff(models []*model.Model) {
	for i := range w.live.Tables {
		t := &w.live.Tables[i]
		for _, set := range [][]catalogue.Index{t.Uniques, t.Indexes} {
			for j := range set {
				w.taken[w.nameKey(t.Schema, set[j].Name)] = true
			}
		}
		w.taken[w.nameKey(t.Schema, t.Name)], w.taken[w.nameKey(t.Schema, t.Key.Name)] = true, true
	}
	mapped := map[*catalogue.Table]bool{}
	wanted := ddl.Ordered(ordered(w.once(ddl.Wanted(w.d, models))))
	var made []*ddl.Table
	schemas := map[string]bool{"": true}
	for i := range w.live.Tables {
		schemas[w.live.Tables[i].Schema] = true
	}
	for _, t := range wanted {
		if live := w.finds.Table(t.Schema, t.Name); live != nil {
			w.wants[live] = t
		}
	}
	for _, t := range wanted {
		live := w.finds.Table(t.Schema, t.Name)
		if live == nil && w.finds.Untold(t.Schema, t.Name) {
			w.notes = append(w.notes, Note{Table: catalogue.FullName(t.Schema, t.Name), Text: "is the system's or an extension's, and stays as it is"})
			continue
		}
		if live == nil {
			if !schemas[t.Schema] {
				schemas[t.Schema] = true
				w.schema(t)
			}
			w.create(t)
			made = append(made, t)
			continue
		}
		mapped[live] = true
		w.table(t, live)
	}
	for _, t := range made {
		w.later(t)
	}
	if w.o.DropTables {
		w.dropTables(mapped, wanted)
	}
}

// once makes one of the tables that the database takes for one, with its default schema named and not.
func (w *differ) once(tables []*ddl.Table) (out []*ddl.Table) {
	type place struct {
		live         *catalogue.Table
		schema, name string
	}
	seen := map[place]*ddl.Table{}
	for _, t := range tables {
		if w.same(t.Schema, w.live.Default) {
			t.Schema = ""
		}
		at := place{live: w.finds.Table(t.Schema, t.Name)}
		if at.live == nil {
			at.schema, at.name = w.finds.Fold(t.Schema), w.finds.Fold(t.Name)
		}
		if first := seen[at]; first != nil {
			ddl.Moved(tables, t, first)
			first.Take(t, w.same)
			continue
		}
		seen[at], out = t, append(out, t)
	}
	return out
}

// ordered brings tables behind those that their to-one relations lead to, where there is no circle.
func ordered(tables []*ddl.Table) []*ddl.Table {
	of := map[*model.Model]*ddl.Table{}
	for _, t := range tables {
		for _, m := range t.Models() {
			of[m] = t
		}
	}
	var out []*ddl.Table
	seen := map[*ddl.Table]bool{}
	var visit func(t *ddl.Table)
	visit = func(t *ddl.Table) {
		if t == nil || seen[t] {
			return
		}
		seen[t] = true
		for _, m := range t.Models() {
			for _, r := range m.Relations {
				if !r.Many && slices.Equal(r.Remote, r.Target.Key) {
					visit(of[r.Target])
				}
			}
		}
		out = append(out, t)
	}
	for _, t := range tables {
		visit(t)
	}
	return out
}

func (w *differ) note(column, text string) {
	w.notes = append(w.notes, Note{Table: w.on.name(), Column: column, Text: text})
}

func (w *differ) schema(t *ddl.Table) {
	text := w.d.CreateSchema(t.Schema)
	if text == "" {
		return
	}
	down := "DROP SCHEMA " + w.d.Quote(t.Schema)
	w.changes = append(w.changes, Change{Table: t.Schema, Kind: CreateSchema, Up: one(text), Down: one(down), Why: "models are in the schema"})
}

// create makes a table that is not there, with its indexes, which no row can refuse.
func (w *differ) create(t *ddl.Table) {
	w.led(t)
	p := &pair{d: w.d, want: t}
	up := one("CREATE TABLE " + p.sql() + " (" + t.Body(w.d) + ")")
	for i := range t.Indexes {
		x := t.Indexes[i]
		x.Name = w.free(t, x.Name)
		up = append(up, createIndex(p, &x, false))
	}
	up = append(up, t.Comments(w.d)...)
	why := "no table of the name is there"
	if t.Model != nil {
		why = "the model " + t.Model.Name + " has no table"
	}
	w.changes = append(w.changes, Change{Table: p.name(), Kind: CreateTable, Up: up, Down: one("DROP TABLE " + p.sql()), Why: why})
	for i := range t.Columns {
		if at := w.filling(t.Schema, t.Name, t.Columns[i].Name); at != "" {
			w.filled[at] = true
		}
	}
}

func (w *differ) nameKey(schema, name string) string { return schema + "\x00" + strings.ToLower(name) }

// free gives a name for an index that nothing else has. On SQL Server names are each table's own.
func (w *differ) free(t *ddl.Table, name string) string {
	out := name
	for n := 2; w.taken[w.nameKey(t.Schema, out)] && w.d.Name() != (dialect.SQLServer{}).Name(); n++ {
		out = ddl.Fit(t.Name + "_" + name + strconv.Itoa(n))
	}
	w.taken[w.nameKey(t.Schema, out)] = true
	return out
}

// table compares a table that is there.
func (w *differ) table(want *ddl.Table, live *catalogue.Table) {
	w.on, w.edits = &pair{d: w.d, want: want, live: live}, nil
	var added []*ddl.Column
	for i := range want.Columns {
		c := &want.Columns[i]
		if l := w.column(c.Name); l != nil {
			w.compare(c, l)
			continue
		}
		added = append(added, c)
	}
	if live.Kind != catalogue.BaseTable {
		for _, c := range added {
			w.note(c.Name, "is not there, and the table is a "+string(live.Kind)+": change it by hand")
		}
		return
	}
	for _, c := range added {
		w.add(c)
	}
	for i := range want.Columns {
		c := &want.Columns[i]
		switch l := w.column(c.Name); {
		case l == nil || w.finds.Defaulted(l) || c.From != "":
		case c.Made && !l.Nullable:
			w.edit(edit{kind: SetDefault, column: c, was: l, why: "the tag says auto and the database does not make the value"})
		case c.Default != "" && c.Field.Default == model.FillDatabase:
			w.edit(edit{kind: SetDefault, column: c, was: l, why: "the tag says dbdefault and the column has no default"})
		}
	}
	if !sameSet(want.Key, live.Key.Columns, w.same) {
		w.note("", "has the primary key ("+list(live.Key.Columns)+"), and the model says ("+list(want.Key)+"): change it by hand, since other tables may lead to it")
	}
	w.indexes()
	w.foreignKeys()
	w.unmapped(added)
	w.behind()
	changes, notes := w.w.changes(w.on, w.edits)
	changes, notes = w.settled(changes, notes)
	w.changes, w.notes = append(w.changes, changes...), append(w.notes, notes...)
}

// column finds a column of the live table.
func (w *differ) column(name string) *catalogue.Column {
	for i := range w.on.live.Columns {
		if c := &w.on.live.Columns[i]; w.same(c.Name, name) {
			return c
		}
	}
	return nil
}

func (w *differ) edit(e edit) {
	e.on = w.on
	if !w.whole() {
		e.why += "; the model is of a part of the table, which is changed as a whole"
	}
	w.edits = append(w.edits, e)
}

// whole reports whether a model maps the table itself, and not only parts of it.
func (w *differ) whole() bool {
	return slices.ContainsFunc(w.on.want.Models(), func(m *model.Model) bool { return w.same(m.Table, w.on.live.Name) }) || w.same(w.on.want.Name, w.on.live.Name)
}

// unmapped looks at columns and indexes that no model knows.
func (w *differ) unmapped(added []*ddl.Column) {
	var dropped []*catalogue.Column
	for i := range w.on.live.Columns {
		l := &w.on.live.Columns[i]
		if slices.ContainsFunc(w.on.want.Columns, func(c ddl.Column) bool { return w.same(c.Name, l.Name) }) {
			continue
		}
		w.renamed(l, added)
		switch {
		case w.o.DropColumns && w.whole():
			dropped = append(dropped, l)
			continue
		case w.o.DropColumns:
			w.note(l.Name, "no field maps it, and it is not dropped, since the model is of a part of the table")
			continue
		}
		if !l.Nullable && l.Default == "" && l.Identity == "" && l.Generated == "" && w.on.want.Model != nil {
			w.note(l.Name, "must be given and no field maps it, so rows cannot be created through the model: map it, give it a default, or let it be NULL")
		}
	}
	w.dropColumns(dropped)
	if !w.o.DropIndexes || !w.whole() {
		return
	}
	for _, set := range [][]catalogue.Index{w.on.live.Uniques, w.on.live.Indexes} {
		for i := range set {
			x := &set[i]
			if w.asked(x) || slices.ContainsFunc(w.edits, func(e edit) bool { return e.wasIndex == x }) { // one that is replaced goes with that
				continue
			}
			if by := w.keyTo(x); by != "" {
				w.note("", "no model asks for the unique index "+x.Name+", and it is not dropped, since the foreign key of "+by+" leads to it: drop that first")
			} else {
				w.edit(edit{kind: DropIndex, wasIndex: x, destructive: true, why: "no model asks for the index"})
			}
		}
	}
}

// keyTo names the table whose foreign key leads to the columns of a unique index, "" where none does.
func (w *differ) keyTo(x *catalogue.Index) string {
	if !x.Unique {
		return ""
	}
	for i := range w.live.Tables {
		t := &w.live.Tables[i]
		for _, f := range w.leading(t, w.on.live) {
			if f != nil && sameSet(f.References, x.Columns(), w.same) {
				return t.FullName()
			}
		}
	}
	return ""
}

// renamed tells of a column that a new one may be under another name, which only people know.
func (w *differ) renamed(l *catalogue.Column, added []*ddl.Column) {
	for _, c := range added {
		if why, _ := suits(c, l, w.d); why != "" {
			continue
		}
		text := "ALTER TABLE " + w.on.sql() + " RENAME COLUMN " + w.d.Quote(l.Name) + " TO " + w.d.Quote(c.Name)
		if w.d.Name() == (dialect.SQLServer{}).Name() {
			text = "EXEC sp_rename " + ddl.Literal(w.d, w.on.sql()+"."+w.d.Quote(l.Name)) + ", " + ddl.Literal(w.d, c.Name) + ", N'COLUMN'"
		}
		w.note(c.Name, "is added, and no field maps "+l.Name+", which is of a like type: if it is the same under a new name, write this in place of the step that adds it: "+text)
	}
}

func sameSet(a, b []string, same func(a, b string) bool) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(x string) bool {
		return !slices.ContainsFunc(b, func(y string) bool { return same(x, y) })
	})
}
