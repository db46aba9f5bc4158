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
	if q.Aggregate != nil {
		return q.compileGroups(c)
	}
	if len(q.Joins) > 0 {
		return q.joined(c)
	}
	if err := q.sound(); err != nil {
		return err
	}
	m, owner := q.Model, c.owner(q.Model)
	fields := q.selected()
	var group, where frag
	from := c.table(m)
	var keyRows fragment
	extras, err := c.extras(owner, q)
	if err != nil {
		return err
	}
	if q.Group != nil {
		if q.Group.Numbers {
			if keyRows, err = q.Group.keyRows(c, owner); err != nil {
				return err
			}
		}
		join, err := q.Group.compile(c, &group, owner)
		if err != nil {
			return err
		}
		from += join
	}
	if err := c.where(&where, owner, m, &q.Where, q.Scopes); err != nil {
		return err
	}
	suffix, hint, ok := c.d.Locking(dialect.Lock(q.Lock), dialect.Wait(q.LockWait))
	if !ok {
		return fault.New(fault.ErrUnsupported, m.Name, "", "Lock with SkipLocked or NoWait is not to be had on "+c.d.Name())
	}
	if hint != "" {
		from += " " + hint
	}
	sel := sq.Select().From(from)
	if keyRows.text != "" {
		sel = sel.JoinClause(keyRows)
	}
	if group.b.Len() > 0 {
		sel = sel.Where(group.done())
	}
	if where.b.Len() > 0 {
		sel = sel.Where(where.done())
	}
	switch {
	case q.Want == WantCount:
		c.columns = []Column{{Field: countField}}
		c.out = sel.Column("COUNT(*)")
		if q.Distinct {
			c.out = sq.Select("COUNT(*)").FromSelect(sel.Distinct().Columns(c.distinct(owner, fields)...), c.free(derived, nil))
		}
		return nil
	case q.Want == WantExists:
		c.columns = []Column{{Field: countField}}
		sel = sel.Column("1")
		if opts, end := c.d.Page(dialect.Paging{Take: true}); opts != "" {
			sel = sel.Options(strings.Replace(opts, dialect.Arg, "1", 1))
		} else {
			sel = sel.Suffix(strings.Replace(end, dialect.Arg, "1", 1))
		}
	default:
		for _, f := range fields {
			c.columns = append(c.columns, Column{Field: f})
		}
		for _, x := range q.Extra.list() {
			c.columns = append(c.columns, Column{Field: x.Field, Link: x.Beside})
		}
		if q.Group != nil {
			return q.grouped(c, sel, owner, fields, extras)
		}
		columns := c.qualified(owner, fields)
		if c.inside && fields[0].Kind == model.Time { // in one form, as the column that it is compared with
			columns = c.comparables(owner, fields)
		}
		if q.Distinct {
			sel, columns = sel.Distinct(), c.distinct(owner, fields)
			if q.Order.Len() > 0 || q.HasTake || q.Skip > 0 { // SQL orders distinct rows by what they show only
				outer := c.free(derived, nil)
				sel = sq.Select().FromSelect(sel.Columns(columns...), outer)
				owner, columns = outer, c.qualified(outer, fields)
			}
		}
		order := c.order(owner, &q.Order, nil)
		sel = q.page(c, c.sorted(sel, order), append(columns, extras...), len(order) > 0)
	}
	if suffix != "" {
		sel = sel.Suffix(suffix)
	}
	c.out = sel
	return nil
}

// derived names a sub-select.
const derived = "orm_rows"

// sound refuses what no SQL can say, or what would be dropped in silence.
func (q *Select) sound() error {
	bad := func(detail string) error { return fault.New(fault.ErrInvalid, q.Model.Name, "", detail) }
	fields := q.selected()
	if len(fields) == 0 {
		return bad("no column is selected")
	}
	if q.Lock != NoLock && (q.Want == WantCount || q.Distinct || q.Group != nil) {
		return bad("rows that are counted, made distinct or included cannot be locked")
	}
	if g := q.Group; g != nil {
		n := len(g.Columns)
		if g.Link != nil {
			n = len(g.Link.Through.Local)
		}
		if n == 0 || n != len(g.Keys) || g.misnumbered() || q.Distinct && q.Want == WantRows || g.Paged() && q.Want != WantRows { // distinct keys may be counted
			return bad("the load of an include is malformed")
		}
	}
	if q.Distinct && q.Want == WantRows {
		if q.Computes() {
			return bad("rows that are made distinct cannot be sorted by, or read, what is not a column of theirs")
		}
		for i := range q.Order.Len() {
			if f := q.Order.At(i).Field; !has(fields, f) {
				return fault.New(fault.ErrInvalid, q.Model.Name, f.Name, "a sort key of Distinct must be selected")
			}
		}
	}
	return nil
}

// selected gives each column to read once.
func (q *Select) selected() []*model.Field {
	if q.Columns == nil {
		return q.Model.Fields
	}
	out := make([]*model.Field, 0, len(q.Columns))
	for _, f := range q.Columns {
		if !has(out, f) {
			out = append(out, f)
		}
	}
	return out
}

func has(fs []*model.Field, f *model.Field) bool {
	for _, x := range fs {
		if x == f {
			return true
		}
	}
	return false
}

// skips reports whether rows are left out; where none are taken it does not matter.
func (q *Select) skips() bool { return q.Skip > 0 && !(q.HasTake && q.Take == 0) }

// order gives the terms of ORDER BY. A column sorts once: the second time changes nothing, and SQL Server
// refuses it. fixed are columns that sort before these.
func (c *compiler) order(owner string, o *Sorting, fixed []*model.Field) []string {
	var terms []string
	for i := range o.Len() {
		k := o.At(i)
		if k.Term != nil {
			terms = append(terms, c.sortTerm(owner, k)...)
			continue
		}
		again := has(fixed, k.Field)
		for j := range i {
			p := o.At(j)
			again = again || p.Field == k.Field && (p.Fold == k.Fold || !p.Fold)
		}
		if again {
			continue
		}
		expr := c.comparable(owner, k.Field)
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
	p := dialect.Paging{Take: q.HasTake, Skip: q.skips(), Ordered: ordered}
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
	read := c.columnArgs
	c.columnArgs = nil
	if opts != "" { // squirrel's options take no arguments, so they go in front of the columns
		return sel.Column(fragment{opts + " " + list, append(args, read...)})
	}
	sel = sel.Column(fragment{list, read})
	if end != "" {
		sel = sel.SuffixExpr(fragment{end, args})
	}
	return sel
}

// compile writes the condition that ties rows to the parents' keys, and gives the join of the link table.
func (g *Group) compile(c *compiler, f *frag, owner string) (join string, err error) {
	if !g.Numbers {
		cols, types := g.exprs(c, owner), g.types()
		if len(cols) == 1 {
			f.b.WriteString(c.d.In(cols[0], types[0], false, false))
		} else {
			f.b.WriteString(c.d.Tuples(cols, types))
		}
		for range cols {
			c.take(f)
		}
	}
	if g.Link == nil {
		return "", nil
	}
	t := g.Link.Through
	link := c.linkOwner()
	if g.Numbers && len(g.LinkScope) > 0 {
		f.b.WriteString("1 = 1") // the keys are joined
	}
	if err := c.linkScopes(f, link, g.LinkScope); err != nil {
		return "", err
	}
	var on frag
	c.linked(&on, t, link, t.Remote, owner, g.Link.Remote)
	return " JOIN " + dialect.Table(c.d, t.Schema, t.Table) + " AS " + link + " ON " + on.b.String(), nil
}

func (c *compiler) linkOwner() string { return c.free("orm_link", nil) }

// exprs gives the columns that tie rows to parents, qualified.
func (g *Group) exprs(c *compiler, owner string) []string {
	if g.Link == nil {
		return c.comparables(owner, g.Columns)
	}
	var out []string
	for i, name := range g.Link.Through.Local {
		out = append(out, c.d.Comparable(c.linkOwner()+"."+c.d.Quote(name), linkType(g.Link.Through, name, g.Link.Local[i])))
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
func (q *Select) grouped(c *compiler, sel sq.SelectBuilder, owner string, fields []*model.Field, extras []string) error {
	g := q.Group
	keys := g.exprs(c, owner)
	columns := c.qualified(owner, fields)
	fixed := g.Columns
	switch {
	case g.Numbers:
		keys, fixed = []string{c.keyOwner() + "." + c.d.Quote(dialect.KeyNumber)}, nil
		c.columns = append(c.columns, Column{Field: countField, Link: true})
	case g.Link != nil:
		fixed = nil
		_, links := LinkRow(g.Link)
		for _, f := range links {
			c.columns = append(c.columns, Column{Field: f, Link: true})
		}
	}
	if !g.Paged() {
		columns = append(columns, extras...)
		if g.Link != nil || g.Numbers {
			columns = append(columns, keys...)
		}
		order := c.order(owner, &q.Order, fixed)
		if !g.Loose {
			order = append(append([]string(nil), keys...), order...)
		}
		c.out = q.page(c, c.sorted(sel, order), columns, len(order) > 0)
		return nil
	}
	by := c.order(owner, &q.Order, fixed)
	if len(by) == 0 { // SQL Server numbers rows by an order only; within a parent the keys are all one
		by = keys
	}
	outer := c.free("orm_page", nil)
	number := c.free(rowNumber, q.Model)
	inner := append([]string(nil), columns...)
	var names, outerKeys []string
	for _, f := range fields {
		names = append(names, c.col(outer, f))
	}
	for i, x := range extras {
		alias := c.free("orm_extra_"+strconv.Itoa(i+1), q.Model)
		inner = append(inner, x+" AS "+alias)
		names = append(names, outer+"."+alias)
	}
	for i, k := range keys {
		alias := c.free("orm_key_"+strconv.Itoa(i+1), q.Model)
		inner = append(inner, k+" AS "+alias)
		outerKeys = append(outerKeys, outer+"."+alias)
	}
	if g.Link != nil || g.Numbers {
		names = append(names, outerKeys...)
	}
	numbered := append(c.columnArgs, c.sortArgs...) // the extras stand before the row's number
	c.columnArgs, c.sortArgs = nil, nil
	inner = append(inner, "ROW_NUMBER() OVER (PARTITION BY "+strings.Join(keys, ", ")+" ORDER BY "+strings.Join(by, ", ")+") AS "+number)
	rn := outer + "." + number
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
	out := sq.Select().FromSelect(sel.Column(fragment{strings.Join(inner, ", "), numbered}), outer).Where(w.done()).OrderBy(append(outerKeys, rn)...)
	c.out = q.page(c, out, names, true)
	return nil
}
