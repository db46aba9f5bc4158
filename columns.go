package orm

import (
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// The columns, predicates and relations of package builder, under the names that programs use.
type (
	// Col is a column of T whose values are V.
	Col[T, V any] = builder.Col[T, V]
	// Text is a column of text: Col[T, string] and the string operators.
	Text[T any] = builder.Text[T]
	// Many is a to-many relation of T to rows of C.
	Many[T, C any] = builder.Many[T, C]
	// One is a to-one relation of T to a row of C.
	One[T, C any] = builder.One[T, C]
	// Branch is a relation with what to load of it.
	Branch[T, C any] = builder.Branch[T, C]
	// Dynamic is a column found by name.
	Dynamic[T any] = builder.Dynamic[T]
	// Pred is a condition on rows of T.
	Pred[T any] = builder.Pred[T]
	// Order is one sort key of rows of T.
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

// And holds where every p holds; And() holds everywhere.
func And[T any](ps ...Pred[T]) Pred[T] { return builder.And(ps...) }

// Or holds where some p holds; Or() holds nowhere.
func Or[T any](ps ...Pred[T]) Pred[T] { return builder.Or(ps...) }

// Not is SQL's NOT: where p is unknown because of NULL, the row does not pass either way.
func Not[T any](p Pred[T]) Pred[T] { return builder.Not(p) }

// constant is text that only a constant of the program can be; see [SQL].
type constant string

// SQL is a condition in the source's own SQL, with ? for each argument and ?? for a plain ?. SQL sources
// only; the text must be a constant, so that no input can become SQL:
//
//	orm.SQL[User]("age % ? = 0", 2)
//
// Type inference can make a variable fit all the same, through a generic helper or a function value. The vet tool of
// package hook/ormvet reports that; run it in your continuous integration.
func SQL[T any](text constant, args ...any) Pred[T] {
	return builder.ConstantSQL[T](string(text), args...)
}

// Conflict names the unique columns on which an Upsert meets an existing row. On makes it.
type Conflict[T any] struct {
	fields   []*model.Field
	inserted *bool
	err      error
}

// Inserted makes the Upsert that succeeds say in told whether it inserted the row, rather than changed one.
func (c Conflict[T]) Inserted(told *bool) Conflict[T] {
	c.inserted = told
	return c
}

// On names the columns of the primary key or of one unique set.
func On[T any](cols ...Selectable[T]) Conflict[T] {
	var c Conflict[T]
	for _, col := range cols {
		f, err := builder.FieldOf(col)
		if err != nil {
			c.err = err
		}
		c.fields = append(c.fields, f)
	}
	return c
}
