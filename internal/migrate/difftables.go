package migrate

import (
	"slices"
	"strings"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/ddl"
	"github.com/multi-orm/orm/internal/sqltokens"
	"github.com/multi-orm/orm/source/catalogue"
)

// dropTables drops the tables that no model maps, of the schemas that models are in, each before those that its keys lead to. What others
// that stay go by stays too, and so does what a model of another source maps, which may be the same database.
func (w *differ) dropTables(mapped map[*catalogue.Table]bool, wanted []*ddl.Table) {
	schemas := map[string]bool{}
	for _, t := range wanted {
		schemas[t.Schema] = true
	}
	for t := range mapped {
		schemas[t.Schema] = true
	}
	if schemas[""] && len(w.live.Path) > 0 {
		schemas[w.live.Path[0]] = true
	}
	var gone []*catalogue.Table
	for i := range w.live.Tables {
		t := &w.live.Tables[i]
		switch {
		case t.Kind != catalogue.BaseTable || mapped[t]:
		case !schemas[t.Schema]:
			w.notes = append(w.notes, Note{Table: t.FullName(), Text: "no model maps it, and it is not dropped, since no model is in its schema"})
		case slices.ContainsFunc(w.o.Elsewhere, func(name string) bool { return w.same(name, t.Name) }):
			w.notes = append(w.notes, Note{Table: t.FullName(), Text: "it is not dropped, since a model of another source maps a table of this name, and that may be the same database"})
		default:
			gone = append(gone, t)
		}
	}
	for more := true; more; { // what stays may hold others
		more = false
		for i, t := range gone {
			if why := w.keeps(t, gone); why != "" {
				w.notes = append(w.notes, Note{Table: t.FullName(), Text: "no model maps it, and it is not dropped, since " + why + ": change that by hand first"})
				gone, more = slices.Delete(slices.Clone(gone), i, i+1), true
				break
			}
		}
	}
	for len(gone) > 0 {
		i := slices.IndexFunc(gone, func(t *catalogue.Table) bool {
			return !slices.ContainsFunc(gone, func(o *catalogue.Table) bool { return o != t && len(w.leading(o, t)) > 0 })
		})
		if i < 0 { // children come first all the same
			i = slices.IndexFunc(gone, func(t *catalogue.Table) bool {
				return !slices.ContainsFunc(gone, func(o *catalogue.Table) bool { return w.inherits(o, t) })
			})
		}
		i = max(i, 0)
		w.dropTable(gone[i], slices.Delete(slices.Clone(gone), i, i+1))
		gone = slices.Delete(gone, i, i+1)
	}
}

// dropTable drops a table; left are those that are dropped after it, whose keys lead to it where the keys go in a circle.
func (w *differ) dropTable(t *catalogue.Table, left []*catalogue.Table) {
	p := &pair{d: w.d, live: t}
	c := Change{Table: t.FullName(), Kind: DropTable, Destructive: true, Why: "no model maps the table; its rows are lost, and nothing brings it back"}
	for _, o := range left {
		for _, f := range w.leading(o, t) {
			if f == nil {
				continue
			}
			c.Why += "; the foreign key (" + list(f.Columns) + ") of " + o.FullName() + " leads to it in a circle"
			if w.d.Name() == (dialect.SQLite{}).Name() {
				c.Why += ", so the step fails where foreign keys are on and rows lead to it"
				continue
			}
			c.Why += ", and goes first"
			c.Up = append(c.Up, "ALTER TABLE "+dialect.Table(w.d, o.Schema, o.Name)+" DROP CONSTRAINT "+w.d.Quote(f.Name))
		}
	}
	if len(t.Partitions) > 0 {
		c.Why += "; with it " + list(t.Partitions) + ", which hold rows of it"
	}
	if t.Partition == "" { // else they go by themselves
		for _, part := range t.Partitions {
			schema, name, ok := strings.Cut(part, ".")
			if !ok {
				schema, name = "", part
			}
			c.Up = append(c.Up, "DROP TABLE "+dialect.Table(w.d, schema, name))
		}
	}
	c.Up = append(c.Up, "DROP TABLE "+p.sql())
	w.changes = append(w.changes, c)
}

// leading are the keys of one table that lead to another; one that is nil stands for its being a child of the other.
func (w *differ) leading(from, to *catalogue.Table) (out []*catalogue.ForeignKey) {
	for i := range from.ForeignKeys {
		if f := &from.ForeignKeys[i]; w.same(f.Table, to.Name) && w.same(f.Schema, to.Schema) {
			out = append(out, f)
		}
	}
	if w.inherits(from, to) {
		out = append(out, nil)
	}
	return out
}

func (w *differ) inherits(child, parent *catalogue.Table) bool {
	return slices.Contains(child.Inherits, parent.FullName())
}

// keeps says what goes by a table and is not dropped with it, "" where nothing does.
func (w *differ) keeps(t *catalogue.Table, gone []*catalogue.Table) string {
	of := func(text string) bool { return sqltokens.Mentions(text, t.Name, w.same) }
	for i := range w.live.Tables {
		o := &w.live.Tables[i]
		if o == t || slices.Contains(gone, o) {
			continue
		}
		switch keys := w.leading(o, t); {
		case len(keys) > 0 && keys[0] == nil:
			return "the table " + o.FullName() + " inherits from it"
		case len(keys) > 0:
			return "the foreign key (" + list(keys[0].Columns) + ") of " + o.FullName() + " leads to it"
		case o.Kind != catalogue.BaseTable && o.Definition != "" && (o.Kind == catalogue.VirtualTable && of(unquoted(o.Definition)) || of(o.Definition)):
			return "the " + string(o.Kind) + " " + o.FullName() + " names it"
		}
		for _, text := range o.Statements {
			if what, name := made(text); what == "trigger" && of(text) {
				return "the trigger " + name + " names it"
			}
		}
	}
	return ""
}
