package postgres

import (
	"context"
	"errors"

	"github.com/multi-orm/orm/internal/fault"
)

// Commit ends the transaction and keeps its work. It fails with ErrCommitUnknown when the connection was lost
// before the answer came.
func (t *tx) Commit(ctx context.Context) error {
	if !t.ended.CompareAndSwap(false, true) {
		return t.errEnded()
	}
	defer t.held.Release()
	if t.busy.Load() {
		t.drop(ctx)
		return &fault.Error{Source: t.d.name, Err: fault.ErrInvalid, Detail: "a stream of rows is still being read: the transaction was rolled back"}
	}
	if t.conn.IsClosed() {
		out := &fault.Error{Source: t.d.name, Err: fault.ErrUpstream, Detail: "the connection was lost, so the transaction was rolled back"}
		return fault.Ended(out.WithCause(t.failed), fault.Undone)
	}
	if err := ctx.Err(); err != nil { // nothing was sent: there is no doubt
		t.undo(ctx)
		return fault.Ended(t.d.fail(ctx, nil, err), fault.Undone)
	}
	if !t.readOnly {
		defer t.d.wrote(ctx)
	}
	tag, err := t.conn.Exec(ctx, "COMMIT")
	switch {
	case err == nil && tag.String() == "COMMIT":
		return nil
	case err == nil:
		out := &fault.Error{Source: t.d.name, Err: fault.ErrInvalid, Detail: "a statement of the transaction failed, so the server rolled it back"}
		return fault.Ended(out.WithCause(t.failed), fault.Undone)
	case refusal(err): // a deferred constraint, a serialization failure
		return fault.Ended(t.d.fail(ctx, nil, err), fault.Undone)
	}
	t.drop(ctx)
	return fault.Doubtful("", t.d.name, "the connection was lost during COMMIT: look before repeating", errors.Join(ctx.Err(), err))
}

// Rollback ends the transaction and undoes its work, also when ctx is done. After Commit it does nothing.
func (t *tx) Rollback(ctx context.Context) error {
	if !t.ended.CompareAndSwap(false, true) {
		return nil
	}
	defer t.held.Release()
	if t.busy.Load() {
		t.drop(ctx)
		return nil
	}
	t.undo(ctx)
	return nil
}

// undo rolls back. It cannot fail: a connection that does not answer is closed, and the server undoes its work.
func (t *tx) undo(ctx context.Context) {
	if t.conn.IsClosed() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTime)
	defer cancel()
	if _, err := t.conn.Exec(ctx, "ROLLBACK"); err != nil {
		t.drop(ctx)
	}
}

// drop closes the connection; the pool makes another.
func (t *tx) drop(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTime)
	defer cancel()
	_ = t.conn.Close(ctx) // it is closed whatever this says
}
