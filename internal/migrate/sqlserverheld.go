package migrate

import (
	"slices"
	"strings"

	"github.com/multi-orm/orm/internal/ddl"
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

// holding finds what is over the column of an edit at the time of its step, as steps before it have left it. beyond are the words for what cannot be
// made again by what is known of it, or not beside the new type.
func (w sqlServerWriter) holding(p *pair, edits []edit, e *edit) (h held, beyond []string) {
	name := e.columnName()
	is := func(c string) bool { return strings.EqualFold(c, name) }
	names := func(text string) bool { return sqltokens.Names(text, name, strings.EqualFold) }
	before := func(o *edit) bool { return !o.destructive && e.destructive } // what else has to do with indexes comes later
	alter := "ALTER TABLE " + p.sql() + " "
	drop := func(x string) { h.gone = append(h.gone, "DROP INDEX "+w.d.Quote(x)+" ON "+p.sql()) }
	if slices.ContainsFunc(p.live.Key.Columns, is) {
		beyond = append(beyond, "it is of the primary key "+p.live.Key.Name)
	}
	for i := range p.live.Columns {
		if c := &p.live.Columns[i]; names(c.Generated) {
			beyond = append(beyond, "the column "+c.Name+" is made of it")
		}
	}
	beyond = append(beyond, w.bound(p, name)...)
	back, words := w.keys(p, e, &h)
	beyond = append(beyond, words...)
	for i := range edits {
		o := &edits[i]
		if (o.kind == AddIndex || o.kind == AddUnique || o.kind == ReplaceIndex) && before(o) && (slices.ContainsFunc(o.index.Columns, is) || names(o.index.Where)) {
			drop(o.index.Name)
			h.again = append(h.again, createIndex(p, o.index, false))
		}
	}
	over := func(x *catalogue.Index) {
		if !slices.ContainsFunc(x.Parts, func(part catalogue.Part) bool { return is(part.Column) }) && !slices.ContainsFunc(x.Include, is) && !names(x.Where) ||
			slices.ContainsFunc(edits, func(o edit) bool { return o.wasIndex == x && before(&o) }) {
			return
		}
		again := w.indexBack(p, x)
		switch {
		case again == nil:
			beyond = append(beyond, "the index "+x.Name+" is beyond what the plan can make again")
		case !slices.ContainsFunc(x.Parts, func(part catalogue.Part) bool { return is(part.Column) }) && w.ledTo(p, x):
			beyond = append(beyond, "a foreign key leads to the index "+x.Name+" over it")
		}
		if x.Constraint {
			h.gone = append(h.gone, alter+"DROP CONSTRAINT "+w.d.Quote(x.Name))
		} else {
			drop(x.Name)
		}
		h.again = append(h.again, again...)
	}
	for _, set := range [][]catalogue.Index{p.live.Uniques, p.live.Indexes} {
		for i := range set {
			over(&set[i])
		}
	}
	for i := range p.live.Checks {
		k := &p.live.Checks[i]
		if !names(k.Expression) || k.Name == "" {
			continue
		}
		condition := k.Expression
		for j := range edits {
			if o := &edits[j]; o.kind == AddValues && o.check == k && before(o) {
				condition = oneOf(w.d, w.d.Quote(o.columnName()), o.values)
			}
		}
		h.gone = append(h.gone, alter+"DROP CONSTRAINT "+w.d.Quote(k.Name))
		h.again = append(h.again, w.constraint(alter, k.Name, "CHECK ("+condition+")", k.NotValid, k.Disabled)...)
	}
	h.again = append(h.again, back...)
	return h, beyond
}

// bound are the words for what is bound to a column: where the source could not tell, by the views' own texts.
func (w sqlServerWriter) bound(p *pair, column string) (out []string) {
	for _, h := range p.live.Holders {
		if strings.EqualFold(h.Column, column) {
			out = append(out, heldBy(p.live, h))
		}
	}
	for i := range w.live.Tables {
		t := &w.live.Tables[i]
		at := func(name string) bool { return sqltokens.Mentions(t.Definition, name, strings.EqualFold) }
		if words := "the view " + t.FullName() + " names it"; t.View && at("schemabinding") && at(p.live.Name) && at(column) && !slices.Contains(out, words) {
			out = append(out, words)
		}
	}
	return out
}

// keys takes the foreign keys at a column away, and gives what brings them back. Where the type changes, the other end would have to change too.
func (w sqlServerWriter) keys(p *pair, e *edit, h *held) (back, beyond []string) {
	is := func(c string) bool { return strings.EqualFold(c, e.columnName()) }
	t := p.live
	for i := range w.live.Tables {
		o := &w.live.Tables[i]
		alter := "ALTER TABLE " + (&pair{d: w.d, live: o}).sql() + " "
		for j := range o.ForeignKeys {
			f := &o.ForeignKeys[j]
			from, to := o == t && slices.ContainsFunc(f.Columns, is), w.leads(f, t) && slices.ContainsFunc(f.References, is)
			switch {
			case !from && !to:
				continue
			case e.kind == AlterType && from:
				beyond = append(beyond, "the foreign key "+f.Name+" leads from it to "+f.Target())
			case e.kind == AlterType:
				beyond = append(beyond, "the foreign key "+f.Name+" of "+o.FullName()+" leads to it")
			}
			h.gone = append(h.gone, alter+"DROP CONSTRAINT "+w.d.Quote(f.Name))
			back = append(back, w.keyBack(alter, f)...)
		}
	}
	return back, beyond
}

func (w sqlServerWriter) leads(f *catalogue.ForeignKey, to *catalogue.Table) bool {
	return strings.EqualFold(f.Table, to.Name) && strings.EqualFold(f.Schema, to.Schema)
}

// ledTo reports whether a foreign key goes by a unique index.
func (w sqlServerWriter) ledTo(p *pair, x *catalogue.Index) bool {
	return x.Unique && slices.ContainsFunc(w.live.Tables, func(o catalogue.Table) bool {
		return slices.ContainsFunc(o.ForeignKeys, func(f catalogue.ForeignKey) bool {
			return w.leads(&f, p.live) && sameSet(f.References, x.Columns(), strings.EqualFold)
		})
	})
}

// keyBack makes a foreign key as it was.
func (w sqlServerWriter) keyBack(alter string, f *catalogue.ForeignKey) []string {
	schema := f.Schema
	text := "FOREIGN KEY (" + quotedList(w.d, f.Columns) + ") REFERENCES " + (&pair{d: w.d, live: &catalogue.Table{Schema: schema, Name: f.Table}}).sql() + " (" + quotedList(w.d, f.References) + ")"
	for _, a := range []struct {
		word string
		does catalogue.Action
	}{{" ON DELETE ", f.OnDelete}, {" ON UPDATE ", f.OnUpdate}} {
		if a.does != catalogue.NoAction && a.does != "" {
			text += a.word + strings.ToUpper(string(a.does))
		}
	}
	return w.constraint(alter, f.Name, text, f.NotValid, f.Disabled)
}

// constraint adds a constraint, which rows are not held to where it was not trusted, and nothing is where it was disabled.
func (w sqlServerWriter) constraint(alter, name, text string, unchecked, disabled bool) []string {
	word := ""
	if unchecked {
		word = "WITH NOCHECK "
	}
	out := one(alter + word + "ADD CONSTRAINT " + w.d.Quote(name) + " " + text)
	if disabled {
		out = append(out, alter+"NOCHECK CONSTRAINT "+w.d.Quote(name))
	}
	return out
}

// indexBack makes an index or a unique constraint as it was, nothing where its form is beyond words: what is disabled would be looked into.
func (w sqlServerWriter) indexBack(p *pair, x *catalogue.Index) []string {
	if !plain(x) || x.Space != "" {
		return nil
	}
	var keys []string
	for _, part := range x.Parts {
		k := w.d.Quote(part.Column)
		if part.Desc {
			k += " DESC"
		}
		keys = append(keys, k)
	}
	kind, tail := "", ""
	if x.Clustered {
		kind = "CLUSTERED "
	}
	if len(x.Include) > 0 {
		tail += " INCLUDE (" + quotedList(w.d, x.Include) + ")"
	}
	if x.Where != "" {
		tail += " WHERE " + x.Where
	}
	if len(x.Settings) > 0 {
		tail += " WITH (" + list(x.Settings) + ")"
	}
	var out []string
	switch {
	case x.Constraint:
		out = one("ALTER TABLE " + p.sql() + " ADD CONSTRAINT " + w.d.Quote(x.Name) + " UNIQUE " + kind + "(" + list(keys) + ")" + tail)
	case x.Unique:
		out = one("CREATE UNIQUE " + kind + "INDEX " + w.d.Quote(x.Name) + " ON " + p.sql() + " (" + list(keys) + ")" + tail)
	default:
		out = one("CREATE " + kind + "INDEX " + w.d.Quote(x.Name) + " ON " + p.sql() + " (" + list(keys) + ")" + tail)
	}
	if x.Comment != "" {
		schema := p.live.Schema
		if schema == "" {
			schema = w.live.Default
		}
		at := []string{"MS_Description", x.Comment, "SCHEMA", schema, "TABLE", p.live.Name, "INDEX", x.Name}
		if x.Constraint {
			at[6] = "CONSTRAINT"
		}
		for i, text := range at {
			at[i] = ddl.Literal(w.d, text)
		}
		out = append(out, "EXEC sys.sp_addextendedproperty "+list(at))
	}
	return out
}

// alters reports whether a step says ALTER COLUMN.
func alters(e *edit) bool {
	return e.kind == AlterType || e.kind == SetNotNull || e.kind == DropNotNull
}
