package builder

import (
	"strconv"
	"strings"

	sq "github.com/Masterminds/squirrel"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// rowNumber names the column that numbers rows inside their group.
const rowNumber = "orm_row_number"

func (q *Select) compile(c *compiler) error {
	m, owner := q.Model, c.owner(q.Model)
	fields := q.Columns
	if fields == nil {
		fields = m.Fields
	}
	var group, where frag
	from := c.table(m)
	if q.Group != nil {
		join, err := q.Group.compile(c, &group, owner)
		if err != nil {
			return err
		}
		from += join
	}
	if err := c.where(&where, owner, m, &q.Where, q.Scopes); err != nil {
		return err
	}
	sel := sq.Select()
	suffix, hint, ok := c.d.Locking(dialect.Lock(q.Lock), dialect.Wait(q.LockWait))
	if !ok {
		return fault.New(fault.ErrUnsupported, m.Name, "", "row locks are not to be had on "+c.d.Name())
	}
	if hint != "" {
		from += " " + hint
	}
	sel = sel.From(from)
	if group.b.Len() > 0 {
		sel = sel.Where(group.done())
	}
	if where.b.Len() > 0 {
		sel = sel.Where(where.done())
	}
	switch q.Want {
	case WantCount:
		c.columns = []Column{{Field: countField}}
		if q.Distinct {
			for _, f := range fields {
				sel = sel.Column(c.col(owner, f))
			}
			c.out = sq.Select("COUNT(*)").FromSelect(sel.Distinct(), c.d.Quote("d"))
			return nil
		}
		c.out = sel.Column("COUNT(*)")
		return nil
	case WantExists:
		c.columns = []Column{{Field: countField}}
		sel = sel.Column("1")
		if opts, end := c.d.Page(dialect.Paging{Take: true}); opts != "" {
			sel = sel.Options(strings.Replace(opts, dialect.Arg, "1", 1))
		} else {
			sel = sel.Suffix(strings.Replace(end, dialect.Arg, "1", 1))
		}
		c.out = sel
		return nil
	}
	order := c.order(owner, &q.Order)
	if q.Distinct {
		sel = sel.Distinct()
	}
	for _, f := range fields {
		c.columns = append(c.columns, Column{Field: f})
	}
	if q.Group != nil {
		return q.grouped(c, sel, owner, fields, order)
	}
	sel = q.page(c, sel.OrderBy(order...), c.qualified(owner, fields), len(order) > 0)
	if suffix != "" {
		sel = sel.Suffix(suffix)
	}
	c.out = sel
	return nil
}

func (c *compiler) order(owner string, o *Sorting) []string {
	var terms []string
	for i := range o.Len() {
		k := o.At(i)
		expr := c.col(owner, k.Field)
		if k.Fold {
			expr = "lower(" + expr + ")"
		}
		terms = append(terms, c.d.Order(expr, k.Desc, dialect.Nulls(k.Nulls), k.Field.Nullable)...)
	}
	return terms
}

func (c *compiler) qualified(owner string, fs []*model.Field) []string {
	out := make([]string, len(fs))
	for i, f := range fs {
		out[i] = c.col(owner, f)
	}
	return out
}

// page adds the columns and the page; the page's arguments come last in the walk, take before skip.
func (q *Select) page(c *compiler, sel sq.SelectBuilder, columns []string, ordered bool) sq.SelectBuilder {
	p := dialect.Paging{Take: q.HasTake, Skip: q.Skip > 0, Ordered: ordered}
	opts, end := c.d.Page(p)
	var args []any
	if p.Take {
		args = append(args, c.next)
		c.next++
	}
	if p.Skip {
		args = append(args, c.next)
		c.next++
	}
	if len(args) == 2 && !c.d.TakeFirst() {
		args[0], args[1] = args[1], args[0]
	}
	list := strings.Join(columns, ", ")
	if opts != "" { // squirrel's options take no arguments, so they go in front of the columns
		return sel.Column(fragment{opts + " " + list, args})
	}
	sel = sel.Column(fragment{text: list})
	if end != "" {
		sel = sel.SuffixExpr(fragment{end, args})
	}
	return sel
}

// compile writes the condition that ties rows to the parents' keys, and gives the join of the link table.
func (g *Group) compile(c *compiler, f *frag, owner string) (join string, err error) {
	cols, types := g.exprs(c, owner), make([]dialect.Type, len(g.Keys))
	for i := range types {
		types[i] = TypeOf(g.keyField(i))
	}
	if len(cols) == 1 {
		f.b.WriteString(c.d.In(cols[0], types[0], false, false))
	} else {
		f.b.WriteString(c.d.Tuples(cols, types))
	}
	for range cols {
		c.take(f)
	}
	if g.Link == nil {
		return "", nil
	}
	t := g.Link.Through
	link := c.linkOwner(t)
	for i := range g.LinkScope {
		e := &g.LinkScope[i].Expr
		f.b.WriteString(" AND ")
		if err := c.term(f, link, modelOf(e), e); err != nil {
			return "", err
		}
	}
	var on frag
	c.equal(&on, link, t.Remote, owner, g.Link.Remote)
	return " JOIN " + dialect.Table(c.d, t.Schema, t.Table) + " AS " + link + " ON " + on.b.String(), nil
}

func (c *compiler) linkOwner(*model.Through) string { return c.d.Quote("orm_link") }

// exprs gives the columns that tie rows to parents, qualified.
func (g *Group) exprs(c *compiler, owner string) []string {
	if g.Link == nil {
		return c.qualified(owner, g.Columns)
	}
	var out []string
	for _, name := range g.Link.Through.Local {
		out = append(out, c.linkOwner(g.Link.Through)+"."+c.d.Quote(name))
	}
	return out
}

// keyField gives a field of the type of key column i.
func (g *Group) keyField(i int) *model.Field {
	if g.Link != nil {
		return g.Link.Local[i]
	}
	return g.Columns[i]
}

// grouped finishes the load of an include: rows ordered by parent, paged inside each parent.
func (q *Select) grouped(c *compiler, sel sq.SelectBuilder, owner string, fields []*model.Field, order []string) error {
	g := q.Group
	keys := g.exprs(c, owner)
	columns := c.qualified(owner, fields)
	if g.Link != nil {
		_, links := LinkRow(g.Link)
		for _, f := range links {
			c.columns = append(c.columns, Column{Field: f, Link: true})
		}
	}
	if !g.Paged() {
		if g.Link != nil {
			columns = append(columns, keys...)
		}
		c.out = q.page(c, sel.OrderBy(append(append([]string(nil), keys...), order...)...), columns, true)
		return nil
	}
	by := " ORDER BY " + strings.Join(order, ", ")
	number := "ROW_NUMBER() OVER (PARTITION BY " + strings.Join(keys, ", ") + by + ") AS " + c.d.Quote(rowNumber)
	outer := c.d.Quote("orm_page")
	var names, outerKeys []string
	for _, f := range fields {
		names = append(names, c.col(outer, f))
	}
	inner := columns
	for i, k := range keys {
		if g.Link == nil {
			outerKeys = append(outerKeys, c.col(outer, g.Columns[i]))
			continue
		}
		alias := c.d.Quote("orm_key_" + strconv.Itoa(i+1))
		inner = append(inner, k+" AS "+alias)
		outerKeys = append(outerKeys, outer+"."+alias)
	}
	if g.Link != nil {
		names = append(names, outerKeys...)
	}
	sel = sel.Column(fragment{text: strings.Join(append(inner, number), ", ")})
	rn := outer + "." + c.d.Quote(rowNumber)
	var w frag
	if g.Skip > 0 {
		w.b.WriteString(rn + " > ")
		c.argument(&w)
	}
	if g.HasTake {
		if w.b.Len() > 0 {
			w.b.WriteString(" AND ")
		}
		w.b.WriteString(rn + " <= ")
		c.argument(&w)
	}
	out := sq.Select().FromSelect(sel, outer).Where(w.done()).OrderBy(append(outerKeys, rn)...)
	c.out = q.page(c, out, names, true)
	return nil
}
