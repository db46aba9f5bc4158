package builder

import (
	sq "github.com/Masterminds/squirrel"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/model"
)

// compileGroups writes a Select of groups. HAVING and ORDER BY repeat the expressions: not every dialect knows their
// aliases there.
func (q *Select) compileGroups(c *compiler) error {
	m, a, owner := q.Model, q.Aggregate, c.owner(q.Model)
	columns, by := make([]string, len(a.Groups)), []string(nil)
	results := make(map[*model.Field]result, len(a.Groups))
	for i := range a.Groups {
		f, g := a.Row.Fields[i], &a.Groups[i]
		text, err := g.compile(c, owner, f)
		if err != nil {
			return err
		}
		columns[i], results[f] = text, result{text, g.typeOf(f)}
		c.columns = append(c.columns, Column{Field: g.receives(f)})
		if g.Func == 0 {
			by = append(by, c.comparable(owner, g.Field))
		}
	}
	var where, having frag
	if err := c.where(&where, owner, m, &q.Where, q.Scopes); err != nil {
		return err
	}
	c.results = results
	if err := c.where(&having, owner, a.Row, &a.Having, nil); err != nil {
		return err
	}
	sel := sq.Select().From(c.table(m))
	if where.b.Len() > 0 {
		sel = sel.Where(where.done())
	}
	if len(by) > 0 {
		sel = sel.GroupBy(by...)
	}
	if having.b.Len() > 0 {
		sel = sel.Having(having.done())
	}
	var order []string
	if len(by) > 0 { // without groups there is one row
		order = c.order(owner, a.sorted(), nil)
	}
	c.out = a.page().page(c, sel.OrderBy(order...), columns, len(order) > 0)
	return nil
}

// sorted gives the order with the groups' fields behind it.
func (a *Aggregation) sorted() *Sorting {
	out := Sorting{}
	for i := range a.Order.Len() {
		out.Add(*a.Order.At(i))
	}
	for i := range a.Groups {
		if f := a.Row.Fields[i]; a.Groups[i].Func == 0 && !out.Has(f) {
			out.Add(SortKey{Field: f})
		}
	}
	return &out
}

// result is what stands for a field of an aggregation's result.
type result struct {
	text string
	typ  dialect.Type
}

// typeOf gives the type of what fills f.
func (g *Grouped) typeOf(f *model.Field) dialect.Type {
	if g.Field == nil || !g.Shows() {
		return TypeOf(f)
	}
	t, of := TypeOf(f), TypeOf(g.Field)
	t.Decimal, t.TimeForm, t.Column = of.Decimal, of.TimeForm, of.Column
	return t
}

// receives gives f as it reads what fills it: decimals with the digits of their column, times in the form of theirs.
func (g *Grouped) receives(f *model.Field) *model.Field {
	if g.Field == nil || g.Field.Decimal == nil && g.Field.TimeForm == f.TimeForm || !g.Shows() || g.Func == dialect.Avg {
		return f
	}
	as := *f
	as.Decimal, as.TimeForm, as.DBType = g.Field.Decimal, g.Field.TimeForm, g.Field.DBType
	return &as
}

// compile writes what fills f. A sum of nothing is 0 unless f can say NULL.
func (g *Grouped) compile(c *compiler, owner string, f *model.Field) (string, error) {
	if g.Field == nil {
		return c.d.Aggregate(g.Func, "*", dialect.Type{}), nil
	}
	text := c.col(owner, g.Field)
	if g.Func == 0 {
		return text, nil
	}
	if text = c.d.Aggregate(g.Func, text, TypeOf(g.Field)); text == "" {
		return "", c.lacks(g.Field.Model, g.Field, "an exact average of decimals")
	}
	switch {
	case g.Func != dialect.Sum:
	case g.Field.Decimal != nil && (!f.Nullable || f.Kind == model.Scanner && f.Nulls == model.Inside && !model.KeepsNull(f.Base)):
		return "COALESCE(" + text + ", '0')", nil // text, as SQLite's decimals are
	case g.Field.Decimal == nil && !f.Nullable:
		return "COALESCE(" + text + ", 0)", nil
	}
	return text, nil
}
