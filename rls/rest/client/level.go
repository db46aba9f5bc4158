package client

import (
	"slices"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/filter"
	"github.com/multi-orm/orm/internal/jsonrow"
	"github.com/multi-orm/orm/model"
)

// The words of requests.
const (
	wordWhere   = "where"
	wordColumns = "columns"
	wordOrder   = "orderBy"
	wordLimit   = "limit"
	wordOffset  = "offset"
	wordCursor  = "cursor"
	wordWith    = "with"
	wordCount   = "_count"
)

// level is what is read of the rows of one model: of the statement, or inside those of another level.
type level struct {
	r      *resource
	st     *builder.Select
	where  node // every condition and every scope
	fields []*model.Field
	hidden []*model.Field // read and not asked for
	order  *filter.Order
	asks   bool // the service is told the order
	sorts  bool // rows are sorted here
	pass   *filter.Predicate
	counts []counted
	insets []*inset
	reader *jsonrow.Reader
}

// inset is a level inside the rows of another one.
type inset struct {
	level
	relation *model.Relation
	name     string // on the wire
	path     string // of such names, from the statement's rows
	most     int64  // rows that the service is asked for, of each parent; 0 for a relation to one row
	whole    bool   // all rows of a parent are wanted, however many
}

// counted is a number of related rows that is read beside the columns.
type counted struct {
	extra *builder.Extra
	name  string // of the relation on the wire
	where node
}

// level plans what st reads. path is that of the level on the wire, "" for the statement's rows.
func (d *DataSource) level(st *builder.Select, path string) (l level, err error) {
	m := st.Model
	if l.r, err = d.resource(m); err != nil {
		return l, err
	}
	l.st = st
	if err := l.sound(); err != nil {
		return l, err
	}
	if l.where, err = conditionsOf(m, st.Scopes, &st.Where); err != nil {
		return l, err
	}
	for x := st.Extra; x != nil; x = x.Before {
		c, err := l.counted(x)
		if err != nil {
			return l, err
		}
		l.counts = append(l.counts, c)
	}
	for i := range st.Inside {
		x, err := d.inset(&st.Inside[i], path)
		if err != nil {
			return l, err
		}
		if x.name, err = l.r.relation(x.relation); err != nil {
			return l, err
		}
		l.insets = append(l.insets, x)
	}
	return l, nil
}

// conditionsOf joins scopes and conditions.
func conditionsOf(m *model.Model, scopes []builder.Scope, where *builder.Conjunction) (node, error) {
	all := make([]*builder.Expr, 0, len(scopes)+where.Len())
	for i := range scopes {
		all = append(all, &scopes[i].Expr)
	}
	for i := range where.Len() {
		all = append(all, where.At(i))
	}
	return conditioner{m}.all(all, isTrue)
}

// sound refuses what a service cannot do.
func (l *level) sound() error {
	st, m := l.st, l.st.Model
	switch {
	case st.Err != nil:
		return st.Err
	case st.Skip < 0 || st.HasTake && st.Take < 0:
		return fault.New(fault.ErrInvalid, m.Name, "", "Skip and Take must not be negative")
	case st.Aggregate != nil || st.Want == builder.WantGroups:
		return refuse(nil, m, "a service computes no aggregates of groups: read the rows")
	case st.Lock != builder.NoLock:
		return refuse(nil, m, "a service locks no rows")
	case len(st.Joins) > 0:
		return refuse(nil, m, "a service joins no rows")
	}
	for i := range st.Order.Len() {
		k := st.Order.At(i)
		switch {
		case k.Err != nil:
			return k.Err
		case k.Term != nil:
			return refuse(k.Term.Field, m, "a service sorts by columns, not by what is computed")
		case k.Field == nil || k.Field.Model != m:
			return fault.New(fault.ErrInvalid, m.Name, "", "a sort key is not a column of the model")
		case k.Field.IsComputed:
			return fault.New(fault.ErrInvalid, m.Name, k.Field.Name, "a computed field is not stored")
		case k.Fold:
			return refuse(k.Field, m, "a service sorts as letter case counts: leave Fold out")
		case st.Distinct && st.Want == builder.WantRows && st.Columns != nil && !slices.Contains(st.Columns, k.Field):
			return fault.New(fault.ErrInvalid, m.Name, k.Field.Name, "a sort key of Distinct must be selected")
		}
	}
	return nil
}

// counted reads a number of related rows.
func (l *level) counted(x *builder.Extra) (c counted, err error) {
	t := x.Term
	if t == nil || t.Op != builder.TermCount || t.Rel == nil || t.Rel.Model != l.st.Model {
		return c, refuse(nil, l.st.Model, "a service computes nothing beside the columns of a row but numbers of related rows")
	}
	if len(t.LinkScope) > 0 || !t.Scoped {
		return c, refuse(nil, l.st.Model, "the rows of the link table are the service's own: no scope of this side can hold for them")
	}
	if c.name, err = l.r.relation(t.Rel); err != nil {
		return c, err
	}
	for _, other := range l.counts {
		if other.name == c.name {
			return c, fault.New(fault.ErrUnsupported, t.Rel.Model.Name, t.Rel.Name, "a service counts the rows of a relation once in one request")
		}
	}
	c.extra = x
	var where builder.Conjunction
	where.AddAll(t.Kids)
	c.where, err = conditionsOf(t.Rel.Target, t.Scope, &where)
	return c, err
}

// inset plans what comes inside the rows of another level.
func (d *DataSource) inset(in *builder.Inset, path string) (*inset, error) {
	rel, st := in.Relation, in.Rows
	if !st.Scoped {
		return nil, fault.New(fault.ErrDenied, rel.Model.Name, rel.Name, "the include has not been scoped")
	}
	if st.Group != nil && len(st.Group.LinkScope) > 0 {
		return nil, fault.New(fault.ErrUnsupported, rel.Model.Name, rel.Name, "the rows of the link table are the service's own: no scope of this side can hold for them")
	}
	of, err := d.resource(rel.Model)
	if err != nil {
		return nil, err
	}
	name, err := of.relation(rel)
	if err != nil {
		return nil, err
	}
	if path != "" {
		path += "."
	}
	x := &inset{relation: rel, path: path + name}
	if x.level, err = d.level(st, x.path); err != nil {
		return nil, err
	}
	g := st.Group
	if rel.Many {
		take, whole := int64(0), true
		if g != nil && g.HasTake {
			take, whole = g.Take, false
		}
		fanOut := d.overFanOut()
		if whole || take > fanOut {
			take = fanOut
		}
		x.most = take
		if whole || take > firstInset {
			if rel.Through == nil {
				x.most = min(take, firstInset)
			}
		}
		x.whole = whole
	}
	paged := g != nil && g.Paged()
	return x, x.read(d, st.Columns, nil, paged || !keyOnly(st), !paged)
}

// read decides which columns are read. asks says that the service is told the order; sorts that the rows are sorted here where
// it is not.
func (l *level) read(d *DataSource, columns, also []*model.Field, asks, sorts bool) (err error) {
	m := l.st.Model
	l.asks = asks && l.st.Order.Len() > 0
	l.sorts = sorts && !l.asks && l.st.Order.Len() > 0
	want := make([]bool, len(m.Fields))
	add := func(fs ...*model.Field) {
		for _, f := range fs {
			want[f.Index] = true
		}
	}
	add(also...)
	if l.sorts {
		if l.order, err = filter.NewOrder(m, &l.st.Order); err != nil {
			return err
		}
		for i := range l.st.Order.Len() {
			add(l.st.Order.At(i).Field)
		}
	}
	if l.asks && l.st.Group != nil { // what is asked for in parts is sorted here
		for i := range l.st.Order.Len() {
			add(l.st.Order.At(i).Field)
		}
	}
	for _, x := range l.insets {
		if x.relation.Many && x.relation.Through == nil {
			add(x.relation.Local...)
		}
	}
	if columns == nil {
		columns = l.r.shown()
	} else {
		for _, f := range columns {
			if _, err := l.r.column(f); err != nil {
				return err
			}
		}
	}
	add(columns...)
	for _, f := range m.Fields {
		if want[f.Index] {
			l.fields = append(l.fields, f)
			if !slices.Contains(columns, f) {
				l.hidden = append(l.hidden, f)
			}
		}
	}
	if len(l.fields) == 0 {
		l.fields, l.hidden = m.Key, m.Key
	}
	l.reader = l.r.rows.Reader(d.maxRows)
	return l.checks()
}

// checks compiles the conditions that can be held against the rows as they are read, so that a service which does not keep to
// them is found out.
func (l *level) checks() error {
	m := l.st.Model
	var all []builder.Expr
	add := func(e *builder.Expr) {
		if checkable(e, l.fields) {
			if _, err := filter.Compile(m, *e); err == nil {
				all = append(all, *e)
			}
		}
	}
	for i := range l.st.Scopes {
		add(&l.st.Scopes[i].Expr)
	}
	for i := range l.st.Where.Len() {
		add(l.st.Where.At(i))
	}
	if len(all) == 0 {
		return nil
	}
	var err error
	l.pass, err = filter.Compile(m, all...)
	return err
}

// checkable reports whether a condition looks at nothing but columns that are read, and at letters as they are.
func checkable(e *builder.Expr, read []*model.Field) bool {
	switch {
	case e.Fold, e.Field != nil && !slices.Contains(read, e.Field):
		return false
	case e.Ext == nil:
		return true
	case e.Ext.Rel != nil || e.Ext.Term != nil || e.Ext.Query != nil || e.Ext.Text != "":
		return false
	}
	for _, f := range e.Ext.Columns {
		if !slices.Contains(read, f) {
			return false
		}
	}
	for i := range e.Ext.Kids {
		if !checkable(&e.Ext.Kids[i], read) {
			return false
		}
	}
	return true
}

// shown gives the columns that a read without Select asks for: those that can be on the wire.
func (r *resource) shown() (out []*model.Field) {
	for i, f := range r.model.Fields {
		if r.columns[i] != "" && !f.Hidden {
			out = append(out, f)
		}
	}
	return out
}

// keyOnly reports whether rows are sorted by their key alone.
func keyOnly(st *builder.Select) bool {
	for i := range st.Order.Len() {
		if k := st.Order.At(i); k.Desc || !k.Field.Primary {
			return false
		}
	}
	return true
}
