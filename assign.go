package orm

import "github.com/multi-orm/orm/builder"

// Key names the row of T with this primary key, for Link, Unlink and Set of a relation, or for Where. A
// composite key is given in field order.
func Key[T any](parts ...any) Pred[T] { return builder.Key[T](parts...) }

// SetSQL assigns what the source's own SQL gives, with ? for each argument and ?? for a plain ?. SQL sources
// only; the text must be a constant, and a sub-select in it needs a bypass where scopes keep rows from people:
//
//	orm.SetSQL(Users.Hits, "coalesce(hits, 0) + ?", 1)
func SetSQL[T any](col Selectable[T], text constant, args ...any) Assign[T] {
	return builder.ConstantSet[T](col, string(text), args...)
}
