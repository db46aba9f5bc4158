package ddl

import (
	"slices"

	"github.com/multi-orm/orm/model"
)

// Take adds what another model wants of the same table; same compares names. What both say is as the first one says it, but that a column
// cannot be NULL where one of them has no NULL, that the database makes a value where one of them leaves it out, and that values are
// listed where one of them lists them.
func (t *Table) Take(o *Table, same func(a, b string) bool) {
	if t.Model == nil {
		t.Model = o.Model
	} else if o.Model != nil {
		t.Others = append(t.Others, o.Model)
	}
	t.Others = append(t.Others, o.Others...)
	for _, c := range o.Columns {
		i := slices.IndexFunc(t.Columns, func(x Column) bool { return same(x.Name, c.Name) })
		if i < 0 {
			t.Columns = append(t.Columns, c)
			continue
		}
		x := &t.Columns[i]
		c.Name, c.NotNull = x.Name, c.NotNull || x.NotNull
		if c.Enum == nil || x.Enum != nil {
			c.Enum = x.Enum
		}
		if x.Made || !c.Made {
			c.Type, c.Field, c.Key, c.Made = x.Type, x.Field, x.Key, x.Made
		}
		c.NotNull = c.NotNull && !c.Key
		*x = c
	}
	for _, x := range o.Indexes {
		if !slices.ContainsFunc(t.Indexes, func(y Index) bool {
			return x.Unique == y.Unique && same(x.Where, y.Where) && slices.EqualFunc(x.Columns, y.Columns, same)
		}) {
			t.Indexes = append(t.Indexes, x)
		}
	}
	for _, k := range o.Keys {
		if !slices.ContainsFunc(t.Keys, func(y ForeignKey) bool { return k.To == y.To && slices.EqualFunc(k.Columns, y.Columns, same) }) {
			t.Keys = append(t.Keys, k)
		}
	}
}

// Moved leads the foreign keys of tables to the table that was made of one of them and another.
func Moved(tables []*Table, from, to *Table) {
	for _, t := range tables {
		for i := range t.Keys {
			if t.Keys[i].To == from {
				t.Keys[i].To = to
			}
		}
	}
}

// Models are the models of the table.
func (t *Table) Models() []*model.Model {
	if t.Model == nil {
		return nil
	}
	return append([]*model.Model{t.Model}, t.Others...)
}
