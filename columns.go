package orm

import (
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// The columns, predicates and relations of package builder, under the names that programs use.
type (
	// Col is a column of T whose values are V.
	//
	// Conditions: Eq, Ne, Gt, Gte, Lt, Lte, Between, In, NotIn, InQuery, NotInQuery, IsNull, IsNotNull, DistinctFrom; with another column of
	// the same row EqCol, NeCol, GtCol, GteCol, LtCol, LteCol. Sort keys: Asc, Desc.
	// Assignments: Set, SetNull, SetFrom, Inc, Mul.
	Col[T, V any] = builder.Col[T, V]
	// Text is a column of text: what Col has, Contains, StartsWith, EndsWith and Like; Fold before any of them ignores case, Len is the
	// number of characters.
	Text[T any] = builder.Text[T]
	// Many is a to-many relation of T to rows of C: what Branch has for With, the conditions Some, None and Every, and Count of the related
	// rows. Assignments: Create, CreateMany, Link, LinkOrCreate, Unlink, Set, Update, UpdateMany, Upsert, Delete, DeleteMany.
	Many[T, C any] = builder.Many[T, C]
	// One is a to-one relation of T to a row of C: what Branch has for With, the conditions Is and IsNot, and By to sort by a column of the
	// related row. Assignments: Create, Link, LinkOrCreate, Unlink, Set, Update, Upsert, Delete.
	One[T, C any] = builder.One[T, C]
	// Branch is a relation with what to load of it: Where, OrderBy, Take, Skip, Select, With, WithDeleted, Strategy.
	Branch[T, C any] = builder.Branch[T, C]
	// Dynamic is a column found by name. What does not fit its type is an error of the call.
	//
	// Conditions: Eq, Ne, Gt, Gte, Lt, Lte, Between, In, NotIn, InQuery, NotInQuery, IsNull, IsNotNull, DistinctFrom, Contains, StartsWith,
	// EndsWith, Like, Has, HasAny, HasAll, EqCol, NeCol, GtCol, GteCol, LtCol, LteCol; Fold before them ignores case. Parts: Year of a time, Path of a document. Sort keys: Asc, Desc.
	// Assignments: Set, SetNull, Inc, Append.
	Dynamic[T any] = builder.Dynamic[T]
	// Pred is a condition on rows of T.
	Pred[T any] = builder.Pred[T]
	// Order is one sort key of rows of T; NullsFirst and NullsLast place NULL.
	Order[T any] = builder.Order[T]
	// Assign is one assignment of a write on T.
	Assign[T any] = builder.Assign[T]
	// Selectable is a column of T given to Select, Omit or On.
	Selectable[T any] = builder.Selectable[T]
	// Inclusion is a relation of T given to With.
	Inclusion[T any] = builder.Inclusion[T]
)

// Bind fills C, a struct of Col, Text, Many and One fields, with the columns and relations of T of the
// same names. It is for package variables: a name or type that does not fit panics at start-up.
func Bind[T, C any]() C { return builder.Bind[T, C]() }

// F names a column by its field, checked by the compiler: orm.F(func(u *User) *string { return &u.Role }).
func F[T, V any](field func(*T) *V) Col[T, V] { return builder.F(field) }

// Columns that look inside their values, and values that the database computes.
type (
	// Time is a column of times: what Col has, and its parts in UTC: Year, Month, Day, Hour, Minute, Weekday, YearMonth, Date. Zone and UTC
	// give the clock whose parts they are.
	Time[T any] = builder.Time[T]
	// Clock is what the clocks of one time zone show at the time in a column: Year, Month, Day, Hour, Minute, Weekday, YearMonth, Date. [Calendar]
	// gives it of a column of days.
	Clock[T any] = builder.Clock[T]
	// Choice is a value for the rows that pass a condition.
	Choice[T, V any] = builder.Choice[T, V]
	// Array is a column that holds a list: what Col has for the list as a whole, the conditions Has, HasAny, HasAll and IsEmpty, Len, and the
	// assignment Append.
	Array[T, E any] = builder.Array[T, E]
	// JSON is a column that holds a document: what Col has for the whole, Path to look inside, and the assignments SetPath and RemovePath.
	JSON[T, V any] = builder.JSON[T, V]
	// JSONPath is a part of a document. Conditions: Eq, Ne, Gt, Gte, Lt, Lte, DistinctFrom, Contains, StartsWith, EndsWith, IsNull, IsNotNull,
	// Exists. Text, Number and Bool give it as a value to sort, group and compare by.
	JSONPath[T any] = builder.JSONPath[T]
	// Expression is a value that the database computes from a row of T: compare it by Eq, Ne, Gt, Gte, Lt, Lte, Between, In, NotIn, IsNull,
	// IsNotNull and DistinctFrom, sort by its Asc or Desc.
	Expression[T, V any] = builder.Expression[T, V]
	// RelationCount is the number of related rows of a row of T: what Expression has, and Into, which reads it into a computed field.
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

// When is a choice of a [Case]: v for the rows that pass p.
func When[T, V any](p Pred[T], v V) Choice[T, V] { return builder.When(p, v) }

// Case is the value of the first choice whose condition a row passes, and otherwise for the rows that pass none:
//
//	size := orm.Case("large", orm.When(Orders.Total.Lt(10), "small"), orm.When(Orders.Total.Lt(100), "medium"))
//	orm.Aggregate[BySize](ctx, orders, orm.GroupBy("Size", size))
func Case[T, V any](otherwise V, choices ...Choice[T, V]) Expression[T, V] {
	return builder.Case(otherwise, choices...)
}

// Calendar gives the parts of a day that a column of days (type=date) keeps, whatever its Go type: Year, Month, Day, Weekday, YearMonth and Date.
//
//	orm.GroupBy("Month", orm.Calendar(Invoices.IssuedOn).YearMonth())
func Calendar[T any](days Selectable[T]) Clock[T] { return builder.Calendar(days) }

// Through is what a column of the one related row holds, or what is computed from it: to compare, to sort and to group by. It is NULL
// where there is no related row, or where the caller may not see it.
func Through[T, C, V any](to One[T, C], of builder.Value[C, V]) Expression[T, V] {
	return builder.Through(to, of)
}

// Loaded is a field of a model's struct that tells with which columns its row was read: see [Repo.Save].
type Loaded = model.Loaded

// Strategy says how the rows of an include are loaded: Lookup or Join. The tag's strategy= says it for every query, and
// Strategy of a branch for one; the answer is the same.
type Strategy = model.Strategy

// The strategies.
const (
	// Lookup loads the related rows with a second statement, by the keys of the rows. It works between any two sources.
	Lookup = model.Lookup
	// Join brings the related rows with the statement of the rows, in one round trip: all to-one relations of the query's
	// own rows, or else one to-many relation, whose rows repeat the columns of theirs on the way. Where it would not give
	// the same answer the relation is looked up all the same: below another include, in pages, streams, best effort and
	// locking reads, and where the branch takes or skips, or counts relations. Explain tells.
	Join = model.Join
)
