// Package ddl writes the CREATE statements of models: types, keys, unique sets, indexes, enum checks and
// link tables. It is for tests and quick starts; migrations stay with tools made for them.
package ddl

import (
	"strings"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/model"
)

// Statements gives the statements that create the tables of models, in order. Each is safe to run twice.
func Statements(d dialect.Dialect, models []*model.Model) []string {
	w := writer{d: d, seen: map[string]bool{}}
	for _, m := range models {
		w.schema(m.Schema)
		w.seen[m.Schema+"."+m.Table] = true
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
	seen map[string]bool // schemas and tables
}

func (w *writer) schema(name string) {
	if name == "" || w.seen["schema "+name] {
		return
	}
	w.seen["schema "+name] = true
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
	auto := f.Auto && !(w.d.AutoKey() && (len(m.Key) > 1 || f.Kind == model.UUID))
	key = auto && w.d.AutoKey()
	line = w.d.Quote(f.Column) + " " + w.d.ColumnType(t, auto)
	if !f.Nullable && !key {
		line += " NOT NULL"
	}
	if len(f.Enum) > 0 {
		items := make([]string, len(f.Enum))
		for i, e := range f.Enum {
			items[i] = "'" + strings.ReplaceAll(e, "'", "''") + "'"
		}
		line += " CHECK (" + w.d.Quote(f.Column) + " IN (" + strings.Join(items, ", ") + "))"
	}
	return line, key
}

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
	where := ""
	if unique && m.SoftDelete != nil {
		where = w.d.Quote(m.SoftDelete.Column) + " IS NULL"
	}
	w.out = append(w.out, w.d.CreateIndex(unique, w.d.Quote(name), table, quoted(w.d, x.Fields), where))
}

// link writes the link table of a many-to-many relation that has no model of its own.
func (w *writer) link(r *model.Relation) {
	t := r.Through
	if w.seen[t.Schema+"."+t.Table] {
		return
	}
	w.seen[t.Schema+"."+t.Table] = true
	w.schema(t.Schema)
	var parts, cols []string
	add := func(names []string, fields []*model.Field) {
		for i, n := range names {
			typ := builder.TypeOf(fields[i])
			typ.Key = true
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
	w.out = append(w.out, w.d.CreateIndex(false, w.d.Quote(t.Table+"_"+strings.Join(t.Remote, "_")+"_idx"), table, back, ""))
}

func quoted(d dialect.Dialect, fs []*model.Field) []string {
	out := make([]string, len(fs))
	for i, f := range fs {
		out[i] = d.Quote(f.Column)
	}
	return out
}

func (w *writer) columns(fs []*model.Field) string { return strings.Join(quoted(w.d, fs), ", ") }
