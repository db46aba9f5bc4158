package guard

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

var (
	errNilColumn   = errors.New("a column is nil")
	errNilFunc     = errors.New("a function is nil")
	errNoCondition = errors.New("a forced condition says nothing: orm.And[T]() is the one that holds for every row")
)

// compiler gathers every mistake of a shape, each with the place in the shape where it is.
type compiler struct {
	errs []error
	tied []*model.Field // columns of a nested row that the row above fills
}

// wrong notes a mistake at a place in the shape of m.
func (c *compiler) wrong(m *model.Model, where, detail string) {
	name := ""
	if m != nil {
		name = m.Name
	}
	c.errs = append(c.errs, &orm.Error{Op: "guard", Model: name, Err: orm.ErrInvalid, Detail: where + ": " + detail})
}

func (c *compiler) fail(m *model.Model, where string, err error) bool {
	if err == nil {
		return false
	}
	detail := err.Error()
	var known *orm.Error
	if errors.As(err, &known) && known.Detail != "" {
		detail = known.Detail
	}
	c.wrong(m, where, detail)
	return true
}

// compile reads the shape of the rows of a request, or of an included relation.
func (c *compiler) compile(s *shape, root bool) *plan {
	p := &plan{m: s.model, strict: s.coercion == Strict, columns: map[string]*column{}, readers: map[string]reader{}, counts: map[string]*count{}, sorts: map[string]*model.Field{}}
	if c.fail(s.model, "the model", s.err) {
		return p
	}
	if s.coercion > Strict {
		c.wrong(p.m, "Coercion", "it is Coerce or Strict")
	}
	if s.logic >= Not<<1 {
		c.wrong(p.m, "Logic", "it is And, Or and Not, joined with |")
	}
	if root && s.always {
		c.wrong(p.m, "Always", "it is said of included shapes")
	}
	c.selects(p, s)
	c.order(p, s)
	c.bounds(p, s)
	p.filters = c.filters(p.m, s.where, s.logic, p.strict, "Where")
	c.with(p, s)
	c.oneWire(p)
	if !root {
		if len(s.uniques) > 0 || len(s.create) > 0 || len(s.update) > 0 || len(s.by.fields) > 0 || len(s.aggregates) > 0 {
			c.wrong(p.m, "With", "an included relation is only read: leave Unique, Create, Update and Groups out, and write it with Nest")
		}
		return p
	}
	for i, u := range s.uniques {
		if x, ok := c.unique(p.m, u, fmt.Sprintf("Unique[%d]", i)); ok {
			p.uniques = append(p.uniques, x)
		}
	}
	p.create = c.writing(p.m, p.strict, s.create, creating, "Create")
	p.update = c.writing(p.m, p.strict, s.update, updating, "Update")
	p.groups = c.grouping(p, s)
	c.defaultOrder(p)
	if len(c.errs) == 0 {
		p.mark = p.marked()
	}
	return p
}

func (c *compiler) selects(p *plan, s *shape) {
	if c.fail(p.m, "Select", s.selects.err) {
		return
	}
	if len(s.selects.fields) == 0 {
		c.wrong(p.m, "Select", "it is empty: list the columns that may be read with Only")
	}
	for _, f := range s.selects.fields {
		wire, ok := c.wire(p.m, "Select", f)
		if !ok {
			continue
		}
		if p.columns[wire] != nil {
			c.wrong(p.m, "Select", "two columns are called "+wire+", or one stands twice")
			continue
		}
		col := &column{wire: wire, name: nameOf(wire), field: f, write: encoderOf(f)}
		p.columns[wire] = col
		p.shown = append(p.shown, col)
	}
}

// wire gives the wire name of a column that a request may name.
func (c *compiler) wire(m *model.Model, where string, f *model.Field) (string, bool) {
	if f.Model != m {
		c.wrong(m, where, "the column "+f.Model.Name+"."+f.Name+" is of another model")
		return "", false
	}
	if f.Hidden {
		c.wrong(m, where, f.Name+" is tagged hidden: it never leaves and is never asked about")
		return "", false
	}
	wire, ok := wireOf(f)
	if !ok {
		c.wrong(m, where, f.Name+` has no name on the wire: its tag says json:"-"`)
	}
	return wire, ok
}

// queried is wire for columns that are asked about.
func (c *compiler) queried(m *model.Model, where string, f *model.Field) (string, bool) {
	wire, ok := c.wire(m, where, f)
	if !ok {
		return "", false
	}
	switch {
	case f.NoQuery:
		c.wrong(m, where, f.Name+" is tagged noquery: it is neither filtered nor sorted by")
	case f.IsComputed:
		c.wrong(m, where, f.Name+" is computed: it is not stored, so it cannot be asked about")
	default:
		return wire, true
	}
	return "", false
}

func (c *compiler) order(p *plan, s *shape) {
	if !c.fail(p.m, "OrderBy", s.sorts.err) {
		for _, f := range s.sorts.fields {
			wire, ok := c.queried(p.m, "OrderBy", f)
			if !ok {
				continue
			}
			if !sorts(f) {
				c.wrong(p.m, "OrderBy", f.Name+" has no order that is the same on every source")
				continue
			}
			p.sorts[wire] = f
		}
	}
	for i := range s.order {
		k := &s.order[i]
		if !c.fail(p.m, "Default", k.Err) && k.Field == nil && k.Term == nil {
			c.wrong(p.m, "Default", "a sort key is empty")
		}
	}
	p.order = s.order
}

func (c *compiler) bounds(p *plan, s *shape) {
	t := s.take
	switch {
	case t.Max < NoLimit || t.Default < 0:
		c.wrong(p.m, "Take", "it must not be negative; NoLimit is the Max without an end")
	case t.Max == 0:
		t.Max = max(defaultTake, t.Default)
		if t.Default > defaultTake {
			c.wrong(p.m, "Take", "Default is larger than Max, which is 100 where it is not said")
		}
	case t.Max > 0 && t.Default > t.Max:
		c.wrong(p.m, "Take", "Default is larger than Max")
	}
	if t.Default == 0 && t.Max > 0 {
		t.Default = min(defaultTake, t.Max)
	}
	if s.skip < 0 {
		c.wrong(p.m, "Skip", "it must not be negative")
	}
	p.take, p.skip = t, int64(s.skip)
}

func (c *compiler) filters(m *model.Model, list []filter, logic Logic, strict bool, where string) *filters {
	out := &filters{m: m, strict: strict, logic: logic, columns: map[string]*columnFilter{}, related: map[string]*relatedFilter{}, echoes: map[string]bool{}}
	for i := range list {
		f := &list[i]
		if c.fail(m, where, f.err) {
			continue
		}
		switch {
		case f.field != nil:
			c.allow(out, f, where)
		case f.forced != nil:
			c.force(out, f.forced, where)
		case f.force != nil:
			out.force = append(out.force, f.force)
		case f.relation != nil:
			c.related(out, f, where)
		default:
			c.wrong(m, where, "an entry is empty: use Allow, Force, ForceFor or Related")
		}
	}
	for wire := range out.columns {
		delete(out.echoes, wire)
		if out.related[wire] != nil {
			c.wrong(m, where, "a column and a relation are both called "+wire)
		}
		out.names = append(out.names, wire)
	}
	for wire := range out.related {
		out.names = append(out.names, wire)
	}
	slices.Sort(out.names)
	for _, word := range []string{"AND", "OR", "NOT"} {
		if out.columns[word] != nil || out.related[word] != nil {
			c.wrong(m, where, "a column or relation is called "+word+", which is a combinator: give it another json name")
		}
	}
	return out
}

func (c *compiler) allow(out *filters, f *filter, where string) {
	wire, ok := c.queried(out.m, where, f.field)
	if !ok {
		return
	}
	suits := suiting(f.field)
	if suits == 0 {
		c.wrong(out.m, where, f.field.Name+" holds "+f.field.Base.String()+", which a request cannot filter by: use Force")
		return
	}
	ops := suits
	if len(f.ops) > 0 {
		ops = 0
		for _, o := range f.ops {
			if o >= opCount {
				c.wrong(out.m, where, f.field.Name+": an operator is unknown")
				return
			}
			if !naming(f.field).has(o) {
				c.wrong(out.m, where, f.field.Name+": the operator "+o.word()+" does not suit the column")
				return
			}
			ops |= 1 << o
		}
	}
	if have := out.columns[wire]; have != nil {
		c.wrong(out.m, where, "two columns are called "+wire+", or one stands twice")
		return
	}
	out.columns[wire] = &columnFilter{wire, f.field, ops, f.path}
}

// force adds a condition that holds always. The same said twice counts once, and two that contradict each other are a
// mistake: nobody could see any row.
func (c *compiler) force(out *filters, e *builder.Expr, where string) {
	if e.Op == builder.OpError {
		c.fail(out.m, where, e.Ext.Err)
		return
	}
	echoed(e, func(f *model.Field) {
		if f.Model == out.m && !f.Hidden {
			if wire, ok := wireOf(f); ok {
				out.echoes[wire] = true
			}
		}
	})
	for i := range out.forced {
		have := &out.forced[i]
		if e.Field == nil || have.Field != e.Field || have.Op != e.Op || have.Fold != e.Fold || e.Ext != nil && e.Ext.Query != nil {
			continue // a sub-select has no value to tell it by from another: both hold
		}
		if sameValue(have, e) {
			return
		}
		c.wrong(out.m, where, "two forced conditions on "+e.Field.Name+" contradict each other: same operator, other value")
		return
	}
	out.forced = append(out.forced, *e)
}

// echoed visits the columns of the row itself that a condition names: not those of related rows and of sub-selects, which
// may be of the same model.
func echoed(e *builder.Expr, visit func(*model.Field)) {
	switch x := e.Ext; {
	case e.Field != nil:
		visit(e.Field)
	case x == nil || x.Rel != nil:
	case x.Kids != nil:
		for i := range x.Kids {
			echoed(&x.Kids[i], visit)
		}
	default:
		_ = e.Named(func(n builder.Naming) error {
			visit(n.Field)
			return nil
		})
	}
}

func sameValue(a, b *builder.Expr) bool {
	same := bytes.Equal(model.AppendKey(nil, a.Value), model.AppendKey(nil, b.Value))
	if same && a.Op == builder.OpBetween {
		same = bytes.Equal(model.AppendKey(nil, a.Ext.Upper), model.AppendKey(nil, b.Ext.Upper))
	}
	return same
}

func (c *compiler) related(out *filters, f *filter, where string) {
	r := f.relation
	where += "." + r.Name
	wire, ok := c.relationWire(out.m, where, r)
	if !ok {
		return
	}
	fits := Is | IsNot
	if r.Many {
		fits = Some | None | Every
	}
	switch {
	case f.kinds == 0:
		c.wrong(out.m, where, "it says no way to ask: Some, None and Every, or Is and IsNot")
		return
	case f.kinds&^fits != 0 && r.Many:
		c.wrong(out.m, where, "a relation to many rows is asked by Some, None and Every")
		return
	case f.kinds&^fits != 0:
		c.wrong(out.m, where, "a relation to one row is asked by Is and IsNot")
		return
	case out.related[wire] != nil:
		c.wrong(out.m, where, "the relation stands twice")
		return
	}
	out.related[wire] = &relatedFilter{wire, r, f.kinds, c.filters(r.Target, f.kids, out.logic, out.strict, where)}
}

func (c *compiler) relationWire(m *model.Model, where string, r *model.Relation) (string, bool) {
	if r.Model != m {
		c.wrong(m, where, "the relation "+r.Model.Name+"."+r.Name+" is of another model")
		return "", false
	}
	if err := r.Undecided(); err != nil {
		c.wrong(m, where, "the columns of the relation are not known before a database was opened with introspect.Relations(): compile after that, or write relation=local:remote")
		return "", false
	}
	wire, ok := wireOfRelation(r)
	if !ok {
		c.wrong(m, where, `the relation has no name on the wire: its tag says json:"-"`)
	}
	return wire, ok
}

func (c *compiler) with(p *plan, s *shape) {
	for i := range s.with {
		b := &s.with[i]
		if c.fail(p.m, "With", b.err) {
			continue
		}
		if b.relation == nil {
			c.wrong(p.m, "With", "an entry is empty: use Include or Count")
			continue
		}
		where := "With." + b.relation.Name
		wire, ok := c.relationWire(p.m, where, b.relation)
		switch {
		case !ok:
		case b.counts && p.counts[wire] != nil, !b.counts && p.readers[wire] != nil:
			c.wrong(p.m, where, "it stands twice")
		case b.counts:
			p.counts[wire] = &count{wire: wire, name: nameOf(wire), r: b.relation, count: b.counter, index: len(p.counts),
				filters: c.filters(b.relation.Target, b.kids, s.logic, p.strict, where)}
		default:
			inner := &compiler{}
			if p.strict {
				b.shape.coercion = Strict
			}
			r := &relation{wire: wire, name: nameOf(wire), r: b.relation, of: inner.compile(b.shape, false), index: len(p.readers)}
			for _, err := range inner.errs {
				var e *orm.Error
				if errors.As(err, &e) {
					e.Detail = where + "." + e.Detail
				}
				c.errs = append(c.errs, err)
			}
			p.readers[wire] = r
			if b.shape.always {
				p.always = append(p.always, r)
			}
		}
	}
	c.spread(p)
}

// spread makes what is forced on the rows of a relation hold at every door to them: in the include, the counts and the
// filters of one shape.
func (c *compiler) spread(p *plan) {
	doors := map[*model.Relation][]*filters{}
	for _, r := range p.readers {
		if r.of.filters != nil {
			doors[r.r] = append(doors[r.r], r.of.filters)
		}
	}
	for _, n := range p.counts {
		doors[n.r] = append(doors[n.r], n.filters)
	}
	for _, f := range p.filters.related {
		doors[f.r] = append(doors[f.r], f.of)
	}
	for r, fs := range doors {
		if len(fs) < 2 {
			continue
		}
		all := &filters{m: r.Target, echoes: map[string]bool{}}
		for _, f := range fs {
			for i := range f.forced {
				c.force(all, &f.forced[i], "With."+r.Name)
			}
			all.force = append(all.force, f.force...)
		}
		for _, f := range fs {
			f.forced, f.force = all.forced, all.force
		}
	}
}

// oneWire refuses a relation and a column of one name.
func (c *compiler) oneWire(p *plan) {
	for wire := range p.readers {
		if p.columns[wire] != nil {
			c.wrong(p.m, "With", "a column and a relation are both called "+wire)
		}
	}
	if p.columns["_count"] != nil || p.readers["_count"] != nil {
		c.wrong(p.m, "Select", "_count is the name of the counts: give the column another json name")
	}
}

func (c *compiler) unique(m *model.Model, u columns, where string) (unique, bool) {
	var out unique
	if c.fail(m, where, u.err) {
		return out, false
	}
	for _, f := range u.fields {
		wire, ok := c.queried(m, where, f)
		if !ok {
			return out, false
		}
		if !readable(f) {
			c.wrong(m, where, f.Name+" holds "+f.Base.String()+", which a request cannot name")
			return out, false
		}
		out.wires, out.fields = append(out.wires, wire), append(out.fields, f)
	}
	// a scope fills in its own columns, as in On and Link; where none does, One and the writes of one row refuse what names several
	names := func(set []*model.Field) bool {
		return sameSet(set, out.fields) || sameSet(slices.DeleteFunc(slices.Clone(set), func(f *model.Field) bool { return f == m.Tenant || f.Scope != "" }), out.fields)
	}
	if !names(m.Key) && !slices.ContainsFunc(m.Uniques, func(x model.Index) bool { return names(x.Fields) }) {
		c.wrong(m, where, "the columns are neither the primary key nor a unique set of "+m.Name+uniqueSets(m))
		return out, false
	}
	return out, true
}

func uniqueSets(m *model.Model) string {
	sets := []string{fieldNames(m.Key)}
	for _, u := range m.Uniques {
		sets = append(sets, fieldNames(u.Fields))
	}
	return ", which are " + strings.Join(sets, "; ")
}

func fieldNames(fields []*model.Field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return strings.Join(names, " + ")
}

func sameSet(a, b []*model.Field) bool {
	if len(a) != len(b) || len(a) == 0 {
		return false
	}
	for _, f := range a {
		if !slices.Contains(b, f) {
			return false
		}
	}
	return true
}
