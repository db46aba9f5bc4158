package schemafit

import (
	"slices"
	"strings"

	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source/catalogue"
)

// key looks whether the model's key tells rows apart.
func (c *comparison) key() {
	mine := columnsOf(c.m.Key)
	theirs := c.t.Key.Columns
	switch {
	case c.sameSet(mine, theirs):
		if c.t.Key.Deferrable && !readOnly(c.m) {
			c.advise("", "the primary key of the table %s is deferrable, and no upsert can go by it", c.t.FullName())
		}
	case !slices.ContainsFunc(c.uniqueSets(), func(set []string) bool { return c.within(set, mine) }):
		what := "has no primary key"
		if len(theirs) > 0 {
			what = "has the primary key " + list(theirs)
		}
		c.fault("", "the table %s %s and the model goes by %s, which two rows may share", c.t.FullName(), what, list(mine))
	case len(theirs) > 0:
		c.advise("", "the table %s has the primary key %s and the model goes by %s", c.t.FullName(), list(theirs), list(mine))
	}
}

// uniqueSets are the sets of columns that no two rows share, the key among them.
func (c *comparison) uniqueSets() (out [][]string) {
	if len(c.t.Key.Columns) > 0 {
		out = append(out, c.t.Key.Columns)
	}
	for i := range c.t.Uniques {
		out = append(out, c.t.Uniques[i].Columns())
	}
	return out
}

// uniques compares the sets of unique= with those of the table.
func (c *comparison) uniques() {
	var held, late [][]string
	if len(c.t.Key.Columns) > 0 {
		held = append(held, c.t.Key.Columns)
	}
	for i := range c.t.Uniques {
		if x := &c.t.Uniques[i]; x.Deferrable {
			late = append(late, x.Columns())
		} else {
			held = append(held, x.Columns())
		}
	}
	for i := range c.t.Indexes {
		if x := &c.t.Indexes[i]; x.Unique && !x.Invalid && x.Columns() != nil && c.ofLiveRows(x) {
			held = append(held, x.Columns())
		}
	}
	has := func(sets [][]string, set []string) bool {
		return slices.ContainsFunc(sets, func(s []string) bool { return c.sameSet(s, set) })
	}
	claimed := [][]string{columnsOf(c.m.Key)}
	for _, x := range c.m.Uniques {
		set := columnsOf(x.Fields)
		claimed = append(claimed, set)
		switch {
		case has(held, set) || !c.all(set):
		case has(late, set):
			if !readOnly(c.m) {
				c.fault(x.Fields[0].Name, "the tag says unique and the unique constraint of the table %s on %s is deferrable: no upsert can go by it", c.t.FullName(), list(set))
			}
		default:
			c.fault(x.Fields[0].Name, "the tag says unique and the table %s has no unique constraint or index on %s%s: two rows may share it, and an upsert that goes by it fails", c.t.FullName(), list(set), c.partial(set))
		}
	}
	known := columnsOf(c.m.Fields)
	for _, set := range held {
		if !has(claimed, set) && c.within(set, known) && !c.sameSet(set, c.t.Key.Columns) {
			c.advise(c.fieldName(set), "no two rows of the table %s share %s and the tags do not say unique: conflicts cannot name it", c.t.FullName(), list(set))
		}
	}
}

// partial tells of an index that nearly does.
func (c *comparison) partial(set []string) string {
	for i := range c.t.Indexes {
		if x := &c.t.Indexes[i]; x.Unique && c.sameSet(x.Columns(), set) {
			if x.Invalid {
				return " that was built to its end"
			}
			return " of all rows (the one there is holds where " + strings.Join(strings.Fields(x.Where), " ") + ")"
		}
	}
	return ""
}

// all reports whether the columns are there: what is not is told already.
func (c *comparison) all(columns []string) bool {
	return !slices.ContainsFunc(columns, func(name string) bool { return c.Column(c.t, name) == nil })
}

// fieldName is the field of the first column of a set.
func (c *comparison) fieldName(set []string) string {
	for _, f := range c.m.Fields {
		if c.Same(f.Column, set[0]) {
			return f.Name
		}
	}
	return ""
}

// ofLiveRows reports whether a partial index is of the rows that the model counts: those that are not deleted, and on SQL
// Server those that are not NULL.
func (c *comparison) ofLiveRows(x *catalogue.Index) bool {
	if x.Where == "" {
		return true
	}
	null, notNull, ok := x.Nulls()
	return ok && !slices.ContainsFunc(null, func(name string) bool { return c.m.SoftDelete == nil || !c.Same(name, c.m.SoftDelete.Column) }) &&
		(len(notNull) == 0 || c.Schema.Dialect == "sqlserver" && c.within(notNull, x.Columns()))
}

// indexes finds those of the tags that the table lacks.
func (c *comparison) indexes() {
	for _, x := range c.m.Indexes {
		set := columnsOf(x.Fields)
		if x.Where != "" {
			c.partialIndex(&x, set)
			continue
		}
		if c.all(set) && !slices.ContainsFunc(c.sorted(c.t), func(s []string) bool { return len(s) >= len(set) && slices.EqualFunc(s[:len(set)], set, c.Same) }) {
			c.advise(x.Fields[0].Name, "the tag says index and the table %s has none that begins with %s", c.t.FullName(), list(set))
		}
	}
}

// partialIndex looks for the index of some rows. Databases keep conditions in words of their own, so these are not compared.
func (c *comparison) partialIndex(x *model.Index, set []string) {
	switch {
	case !c.all(set), slices.ContainsFunc(c.t.Indexes, func(l catalogue.Index) bool {
		return l.Where != "" && !l.Invalid && (l.Unique || !x.Unique) && slices.EqualFunc(l.Columns(), set, c.Same)
	}):
	case x.Unique:
		c.fault(x.Fields[0].Name, "the tag says unique where %s and the table %s has no unique index on %s of some rows: two of them may share it", x.Where, c.t.FullName(), list(set))
	default:
		c.advise(x.Fields[0].Name, "the tag says index where %s and the table %s has none on %s of some rows", x.Where, c.t.FullName(), list(set))
	}
}

// sorted are the columns by which a table can be searched: those of its key, unique sets and indexes, in order.
func (c *comparison) sorted(t *catalogue.Table) [][]string {
	var out [][]string
	if len(t.Key.Columns) > 0 {
		out = append(out, t.Key.Columns)
	}
	for _, indexes := range [][]catalogue.Index{t.Uniques, t.Indexes} {
		for i := range indexes {
			x := &indexes[i]
			if x.Invalid || x.Method != "" && x.Method != "hash" || x.Where != "" && !strings.HasSuffix(strings.ToLower(strings.TrimRight(x.Where, ") ")), " null") {
				continue
			}
			var columns []string
			for _, p := range x.Parts {
				if p.Column == "" {
					break
				}
				columns = append(columns, p.Column)
			}
			out = append(out, columns)
		}
	}
	return out
}

// scopes looks whether rows can be found by the columns that every statement goes by.
func (c *comparison) scopes() {
	for _, f := range keptApart(c.m) {
		if c.Column(c.t, f.Column) == nil || slices.ContainsFunc(c.sorted(c.t), func(s []string) bool { return len(s) > 0 && c.Same(s[0], f.Column) }) {
			continue
		}
		c.advise(f.Name, "no index of the table %s begins with %s, which every statement goes by: each reads the whole table", c.t.FullName(), f.Column)
	}
}

// keptApart are the columns of a model whose scopes are in every statement.
func keptApart(m *model.Model) []*model.Field {
	out := slices.Clone(m.Scopes)
	if m.Tenant != nil {
		out = append(out, m.Tenant)
	}
	return out
}
