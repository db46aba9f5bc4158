package orm

import (
	"context"

	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/source"
)

// TxOption is an option of Tx: Serializable, RepeatableRead, ReadCommitted, ReadOnly or Retry.
type TxOption func(*engine.TxOptions)

// Serializable runs the transaction as if alone.
func Serializable(o *engine.TxOptions) { o.Isolation = source.Serializable }

// RepeatableRead gives every statement of the transaction the same snapshot.
func RepeatableRead(o *engine.TxOptions) { o.Isolation = source.RepeatableRead }

// ReadCommitted gives every statement its own snapshot.
func ReadCommitted(o *engine.TxOptions) { o.Isolation = source.ReadCommitted }

// ReadOnly refuses writes. On SQLite, where any other transaction keeps writers out from its beginning to its end, it also lets
// them work beside it.
func ReadOnly(o *engine.TxOptions) { o.ReadOnly = true }

// Retry runs the whole function up to n times more when the database gave the transaction up for another's
// sake (serialization failure, deadlock, busy). A failure at COMMIT whose outcome is unknown is never repeated.
func Retry(n int) TxOption {
	return func(o *engine.TxOptions) { o.Retries = n }
}

// Tx runs fn in a transaction and commits when it returns nil. An error or a panic of fn rolls back; the
// error is returned, the panic goes on. A transaction has one source, that of its first statement, and one
// actor, that of ctx: another actor's context is ErrActorSwitch. Inside a transaction, Tx is a savepoint.
//
// Once a statement has failed, every later one of the transaction fails with ErrInvalid and nothing can be committed, on
// every source. To go on after a failure, run the statement in a Tx inside.
//
// fn must use the DB it is given; what it does with the outer one is outside the transaction.
func (db DB) Tx(ctx context.Context, fn func(tx DB) error, opts ...TxOption) error {
	if err := db.usable(); err != nil {
		return err
	}
	var o engine.TxOptions
	for _, opt := range opts {
		if opt == nil {
			return &Error{Op: "tx", Err: ErrInvalid, Detail: "an option is nil"}
		}
		opt(&o)
	}
	return db.s.Tx(ctx, o, func(s *session) error { return fn(DB{s}) })
}

// Attempt is the number of times that Tx has begun the function with this handle, 1 for the first, more where Retry
// made it run again: to tell a log or a metric, or to give up early.
func (db DB) Attempt() int {
	if db.s == nil {
		return 1
	}
	return db.s.Attempt()
}
