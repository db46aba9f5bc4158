package migrate

import (
	"slices"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/ddl"
	"github.com/multi-orm/orm/source/catalogue"
)

// referable reports whether a foreign key may lead to columns of a table: whether their being unique holds now, and whether it does when all steps
// have run.
func (w *differ) referable(to *ddl.Table, columns []string) (now, then bool) {
	live := w.finds.Table(to.Schema, to.Name)
	if live == nil {
		return true, true
	}
	now = !live.Key.Deferrable && sameSet(live.Key.Columns, columns, w.same) || slices.ContainsFunc(live.Uniques, func(x catalogue.Index) bool {
		return !x.Deferrable && plain(&x) && sameSet(x.Columns(), columns, w.same)
	})
	return now, now || slices.ContainsFunc(to.Indexes, func(x ddl.Index) bool {
		return x.Unique && x.Where == "" && sameSet(x.Columns, columns, w.same)
	})
}

// settleKeys has a foreign key wait for the Destructive step that makes the columns that it leads to unique, or changes their type.
func (w *differ) settleKeys() {
	to := func(k *ddl.ForeignKey) string {
		if live := w.finds.Table(k.To.Schema, k.To.Name); live != nil {
			return live.FullName()
		}
		return w.fullName(k.To)
	}
	w.changes = slices.DeleteFunc(w.changes, func(c Change) bool {
		if c.key == nil || !slices.ContainsFunc(c.key.References, func(name string) bool { return w.stuck[[2]string{to(c.key), w.finds.Fold(name)}] }) && w.alike(&c) {
			return false
		}
		n := Note{Table: c.Table, Text: "the foreign key of (" + list(c.key.Columns) + ") is not added, since it would lead to (" + list(c.key.References) + ") of " + to(c.key) + ", which is of another type: change that by hand first"}
		if !slices.Contains(w.notes, n) { // a key that is added in two steps
			w.notes = append(w.notes, n)
		}
		return true
	})
	for i := range w.changes {
		c := &w.changes[i]
		if c.key == nil || c.Destructive {
			continue
		}
		to := to(c.key)
		for j := range w.changes {
			o := &w.changes[j]
			if !o.Destructive || o.Table != to {
				continue
			}
			if o.of != nil && o.of.index != nil && o.of.index.Unique && sameSet(o.of.index.Columns, c.key.References, w.same) || o.Kind == AlterType && slices.ContainsFunc(c.key.References, func(name string) bool { return w.same(name, o.Column) }) {
				c.Destructive, c.Why = true, c.Why+"; it comes behind the step that makes "+to+" such that a key leads to it"
				break
			}
		}
	}
}

// alike reports whether the two ends of a key that a step adds are of types that PostgreSQL compares, when all steps have run.
func (w *differ) alike(c *Change) bool {
	if w.d.Name() != (dialect.Postgres{}).Name() || c.of == nil {
		return true
	}
	for i, name := range c.key.Columns {
		if from, to := w.becomes(c.of.on.want, name), w.becomes(c.key.To, c.key.References[i]); from != "" && to != "" && !refers(from, to) {
			return false
		}
	}
	return true
}

// becomes is the type of a column when all steps have run: its own, where no step changes it.
func (w *differ) becomes(t *ddl.Table, name string) string {
	if live := w.finds.Table(t.Schema, t.Name); live != nil {
		l := w.finds.Column(live, name)
		if l != nil && !slices.ContainsFunc(w.changes, func(c Change) bool {
			return c.Kind == AlterType && c.Table == live.FullName() && w.same(c.Column, name)
		}) {
			for i := range w.live.Domains {
				if d := &w.live.Domains[i]; catalogue.FullName(d.Schema, d.Name) == l.Domain {
					return d.DBType
				}
			}
			return l.DBType
		}
	}
	for i := range t.Columns {
		if c := &t.Columns[i]; w.same(c.Name, name) {
			_, plain := alteredType(&edit{column: c})
			return plain
		}
	}
	return ""
}

// led are the keys of a new table that can lead to what they refer to only after other steps, or not at all, which is a note.
func (w *differ) led(t *ddl.Table) {
	if w.d.Name() == (dialect.SQLite{}).Name() { // which looks for it when rows are written
		return
	}
	kept := t.Keys[:0:0]
	for _, k := range t.Keys {
		switch now, then := w.referable(k.To, k.References); {
		case !then:
			w.notes = append(w.notes, Note{Table: catalogue.FullName(t.Schema, t.Name), Text: unled(&k, w.fullName(k.To))})
			continue
		case !now, slices.ContainsFunc(k.References, func(name string) bool { return w.retyped(k.To, name) }), !w.alike(&Change{key: &k, of: &edit{on: &pair{d: w.d, want: t}}}):
			k.Later = true
		}
		kept = append(kept, k)
	}
	t.Keys = kept
}

func unled(k *ddl.ForeignKey, to string) string {
	return "the foreign key of (" + list(k.Columns) + ") is not added, since nothing keeps two rows of " + to + " from having the same (" + list(k.References) + "), to which it leads: change that by hand first"
}
