// Package ddl says what tables models want, as data, and writes the CREATE statements of them: types, keys, unique sets,
// indexes, enum checks and link tables. orm.CreateTables runs those; what brings a database that is there already to the same
// tables (package internal/migrate) is worked out from the same data.
package ddl

import (
	"strings"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/model"
)

// Statements gives the statements that create the tables of models, in order. Each is safe to run twice.
func Statements(d dialect.Dialect, models []*model.Model) []string {
	w := writer{d: d, schemas: map[string]bool{"": true}}
	tables := Wanted(d, models)
	for _, t := range tables {
		if t.Model != nil {
			w.schema(t.Schema)
		}
	}
	for _, t := range tables {
		w.schema(t.Schema)
		table := dialect.Table(d, t.Schema, t.Name)
		w.out = append(w.out, d.CreateTable(table, t.Body(d)))
		for _, x := range t.Indexes {
			w.out = append(w.out, d.CreateIndex(x.Unique, d.Quote(x.Name), table, Quoted(d, x.Columns), x.Where))
		}
	}
	for _, t := range tables {
		for i := range t.Keys {
			if k := &t.Keys[i]; !k.Within(d) {
				w.out = append(w.out, k.add(d, t))
			}
		}
	}
	return w.out
}

type writer struct {
	d       dialect.Dialect
	out     []string
	schemas map[string]bool
}

func (w *writer) schema(name string) {
	if w.schemas[name] {
		return
	}
	w.schemas[name] = true
	if s := w.d.CreateSchema(name); s != "" {
		w.out = append(w.out, s)
	}
}

// Body is what stands in the parentheses of a CREATE TABLE.
func (t *Table) Body(d dialect.Dialect) string {
	var parts []string
	keyed := false
	for i := range t.Columns {
		c := &t.Columns[i]
		keyed = keyed || c.Key
		parts = append(parts, c.Text(d))
	}
	if !keyed {
		parts = append(parts, "PRIMARY KEY ("+strings.Join(Quoted(d, t.Key), ", ")+")")
	}
	for i := range t.Keys {
		if k := &t.Keys[i]; k.Within(d) {
			parts = append(parts, k.Text(d))
		}
	}
	return strings.Join(parts, ", ")
}

// Text is the column as it stands in a CREATE TABLE.
func (c *Column) Text(d dialect.Dialect) string {
	text := d.Quote(c.Name) + " " + c.Type
	switch {
	case c.From == "":
	case sqlServer(d):
		text = d.Quote(c.Name) + " AS CAST((" + c.From + ") AS " + cast(c.Type) + ") PERSISTED"
	default:
		text += " GENERATED ALWAYS AS (" + c.From + ") STORED"
	}
	if c.NotNull {
		text += " NOT NULL"
	}
	if c.Default != "" {
		text += " DEFAULT " + c.Default
	}
	if len(c.Enum) > 0 {
		text += " CHECK (" + OneOf(d, c.Name, c.Enum) + ")"
	}
	return text
}

// cast is a type of SQL Server as CAST has it, which takes no collation.
func cast(typ string) string {
	typ, _, _ = strings.Cut(typ, " COLLATE ")
	return typ
}

// OneOf is the condition that a column holds one of some values.
func OneOf(d dialect.Dialect, column string, values []string) string {
	items := make([]string, len(values))
	for i, v := range values {
		items[i] = Literal(d, v)
	}
	return d.Quote(column) + " IN (" + strings.Join(items, ", ") + ")"
}

// Literal writes text that a tag gave; DDL takes no arguments.
func Literal(d dialect.Dialect, s string) string {
	s = "'" + strings.ReplaceAll(s, "'", "''") + "'"
	if sqlServer(d) {
		return "N" + s // else letters outside the database's code page turn into ?
	}
	return s
}

// Quoted quotes names.
func Quoted(d dialect.Dialect, names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = d.Quote(n)
	}
	return out
}

func sqlServer(d dialect.Dialect) bool { return d.Name() == (dialect.SQLServer{}).Name() }
