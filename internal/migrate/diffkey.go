package migrate

import (
	"slices"
	"strconv"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/ddl"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source/catalogue"
)

// foreignKeys compares the keys that relations want with those that are there.
func (w *differ) foreignKeys() {
	for i := range w.on.want.Keys {
		k := &w.on.want.Keys[i]
		cols := list(k.Columns)
		old := w.leads(k)
		switch {
		case w.missing(k.Columns) != "":
			w.note("", "the foreign key of ("+cols+") is not added, since the column "+w.missing(k.Columns)+" is not there: add it when it is")
		case old == nil && w.d.Name() != (dialect.SQLite{}).Name() && !w.comes(k):
			w.note("", unled(k, w.fullName(k.To)))
		case old == nil:
			w.foreignKey(edit{kind: AddForeignKey, foreign: k, destructive: !w.allAdded(k), why: "no foreign key leads from (" + cols + ") to " + w.fullName(k.To) + "; a row that refers to none makes the step fail"})
		case acts(w.d, old.OnDelete) != acts(w.d, said(k.OnDelete)) || acts(w.d, old.OnUpdate) != acts(w.d, said(k.OnUpdate)):
			w.foreignKey(edit{kind: AddForeignKey, foreign: k, wasForeign: old, destructive: true, why: "the foreign key of (" + cols + ") acts otherwise than the tag says"})
		}
	}
}

func (w *differ) foreignKey(e edit) {
	if w.d.Name() == (dialect.SQLite{}).Name() {
		w.note("", e.why+": SQLite adds a key only to a table that is made anew, so change it by hand")
		return
	}
	w.edit(e)
}

// leads finds the key from the columns of k to what k leads to.
func (w *differ) leads(k *ddl.ForeignKey) *catalogue.ForeignKey {
	to := w.finds.Table(k.To.Schema, k.To.Name)
	if to == nil {
		return nil
	}
	for _, f := range w.leading(w.on.live, to) {
		if f == nil || len(f.Columns) != len(k.Columns) || len(f.References) != len(k.References) {
			continue
		}
		pairs := 0
		for i, c := range k.Columns {
			if at := slices.IndexFunc(f.Columns, func(x string) bool { return w.same(x, c) }); at >= 0 && w.same(f.References[at], k.References[i]) {
				pairs++
			}
		}
		if pairs == len(k.Columns) {
			return f
		}
	}
	return nil
}

// allAdded reports whether a column of the key is added and NULL in every row that is there.
func (w *differ) allAdded(k *ddl.ForeignKey) bool {
	return w.empty(&ddl.Index{Columns: k.Columns})
}

func (w *differ) fullName(t *ddl.Table) string { return catalogue.FullName(t.Schema, t.Name) }

func said(a model.Action) catalogue.Action {
	return map[model.Action]catalogue.Action{model.NoAction: catalogue.NoAction, model.Restrict: catalogue.Restrict, model.Cascade: catalogue.Cascade,
		model.SetNull: catalogue.SetNull, model.SetDefault: catalogue.SetDefault}[a]
}

// acts gives the action that the database takes: to SQL Server the two that refuse are one.
func acts(d dialect.Dialect, a catalogue.Action) catalogue.Action {
	if a == "" || a == catalogue.Restrict && d.Name() == (dialect.SQLServer{}).Name() {
		return catalogue.NoAction
	}
	return a
}

// comes reports whether a key can lead to its columns when all steps have run.
func (w *differ) comes(k *ddl.ForeignKey) bool {
	_, then := w.referable(k.To, k.References)
	return then
}

// later makes the keys of a table that was just made and led to what was not there yet.
func (w *differ) later(t *ddl.Table) {
	p := &pair{d: w.d, want: t}
	for i := range t.Keys {
		if k := &t.Keys[i]; !k.Within(w.d) {
			up, down := foreignKeyText(p, k)
			w.changes = append(w.changes, Change{Table: p.name(), Kind: AddForeignKey, Up: one(up), Down: one(down), Why: "what the key leads to is not there before", key: k, of: &edit{kind: AddForeignKey, on: p, foreign: k}})
		}
	}
}

func foreignKeyText(p *pair, k *ddl.ForeignKey) (add, drop string) {
	alter := "ALTER TABLE " + p.sql() + " "
	return alter + "ADD " + k.Text(p.d), alter + "DROP CONSTRAINT " + p.d.Quote(k.Name)
}

// constrained reports whether a constraint of the table has a name.
func (p *pair) constrained(name string) bool {
	t := p.live
	return t.Key.Name == name || slices.ContainsFunc(t.ForeignKeys, func(f catalogue.ForeignKey) bool { return f.Name == name }) ||
		slices.ContainsFunc(slices.Concat(t.Checks, t.Exclusions), func(k catalogue.Check) bool { return k.Name == name }) ||
		slices.ContainsFunc(slices.Concat(t.Uniques, t.Indexes), func(x catalogue.Index) bool { return x.Constraint && x.Name == name })
}

// foreignKeyChange adds a key, in the place of another where that acts otherwise.
func foreignKeyChange(p *pair, e *edit, notValid bool) []Change {
	k := *e.foreign
	for n := 2; p.constrained(k.Name) && (e.wasForeign == nil || k.Name != e.wasForeign.Name); n++ {
		k.Name = ddl.Fit(e.foreign.Name + "_" + strconv.Itoa(n))
	}
	add, drop := foreignKeyText(p, &k)
	up, down := one(add), one(drop)
	if old := e.wasForeign; old != nil {
		alter := "ALTER TABLE " + p.sql() + " "
		was := ddl.ForeignKey{Name: old.Name, Columns: old.Columns, To: &ddl.Table{Schema: old.Schema, Name: old.Table}, References: old.References, OnDelete: acted(old.OnDelete), OnUpdate: acted(old.OnUpdate)}
		up, down = one(alter+"DROP CONSTRAINT "+p.d.Quote(old.Name), add), one(drop, alter+"ADD "+was.Text(p.d))
	}
	if !notValid || e.wasForeign != nil {
		return []Change{e.change(up, down)}
	}
	first := e.change(one(add+" NOT VALID"), down)
	second := e.change(one("ALTER TABLE "+p.sql()+" VALIDATE CONSTRAINT "+p.d.Quote(k.Name)), nil)
	first.Alone, second.Alone = true, true
	return []Change{first, second}
}

func acted(a catalogue.Action) model.Action {
	for _, m := range []model.Action{model.Restrict, model.Cascade, model.SetNull, model.SetDefault} {
		if said(m) == a {
			return m
		}
	}
	return model.NoAction
}
