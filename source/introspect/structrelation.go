package introspect

import (
	"slices"
	"strings"

	"github.com/multi-orm/orm/internal/naming"
	"github.com/multi-orm/orm/internal/sqltokens"
)

// relationOf is a field that holds related rows.
type relationOf struct {
	name   string
	target *structOf
	many   bool
	tag    string
	doc    string
}

// edge is a foreign key between two models.
type edge struct {
	key      *ForeignKey
	from, to *structOf
	one      string // the field that leads to the target
	back     string // as Relate names it
	unique   bool   // no two rows refer to the same one
}

func keyName(t *Table, f *ForeignKey) string {
	return t.FullName() + "." + strings.Join(f.Columns, "+")
}

func checkOf(c *Column, expression string) bool {
	name, _, ok := sqltokens.Listed(expression)
	return ok && strings.EqualFold(name, c.Name)
}

// relations makes the fields of relations: all that lead to one row first, since the others are called after them.
func (f *file) relations() {
	var edges []*edge
	for _, m := range f.order {
		for i := range m.table.ForeignKeys {
			if e := f.edge(m, &m.table.ForeignKeys[i]); e != nil {
				edges = append(edges, e)
			}
		}
	}
	between := map[[2]*structOf]int{}
	for _, e := range edges {
		between[[2]*structOf{e.from, e.to}]++
	}
	for _, e := range edges {
		f.toOne(e, between[[2]*structOf{e.from, e.to}] == 1)
	}
	for _, e := range edges {
		f.toMany(e, between[[2]*structOf{e.from, e.to}] == 1)
	}
	for _, m := range f.order {
		f.through(m, edges)
	}
}

// edge looks whether a foreign key can be a relation, and notes why it cannot.
func (f *file) edge(m *structOf, k *ForeignKey) *edge {
	note := func(text string) *edge {
		f.note(m.table, "", "the foreign key on "+strings.Join(k.Columns, ", ")+" to "+k.Target()+" is no relation: "+text)
		return nil
	}
	target := f.schema.Table(k.Schema, k.Table)
	switch {
	case target == nil:
		return note("that table is not here")
	case !m.keyed || !f.models[target].keyed:
		return note("one of the tables is no model")
	case len(k.References) != len(k.Columns):
		return note("the table has no key of as many columns")
	}
	e := &edge{key: k, from: m, to: f.models[target]}
	for i, c := range k.Columns {
		a, b := m.field(c), e.to.field(k.References[i])
		switch {
		case a == nil || b == nil:
			return note("a column of it is no field")
		case a.class != b.class || a.class == noClass:
			return note("the types of " + c + " and " + k.References[i] + " do not compare: " + a.base + " and " + b.base)
		case strings.ContainsAny(c+k.References[i], "+:,"):
			return note("the name of a column does not fit a relation")
		}
	}
	e.unique = within(m.key, k.Columns)
	for i := range m.table.Uniques {
		e.unique = e.unique || within(m.table.Uniques[i].Columns(), k.Columns)
	}
	return e
}

// within reports whether all of some columns are among others.
func within(columns, among []string) bool {
	return len(columns) > 0 && !slices.ContainsFunc(columns, func(c string) bool { return !slices.Contains(among, c) })
}

// role is what the columns call the row that they lead to: author_id is author. It is empty where they call it nothing else.
func (e *edge) role() []string {
	if len(e.key.Columns) != 1 {
		return nil
	}
	words := naming.Words(e.key.Columns[0])
	if n := len(words); n > 0 {
		switch words[n-1] {
		case "id", "uuid", "fk", "key", "ref":
			return words[:n-1]
		}
	}
	return nil
}

// by are the columns, for names that have to be told apart.
func (e *edge) by() string {
	if role := e.role(); len(role) > 0 {
		return "By" + naming.Go(role...)
	}
	var words []string
	for _, c := range e.key.Columns {
		words = append(words, naming.Words(c)...)
	}
	return "By" + naming.Go(words...)
}

func (f *file) toOne(e *edge, only bool) {
	said := f.o.ends[keyName(e.from.table, e.key)]
	var names []string
	if said[0] != "" {
		names = append(names, said[0])
	}
	if role := e.role(); len(role) > 0 {
		names = append(names, naming.Go(role...))
	}
	if only && e.from != e.to {
		names = append(names, e.to.name)
	}
	column := naming.Go(naming.Words(e.key.Columns[0])...)
	if role := e.role(); len(role) > 0 {
		column = naming.Go(role...)
	}
	names = append(names, column+e.to.name, e.to.name+e.by())
	e.one, e.back = e.from.names.Take(names...), said[1]
	e.from.links = append(e.from.links, &relationOf{name: e.one, target: e.to, tag: "relation=" + pairs(e.key.Columns, e.key.References)})
}

func (f *file) toMany(e *edge, only bool) {
	var names []string
	if e.back != "" {
		names = append(names, e.back)
	}
	words := naming.Words(e.from.name)
	name := e.from.name
	if !e.unique {
		name = naming.Go(naming.Plural(words)...)
	}
	if e.from == e.to && e.one == "Parent" && !e.unique {
		names = append(names, "Children")
	}
	if only && e.from != e.to {
		names = append(names, name)
	}
	names = append(names, name+e.by())
	e.to.links = append(e.to.links, &relationOf{name: e.to.names.Take(names...), target: e.from, many: !e.unique, tag: "relation=" + pairs(e.key.References, e.key.Columns)})
}

func pairs(local, remote []string) string {
	return strings.Join(local, "+") + ":" + strings.Join(remote, "+")
}

// through makes the relations of a link table: two foreign keys whose columns hold a key of it, and no other column that a
// new link would have to give.
func (f *file) through(m *structOf, edges []*edge) {
	var mine []*edge
	for _, e := range edges {
		if e.from == m {
			mine = append(mine, e)
		}
	}
	for i, a := range mine {
		for _, b := range mine[i+1:] {
			if !f.links(m, a, b) {
				continue
			}
			f.link(m, a, b)
			f.link(m, b, a)
			return
		}
	}
}

func (f *file) links(m *structOf, a, b *edge) bool {
	columns := slices.Concat(a.key.Columns, b.key.Columns)
	own := func(k, other *ForeignKey) func(name string) bool {
		return func(name string) bool {
			return slices.Contains(k.Columns, name) && !slices.Contains(other.Columns, name)
		}
	}
	sets := [][]string{m.key}
	for i := range m.table.Uniques {
		sets = append(sets, m.table.Uniques[i].Columns())
	}
	if !slices.ContainsFunc(sets, func(set []string) bool { // the columns that both keys have, as a tenant's, tell no links apart
		return within(set, columns) && slices.ContainsFunc(set, own(a.key, b.key)) && slices.ContainsFunc(set, own(b.key, a.key))
	}) {
		return false
	}
	for i := range m.table.Columns {
		c := &m.table.Columns[i]
		if !slices.Contains(columns, c.Name) && !c.Nullable && c.Default == "" && c.Identity == "" && c.Generated == "" {
			return false
		}
	}
	return true
}

// link makes the relation from the target of a to that of b.
func (f *file) link(m *structOf, a, b *edge) {
	table := m.table.FullName()
	if strings.ContainsAny(table+strings.Join(slices.Concat(a.key.Columns, b.key.Columns), ""), "():+") || m.table.Schema == "" && strings.Contains(table, ".") ||
		strings.Contains(m.table.Schema, ".") || table != strings.TrimSpace(table) {
		f.note(m.table, "", "links "+a.to.table.FullName()+" and "+b.to.table.FullName()+", but a name of it does not fit the word through=")
		return
	}
	var names []string
	if a.to == b.to {
		names = append(names, naming.Go(naming.Plural(naming.Words(b.one))...))
	} else {
		names = append(names, naming.Go(naming.Plural(naming.Words(b.to.name))...))
	}
	names = append(names, naming.Go(naming.Plural(naming.Words(b.to.name))...)+"Through"+naming.Go(naming.Plural(m.words)...))
	a.to.links = append(a.to.links, &relationOf{name: a.to.names.Take(names...), target: b.to, many: true,
		tag: "relation=" + pairs(a.key.References, b.key.References) + ",through=" + table + "(" + pairs(a.key.Columns, b.key.Columns) + ")"})
}
