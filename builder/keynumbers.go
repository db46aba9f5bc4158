package builder

import (
	"strconv"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// misnumbered reports a group whose numbers cannot be told.
func (g *Group) misnumbered() bool {
	return g.As != nil && len(g.As) != len(g.Keys) || g.Loose && (!g.Numbers || g.Paged())
}

// shapeNumbers gives what the text of numbered keys hangs on. As comes from the database itself, and stands in the text.
func (g *Group) shapeNumbers(s *shaper, m *model.Model) {
	s.number(len(g.As))
	for _, as := range g.As {
		s.number(len(as))
		for i := range len(as) {
			s.byte(as[i])
		}
	}
	s.plain(m, model.IntOf(g.First))
}

// keyRows writes the join of the keys, as rows that know their numbers, to what holds them.
func (g *Group) keyRows(c *compiler, owner string) (fragment, error) {
	var f frag
	rows, ok := c.d.KeyRows(g.types(), g.As)
	if !ok {
		return fragment{}, fault.New(fault.ErrUnsupported, g.keyField(0).Model.Name, g.keyField(0).Name, "keys that are not compared byte by byte are not to be had on "+c.d.Name())
	}
	keys := c.keyOwner()
	f.b.WriteString("JOIN (" + rows + ") AS " + keys + " ON ")
	c.take(&f) // the first number
	for i, expr := range g.exprs(c, owner) {
		if i > 0 {
			f.b.WriteString(" AND ")
		}
		f.b.WriteString(expr + " = " + keys + "." + c.d.Quote(dialect.KeyColumn+strconv.Itoa(i+1)))
		c.take(&f)
	}
	return f.done(), nil
}

func (c *compiler) keyOwner() string { return c.free("orm_keys", nil) }

// types gives the types of the key columns.
func (g *Group) types() []dialect.Type {
	out := make([]dialect.Type, len(g.Keys))
	for i := range out {
		out[i] = TypeOf(g.keyField(i))
	}
	return out
}
