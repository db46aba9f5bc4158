package orm

import (
	"context"
	"time"

	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
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

// Close ends the use of the sources in good order. Calls that come after it began fail with ErrClosed. Those under way,
// transactions and streams with all that they still do included, have as long as [CloseWithin] says, 10 s without it; those
// that have not ended by then cannot commit any more, and fail with ErrClosed. Then every connection is given back. Close waits
// for what is under way, so a program that serves requests shuts its server down first and closes the DB after:
//
//	err := server.Shutdown(ctx) // no new requests, and those there are come to their end
//	err = db.Close()            // jobs in the background come to theirs
//
// It fails with context.DeadlineExceeded where operations had to be given up. It may be called twice, and the second call waits
// for the first; pools and *sql.DB values that the caller made stay open. A transaction's function and a loop over Rows must
// not call it: it would wait for them.
func (db DB) Close() error {
	if db.s == nil {
		return nil
	}
	return db.s.Close()
}

// CloseWithin is how long [DB.Close] waits for the operations that are under way; 10 s without it. With zero it waits for none.
// A negative time is ErrInvalid. postgres.CloseWithin says it of one source alone.
func CloseWithin(grace time.Duration) Option {
	return optionFunc(func(o *options) error {
		if grace < 0 {
			return fault.New(fault.ErrInvalid, "", "", "CloseWithin takes no negative time")
		}
		o.Config.CloseWithin = &grace
		return nil
	})
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

// Engine is for packages of this module that build statements about models made at run time, such as source/introspect:
// no other can make a Friend. Hooks and scopes hold for what they do, since the engine asks them.
func (db DB) Engine(engine.Friend) (*engine.Session, error) {
	if err := db.usable(); err != nil {
		return nil, err
	}
	return db.s, nil
}
