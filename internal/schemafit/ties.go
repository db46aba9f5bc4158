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
				if a == b || l.target(x) != from || l.target(y) != to || !l.links(link, x, y) {
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

// oneEach reports whether no two rows of a table have the same in all of the columns: some of them are unique.
func (l *Live) oneEach(t *catalogue.Table, columns []string) bool {
	return len(t.Key.Columns) > 0 && l.within(t.Key.Columns, columns) ||
		slices.ContainsFunc(t.Uniques, func(x catalogue.Index) bool { return l.within(x.Columns(), columns) })
}

// links reports whether two keys of a table make it a link between their targets: the columns of both are together unique, and those of neither
// alone. Both may hold a column that the rows of both targets have in common, as their tenant.
func (l *Live) links(t *catalogue.Table, x, y *catalogue.ForeignKey) bool {
	both := slices.Concat(x.Columns, y.Columns)
	own := func(k, other *catalogue.ForeignKey) func(name string) bool {
		return func(name string) bool { return l.has(k.Columns, name) && !l.has(other.Columns, name) }
	}
	of := func(set []string) bool {
		return l.within(set, both) && slices.ContainsFunc(set, own(x, y)) && slices.ContainsFunc(set, own(y, x))
	}
	return of(t.Key.Columns) || slices.ContainsFunc(t.Uniques, func(u catalogue.Index) bool { return of(u.Columns()) })
}
