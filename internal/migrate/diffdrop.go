package migrate

import (
	"slices"
	"strings"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/ddl"
	"github.com/multi-orm/orm/internal/sqltokens"
	"github.com/multi-orm/orm/source/catalogue"
)

// released is what goes with a column that is dropped.
type released struct {
	indexes []*catalogue.Index
	checks  []*catalogue.Check
	keys    []*catalogue.ForeignKey
}

// words names what goes.
func (r *released) words() string {
	var out []string
	for _, x := range r.indexes {
		switch {
		case x.Name == "" || x.Constraint:
			out = append(out, "the unique set ("+list(x.Columns())+")")
		default:
			out = append(out, "the index "+x.Name)
		}
	}
	for _, k := range r.checks {
		out = append(out, strings.TrimSpace("the check "+k.Name+" ("+k.Expression+")"))
	}
	for _, f := range r.keys {
		out = append(out, "the foreign key ("+list(f.Columns)+") to "+f.Target())
	}
	return list(out)
}

// dropColumns drops columns that no field maps, unless something that is not the table's own names them.
func (w *differ) dropColumns(columns []*catalogue.Column) {
	gone := map[any]bool{}                                            // with a column before
	slices.SortStableFunc(columns, func(a, b *catalogue.Column) int { // those that are made of others first
		return bit(b.Generated != "") - bit(a.Generated != "")
	})
	for _, l := range columns {
		if holders := w.holders(l, columns); len(holders) > 0 {
			w.note(l.Name, "no field maps it, and it is not dropped, since "+list(holders)+": change that by hand first")
			continue
		}
		r := w.released(l, gone)
		why := "no field maps the column; its values are lost, and nothing brings them back"
		if text := r.words(); text != "" {
			why += "; with it " + text + " are dropped"
		}
		w.edit(edit{kind: DropColumn, was: l, released: r, destructive: true, why: why})
	}
}

// released finds what goes with a column. Indexes that another step drops or replaces are not among it.
func (w *differ) released(l *catalogue.Column, gone map[any]bool) *released {
	out := new(released)
	names := func(text string) bool { return sqltokens.Names(text, l.Name, w.same) }
	is := func(name string) bool { return w.same(name, l.Name) }
	w.each(func(x *catalogue.Index) bool {
		of := names(x.Where) || slices.ContainsFunc(x.Include, is) || slices.ContainsFunc(x.Parts, func(p catalogue.Part) bool { return is(p.Column) || names(p.Expression) })
		edited := slices.ContainsFunc(w.edits, func(e edit) bool { return e.wasIndex == x })
		if of && !edited && !w.o.DropIndexes && !gone[x] {
			gone[x], out.indexes = true, append(out.indexes, x)
		}
		return false
	})
	t := w.on.live
	for i := range t.Checks {
		if k := &t.Checks[i]; names(k.Expression) && !gone[k] {
			gone[k], out.checks = true, append(out.checks, k)
		}
	}
	for i := range t.Exclusions {
		if k := &t.Exclusions[i]; names(k.Expression) && !gone[k] {
			gone[k], out.checks = true, append(out.checks, k)
		}
	}
	for i := range t.ForeignKeys {
		if f := &t.ForeignKeys[i]; slices.ContainsFunc(f.Columns, is) && !gone[f] {
			gone[f], out.keys = true, append(out.keys, f)
		}
	}
	return out
}

// holders are the words for what a column cannot be dropped from under.
func (w *differ) holders(l *catalogue.Column, dropped []*catalogue.Column) (out []string) {
	t := w.on.live
	is := func(name string) bool { return w.same(name, l.Name) }
	goes := func(name string) bool {
		return slices.ContainsFunc(dropped, func(c *catalogue.Column) bool { return w.same(c.Name, name) })
	}
	if slices.ContainsFunc(t.Key.Columns, is) {
		out = append(out, "it is of the primary key")
	}
	for i := range t.Columns {
		if c := &t.Columns[i]; c.Generated != "" && !goes(c.Name) && sqltokens.Names(c.Generated, l.Name, w.same) {
			out = append(out, "the column "+c.Name+" is made of it")
		}
	}
	for i := range w.live.Tables {
		o := &w.live.Tables[i]
		for j := range o.ForeignKeys {
			f := &o.ForeignKeys[j]
			if w.same(f.Table, t.Name) && w.same(f.Schema, t.Schema) && slices.ContainsFunc(f.References, is) && !(o == t && slices.ContainsFunc(f.Columns, goes)) {
				out = append(out, "the foreign key ("+list(f.Columns)+") of "+o.FullName()+" leads to it")
			}
		}
	}
	for _, h := range t.Holders {
		if is(h.Column) || h.Kind == "type" {
			out = append(out, heldBy(t, h))
		}
	}
	if w.d.Name() != (dialect.Postgres{}).Name() { // which knows, where others have their texts
		for _, words := range w.texts(l) {
			if !slices.Contains(out, words) {
				out = append(out, words)
			}
		}
		return out
	}
	if sqltokens.Names(t.Partition, l.Name, w.same) && !slices.Contains(out, partitioned) {
		out = append(out, partitioned)
	}
	for i := range w.live.Tables {
		if o := &w.live.Tables[i]; slices.Contains(w.above(o), t) && o.Column(l.Name) != nil {
			out = append(out, "the table "+o.FullName()+" inherits it")
		}
	}
	return out
}

// texts are the views, triggers and virtual tables that name a column of the table under way: its name stands in them, and that of the table,
// or of a view that reads it.
func (w *differ) texts(l *catalogue.Column) (out []string) {
	reads := []*catalogue.Table{w.on.live}
	of := func(text string) bool {
		return slices.ContainsFunc(reads, func(t *catalogue.Table) bool { return sqltokens.Mentions(text, t.Name, w.same) })
	}
	for more := true; more; {
		more = false
		for i := range w.live.Tables {
			if t := &w.live.Tables[i]; t.View && !slices.Contains(reads, t) && of(t.Definition) {
				reads, more = append(reads, t), true
			}
		}
	}
	for i := range w.live.Tables {
		t := &w.live.Tables[i]
		text := t.Definition
		if t.Kind == catalogue.VirtualTable { // whose arguments are texts
			text = unquoted(text)
		}
		if (t.View || t.Kind == catalogue.VirtualTable) && of(text) && sqltokens.Names(text, l.Name, w.same) {
			out = append(out, "the "+string(t.Kind)+" "+t.FullName()+" names it")
		}
		for _, text := range t.Statements {
			if what, name := made(text); what == "trigger" && of(text) && (sqltokens.Names(text, l.Name, w.same) || w.givesAll(text)) {
				out = append(out, "the trigger "+name+" names it")
			}
		}
	}
	return out
}

// unquoted takes the quotes of texts away.
func unquoted(text string) string { return strings.ReplaceAll(text, "'", " ") }

// made tells what a statement of the schema makes, an "index" or a "trigger", and its name; "" for anything else.
func made(text string) (what, name string) {
	tokens := sqltokens.Split(text)
	i := slices.IndexFunc(tokens[:min(4, len(tokens))], func(t sqltokens.Token) bool { return t.Is("index") || t.Is("trigger") })
	if i < 0 {
		return "", ""
	}
	what = strings.ToLower(tokens[i].Text)
	for i++; i+1 < len(tokens) && (tokens[i].Is("if") || tokens[i].Is("not") || tokens[i].Is("exists") || tokens[i+1].Is(".") || tokens[i].Is(".")); {
		i++
	}
	if i >= len(tokens) {
		return "", ""
	}
	return what, tokens[i].Text
}

// givesAll reports whether a trigger writes rows of the table without saying their columns.
func (w *differ) givesAll(text string) bool {
	tokens := sqltokens.Split(text)
	for i := range tokens {
		if i+2 < len(tokens) && tokens[i].Is("into") && w.same(tokens[i+1].Text, w.on.live.Name) && !tokens[i+2].Is("(") && !tokens[i+2].Is("default") {
			return true
		}
	}
	return false
}

// again is what brings back what went with a column, as far as words go: rows that all have the same value there can be refused by unique sets,
// and SQL Server takes NULLs for the same.
func (r *released) again(was *catalogue.Column, nullsEqual bool, back func(*catalogue.Index) []string) (out []string) {
	for _, x := range r.indexes {
		if !x.Unique || was.Default == "" && !nullsEqual {
			out = append(out, back(x)...)
		}
	}
	return out
}

func quotedList(d dialect.Dialect, names []string) string { return list(ddl.Quoted(d, names)) }

func bit(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
