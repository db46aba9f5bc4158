package builder

import (
	"strconv"

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
	computes := a.Computes()
	var inner []fragment
	if computes {
		var err error
		if inner, err = a.operands(c, m, owner); err != nil {
			return err
		}
	}
	rows := c.free(derived, nil)
	for i := range a.Groups {
		f, g := a.Row.Fields[i], &a.Groups[i]
		of := operand(i)
		switch {
		case computes && inner[i].text != "":
			of = rows + "." + c.d.Quote(of)
		case g.Field != nil:
			of = g.operand(c, owner)
		default:
			of = "*"
		}
		text, err := g.compile(c, of, f)
		if err != nil {
			return err
		}
		columns[i], results[f] = text, result{text, g.typeOf(f)}
		c.columns = append(c.columns, Column{Field: g.receives(f)})
		if g.Func == 0 {
			by = append(by, c.d.Comparable(text, g.typeOf(f)))
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
	if computes {
		for i, x := range inner {
			if x.text != "" {
				sel = sel.Column(fragment{x.text + " AS " + c.d.Quote(operand(i)), x.args})
			}
		}
		sel = sq.Select().FromSelect(sel, rows)
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

// operand names what field i of a result is made of, in the rows that are grouped.
func operand(i int) string { return "c" + strconv.Itoa(i+1) }

// operands writes what the fields are made of, as columns of a sub-select: no dialect groups by all that can be computed, and PostgreSQL
// takes two arguments of one value for two. A count of rows needs none.
func (a *Aggregation) operands(c *compiler, m *model.Model, owner string) ([]fragment, error) {
	out := make([]fragment, len(a.Groups))
	for i := range a.Groups {
		g := &a.Groups[i]
		if g.Term != nil {
			v, err := c.value(owner, g.Term)
			if err != nil {
				return nil, err
			}
			if g.Term.Op == TermJSON && g.Term.Type.Kind == dialect.Scanner { // a number of a document
				v.text = c.d.Real(v.text)
			}
			out[i] = v
			continue
		}
		text := ""
		if g.Field != nil {
			text = g.operand(c, owner)
		}
		if g.Only.Len() == 0 {
			out[i].text = text
			continue
		}
		var only frag
		if err := c.where(&only, owner, m, &g.Only, nil); err != nil {
			return nil, err
		}
		if text == "" {
			text = "1"
		}
		out[i] = fragment{"CASE WHEN " + only.b.String() + " THEN " + text + " END", only.args}
	}
	return out, nil
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
	if g.whole() == nil || !g.Shows() {
		return TypeOf(f)
	}
	t, of := TypeOf(f), TypeOf(g.whole())
	t.Decimal, t.TimeForm, t.Column = of.Decimal, of.TimeForm, of.Column
	return t
}

// receives gives f as it reads what fills it: decimals with the digits of their column, times in the form of theirs.
func (g *Grouped) receives(f *model.Field) *model.Field {
	of := g.whole()
	if of == nil || of.Decimal == nil && of.TimeForm == f.TimeForm || !g.Shows() || g.Func == dialect.Avg {
		return f
	}
	as := *f
	as.Decimal, as.TimeForm, as.DBType = of.Decimal, of.TimeForm, of.DBType
	return &as
}

// compile writes what fills f, made of text. A sum of nothing is 0 unless f can say NULL.
func (g *Grouped) compile(c *compiler, text string, f *model.Field) (string, error) {
	if g.Func == 0 {
		return text, nil
	}
	if g.Field == nil {
		return c.d.Aggregate(g.Func, text, dialect.Type{}), nil
	}
	of := g.aggregated()
	if text = c.d.Aggregate(g.Func, text, TypeOf(of)); text == "" {
		return "", c.lacks(g.Field.Model, g.Field, "an exact average of decimals")
	}
	switch {
	case g.Func != dialect.Sum:
	case of.Decimal != nil && (!f.Nullable || f.Kind == model.Scanner && f.Nulls == model.Inside && !model.KeepsNull(f.Base)):
		return "COALESCE(" + text + ", '0')", nil // text, as SQLite's decimals are
	case of.Decimal == nil && !f.Nullable:
		return "COALESCE(" + text + ", 0)", nil
	}
	return text, nil
}
