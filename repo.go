package orm

import (
	"context"
	"iter"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// Repo reads and writes rows of T. It is the conversion of a DB, orm.Repo[User](db), and costs nothing;
// a service may hold it in a field.
type Repo[T any] struct{ s *session }

// DB gives the handle the repo was made of.
func (r Repo[T]) DB() DB { return DB(r) }

// Transactional reports whether the source of T has transactions: databases have, HTTP APIs have not. It is false where T has no
// source.
func (r Repo[T]) Transactional() bool {
	m, err := model.For[T]()
	if err != nil || r.s == nil {
		return false
	}
	src, err := r.s.SourceOf(m)
	return err == nil && src.Capabilities().Transactions
}

// SoftDeletes reports whether a Delete of T leaves the row and writes the time into its softdelete column: T has one, and
// [hook.SoftDelete] is registered.
func (r Repo[T]) SoftDeletes() bool {
	m, err := model.For[T]()
	return err == nil && r.s != nil && m.SoftDelete != nil && r.s.Registry().SoftDeletes(m)
}

// F names a column of T at run time, by Go field name or column name. A name that does not exist makes
// the statement fail with ErrInvalid and suggests the nearest.
func (r Repo[T]) F(name string) Dynamic[T] { return builder.Named[T](name) }

// Query starts a query of every row.
func (r Repo[T]) Query() Query[T] {
	m, err := model.For[T]()
	q := Query[T]{s: r.s}
	q.st.Model, q.st.Err = m, err
	if r.s == nil {
		q.st.Err = &Error{Err: ErrClosed, Detail: "the DB was not opened"}
	}
	return q
}

// Where starts a query of the rows that pass every p.
func (r Repo[T]) Where(ps ...Pred[T]) Query[T] { return r.Query().Where(ps...) }

// With starts a query of every row with relations included.
func (r Repo[T]) With(branches ...Inclusion[T]) Query[T] { return r.Query().With(branches...) }

// Include starts a query of every row with relations included by name.
func (r Repo[T]) Include(paths ...string) Query[T] { return r.Query().Include(paths...) }

// OrderBy starts a query of every row, sorted.
func (r Repo[T]) OrderBy(keys ...Order[T]) Query[T] { return r.Query().OrderBy(keys...) }

// Sort starts a query of every row, sorted by field names.
func (r Repo[T]) Sort(names ...string) Query[T] { return r.Query().Sort(names...) }

// Skip starts a query without the first n rows.
func (r Repo[T]) Skip(n int) Query[T] { return r.Query().Skip(n) }

// Take starts a query of the first n rows.
func (r Repo[T]) Take(n int) Query[T] { return r.Query().Take(n) }

// Select starts a query of some columns.
func (r Repo[T]) Select(cols ...Selectable[T]) Query[T] { return r.Query().Select(cols...) }

// Omit starts a query of all columns but some.
func (r Repo[T]) Omit(cols ...Selectable[T]) Query[T] { return r.Query().Omit(cols...) }

// Distinct starts a query of rows that differ.
func (r Repo[T]) Distinct() Query[T] { return r.Query().Distinct() }

// ByID starts a query of the row with this primary key; composite keys are given in field order.
func (r Repo[T]) ByID(key ...any) Query[T] { return r.Query().ByID(key...) }

// OnExisting starts a Create over a soft-deleted row; see [Query.OnExisting].
func (r Repo[T]) OnExisting(mode Existing) Creation[T] { return r.Query().OnExisting(mode) }

// EveryRow starts a mass write of the whole table.
func (r Repo[T]) EveryRow() Query[T] { return r.Query().EveryRow() }

// WithDeleted starts a query that shows soft-deleted rows too.
func (r Repo[T]) WithDeleted() Query[T] { return r.Query().WithDeleted() }

// OnlyDeleted starts a query of the soft-deleted rows.
func (r Repo[T]) OnlyDeleted() Query[T] { return r.Query().OnlyDeleted() }

// All gives every row of the table.
func (r Repo[T]) All(ctx context.Context) ([]T, error) { return r.Query().All(ctx) }

// First gives the row with the smallest key.
func (r Repo[T]) First(ctx context.Context) (T, error) { return r.Query().First(ctx) }

// One gives the only row of the table.
func (r Repo[T]) One(ctx context.Context) (T, error) { return r.Query().One(ctx) }

// Page gives the page at a cursor, in the order of the key; see [Query.Page].
func (r Repo[T]) Page(ctx context.Context, cursor string, opts ...PageOption) (Page[T], error) {
	return r.Query().Page(ctx, cursor, opts...)
}

// Count gives the number of rows of the table.
func (r Repo[T]) Count(ctx context.Context) (int64, error) { return r.Query().Count(ctx) }

// Exists reports whether the table has a row.
func (r Repo[T]) Exists(ctx context.Context) (bool, error) { return r.Query().Exists(ctx) }

// Rows streams every row of the table.
func (r Repo[T]) Rows(ctx context.Context) iter.Seq2[T, error] { return r.Query().Rows(ctx) }

// Lock starts a query that locks the rows it reads.
func (r Repo[T]) Lock(options ...RowLock) Query[T] { return r.Query().Lock(options...) }

// UpdateMany without a condition is ErrUnboundedWrite: say Where or EveryRow first.
func (r Repo[T]) UpdateMany(ctx context.Context, sets ...Assign[T]) (int64, error) {
	return r.Query().UpdateMany(ctx, sets...)
}

// DeleteMany without a condition is ErrUnboundedWrite: say Where or EveryRow first.
func (r Repo[T]) DeleteMany(ctx context.Context) (int64, error) { return r.Query().DeleteMany(ctx) }
