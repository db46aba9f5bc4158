package guard

import (
	"context"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// Where lists filters of T.
type Where[T any] []Filter[T]

// Filter is an entry of Where: Allow, Force, ForceFor or Related.
type Filter[T any] struct{ f filter }

type filter struct {
	err error

	field *model.Field // of Allow
	ops   []Op
	path  pathFilter

	forced *builder.Expr // of Force
	force  forcedFunc    // of ForceFor

	relation *model.Relation // of Related
	kinds    Quantifier
	kids     []filter
}

// forcedFunc gives a condition for the one who asks.
type forcedFunc func(ctx context.Context, a orm.Actor) (builder.Expr, error)

// pathFilter compares a part of a document.
type pathFilter func(path []any, op Op, v any) builder.Expr

func (w Where[T]) plain() []filter {
	out := make([]filter, len(w))
	for i := range w {
		out[i] = w[i].f
	}
	return out
}

// Allow lets a request filter by a column, with these operators, or with all that suit the column's type where none is
// named. A column that may be NULL can be compared with null by equals and not wherever these are allowed.
func Allow[T any](c orm.Selectable[T], ops ...Op) Filter[T] {
	f, err := fieldOf(c)
	out := filter{field: f, ops: ops, err: err}
	if err == nil && f.Kind == model.JSON {
		out.path = func(path []any, op Op, v any) builder.Expr { return comparePath(builder.PathOf[T](c, path...), op, v) }
	}
	return Filter[T]{out}
}

// Force makes a condition hold whatever the request says.
func Force[T any](p orm.Pred[T]) Filter[T] {
	e := p.Expr()
	f := filter{forced: &e}
	if p.IsZero() {
		f.err = errNoCondition
	}
	return Filter[T]{f}
}

// ForceFor is Force for a condition that depends on who asks. An error, a panic and the zero Pred refuse the request, and so
// does a context without an actor; a condition that holds for every row is orm.And[T]().
func ForceFor[T any](fn func(ctx context.Context, a orm.Actor) (orm.Pred[T], error)) Filter[T] {
	if fn == nil {
		return Filter[T]{filter{err: errNilFunc}}
	}
	return Filter[T]{filter{force: func(ctx context.Context, a orm.Actor) (builder.Expr, error) {
		p, err := fn(ctx, a)
		if err == nil && p.IsZero() {
			err = errNoCondition
		}
		return p.Expr(), err
	}}}
}

// Quantifier is a set of relation filters, joined with |.
type Quantifier uint8

// The relation filters: Some, None and Every of relations to many rows, Is and IsNot of relations to one. What they mean is
// said at orm.Many and orm.One.
const (
	Some Quantifier = 1 << iota
	None
	Every
	Is
	IsNot
)

// Related lets a request filter by the rows of a relation, in these ways and by what where allows. What where forces holds for
// every related row that is looked at; so does what an Include or another Related of the same relation in the same shape
// forces.
func Related[T, C any](r builder.Relation[T, C], kinds Quantifier, where Where[C]) Filter[T] {
	rel, err := builder.RelationOf(r)
	return Filter[T]{filter{relation: rel, err: err, kinds: kinds, kids: where.plain()}}
}
