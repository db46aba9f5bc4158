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
	results := make(map[*model.Field]string, len(a.Groups))
	for i := range a.Groups {
		f := a.Row.Fields[i]
		columns[i] = a.Groups[i].compile(c, owner, f)
		results[f] = columns[i]
		c.columns = append(c.columns, Column{Field: f})
		if a.Groups[i].Func == 0 {
			by = append(by, columns[i])
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

// compile writes what fills f. A sum of nothing is 0 unless f can say NULL.
func (g *Grouped) compile(c *compiler, owner string, f *model.Field) string {
	if g.Field == nil {
		return c.d.Aggregate(g.Func, "*", dialect.Type{})
	}
	text := c.col(owner, g.Field)
	if g.Func == 0 {
		return text
	}
	text = c.d.Aggregate(g.Func, text, TypeOf(g.Field))
	if g.Func == dialect.Sum && !f.Nullable {
		return "COALESCE(" + text + ", 0)"
	}
	return text
}
