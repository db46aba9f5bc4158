package builder

import (
	"reflect"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Values is the values of one column over the rows of a query: what InQuery compares with. V is their type.
type Values[V any] struct {
	q *Select
}

// Subselect is a Values of any type, for columns found by name.
type Subselect interface{ subselect() (*Select, error) }

func (v Values[V]) subselect() (*Select, error) {
	if v.q == nil {
		return nil, fault.New(fault.ErrInvalid, "", "", "the values have no query: make them with orm.Values")
	}
	return v.q, v.q.Err
}

// ValueColumn is a bound column of T whose values are V.
type ValueColumn[T, V any] interface {
	Selectable[T]
	holds(V)
}

func (Col[T, V]) holds(V) {}

// ValuesOf makes the values of column c over the rows of q, which is the caller's own copy. Rows where the column is
// NULL are left out, since one of them would make every NotIn unknown.
func ValuesOf[T, V any](q Select, c ValueColumn[T, V]) Values[V] {
	f, err := c.column()
	if q.Err == nil {
		q.Err = err
	}
	if q.Err == nil && f.IsComputed {
		q.Err = fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "a computed field is not stored, so a sub-select cannot give it")
	}
	if q.Err == nil && (q.Lock != NoLock || q.Extra != nil || len(q.Includes) > 0 || q.Want != WantRows || q.Group != nil) {
		q.Err = fault.New(fault.ErrInvalid, f.Model.Name, "", "a sub-select gives one column: it takes no includes, counts or locks")
	}
	if q.Err == nil {
		q.Columns = []*model.Field{f}
		if f.Nullable {
			q.Where.Add(Expr{Op: OpIsNotNull, Field: f})
		}
		if !q.HasTake && q.Skip == 0 { // an order without a page changes nothing, and SQL Server refuses it
			q.Order = Sorting{}
		}
	}
	return Values[V]{&q}
}

// Inside makes f IN (sub-select), or NOT IN.
func Inside(f *model.Field, negated bool, sub Subselect) Expr {
	if f == nil {
		return Fail(errUnbound)
	}
	if sub == nil {
		return Fail(fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "the values have no query: make them with orm.Values"))
	}
	q, err := sub.subselect()
	if err != nil {
		return Fail(err)
	}
	if f.IsComputed {
		return Fail(fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "a computed field is not stored, so it cannot be filtered by"))
	}
	if g := q.Columns[0]; f.Kind != g.Kind || !sameElem(f, g) {
		return Fail(fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "the sub-select gives "+g.Model.Name+"."+g.Name+", which holds "+g.Base.String()+", not "+f.Base.String()))
	}
	if g := q.Columns[0]; f.TimeForm != g.TimeForm {
		return Fail(fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "the sub-select gives "+g.Model.Name+"."+g.Name+", which keeps times in another form: "+sameForm))
	}
	if f.Kind == model.JSON || f.Kind == model.Array {
		return Fail(fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "documents and arrays cannot be looked up in a sub-select"))
	}
	op := OpInQuery
	if negated {
		op = OpNotInQuery
	}
	return Expr{Op: op, Field: f, Ext: &Ext{Query: q}}
}

// sameElem tells types apart that the kind alone does not.
func sameElem(f, g *model.Field) bool {
	if f.Kind != model.Text && f.Kind != model.Scanner {
		return true
	}
	return f.Base == g.Base || f.Base == nil || g.Base == nil || reflect.TypeFor[string]() == g.Base
}

func (c Col[T, V]) inside(negated bool, vs Values[V]) Pred[T] {
	if c.f == nil {
		return Pred[T]{Fail(c.unbound())}
	}
	if c.fold {
		return Pred[T]{Fail(fault.New(fault.ErrInvalid, c.f.Model.Name, c.f.Name, "Fold does not go with a sub-select"))}
	}
	return Pred[T]{Inside(c.f, negated, vs)}
}

// InQuery holds where the column is among the values that a query gives:
// Users.ID.InQuery(orm.Values(orders.Where(…), Orders.UserID)). Scopes hold inside. Both models must be in one source.
func (c Col[T, V]) InQuery(vs Values[V]) Pred[T] { return c.inside(false, vs) }

// NotInQuery holds where the column is not NULL and not among the values, or where there are no values. NULLs that
// the query gives are left out: they do not make the answer empty.
func (c Col[T, V]) NotInQuery(vs Values[V]) Pred[T] { return c.inside(true, vs) }

func (c Dynamic[T]) inside(negated bool, vs Subselect) Pred[T] {
	f, err := c.column()
	if err == nil && c.fold {
		err = fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "Fold does not go with a sub-select")
	}
	if err != nil {
		return Pred[T]{Fail(err)}
	}
	return Pred[T]{Inside(f, negated, vs)}
}

// InQuery holds where the column is among the values that a query gives, which must be of its kind.
func (c Dynamic[T]) InQuery(vs Subselect) Pred[T] { return c.inside(false, vs) }

// NotInQuery holds where the column is not among the values that a query gives.
func (c Dynamic[T]) NotInQuery(vs Subselect) Pred[T] { return c.inside(true, vs) }

// empty reports whether q gives no rows by its form alone.
func (q *Select) empty() bool {
	if q.HasTake && q.Take == 0 {
		return true
	}
	for i := range q.Where.Len() {
		if q.Where.At(i).never() {
			return true
		}
	}
	return false
}
