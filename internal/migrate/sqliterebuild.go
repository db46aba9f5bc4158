package migrate

import (
	"slices"
	"strings"

	"github.com/multi-orm/orm/internal/sqltokens"
	"github.com/multi-orm/orm/source/catalogue"
)

// rebuild makes one change of several that SQLite cannot do to a table that is there: its rows are put aside, and a new table takes the
// place of the old one, much as https://sqlite.org/lang_altertable.html#otheralter says.
func (b *rebuilding) rebuild(edits []*edit) (Change, Note) {
	first := edits[0]
	switch {
	case b.p.live.Schema != "":
		return Change{}, b.note(first, "the table is in an attached database, where its indexes and triggers cannot be made anew by their own statements")
	case b.text == nil:
		return Change{}, b.note(first, "the statement that made the table is not known")
	}
	from, to := b.text, b.text.clone()
	moved := b.columns()
	values, dropped := map[string]string{}, map[string]bool{}
	var added, back, why []string
	for _, e := range edits {
		if !b.apply(to, e) {
			return Change{}, b.note(e, "what made the table does not show how, or other columns or its key are made of the column")
		}
		switch e.kind {
		case AddColumn:
			added = append(added, e.column.Name)
		case FillColumn:
			values[sqltokens.Fold(e.column.Name)] = e.fill
			continue
		case DropColumn:
			dropped[e.was.Name] = true
		}
		what := string(e.kind)
		if e.column != nil {
			what += " " + e.column.Name
		} else {
			what += " " + e.was.Name
		}
		why = append(why, what+": "+e.why)
	}
	if after := to.rowNumber(); after != "" && after != from.rowNumber() && b.words() != "" {
		return Change{}, b.note(first, "the rows would get other numbers, by which "+b.words()+" knows them")
	}
	var into, out []string
	for _, c := range moved {
		if dropped[c] {
			continue
		}
		q := b.d.Quote(c)
		expr := q
		if fill, ok := values[sqltokens.Fold(c)]; ok {
			expr = "COALESCE(" + q + ", " + fill + ")"
		}
		into, out, back = append(into, q), append(out, expr), append(back, q)
	}
	for _, c := range added {
		if fill, ok := values[sqltokens.Fold(c)]; ok {
			into, out = append(into, b.d.Quote(c)), append(out, fill)
		}
	}
	before := from.clone()
	for c := range dropped { // nothing is left that it could hold
		if l := b.p.live.Column(c); l != nil && l.Default == "" && l.Generated == "" {
			before.null(c, true)
		}
	}
	old, kept := b.beside, slices.DeleteFunc(slices.Clone(b.beside), func(text string) bool {
		return slices.ContainsFunc(mapKeys(dropped), func(c string) bool { return indexOf(text, c) })
	})
	c := Change{Table: b.p.name(), Kind: RebuildTable, Alone: b.switches(), Destructive: first.destructive, Why: strings.Join(why, "; "),
		Up: b.statements(from, old, to, into, out, kept), Down: b.statements(to, kept, before, back, back, old)}
	b.text, b.beside = to, kept
	b.more = append(b.more, added...)
	return c, Note{}
}

func mapKeys(m map[string]bool) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	return out
}

// indexOf reports whether a statement makes an index over a column, or of rows that it chooses.
func indexOf(text, column string) bool {
	tokens := sqltokens.Split(text)
	if len(tokens) < 3 || !tokens[1].Is("index") && !tokens[2].Is("index") {
		return false
	}
	open := slices.IndexFunc(tokens, func(t sqltokens.Token) bool { return t.Is("(") })
	return open > 0 && sqltokens.Names(text[tokens[open].Start:], column, sqltokens.Same)
}

// columns are those whose values are moved.
func (b *rebuilding) columns() (out []string) {
	for i := range b.p.live.Columns {
		if c := &b.p.live.Columns[i]; c.Generated == "" {
			out = append(out, c.Name)
		}
	}
	return append(out, b.more...)
}

// words names a full-text table or another virtual one over the table, "" where none is.
func (b *rebuilding) words() string {
	for i := range b.live.Tables {
		if t := &b.live.Tables[i]; t.Kind == catalogue.VirtualTable && sqltokens.Mentions(unquoted(t.Definition), b.p.live.Name, sqltokens.Same) {
			return "the virtual table " + t.FullName()
		}
	}
	return ""
}

// rowid is the name by which the number of a row is moved, "" where a column of the new table holds it or there is none: full-text indexes and
// others know rows by it.
func (b *rebuilding) rowid(from, to *createText) string {
	if from.rowless() || to.rowNumber() != "" {
		return ""
	}
	for _, name := range []string{"rowid", "_rowid_", "oid"} {
		if !slices.ContainsFunc(b.columns(), func(c string) bool { return sqltokens.Same(c, name) }) {
			return name
		}
	}
	return ""
}
