package guard

import (
	"context"
	"unsafe"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// With lists relations of T that may be read.
type With[T any] []Branch[T]

// Branch is an entry of With: Include or Count.
type Branch[T any] struct{ b branch }

type branch struct {
	relation *model.Relation
	err      error
	shape    *shape // of Include
	counts   bool
	kids     []filter // of Count: what the request may say of the rows counted
	counter  counter
}

// counter counts the related rows that pass conditions, for each of rows, which point at structs of the parent's type.
type counter func(ctx context.Context, db orm.DB, rows []unsafe.Pointer, where []builder.Expr) ([]int64, error)

// Include lets a request read a relation, as its own shape allows. Of that shape Select, Where, Logic, OrderBy, Default, Take,
// Skip, With, Coercion and Always count: a relation is read, and written by Nest only.
func Include[T, C any](r builder.Relation[T, C], s Shape[C]) Branch[T] {
	rel, err := builder.RelationOf(r)
	return Branch[T]{branch{relation: rel, err: err, shape: s.plain()}}
}

// Count lets a request ask for the number of related rows: {"_count": {"tasks": true}}. What where forces holds for the rows
// counted, and so does what an Include or a Related of the same relation in the same shape forces.
func Count[T, C any](r orm.Many[T, C], where ...Filter[C]) Branch[T] {
	rel, err := builder.RelationOf(r)
	return Branch[T]{branch{relation: rel, err: err, counts: true, kids: Where[C](where).plain(),
		counter: func(ctx context.Context, db orm.DB, rows []unsafe.Pointer, where []builder.Expr) ([]int64, error) {
			ps := make([]orm.Pred[C], len(where))
			for i, e := range where {
				ps[i] = builder.PredOf[C](e)
			}
			out, err := orm.Repo[T](db).Counts(ctx, unsafe.Slice((**T)(unsafe.Pointer(unsafe.SliceData(rows))), len(rows)), r.Count(ps...))
			if err != nil {
				return nil, err
			}
			return out[0], nil
		}}}
}

// Uniques lists sets of columns that name one row.
type Uniques[T any] []Unique[T]

// Unique is a set of columns that name one row. By makes it.
type Unique[T any] struct{ c columns }

// By names a row by its primary key or by a unique set of the model. A request gives a value for each of the columns, and
// nothing else. The tenant, and the column of another scope, may be left out of the set: the scope fills it in with the caller's own, and where
// none holds the caller to one, as under a Bypass, a name that several rows have is refused.
func By[T any](cols ...orm.Selectable[T]) Unique[T] { return Unique[T]{fieldsOf(cols)} }
