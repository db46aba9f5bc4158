package builder

import (
	"strconv"
	"strings"

	sq "github.com/Masterminds/squirrel"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Join is a relation whose rows come with the rows of the Select that holds it, by an outer join. The Select is paged
// and numbered inside, before anything is joined, so that a row with many related ones still counts as one.
//
// A result has the columns of the Select, then the number of its row as a Link column, then those of each join.
type Join struct {
	Relation *model.Relation
	// Rows says which related rows and columns; its Group ties them to their parents, without Keys.
	Rows *Select
}

// Joinable reports whether rows of a relation can be joined as q, the load of an include, asks for them. A page inside
// each parent, a lock and what is computed need a statement of their own.
func (q *Select) Joinable() bool {
	g := q.Group
	return g != nil && !g.Paged() && !q.HasTake && q.Skip == 0 && !q.Distinct && q.Want == WantRows && q.Lock == NoLock && !q.Computes() && q.Aggregate == nil
}

func (s *shaper) joins(m *model.Model, joins []Join) {
	s.number(len(joins))
	for i := range joins {
		r, q := joins[i].Relation, joins[i].Rows
		switch {
		case r.Model != m || q.Model != r.Target || len(q.Joins) > 0 || !q.Joinable() || len(q.selected()) == 0:
			s.fail(fault.New(fault.ErrInvalid, m.Name, r.Name, "the join is malformed"))
			return
		case !q.Scoped && !s.asking:
			s.fail(fault.New(fault.ErrDenied, m.Name, r.Name, "the join has not been scoped"))
			return
		}
		s.tied(r)
		s.flag(q.Columns != nil)
		s.fields(r.Target, q.Columns)
		s.conjunction(r.Target, &q.Where)
		s.scopes(r.Target, q.Scopes)
		if r.Through != nil {
			s.linkScopes(q.Group.LinkScope)
		}
		s.order(r.Target, &q.Order)
	}
}

// joined compiles a Select with joins.
func (q *Select) joined(c *compiler) error {
	if err := q.sound(); err != nil {
		return err
	}
	if q.Group != nil || q.Distinct || q.Want != WantRows || q.Lock != NoLock {
		return fault.New(fault.ErrInvalid, q.Model.Name, "", "only the rows of a plain query can be joined")
	}
	outer, number := c.free(derived, nil), c.free(rowNumber, q.Model)
	inner, columns, err := q.numbered(c, outer, number)
	if err != nil {
		return err
	}
	out := sq.Select().FromSelect(inner, outer)
	order := []string{outer + "." + number}
	var orderArgs []any
	for i := range q.Joins {
		j := &q.Joins[i]
		alias := c.alias("j")
		text, err := j.from(c, alias, outer)
		if err != nil {
			return err
		}
		out = out.JoinClause(text)
		for _, f := range j.fields() {
			c.columns = append(c.columns, Column{Field: f, Join: i + 1})
			columns = append(columns, c.col(alias, f))
		}
		order = append(order, c.order(alias, &j.Rows.Order, nil)...)
		orderArgs = append(orderArgs, c.sortArgs...)
		c.sortArgs = nil
	}
	c.sortArgs = orderArgs
	c.out = c.sorted(out.Column(strings.Join(columns, ", ")), order)
	return nil
}

// numbered writes q as a sub-select whose rows are numbered in its order, and gives its columns as seen from outside.
func (q *Select) numbered(c *compiler, outer, number string) (sel sq.SelectBuilder, names []string, err error) {
	owner, fields := c.owner(q.Model), q.selected()
	extras, err := c.extras(owner, q)
	if err != nil {
		return sel, nil, err
	}
	var where frag
	if err := c.where(&where, owner, q.Model, &q.Where, q.Scopes); err != nil {
		return sel, nil, err
	}
	sel = sq.Select().From(c.table(q.Model))
	if where.b.Len() > 0 {
		sel = sel.Where(where.done())
	}
	inner := c.qualified(owner, fields)
	for _, f := range fields {
		c.columns = append(c.columns, Column{Field: f})
		names = append(names, c.col(outer, f))
	}
	for i, x := range q.Extra.list() {
		alias := c.free("orm_extra_"+strconv.Itoa(i+1), q.Model)
		c.columns = append(c.columns, Column{Field: x.Field, Link: x.Beside})
		inner, names = append(inner, extras[i]+" AS "+alias), append(names, outer+"."+alias)
	}
	order := c.order(owner, &q.Order, nil)
	by := "(SELECT NULL)" // any order will do, but SQL Server wants one
	if len(order) > 0 {
		by = strings.Join(order, ", ")
	}
	inner = append(inner, "ROW_NUMBER() OVER (ORDER BY "+by+") AS "+number)
	c.columns = append(c.columns, Column{Field: countField, Link: true})
	c.columnArgs = append(c.columnArgs, c.sortArgs...)
	if q.HasTake || q.skips() { // a sub-select without a page must not be sorted on SQL Server, and need not be
		c.repeated += len(c.sortArgs)
		sel = c.sorted(sel, order)
	}
	c.sortArgs = nil
	return q.page(c, sel, inner, len(order) > 0), append(names, outer+"."+number), nil
}

// from writes the join of the related rows, under alias, to those of outer.
func (j *Join) from(c *compiler, alias, outer string) (fragment, error) {
	r, q := j.Relation, j.Rows
	var f frag
	f.b.WriteString("LEFT JOIN ")
	var link string
	if t := r.Through; t != nil {
		link = c.alias("l")
		f.b.WriteString("(" + dialect.Table(c.d, t.Schema, t.Table) + " AS " + link + " JOIN ")
	}
	f.b.WriteString(c.table(r.Target) + " AS " + alias + " ON ")
	if r.Through != nil {
		c.linked(&f, r.Through, link, r.Through.Remote, alias, r.Remote)
	} else {
		c.equal(&f, alias, r.Remote, outer, r.Local)
	}
	if q.Where.Len()+len(q.Scopes) > 0 {
		f.b.WriteString(" AND ")
		if err := c.where(&f, alias, r.Target, &q.Where, q.Scopes); err != nil {
			return fragment{}, err
		}
	}
	if r.Through == nil {
		return f.done(), nil
	}
	if err := c.linkScopes(&f, link, q.Group.LinkScope); err != nil {
		return fragment{}, err
	}
	f.b.WriteString(") ON ")
	c.linked(&f, r.Through, link, r.Through.Local, outer, r.Local)
	return f.done(), nil
}

// fields gives the columns of the join. The first ties the row to its parent, so it is NULL where there is no row.
func (j *Join) fields() []*model.Field {
	out := []*model.Field{j.Relation.Remote[0]}
	for _, f := range j.Rows.selected() {
		if f != out[0] {
			out = append(out, f)
		}
	}
	return out
}
