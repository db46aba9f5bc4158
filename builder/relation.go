package builder

import (
	"reflect"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Many is a to-many relation of T to rows of C. Given to With as it is, it loads them all.
type Many[T, C any] struct{ Branch[T, C] }

func (c *Many[T, C]) bind(m *model.Model, name string) error { return c.bindRelation(m, name, true) }

// Some holds where a related row passes every p; Some() where there is a related row.
func (c Many[T, C]) Some(ps ...Pred[C]) Pred[T] { return c.related(OpSome, ps) }

// None holds where no related row passes every p.
func (c Many[T, C]) None(ps ...Pred[C]) Pred[T] { return Not(c.related(OpSome, ps)) }

// Every holds where no related row fails a p; a row for which p is unknown (NULL) fails it.
func (c Many[T, C]) Every(ps ...Pred[C]) Pred[T] { return c.related(OpEvery, ps) }

// One is a to-one relation of T to a row of C. Given to With as it is, it loads the row, also where only its key is
// selected: a key does not say that the row is still there and that the scopes let it be seen.
type One[T, C any] struct{ Branch[T, C] }

func (c *One[T, C]) bind(m *model.Model, name string) error { return c.bindRelation(m, name, false) }

// Is holds where the related row exists and passes every p.
func (c One[T, C]) Is(ps ...Pred[C]) Pred[T] { return c.related(OpSome, ps) }

// IsNot is Not(Is): rows without the relation pass.
func (c One[T, C]) IsNot(ps ...Pred[C]) Pred[T] { return Not(c.related(OpSome, ps)) }

// Branch says how a relation of T is included: which rows of C, in what order, how many per parent.
// It is an immutable value; each method returns a new one.
type Branch[T, C any] struct {
	r   *model.Relation
	inc Include
}

// Inclusion is a branch of T given to With.
type Inclusion[T any] interface {
	include() (*Include, error)
	from(T)
}

// Relation is a relation of T to rows of C: a Many or a One.
type Relation[T, C any] interface {
	Inclusion[T]
	relation() (*model.Relation, error)
	to(C)
}

// RelationOf gives the relation behind r.
func RelationOf[T, C any](r Relation[T, C]) (*model.Relation, error) {
	if r == nil {
		return nil, errUnboundRelation
	}
	return r.relation()
}

func (b Branch[T, C]) relation() (*model.Relation, error) {
	switch {
	case b.r == nil:
		return nil, errUnboundRelation
	case b.inc.chosen():
		return nil, fault.New(fault.ErrInvalid, b.r.Model.Name, b.r.Name, "the relation is named, not read: leave Where, OrderBy, Take and the like out")
	}
	return b.r, nil
}

func (Branch[T, C]) to(C) {}

// InclusionOf types an include.
func InclusionOf[T any](inc *Include) Inclusion[T] { return reading[T]{inc} }

// IncludeOf gives the include behind b as data.
func IncludeOf[T any](b Inclusion[T]) (*Include, error) { return b.include() }

func (Branch[T, C]) from(T) {}

func (b Branch[T, C]) include() (*Include, error) {
	if b.r == nil {
		return nil, errUnboundRelation
	}
	inc := b.inc
	inc.Relation = b.r
	return &inc, inc.Err
}

func (b Branch[T, C]) related(op Op, ps []Pred[C]) Pred[T] {
	return Pred[T]{Related(op, b.r, exprs(ps)...)}
}

func (b *Branch[T, C]) bindRelation(m *model.Model, name string, many bool) error {
	r, err := m.Relation(name)
	if err != nil {
		return err
	}
	if r.Target.Type != reflect.TypeFor[C]() {
		return fault.New(fault.ErrInvalid, m.Name, name, "the relation leads to "+r.Target.Name+", not "+reflect.TypeFor[C]().String())
	}
	if r.Many != many {
		return fault.New(fault.ErrInvalid, m.Name, name, "use orm.Many for a slice and orm.One for a pointer")
	}
	b.r = r
	return nil
}

// Where keeps the related rows that pass every p.
func (b Branch[T, C]) Where(ps ...Pred[C]) Branch[T, C] {
	b.inc.Where = append(b.inc.Where[:len(b.inc.Where):len(b.inc.Where)], exprs(ps)...)
	return b
}

// OrderBy sorts the related rows of each parent, before their model's default order.
func (b Branch[T, C]) OrderBy(keys ...Order[C]) Branch[T, C] {
	b.inc.Order = b.inc.Order[:len(b.inc.Order):len(b.inc.Order)]
	for _, k := range keys {
		b.inc.Order = append(b.inc.Order, k.k)
	}
	return b
}

// Take keeps the first n related rows of each parent; 0 keeps none.
func (b Branch[T, C]) Take(n int) Branch[T, C] {
	b.inc.Take, b.inc.HasTake = int64(n), true
	b.inc.check(b.r)
	return b
}

// Skip leaves out the first n related rows of each parent.
func (b Branch[T, C]) Skip(n int) Branch[T, C] {
	b.inc.Skip = int64(n)
	b.inc.check(b.r)
	return b
}

// Select loads only these columns of the related rows.
func (b Branch[T, C]) Select(cols ...Selectable[C]) Branch[T, C] {
	b.inc.Columns, b.inc.Err = pick(b.inc.Columns, cols, b.inc.Err)
	return b
}

// WithDeleted loads soft-deleted rows beside the living ones.
func (b Branch[T, C]) WithDeleted() Branch[T, C] {
	b.inc.Deleted = AllRows
	return b
}

// Strategy says how the relation is loaded, whatever its tag says: [model.Join] brings it with the statement of the
// query itself where that can be, [model.Lookup] with a second one. The answer is the same. A relation into another
// source cannot be joined, and fails with ErrInvalid.
func (b Branch[T, C]) Strategy(s model.Strategy) Branch[T, C] {
	b.inc.Strategy = &s
	return b
}

// With includes relations of the related rows.
func (b Branch[T, C]) With(branches ...Inclusion[C]) Branch[T, C] {
	b.inc.Includes = b.inc.Includes[:len(b.inc.Includes):len(b.inc.Includes)]
	for _, c := range branches {
		inc, err := c.include()
		if err != nil {
			b.inc.Err = err
			continue
		}
		if inc.Relation == nil {
			b.inc.Extra = b.inc.Extra.And(inc.Extra)
			continue
		}
		b.inc.Includes = append(b.inc.Includes, inc)
	}
	return b
}

func pick[T any](have []*model.Field, cols []Selectable[T], err error) ([]*model.Field, error) {
	out := have[:len(have):len(have)]
	for _, c := range cols {
		f, e := c.column()
		if e != nil {
			return out, e
		}
		out = append(out, f)
	}
	return out, err
}

var errUnboundRelation = fault.New(fault.ErrInvalid, "", "", "the relation is not bound: take relations from orm.Bind, or name them with Include")
