package sqldb

import (
	"context"
	"sync/atomic"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Words are the statements that steer transactions.
type Words struct {
	Begin, Commit, Rollback        string
	Savepoint, RollbackTo, Release func(name string) string
	// Late says that the transaction takes the lock to write when it first writes, and may have to wait for it then.
	Late bool
	// Lock is what takes the lock that a locking read of a model wants; nil where Begin took it, or the text of the read does.
	Lock func(*model.Model) string
	// Stands tells, after a statement failed, whether the transaction is still open: some errors end it. It
	// may be nil where none does.
	Stands func(ctx context.Context, c *Conn) bool
	// Leave puts the connection back as it was; nil for nothing to do. When it fails the connection is closed.
	Leave func(ctx context.Context, c *Conn) error
}

// Tx is a transaction on a connection of its own.
type Tx struct {
	Executor
	c     *Conn
	words Words
	ended atomic.Bool
	sent  bool // COMMIT was
	// lost is the error for which the database rolled the transaction back by itself. Later statements would
	// each be a transaction of their own, so they are refused.
	lost error
	// failed is the first statement that failed since the last savepoint that was gone back to. Databases that would
	// go on are kept from it, so that a transaction ends the same way on all of them.
	failed error
}

var _ source.Tx = (*Tx)(nil)

// Begin starts a transaction on c, which belongs to it from then on, whatever comes.
func Begin(ctx context.Context, s *System, c *Conn, w Words) (*Tx, error) {
	t := &Tx{c: c, words: w}
	t.Executor = Executor{s: s, l: t}
	// The end of ctx ends the wait, never a statement half-way.
	err := s.Patiently(ctx, func() error { return c.Run(context.WithoutCancel(ctx), w.Begin) })
	if err != nil {
		t.leave(ctx, ctx.Err() != nil || s.Busy != nil && s.Busy(err))
		return nil, s.Fail(ctx, nil, err)
	}
	return t, nil
}

func (t *Tx) ready() error {
	switch {
	case t.ended.Load():
		return t.s.closed("the transaction has ended")
	case t.lost != nil:
		return t.gone()
	case t.failed != nil:
		return t.broken()
	}
	return nil
}

// broken is the answer to everything after a statement failed, until the savepoint before it is gone back to.
func (t *Tx) broken() error {
	return (&fault.Error{Source: t.s.Name, Err: fault.ErrInvalid,
		Detail: "an earlier statement of the transaction failed: roll back to a savepoint or end it"}).WithCause(t.failed)
}

// gone is the answer to everything after the database gave the transaction up.
func (t *Tx) gone() error {
	return (&fault.Error{Source: t.s.Name, Err: fault.ErrUpstream, Detail: "the database rolled the transaction back after an earlier error"}).WithCause(t.lost)
}

func (t *Tx) borrow(context.Context) (*Conn, error) { return t.c, nil }

func (t *Tx) giveBack(*Conn) {}

func (t *Tx) waits() bool { return t.words.Late }

// hold takes the lock that a read asks for.
func (t *Tx) hold(ctx context.Context, q *builder.Select) error {
	if q.Lock == builder.NoLock || t.words.Lock == nil {
		return nil
	}
	_, err := t.on(ctx, write, func(c *Conn) error { return c.Run(ctx, t.words.Lock(q.Model)) })
	return err
}

func (t *Tx) note(ctx context.Context, err error) {
	if t.failed == nil {
		t.failed = t.s.Fail(ctx, nil, err) // so that its kind is found in the errors of everything after it
	}
	if t.lost == nil && t.words.Stands != nil && !t.words.Stands(context.WithoutCancel(ctx), t.c) {
		t.lost = t.failed
	}
}

// Refuse fails the transaction with err, which no statement of the database gave.
func (t *Tx) Refuse(err error) error {
	if t.failed == nil {
		t.failed = err
	}
	return err
}

// Do runs fn, which belongs to the transaction, on its connection.
func (t *Tx) Do(ctx context.Context, fn func(*Conn) error) error {
	if err := t.ready(); err != nil {
		return err
	}
	_, err := t.on(ctx, write, fn)
	return t.s.Fail(ctx, nil, err)
}

// Commit makes what was written last. It waits for readers that stand in the way as long as ctx lasts.
func (t *Tx) Commit(ctx context.Context) error {
	if t.ended.Load() {
		return t.s.closed("the transaction has ended")
	}
	err := ctx.Err()
	switch {
	case t.lost != nil:
		err = t.gone()
	case err == nil && t.failed != nil:
		err = (&fault.Error{Source: t.s.Name, Err: fault.ErrInvalid, Detail: "a statement of the transaction failed, so it was rolled back"}).WithCause(t.failed)
	}
	if err == nil {
		// The end of ctx must not interrupt a commit half-way.
		t.sent = true
		err = t.s.Patiently(ctx, func() error { return t.c.Run(context.WithoutCancel(ctx), t.words.Commit) })
	}
	if err != nil {
		_ = t.Rollback(ctx) // what went wrong is in err
		return t.s.Fail(ctx, nil, err)
	}
	if !t.ended.Swap(true) {
		t.leave(ctx, true)
	}
	return nil
}

// Sent reports that COMMIT was given to the database.
func (t *Tx) Sent() bool { return t.sent }

// Rollback undoes what was written, even when ctx is done; after the end it does nothing.
func (t *Tx) Rollback(ctx context.Context) error {
	if t.ended.Swap(true) {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	if t.lost != nil {
		t.leave(ctx, true)
		return nil
	}
	err := t.c.Run(ctx, t.words.Rollback)
	if err != nil && t.words.Stands != nil && !t.words.Stands(ctx, t.c) {
		err = nil // it was rolled back already
	}
	t.leave(ctx, err == nil) // a connection that could not roll back is closed, which does
	return t.s.Fail(ctx, nil, err)
}

// leave gives the connection back, or closes it when its state is not known.
func (t *Tx) leave(ctx context.Context, clean bool) {
	if t.words.Leave != nil && t.words.Leave(context.WithoutCancel(ctx), t.c) != nil {
		clean = false
	}
	if !clean {
		t.c.Discard()
		return
	}
	t.c.Give()
}

// Savepoint sets a mark to come back to.
func (t *Tx) Savepoint(ctx context.Context, name string) error {
	return t.mark(ctx, t.words.Savepoint(name))
}

// RollbackTo undoes what came after the mark, even when ctx is done.
func (t *Tx) RollbackTo(ctx context.Context, name string) error {
	failed := t.failed
	t.failed = nil
	err := t.mark(context.WithoutCancel(ctx), t.words.RollbackTo(name))
	if err != nil && t.failed == nil {
		t.failed = failed
	}
	return err
}

// Release forgets the mark and keeps what came after it.
func (t *Tx) Release(ctx context.Context, name string) error {
	return t.mark(ctx, t.words.Release(name))
}

func (t *Tx) mark(ctx context.Context, text string) error {
	if err := t.ready(); err != nil || text == "" {
		return err
	}
	err := t.c.Run(ctx, text)
	if err != nil {
		t.note(ctx, err)
	}
	return t.s.Fail(ctx, nil, err)
}
