package orm

import "github.com/multi-orm/orm/builder"

// And holds where every p holds; And() holds everywhere.
func And[T any](ps ...Pred[T]) Pred[T] { return builder.And(ps...) }

// Or holds where some p holds; Or() holds nowhere.
func Or[T any](ps ...Pred[T]) Pred[T] { return builder.Or(ps...) }

// Not is SQL's NOT: where p is unknown because of NULL, the row does not pass either way.
func Not[T any](p Pred[T]) Pred[T] { return builder.Not(p) }

// Key names the row of T with this primary key, for Link, Unlink and Set of a relation, or for Where. A
// composite key is given in field order.
func Key[T any](parts ...any) Pred[T] { return builder.Key[T](parts...) }

// JSONHas holds where the document in a column has a part at path, JSON's null included: keys are strings, positions
// in arrays ints from 0.
func JSONHas[T any](c Selectable[T], path ...any) Pred[T] {
	return builder.PathOf(c, path...).Exists()
}

// JSONContains holds where the document in a column contains v as PostgreSQL's @> has it: an object every member of v, an array every
// element, in any place, an array of the whole document also a single scalar. On SQLite and SQL Server each part of v is a sub-select: v has at
// most 100 parts, eight deep (ErrLimit), and a number that cannot be compared exactly there is ErrUnsupported.
// APIs are asked nothing of the kind: ErrUnsupported.
func JSONContains[T any](c Selectable[T], v any) Pred[T] { return builder.ContainsJSON(c, v) }
