package migrate

import (
	"slices"
	"strings"

	"github.com/multi-orm/orm/internal/sqltokens"
	"github.com/multi-orm/orm/source/catalogue"
)

// held is what SQL Server alters no column under: it goes before the step, and comes again behind it.
type held struct{ gone, again []string }

// around puts a step between.
func (h *held) around(c Change) Change {
	for _, list := range []*[]string{&c.Up, &c.Down} {
		if len(*list) > 0 {
			*list = slices.Concat(h.gone, *list, h.again)
		}
	}
	return c
}

// holding finds the indexes and checks over the column of an edit at the time of its step: those that are there, as steps before it have left
// them. beyond is an index that cannot be made again by what is known of it.
func (w sqlServerWriter) holding(p *pair, edits []edit, e *edit) (h held, beyond string) {
	name := e.columnName()
	is := func(c string) bool { return strings.EqualFold(c, name) }
	before := func(o *edit) bool { return !o.destructive && e.destructive } // what else has to do with indexes comes later
	alter := "ALTER TABLE " + p.sql() + " "
	drop := func(x string) { h.gone = append(h.gone, "DROP INDEX "+w.d.Quote(x)+" ON "+p.sql()) }
	for i := range edits {
		o := &edits[i]
		if (o.kind == AddIndex || o.kind == AddUnique || o.kind == ReplaceIndex) && before(o) && (slices.ContainsFunc(o.index.Columns, is) || sqltokens.Names(o.index.Where, name, strings.EqualFold)) {
			drop(o.index.Name)
			h.again = append(h.again, createIndex(p, o.index, false))
		}
	}
	over := func(x *catalogue.Index) {
		if !slices.ContainsFunc(x.Parts, func(part catalogue.Part) bool { return is(part.Column) }) && !slices.ContainsFunc(x.Include, is) && !sqltokens.Names(x.Where, name, strings.EqualFold) ||
			slices.ContainsFunc(edits, func(o edit) bool { return o.wasIndex == x && before(&o) }) {
			return
		}
		if x.Constraint {
			h.gone = append(h.gone, alter+"DROP CONSTRAINT "+w.d.Quote(x.Name))
			h.again = append(h.again, alter+"ADD CONSTRAINT "+w.d.Quote(x.Name)+" UNIQUE ("+quotedList(w.d, x.Columns())+")")
			return
		}
		back := indexBack(p, x)
		if back == nil {
			beyond = x.Name
		}
		drop(x.Name)
		h.again = append(h.again, back...)
	}
	for _, set := range [][]catalogue.Index{p.live.Uniques, p.live.Indexes} {
		for i := range set {
			over(&set[i])
		}
	}
	for i := range p.live.Checks {
		k := &p.live.Checks[i]
		if !sqltokens.Names(k.Expression, name, strings.EqualFold) || k.Name == "" {
			continue
		}
		condition := k.Expression
		for j := range edits {
			if o := &edits[j]; o.kind == AddValues && o.check == k && before(o) {
				condition = oneOf(w.d, w.d.Quote(o.columnName()), o.values)
			}
		}
		word := ""
		if k.NotValid {
			word = "WITH NOCHECK "
		}
		h.gone = append(h.gone, alter+"DROP CONSTRAINT "+w.d.Quote(k.Name))
		h.again = append(h.again, alter+word+"ADD CONSTRAINT "+w.d.Quote(k.Name)+" CHECK ("+condition+")")
	}
	return h, beyond
}

// alters reports whether a step says ALTER COLUMN.
func alters(e *edit) bool {
	return e.kind == AlterType || e.kind == SetNotNull || e.kind == DropNotNull
}
