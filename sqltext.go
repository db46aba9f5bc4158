package orm

import "github.com/multi-orm/orm/builder"

// constant is text that only a constant of the program can be; see [SQL].
type constant string

// SQL is a condition in the source's own SQL, with ? for each argument and ?? for a plain ?. SQL sources
// only; the text must be a constant, so that no input can become SQL:
//
//	orm.SQL[User]("age % ? = 0", 2)
//
// What SQL text computes is computed as the database does. SQLite makes floating-point numbers of decimals, and compares a decimal
// argument with a column alone as a number; with anything else it compares texts. See package source/sqlite for functions that are exact.
//
// Type inference can make a variable fit all the same, through a generic helper or a function value. The vet tool of
// package hook/ormvet reports that; run it in your continuous integration.
func SQL[T any](text constant, args ...any) Pred[T] {
	return builder.ConstantSQL[T](string(text), args...)
}

// SetSQL assigns what the source's own SQL gives, with ? for each argument and ?? for a plain ?. SQL sources
// only; the text must be a constant, and a sub-select in it needs a bypass where scopes keep rows from people:
//
//	orm.SetSQL(Users.Hits, "coalesce(hits, 0) + ?", 1)
func SetSQL[T any](col Selectable[T], text constant, args ...any) Assign[T] {
	return builder.ConstantSet[T](col, string(text), args...)
}

// Unsafe admits text that is no constant where Raw, RawRows, Exec and SQL ask for one. Whoever calls it answers for the
// text: it must not hold anything that came from outside. Values belong into arguments, since text is shown in logs.
//
//	orm.Raw[Row](ctx, db, orm.Unsafe("SELECT * FROM "+table), args)
func Unsafe(text string) constant { return constant(text) }
