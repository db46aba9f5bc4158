package orm

import (
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// Loaded is a field of a model's struct that tells with which columns its row was read: see [Repo.Save].
type Loaded = model.Loaded

// Columns that look inside their values, and values that the database computes.
type (
	// Time is a column of times: Col[T, time.Time] and its parts in UTC.
	Time[T any] = builder.Time[T]
	// Array is a column that holds a list: Col[T, []E], conditions on its elements, and Append.
	Array[T, E any] = builder.Array[T, E]
	// JSON is a column that holds a document: Col[T, V] and what looks inside.
	JSON[T, V any] = builder.JSON[T, V]
	// JSONPath is a part of a document.
	JSONPath[T any] = builder.JSONPath[T]
	// Expression is a value that the database computes from a row of T: compare it, or sort by it.
	Expression[T, V any] = builder.Expression[T, V]
	// RelationCount is the number of related rows of a row of T.
	RelationCount[T any] = builder.RelationCount[T]
	// ColumnValues is what a query gives for one column, for InQuery. Values makes it.
	ColumnValues[V any] = builder.Values[V]
)

// Values is the values of one column over the rows of a query: a sub-select, for InQuery and NotInQuery.
//
//	Users.ID.InQuery(orm.Values(orm.Repo[Order](db).Where(Orders.Total.Gt(100)), Orders.UserID))
//
// NULLs are left out. The query's page and order hold; the scopes of its model hold inside, whoever asks.
func Values[T, V any](q Query[T], c builder.ValueColumn[T, V]) ColumnValues[V] {
	q.stable(q.st.HasTake || q.st.Skip > 0)
	return builder.ValuesOf(q.st, c)
}

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
