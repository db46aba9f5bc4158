package schemafit

import (
	"slices"
	"strings"

	"github.com/multi-orm/orm/source/catalogue"
)

// Tie is a way from the rows of one table to those of another by foreign keys.
type Tie struct {
	Local, Remote []string // columns of the two tables, in step; with a link table, what it refers to
	Many          bool     // several rows of the other table may belong to one
	Backward      bool     // the other table holds the key

	Link                  *catalogue.Table // nil where the tables refer to each other
	LinkLocal, LinkRemote []string         // its columns, in step with Local and Remote
}

// String is the tie as the words of a tag say it.
func (t Tie) String() string {
	pairs := func(a, b []string) string { return strings.Join(a, "+") + ":" + strings.Join(b, "+") }
	s := "relation=" + pairs(t.Local, t.Remote)
	if t.Link != nil {
		s += ",through=" + t.Link.FullName() + "(" + pairs(t.LinkLocal, t.LinkRemote) + ")"
	}
	return s
}

// Ties gives the ways from one table to another: by the foreign keys of the first, by those of the second, and through the
// tables that link the two, whose keys to both are together unique. The order is that of the catalogue.
func (l *Live) Ties(from, to *catalogue.Table) (out []Tie) {
	for i := range from.ForeignKeys {
		if k := &from.ForeignKeys[i]; l.target(k) == to {
			out = append(out, Tie{Local: k.Columns, Remote: k.References})
		}
	}
	for i := range to.ForeignKeys {
		if k := &to.ForeignKeys[i]; l.target(k) == from {
			out = append(out, Tie{Local: k.References, Remote: k.Columns, Many: !l.oneEach(to, k.Columns), Backward: true})
		}
	}
	for i := range l.Schema.Tables {
		link := &l.Schema.Tables[i]
		for a := range link.ForeignKeys {
			for b := range link.ForeignKeys {
				x, y := &link.ForeignKeys[a], &link.ForeignKeys[b]
				if a == b || l.target(x) != from || l.target(y) != to || !l.oneEach(link, slices.Concat(x.Columns, y.Columns)) ||
					slices.ContainsFunc(x.Columns, func(c string) bool { return l.has(y.Columns, c) }) {
					continue
				}
				out = append(out, Tie{Local: x.References, Remote: y.References, Many: true, Link: link, LinkLocal: x.Columns, LinkRemote: y.Columns})
			}
		}
	}
	return out
}

// target is the table that a key leads to, nil where it or its columns are not there.
func (l *Live) target(k *catalogue.ForeignKey) *catalogue.Table {
	if len(k.References) != len(k.Columns) {
		return nil
	}
	schema := k.Schema
	if schema == "" {
		schema = l.Schema.Default
	}
	return l.Table(schema, k.Table)
}

// oneEach reports whether no two rows of a table have the same in all of the columns.
func (l *Live) oneEach(t *catalogue.Table, columns []string) bool {
	if l.sameSet(t.Key.Columns, columns) {
		return true
	}
	return slices.ContainsFunc(t.Uniques, func(x catalogue.Index) bool { return l.sameSet(x.Columns(), columns) })
}
