package builder

import "github.com/multi-orm/orm/model"

// Pred is a condition on rows of T. The zero Pred holds for every row.
type Pred[T any] struct{ e Expr }

// PredOf types a predicate tree; hooks and scopes use it.
func PredOf[T any](e Expr) Pred[T] { return Pred[T]{e} }

// Expr gives the predicate tree.
func (p Pred[T]) Expr() Expr {
	if p.e.Op == 0 {
		return True()
	}
	return p.e
}

// IsZero reports whether p is the zero Pred, which no constructor makes.
func (p Pred[T]) IsZero() bool { return p.e.Op == 0 }

// And holds where every p holds; And() holds everywhere.
func And[T any](ps ...Pred[T]) Pred[T] { return Pred[T]{AllOf(exprs(ps)...)} }

// Or holds where some p holds; Or() holds nowhere.
func Or[T any](ps ...Pred[T]) Pred[T] { return Pred[T]{AnyOf(exprs(ps)...)} }

// Not is SQL's NOT: where p is unknown because of NULL, so is Not(p), and the row does not pass.
func Not[T any](p Pred[T]) Pred[T] { return Pred[T]{Negate(p.Expr())} }

func exprs[T any](ps []Pred[T]) []Expr {
	out := make([]Expr, len(ps))
	for i := range ps {
		out[i] = ps[i].Expr()
	}
	return out
}

// Order is one sort key of rows of T.
type Order[T any] struct{ k SortKey }

// OrderOf types a sort key.
func OrderOf[T any](k SortKey) Order[T] { return Order[T]{k} }

// Key gives the sort key as data.
func (o Order[T]) Key() SortKey { return o.k }

// NullsFirst sorts NULL before every value, whatever the direction.
func (o Order[T]) NullsFirst() Order[T] { o.k.Nulls = NullsFirst; return o }

// NullsLast sorts NULL after every value, whatever the direction.
func (o Order[T]) NullsLast() Order[T] { o.k.Nulls = NullsLast; return o }

// Assign is one assignment of a write on T.
type Assign[T any] struct{ s Set }

// AssignOf types an assignment; hooks use it.
func AssignOf[T any](s Set) Assign[T] { return Assign[T]{s} }

// Set gives the assignment as data.
func (a Assign[T]) Set() Set { return a.s }

// Selectable names a column of T in Select, Omit and On. Every bound column is one.
type Selectable[T any] interface {
	column() (*model.Field, error)
	of(T)
}

// FieldOf gives the column behind c.
func FieldOf[T any](c Selectable[T]) (*model.Field, error) { return c.column() }
