// Package ddl writes the CREATE statements of models: types, keys, unique sets, indexes, enum checks and
// link tables. It is for tests and quick starts; migrations stay with tools made for them.
package ddl

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/model"
)

// Statements gives the statements that create the tables of models, in order. Each is safe to run twice.
func Statements(d dialect.Dialect, models []*model.Model) []string {
	w := writer{d: d, seen: map[object]bool{}}
	for _, m := range models {
		w.schema(m.Schema)
		w.seen[object{"table", m.Schema, m.Table}] = true
	}
	for _, m := range models {
		w.table(m)
	}
	for _, m := range models {
		for _, r := range m.Relations {
			if r.Through != nil {
				w.link(r)
			}
		}
	}
	return w.out
}

type writer struct {
	d    dialect.Dialect
	out  []string
	seen map[object]bool // schemas, tables and indexes
}

// object is a thing that has a name in a schema.
type object struct{ kind, schema, name string }

func (w *writer) schema(name string) {
	if name == "" || w.seen[object{"schema", "", name}] {
		return
	}
	w.seen[object{"schema", "", name}] = true
	if s := w.d.CreateSchema(name); s != "" {
		w.out = append(w.out, s)
	}
}

func (w *writer) table(m *model.Model) {
	var parts []string
	keyed := false
	for _, f := range m.Fields {
		line, key := w.column(m, f)
		keyed = keyed || key
		parts = append(parts, line)
	}
	if !keyed {
		parts = append(parts, "PRIMARY KEY ("+w.columns(m.Key)+")")
	}
	table := dialect.Table(w.d, m.Schema, m.Table)
	w.out = append(w.out, w.d.CreateTable(table, strings.Join(parts, ", ")))
	for _, x := range m.Uniques {
		w.index(m, table, x, true)
	}
	for _, x := range m.Indexes {
		w.index(m, table, x, false)
	}
}

// column writes a column; key reports that it made itself the primary key.
func (w *writer) column(m *model.Model, f *model.Field) (line string, key bool) {
	t := builder.TypeOf(f)
	t.Key = t.Key || indexed(m, f)
	auto := f.Auto && (f.Kind == model.Int || f.Kind == model.Uint || f.Kind == model.UUID) // other kinds are made by what the caller has put into the database
	if w.d.AutoKey() && f.Kind != model.UUID {                                              // only a number that is the whole key makes itself
		auto = auto && f.Primary && len(m.Key) == 1
		key = auto && f.DBType == ""
	}
	line = w.d.Quote(f.Column) + " " + w.d.ColumnType(t, auto)
	if !f.Nullable && !key {
		line += " NOT NULL"
	}
	return line + w.check(f), key
}

// check writes what enum= allows.
func (w *writer) check(f *model.Field) string {
	if len(f.Enum) == 0 {
		return ""
	}
	col := w.d.Quote(f.Column)
	items := make([]string, len(f.Enum))
	for i, e := range f.Enum {
		items[i] = w.literal(e)
	}
	return " CHECK (" + col + " IN (" + strings.Join(items, ", ") + "))"
}

// literal writes text that a tag gave; DDL takes no arguments.
func (w *writer) literal(s string) string {
	s = "'" + strings.ReplaceAll(s, "'", "''") + "'"
	if w.sqlServer() {
		return "N" + s // else letters outside the database's code page turn into ?
	}
	return s
}

func (w *writer) sqlServer() bool { return w.d.Name() == (dialect.SQLServer{}).Name() }

func indexed(m *model.Model, f *model.Field) bool {
	for _, set := range [][]model.Index{m.Uniques, m.Indexes} {
		for _, x := range set {
			for _, y := range x.Fields {
				if y == f {
					return true
				}
			}
		}
	}
	return false
}

// index writes one index. Rows that are soft-deleted do not count in unique sets, so a name can be used again.
// Nor do rows with NULL, which SQL Server alone would count.
func (w *writer) index(m *model.Model, table string, x model.Index, unique bool) {
	name := x.Name
	if name == "" {
		name = m.Table
		for _, f := range x.Fields {
			name += "_" + f.Column
		}
		if unique {
			name += "_key"
		} else {
			name += "_idx"
		}
	}
	var where []string
	if unique && m.SoftDelete != nil {
		where = append(where, w.d.Quote(m.SoftDelete.Column)+" IS NULL")
	}
	if unique && w.sqlServer() {
		for _, f := range x.Fields {
			if f.Nullable && f != m.SoftDelete {
				where = append(where, w.d.Quote(f.Column)+" IS NOT NULL")
			}
		}
	}
	name = w.indexName(m.Schema, m.Table, name)
	w.out = append(w.out, w.d.CreateIndex(unique, w.d.Quote(name), table, quoted(w.d, x.Fields), strings.Join(where, " AND ")))
}

// maxName is the length of PostgreSQL's names. It cuts longer ones off in silence, and two that are then
// the same make one index.
const maxName = 63

// indexName gives a name that no other index has: names are the schema's, not the table's, and an index
// whose name is taken would be skipped in silence.
func (w *writer) indexName(schema, table, name string) string {
	fit := func(s string) string {
		if len(s) <= maxName {
			return s
		}
		h := fnv.New32a()
		_, _ = h.Write([]byte(s))
		return strings.ToValidUTF8(s[:maxName-9], "") + fmt.Sprintf("_%08x", h.Sum32())
	}
	key := func() object { return object{"index", schema, strings.ToLower(name)} }
	if name = fit(name); w.seen[key()] {
		name = fit(table + "_" + name)
	}
	for n := 2; w.seen[key()]; n++ {
		name = fit(table + "_" + name + strconv.Itoa(n))
	}
	w.seen[key()] = true
	return name
}

// link writes the link table of a many-to-many relation that has no model of its own.
func (w *writer) link(r *model.Relation) {
	t := r.Through
	if w.seen[object{"table", t.Schema, t.Table}] {
		return
	}
	w.seen[object{"table", t.Schema, t.Table}] = true
	w.schema(t.Schema)
	var parts, cols []string
	add := func(names []string, fields []*model.Field) {
		for i, n := range names {
			if slices.Contains(cols, w.d.Quote(n)) { // it stands on both sides
				continue
			}
			typ := builder.TypeOf(fields[i])
			typ.Key = true
			if fields[i].Auto { // a hand-written type of a counter counts itself
				typ.Name = ""
			}
			parts = append(parts, w.d.Quote(n)+" "+w.d.ColumnType(typ, false)+" NOT NULL")
			cols = append(cols, w.d.Quote(n))
		}
	}
	add(t.Local, r.Local)
	add(t.Remote, r.Remote)
	table := dialect.Table(w.d, t.Schema, t.Table)
	w.out = append(w.out, w.d.CreateTable(table, strings.Join(append(parts, "PRIMARY KEY ("+strings.Join(cols, ", ")+")"), ", ")))
	var back []string
	for _, n := range t.Remote {
		back = append(back, w.d.Quote(n))
	}
	w.out = append(w.out, w.d.CreateIndex(false, w.d.Quote(w.indexName(t.Schema, t.Table, t.Table+"_"+strings.Join(t.Remote, "_")+"_idx")), table, back, ""))
}

func quoted(d dialect.Dialect, fs []*model.Field) []string {
	out := make([]string, len(fs))
	for i, f := range fs {
		out[i] = d.Quote(f.Column)
	}
	return out
}

func (w *writer) columns(fs []*model.Field) string { return strings.Join(quoted(w.d, fs), ", ") }
