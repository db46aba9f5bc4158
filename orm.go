package orm

import (
	"context"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

type session = engine.Session

// DB is a handle on every source given to Open, or inside a transaction on that transaction. It is one
// word: pass it by value. It is safe for concurrent use; a transaction's handle is for one goroutine at a time.
type DB struct{ s *session }

// Open reads the models, checks the whole graph they form, and connects to the sources. Every mistake in
// a tag, every model bound to a source that was not given and every relation that cannot be followed is
// reported here, all at once, as ErrInvalid. A source that cannot be reached is ErrUpstream.
func Open(ctx context.Context, opts ...Option) (DB, error) {
	var o options
	var errs []error
	for _, opt := range opts {
		if opt == nil {
			errs = append(errs, &Error{Op: "open", Err: ErrInvalid, Detail: "an option is nil"})
			continue
		}
		errs = append(errs, fault.Fill(o.apply(opt), "open", "", ""))
	}
	if err := fault.Join(errs); err != nil {
		return DB{}, err
	}
	e, err := engine.Open(ctx, o.Config)
	if err != nil {
		return DB{}, err
	}
	return DB{&session{Engine: e}}, nil
}

// Close gives back every connection. Calls that come after fail with ErrClosed. It may be called twice;
// pools and *sql.DB values that the caller made stay open.
func (db DB) Close() error {
	if db.s == nil {
		return nil
	}
	return db.s.Close()
}

// Use registers hooks and scopes: values of packages hook and rls. They hold for every call that starts
// after Use returned, in the order of registration. When one of them does not fit the models, none is registered.
func (db DB) Use(extensions ...hook.Extension) error {
	if err := db.usable(); err != nil {
		return err
	}
	return fault.Fill(db.s.Use(extensions...), "use", "", "")
}

// Scopes lists the names of the scopes that are registered, in order: those of package rls are "tenant", "owner", the
// names given to rls.Scope and the like. It is for programs that insist on one before they serve.
func (db DB) Scopes() []string {
	if db.s == nil {
		return nil
	}
	return db.s.Registry().ScopeNames()
}

func (db DB) usable() error {
	if db.s == nil {
		return &Error{Err: ErrClosed, Detail: "the DB was not opened"}
	}
	return nil
}

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
