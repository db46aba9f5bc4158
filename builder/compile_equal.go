package builder

import (
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/model"
)

// equal writes that columns of one table equal those of another, by their types.
func (c *compiler) equal(f *frag, owner string, cols []*model.Field, other string, fields []*model.Field) {
	for i, col := range cols {
		c.pair(f, i, owner+"."+c.d.Quote(col.Column), TypeOf(col), other, fields[i])
	}
}

// linked is equal for columns of a link table, which hold what fields do.
func (c *compiler) linked(f *frag, t *model.Through, link string, names []string, other string, fields []*model.Field) {
	for i, name := range names {
		c.pair(f, i, link+"."+c.d.Quote(name), linkType(t, name, fields[i]), other, fields[i])
	}
}

func (c *compiler) pair(f *frag, i int, left string, t dialect.Type, other string, field *model.Field) {
	if i > 0 {
		f.b.WriteString(" AND ")
	}
	if t.Kind == dialect.Time { // a function; the collation of decimals on the right is that of both sides
		left = c.d.Comparable(left, t)
	}
	f.b.WriteString(left + " = " + c.comparable(other, field))
}

// linkType is the type of a column of a link table that holds what f does.
func linkType(t *model.Through, name string, f *model.Field) dialect.Type {
	typ := TypeOf(f)
	typ.Column = t.Table + "." + name
	return typ
}
