package builder

import (
	"cmp"
	"strings"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// product is the column that values of the factors, multiplied, would be in; why says what they cannot be multiplied for. Decimals and whole
// numbers make decimals with every digit, floats and whole numbers make floats.
func product(factors []*model.Field) (as *model.Field, why string) {
	var decimals, float *model.Field
	out := model.Field{Bits: 64}
	names := make([]string, len(factors))
	scale := 0
	for i, f := range factors {
		names[i] = f.Name
		out.Nullable = out.Nullable || f.Nullable
		switch {
		case f.Decimal != nil && decimals != nil && f.Base != decimals.Base:
			return nil, "the columns " + decimals.Name + " and " + f.Name + " hold decimals of two types"
		case f.Decimal != nil:
			decimals, scale = f, scale+f.Decimal.Scale
		case f.Kind == model.Float:
			float = f
		case f.Kind != model.Int && f.Kind != model.Uint:
			return nil, "the column " + f.Name + " holds " + f.Base.String() + ": a product needs numbers"
		}
	}
	of := factors[0]
	switch {
	case decimals != nil && float != nil:
		return nil, "the column " + float.Name + " holds floating-point numbers, which are not multiplied with decimals"
	case decimals != nil:
		of = decimals
		out.Decimal, out.DBType = &model.Decimal{Scale: scale}, "numeric"
	case float != nil:
		of = float
	}
	out.Model, out.Kind, out.Base, out.Name = of.Model, of.Kind, of.Base, strings.Join(names, "*")
	if of.Kind == model.Uint {
		out.Kind = model.Int
	}
	return &out, ""
}

// Factors are the columns whose values a field of the result aggregates: one, or those that are multiplied; none where it counts rows or
// tells a computed value.
func (g *Grouped) Factors() []*model.Field {
	if g.Field == nil {
		return nil
	}
	return append([]*model.Field{g.Field}, g.Times...)
}

// aggregated is the column that the values of an aggregate are of, nil for none.
func (g *Grouped) aggregated() *model.Field {
	if len(g.Times) == 0 {
		return g.Field
	}
	as, _ := product(g.Factors()) // Tie has seen that there is one
	return as
}

// operand writes the column that g is of, or the product of its columns.
func (g *Grouped) operand(c *compiler, owner string) string {
	if len(g.Times) == 0 {
		return c.col(owner, g.Field)
	}
	factors := make([]string, 0, len(g.Times)+1)
	for _, f := range g.Factors() {
		factors = append(factors, c.col(owner, f))
	}
	as := g.aggregated()
	text, ok := c.d.Product(factors, TypeOf(as))
	if !ok && c.err == nil {
		c.err = c.lacks(g.Field.Model, g.Field, "exact products of decimals")
	}
	return text
}

// factors walks what g multiplies. Statements may be made by hand, so what is no product of m's columns is refused here too.
func (s *shaper) factors(m *model.Model, g *Grouped) {
	s.number(len(g.Times))
	for _, f := range g.Times {
		s.field(m, f)
	}
	if len(g.Times) == 0 {
		return
	}
	if _, why := product(g.Factors()); why != "" || g.Func < dialect.Sum {
		s.fail(fault.New(fault.ErrInvalid, m.Name, g.Field.Name, cmp.Or(why, "a product is summed, averaged or compared")))
	}
}
