package builder

import (
	"strings"

	sq "github.com/Masterminds/squirrel"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// wholeTerm is whole for the operators that look beyond a column's own value.
func (e *Expr) wholeTerm() bool {
	if e.Op == OpHasAny || e.Op == OpHasAll {
		return e.Field != nil && e.Field.Kind == model.Array && e.Value.Kind() == model.ListValue
	}
	if e.Ext == nil {
		return false
	}
	switch e.Op {
	case OpTerm:
		return e.Ext.Term != nil && e.Ext.Term.whole() && (comparison[e.Ext.Cmp] != "" || e.Ext.Cmp >= OpIn && e.Ext.Cmp <= OpLike) &&
			(e.Ext.Cmp != OpIn && e.Ext.Cmp != OpNotIn || e.Value.Kind() == model.ListValue)
	case OpMatch:
		return e.Ext.Match.whole()
	}
	return e.Field != nil && e.Ext.Query != nil && e.Ext.Query.Model != nil
}

// readsMore reports whether e reads other rows than those of its model by what later operators hold.
func (e *Expr) readsMore() bool {
	return e.Ext.Query != nil || e.Ext.Term != nil && e.Ext.Term.Reads()
}

// Computes reports whether q sorts by or reads what is not a column.
func (q *Select) Computes() bool {
	for i := range q.Order.Len() {
		if q.Order.At(i).Term != nil {
			return true
		}
	}
	return q.Extra != nil
}

// more writes the operators that expr does not know.
func (c *compiler) more(f *frag, owner string, m *model.Model, e *Expr) error {
	switch e.Op {
	case OpTerm:
		return c.compare(f, owner, e)
	case OpColumns:
		f.b.WriteString(c.comparable(owner, e.Field) + comparison[e.Ext.Cmp] + c.comparable(owner, e.Ext.Columns[0]))
		return nil
	case OpInQuery, OpNotInQuery:
		f.b.WriteString(c.comparable(owner, e.Field))
		if e.Op == OpNotInQuery {
			f.b.WriteString(" NOT")
		}
		f.b.WriteString(" IN (")
		if err := c.subselect(f, e.Ext.Query); err != nil {
			return err
		}
		f.b.WriteByte(')')
		return nil
	case OpHasAny, OpHasAll:
		test := dialect.ArrayAny
		if e.Op == OpHasAll {
			test = dialect.ArrayAll
		}
		text, ok := c.d.Array(c.col(owner, e.Field), TypeOf(e.Field), test)
		if !ok {
			return c.lacks(m, e.Field, "a test of an array's elements")
		}
		f.b.WriteString(text)
		c.take(f)
		return nil
	case OpJSONContains:
		return c.contains(f, owner, m, e)
	case OpMatch:
		return c.match(f, owner, e.Ext.Match)
	case OpUntrue:
		return c.untrue(f, owner, m, e)
	case OpInTuples:
		c.tuples(f, owner, e)
		return nil
	}
	return fault.New(fault.ErrInvalid, nameOf(m), "", "unknown operator in a predicate")
}

// lacks says that the dialect has no such thing.
func (c *compiler) lacks(m *model.Model, f *model.Field, what string) error {
	name := ""
	if f != nil {
		name = f.Name
	}
	return fault.New(fault.ErrUnsupported, nameOf(m), name, what+" is not to be had on "+c.d.Name())
}

// compare writes the comparison of a term.
func (c *compiler) compare(f *frag, owner string, e *Expr) error {
	t := e.Ext.Term
	v, err := c.value(owner, t)
	if err != nil {
		return err
	}
	f.args = append(f.args, v.args...)
	v.text = c.comparableTerm(v.text, t)
	switch op := e.Ext.Cmp; op {
	case OpIsNull:
		f.b.WriteString(v.text + " IS NULL")
		return nil
	case OpIsNotNull:
		f.b.WriteString(v.text + " IS NOT NULL")
		return nil
	case OpDistinctFrom:
		f.b.WriteString(c.d.DistinctFrom(v.text, dialect.Arg))
	case OpIn, OpNotIn:
		f.b.WriteString(c.d.In(v.text, t.Type, op == OpNotIn, false))
	case OpBetween:
		f.b.WriteString(v.text + " BETWEEN " + dialect.Arg + " AND " + dialect.Arg)
		c.take(f)
	case OpContains, OpStartsWith, OpEndsWith, OpLike:
		f.b.WriteString(c.d.Like(v.text, dialect.Arg))
	default:
		f.b.WriteString(v.text + comparison[op] + dialect.Arg)
	}
	c.take(f)
	return nil
}

// value writes a term so that it can stand on either side of an operator.
func (c *compiler) value(owner string, t *Term) (fragment, error) {
	var f frag
	switch t.Op {
	case TermRelated, TermCount:
		return c.related(owner, t)
	case TermRank:
		if err := c.rank(&f, owner, t.Match); err != nil {
			return fragment{}, err
		}
	case TermDate:
		if t.Zone != (dialect.Zone{}) {
			f.b.WriteString(c.d.ZonePart(c.col(owner, t.Field), TypeOf(t.Field), dialect.DatePart(t.Part)))
			c.take(&f)
			break
		}
		f.b.WriteString(c.d.DatePart(c.col(owner, t.Field), TypeOf(t.Field), dialect.DatePart(t.Part)))
	case TermCase:
		if err := c.choices(&f, owner, t); err != nil {
			return fragment{}, err
		}
	case TermTextLength:
		f.b.WriteString(c.d.TextLength(c.col(owner, t.Field)))
	case TermLength:
		f.b.WriteString(c.d.ArrayLength(c.col(owner, t.Field)))
	case TermJSON:
		text, paths, ok := c.d.JSON(c.col(owner, t.Field), dialect.JSONPart(t.Part))
		if !ok {
			return fragment{}, c.lacks(t.Field.Model, t.Field, "a path into a document")
		}
		f.b.WriteString("(" + text + ")")
		n := 1
		if _, ok := c.d.(dialect.JSONParents); ok {
			n = 2
		}
		c.takeTimes(&f, n, paths)
	}
	return f.done(), nil
}

// takeTimes registers the next width arguments for marks that hold them, one after the other, so many times.
func (c *compiler) takeTimes(f *frag, width, times int) {
	for range times {
		for i := range width {
			f.args = append(f.args, c.next+i)
		}
	}
	c.next += width
	c.repeated += width * (times - 1)
}

// related writes the scalar sub-select that reads the related row, or counts them. What the scopes demand of the
// rows stands inside, so that rows the caller may not see neither count nor sort.
func (c *compiler) related(owner string, t *Term) (fragment, error) {
	r, child := t.Rel, c.alias("r")
	var rows frag
	link := c.relatedRows(&rows, owner, child, r)
	if len(t.Kids) > 0 {
		rows.b.WriteString(" AND ")
	}
	if err := chain(&rows, " AND ", 0, len(t.Kids), func(i int) error { return c.term(&rows, child, r.Target, &t.Kids[i]) }); err != nil {
		return fragment{}, err
	}
	for i := range t.Scope {
		rows.b.WriteString(" AND ")
		if err := c.term(&rows, child, r.Target, &t.Scope[i].Expr); err != nil {
			return fragment{}, err
		}
	}
	if link != "" {
		if err := c.linkScopes(&rows, link, t.LinkScope); err != nil {
			return fragment{}, err
		}
	}
	if t.Op == TermCount {
		return fragment{c.d.Scalar("(SELECT COUNT(*)" + rows.b.String() + ")"), rows.args}, nil
	}
	var inner fragment
	if k := t.Inner; k.Term != nil {
		var err error
		if inner, err = c.value(child, k.Term); err != nil {
			return fragment{}, err
		}
	} else {
		inner.text = c.col(child, k.Field)
		if k.Fold {
			inner.text = "lower(" + inner.text + ")"
		}
	}
	options, end := "", ""
	if !isKey(r.Target, r.Remote) && !r.Target.IsKey(r.Remote) || r.Through != nil { // more than one row may be there; the first by key stands for them
		options, end = c.d.Page(dialect.Paging{Take: true, Ordered: true})
		options, end = strings.Replace(options, dialect.Arg, "1", 1), strings.Replace(end, dialect.Arg, "1", 1)
		end = " ORDER BY " + strings.Join(c.qualified(child, r.Target.Key), ", ") + " " + end
		if options != "" {
			options += " "
		}
	}
	return fragment{c.d.Scalar("(SELECT " + options + inner.text + rows.b.String() + end + ")"), append(inner.args, rows.args...)}, nil
}

// relatedRows writes FROM and the condition that ties child, and the link rows if there are any, to owner.
func (c *compiler) relatedRows(f *frag, owner, child string, r *model.Relation) (link string) {
	f.b.WriteString(" FROM " + c.table(r.Target) + " AS " + child)
	if t := r.Through; t != nil {
		link = c.alias("l")
		f.b.WriteString(" JOIN " + dialect.Table(c.d, t.Schema, t.Table) + " AS " + link + " ON ")
		c.linked(f, t, link, t.Remote, child, r.Remote)
		f.b.WriteString(" WHERE ")
		c.linked(f, t, link, t.Local, owner, r.Local)
		return link
	}
	f.b.WriteString(" WHERE ")
	c.equal(f, child, r.Remote, owner, r.Local)
	return ""
}

// sortTerm gives the terms of ORDER BY for a computed key, and leaves their arguments in sortArgs.
func (c *compiler) sortTerm(owner string, k *SortKey) []string {
	v, err := c.value(owner, k.Term)
	if err != nil {
		if c.err == nil {
			c.err = err
		}
		return nil
	}
	v.text = c.comparableTerm(v.text, k.Term)
	terms := c.d.Order(v.text, k.Desc, dialect.Nulls(k.Nulls), k.Term.nullable())
	times := 0
	for _, t := range terms {
		times += strings.Count(t, v.text)
	}
	for range times {
		c.sortArgs = append(c.sortArgs, v.args...)
	}
	c.repeated += (times - 1) * len(v.args)
	return terms
}

// sorted adds an order that c.order gave.
func (c *compiler) sorted(sel sq.SelectBuilder, terms []string) sq.SelectBuilder {
	args := c.sortArgs
	c.sortArgs = nil
	if len(args) == 0 {
		return sel.OrderBy(terms...)
	}
	return sel.OrderByClause(fragment{strings.Join(terms, ", "), args})
}

// extras writes what is read beside the columns, and leaves the arguments in columnArgs.
func (c *compiler) extras(owner string, q *Select) ([]string, error) {
	if q.Extra == nil || q.Want != WantRows {
		return nil, nil
	}
	var out []string
	for _, x := range q.Extra.list() {
		v, err := c.value(owner, x.Term)
		if err != nil {
			return nil, err
		}
		out = append(out, v.text)
		c.columnArgs = append(c.columnArgs, v.args...)
	}
	return out, nil
}

// subselect writes a statement inside another. Its own table takes the place of the outer one in what names must not
// be, for nothing inside speaks of the outer rows.
func (c *compiler) subselect(f *frag, q *Select) error {
	outer := *c
	c.root, c.inside, c.columns, c.sortArgs, c.columnArgs = q.Model.Table, true, nil, nil, nil
	err := q.compile(c)
	if err != nil {
		return err
	}
	text, args, err := c.out.ToSql()
	if err != nil {
		return (&fault.Error{Model: q.Model.Name, Err: fault.ErrInvalid, Detail: "the sub-select cannot be written as SQL"}).WithCause(err)
	}
	f.b.WriteString(text)
	f.args = append(f.args, args...)
	c.root, c.inside, c.out, c.columns, c.sortArgs, c.columnArgs = outer.root, outer.inside, outer.out, outer.columns, outer.sortArgs, outer.columnArgs
	return nil
}
