package guard

import (
	"context"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// Data says what a write may give of a row of T.
type Data[T any] []Datum[T]

// Datum is an entry of Data: Accept, Fix, FixFor or Nest.
type Datum[T any] struct{ d datum }

type datum struct {
	err error

	field *model.Field // of Accept
	rule  *string      // instead of the tag's
	also  string

	fixed *builder.Set // of Fix
	fix   fixedFunc    // of FixFor

	relation *model.Relation // of Nest
	ops      *nestOps
}

// fixedFunc gives an assignment for the one who asks.
type fixedFunc func(ctx context.Context, a orm.Actor) (builder.Set, error)

func (d Data[T]) plain() []datum {
	out := make([]datum, len(d))
	for i := range d {
		out[i] = d[i].d
	}
	return out
}

// Accept lets a request give a column. The validate tag of its field applies, see [Datum.Rule].
func Accept[T any](c orm.Selectable[T]) Datum[T] {
	f, err := fieldOf(c)
	return Datum[T]{datum{field: f, err: err}}
}

// Rule puts a rule of validator/v10 in place of the field's tag; "" is no rule.
func (d Datum[T]) Rule(rule string) Datum[T] {
	d.d.rule = &rule
	return d
}

// Also adds a rule of validator/v10 to those that apply.
func (d Datum[T]) Also(rule string) Datum[T] {
	if d.d.also != "" && rule != "" {
		rule = d.d.also + "," + rule
	}
	d.d.also = rule
	return d
}

// Fix makes a write give a value of the server's. A request that gives the column too is not heeded there.
func Fix[T any](a orm.Assign[T]) Datum[T] {
	s := a.Set()
	return Datum[T]{datum{fixed: &s}}
}

// FixFor is Fix for a value that depends on who asks. An error, a panic and a context without an actor refuse the write.
func FixFor[T any](fn func(ctx context.Context, a orm.Actor) (orm.Assign[T], error)) Datum[T] {
	if fn == nil {
		return Datum[T]{datum{err: errNilFunc}}
	}
	return Datum[T]{datum{fix: func(ctx context.Context, a orm.Actor) (builder.Set, error) {
		out, err := fn(ctx, a)
		return out.Set(), err
	}}}
}

// Nest lets a write of a row write the rows of a relation too, in its transaction, as ops allow.
func Nest[T, C any](r builder.Relation[T, C], ops Ops[C]) Datum[T] {
	rel, err := builder.RelationOf(r)
	return Datum[T]{datum{relation: rel, err: err, ops: ops.plain()}}
}
