package introspect

import (
	"slices"
	"strings"

	"github.com/multi-orm/orm/source/catalogue"
)

// indexes writes unique sets and indexes into the tags, as far as these can say them.
func (f *file) indexes(m *structOf) {
	for _, list := range [][]Index{m.table.Uniques, m.table.Indexes} {
		for i := range list {
			x := &list[i]
			if why := f.beyondTag(m, x); why != "" {
				f.note(m.table, "", describe(x)+" "+why)
				continue
			}
			columns := x.Columns()
			word, ending := "index", "_idx"
			if x.Unique {
				word, ending = "unique", "_key"
			}
			usual := m.table.Name + "_" + strings.Join(columns, "_") + ending
			name := x.Name
			if name == "" || name == usual || !plainWord(name) {
				name = usual
			}
			if len(columns) > 1 || name != usual {
				word += "=" + name
			}
			for _, c := range columns {
				field := m.field(c)
				if !slices.Contains(field.words, word) {
					field.words = append(field.words, word)
				}
			}
		}
	}
}

// beyondTag says why an index is not in the tags.
func (f *file) beyondTag(m *structOf, x *Index) string {
	columns := x.Columns()
	const no = "is not in the tags: "
	switch {
	case x.Invalid:
		return no + "the database has not built it to its end"
	case x.Method != "":
		return no + "it is a " + x.Method + " index"
	case columns == nil:
		return no + "it is of expressions"
	case x.Where != "" && !f.usualFilter(m, x):
		return no + "it is of the rows " + oneLine(x.Where)
	case len(x.Include) > 0:
		return no + "it keeps other columns beside its own: " + strings.Join(x.Include, ", ")
	case x.Deferrable && x.Unique:
		return no + "it is deferrable, which no upsert can go by"
	case x.NullsEqual:
		return no + "two NULLs are equal to it"
	}
	place := -1
	for _, p := range x.Parts {
		at := slices.IndexFunc(m.fields, func(f *fieldOf) bool { return f.column.Name == p.Column })
		switch {
		case at < 0:
			return no + "a column of it is no field"
		case m.fields[at].class == noClass:
			return no + "a column of it is a list or a document"
		case (p.Desc || p.NullsFirst || p.NullsLast) && !x.Unique:
			return no + "it has an order of its own"
		case p.Class != "" || p.Collation != "":
			return no + "it compares in its own way"
		case at < place && !x.Unique:
			return no + "its columns are in another order than the fields"
		}
		place = at
	}
	if other := slices.ContainsFunc(m.fields, func(f *fieldOf) bool {
		return slices.Contains(f.words, "index="+x.Name) || slices.Contains(f.words, "unique="+x.Name)
	}); other && x.Name != "" {
		return no + "another has its name"
	}
	return ""
}

// usualFilter reports whether a unique index is of the rows that orm.CreateTables makes one of: those that are not deleted and, on SQL Server,
// have no NULL, since it takes two NULLs for equal.
func (f *file) usualFilter(m *structOf, x *Index) bool {
	if !x.Unique {
		return false
	}
	var null, notNull []string
	for _, field := range m.fields {
		if slices.Contains(field.words, "softdelete") {
			null = append(null, field.column.Name)
		}
		if f.schema.Dialect == "sqlserver" && field.column.Nullable && slices.ContainsFunc(x.Parts, func(p catalogue.Part) bool { return p.Column == field.column.Name }) {
			notNull = append(notNull, field.column.Name)
		}
	}
	isNull, isNot, ok := x.Nulls()
	return ok && sameNames(null, isNull) && sameNames(notNull, isNot)
}

// sameNames compares names whatever their order.
func sameNames(a, b []string) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(x string) bool {
		return !slices.ContainsFunc(b, func(y string) bool { return strings.EqualFold(x, y) })
	})
}

func describe(x *Index) string {
	what := "the index "
	if x.Unique {
		what = "the unique index "
	}
	var parts []string
	for _, p := range x.Parts {
		parts = append(parts, p.Column+oneLine(p.Expression))
	}
	return what + strings.TrimSpace(x.Name+" ("+strings.Join(parts, ", ")+")")
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// beyond notes what the tags have no words for.
func (f *file) beyond(m *structOf) {
	t := m.table
	for _, c := range t.Checks {
		if !f.listed(t, c.Expression) && !f.document(c.Expression) {
			f.note(t, "", "the check "+strings.TrimSpace(c.Name+" ("+oneLine(c.Expression)+")")+" holds in the database alone")
		}
	}
	for _, c := range t.Exclusions {
		f.note(t, "", "the constraint "+c.Name+" ("+oneLine(c.Expression)+") holds in the database alone")
	}
	if t.Partition != "" {
		f.note(t, "", "is partitioned by "+t.Partition)
	} else if len(t.Partitions) > 0 {
		f.note(t, "", "has the rows of "+strings.Join(t.Partitions, ", ")+" too")
	}
	for _, parent := range t.Inherits {
		f.note(t, "", "inherits "+parent+", whose rows include those of this table")
	}
	if m.keyed && t.View {
		f.note(t, "", "is a view: whether it takes writes is the database's affair")
	}
}

// listed reports whether a check is what enum= says.
func (f *file) listed(t *Table, expression string) bool {
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.EnumType == "" && len(c.Enum) > 0 && listable(c.Enum) && checkOf(c, expression) {
			return true
		}
	}
	return false
}

// document reports the condition by which SQL Server knows a document, which the field's type says.
func (f *file) document(expression string) bool {
	return f.schema.Dialect == "sqlserver" && strings.HasPrefix(strings.ToLower(expression), "isjson(")
}
