package ddl

import (
	"slices"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/model"
)

// ForeignKey is a foreign key as models want it.
type ForeignKey struct {
	Name       string
	Columns    []string
	To         *Table
	References []string

	OnDelete, OnUpdate model.Action // NoAction where the tags say none

	Later bool // what it leads to is not there when the table is made: the tables lead to each other
}

// foreignKeys gives the tables the keys of the relations that want one, each with an index by which the rows that refer to a row are found.
func (w *wanting) foreignKeys(models []*model.Model) {
	for _, m := range models {
		for _, r := range m.Relations {
			if !r.ForeignKey.Wanted || !slices.Contains(models, r.Target) {
				continue
			}
			if at := r.Through; at != nil {
				link := w.find(at.Schema, at.Table)
				w.refer(r, link, at.Local, m, r.Local)
				w.refer(r, link, at.Remote, r.Target, r.Remote)
			} else if holder, fields, other, references := r.Holder(); holder != nil {
				w.refer(r, w.find(holder.Schema, holder.Table), columns(fields), other, references)
			}
		}
	}
}

func (w *wanting) find(schema, name string) *Table {
	at := slices.IndexFunc(w.out, func(t *Table) bool { return w.tableOf(t.Schema, t.Name) == w.tableOf(schema, name) })
	if at < 0 {
		return nil
	}
	return w.out[at]
}

func (w *wanting) refer(r *model.Relation, from *Table, held []string, other *model.Model, fields []*model.Field) {
	to, references := w.find(other.Schema, other.Table), columns(fields)
	if from == nil || to == nil {
		return
	}
	k := ForeignKey{Columns: held, To: to, References: references, OnDelete: said(r.ForeignKey.OnDelete), OnUpdate: said(r.ForeignKey.OnUpdate)}
	for i := range from.Keys {
		o := &from.Keys[i]
		if o.To != to || !slices.Equal(o.Columns, k.Columns) || !slices.Equal(o.References, k.References) {
			continue
		}
		if o.OnDelete == model.NoAction { // the other end says it, or neither
			o.OnDelete = k.OnDelete
		}
		if o.OnUpdate == model.NoAction {
			o.OnUpdate = k.OnUpdate
		}
		return
	}
	name := from.Name + "_" + strings.Join(held, "_") + "_fkey"
	k.Name = Fit(name)
	for n := 2; slices.ContainsFunc(from.Keys, func(o ForeignKey) bool { return o.Name == k.Name }); n++ {
		k.Name = Fit(name + strconv.Itoa(n))
	}
	from.Keys = append(from.Keys, k)
	from.searchedBy(held, func() string {
		return w.indexName(from.Schema, from.Name, from.Name+"_"+strings.Join(held, "_")+"_idx")
	})
}

func said(a model.Action) model.Action {
	if a == "" {
		return model.NoAction
	}
	return a
}

// searchedBy adds an index that begins with the columns where there is none.
func (t *Table) searchedBy(columns []string, name func() string) {
	begins := func(set []string) bool { return len(set) >= len(columns) && slices.Equal(set[:len(columns)], columns) }
	if begins(t.Key) || slices.ContainsFunc(t.Indexes, func(x Index) bool { return begins(x.Columns) && x.Where == "" }) {
		return
	}
	t.Indexes = append(t.Indexes, Index{Name: name(), Columns: slices.Clone(columns)})
}

// Text is the key as a table's constraint.
func (k *ForeignKey) Text(d dialect.Dialect) string {
	to := dialect.Table(d, k.To.Schema, k.To.Name)
	if d.Name() == (dialect.SQLite{}).Name() {
		to = d.Quote(k.To.Name) // which is in the schema of the table itself
	}
	return "CONSTRAINT " + d.Quote(k.Name) + " FOREIGN KEY (" + list(d, k.Columns) + ") REFERENCES " + to + " (" + list(d, k.References) + ")" +
		onEvent(d, "DELETE", k.OnDelete) + onEvent(d, "UPDATE", k.OnUpdate)
}

func list(d dialect.Dialect, names []string) string { return strings.Join(Quoted(d, names), ", ") }

func onEvent(d dialect.Dialect, event string, a model.Action) string {
	action := ""
	switch a {
	case model.Restrict:
		if sqlServer(d) { // which refuses at once whatever the word
			return ""
		}
		action = "RESTRICT"
	case model.Cascade:
		action = "CASCADE"
	case model.SetNull:
		action = "SET NULL"
	case model.SetDefault:
		action = "SET DEFAULT"
	default:
		return ""
	}
	return " ON " + event + " " + action
}

// Within reports whether the key stands in its table's CREATE TABLE. SQLite looks for what a key leads to when rows are written.
func (k *ForeignKey) Within(d dialect.Dialect) bool {
	return !k.Later || d.Name() == (dialect.SQLite{}).Name()
}

// add is the statement that adds the key to its table, which must be empty: one that has rows was there before, and stays as it is.
func (k *ForeignKey) add(d dialect.Dialect, t *Table) string {
	table := dialect.Table(d, t.Schema, t.Name)
	alter := "ALTER TABLE " + table + " ADD " + k.Text(d)
	if sqlServer(d) {
		return "IF NOT EXISTS (SELECT 1 FROM sys.foreign_keys WHERE name = " + Literal(d, k.Name) + " AND parent_object_id = OBJECT_ID(" + Literal(d, table) + ")) AND NOT EXISTS (SELECT 1 FROM " + table + ") " + alter
	}
	return "DO " + Literal(d, "BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conname = "+Literal(d, k.Name)+" AND conrelid = "+Literal(d, table)+"::pg_catalog.regclass) AND NOT EXISTS (SELECT FROM "+table+") THEN "+alter+"; END IF; END")
}
