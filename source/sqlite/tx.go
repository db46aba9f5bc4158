package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"sync/atomic"

	"github.com/jmoiron/sqlx"

	"github.com/multi-orm/orm/source"
)

// tx is a transaction on a connection of its own.
type tx struct {
	executor
	t        *sqlx.Tx
	readOnly bool
	ended    atomic.Bool
}

var _ source.Tx = (*tx)(nil)

// Begin starts a transaction. SQLite's are serializable, whatever is asked for. One that may write takes the
// write lock at once, so that it cannot fail later for having read first.
func (d *DataSource) Begin(ctx context.Context, o source.TxOptions) (source.Tx, error) {
	if err := d.ready(nil); err != nil {
		return nil, err
	}
	var t *sqlx.Tx
	// The end of ctx must not end the transaction behind the back of whoever is using it.
	err := patiently(ctx, func() (err error) {
		if err = ctx.Err(); err != nil {
			return err
		}
		t, err = d.db.BeginTxx(context.WithoutCancel(ctx), &sql.TxOptions{ReadOnly: o.ReadOnly})
		return err
	})
	if err != nil {
		return nil, d.fail(ctx, nil, err)
	}
	out := &tx{t: t, readOnly: o.ReadOnly}
	out.executor = executor{d: d, q: t, tx: out}
	if o.ReadOnly {
		if err := out.queryOnly(ctx, true); err != nil {
			_ = t.Rollback() // what went wrong is in err
			return nil, err
		}
	}
	return out, nil
}

// queryOnly makes the connection refuse writes, or allows them again before it goes back to its pool.
func (t *tx) queryOnly(ctx context.Context, on bool) error {
	text := "PRAGMA query_only = 0"
	if on {
		text = "PRAGMA query_only = 1"
	}
	_, err := t.t.ExecContext(context.WithoutCancel(ctx), text)
	return t.d.fail(ctx, nil, err)
}

// Commit makes what was written last.
func (t *tx) Commit(ctx context.Context) error {
	return t.end(ctx, t.t.Commit)
}

// Rollback undoes what was written, even when ctx is done.
func (t *tx) Rollback(ctx context.Context) error {
	return t.end(ctx, t.t.Rollback)
}

func (t *tx) end(ctx context.Context, how func() error) error {
	if t.ended.Swap(true) {
		return nil
	}
	if t.readOnly {
		if err := t.queryOnly(ctx, false); err != nil {
			_ = t.t.Rollback() // what went wrong is in err
			return err
		}
	}
	err := how()
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return t.d.fail(ctx, nil, err)
}

// Savepoint sets a mark to come back to.
func (t *tx) Savepoint(ctx context.Context, name string) error {
	return t.mark(ctx, "SAVEPOINT ", name)
}

// RollbackTo undoes what came after the mark.
func (t *tx) RollbackTo(ctx context.Context, name string) error {
	return t.mark(ctx, "ROLLBACK TO ", name)
}

// Release forgets the mark and keeps what came after it.
func (t *tx) Release(ctx context.Context, name string) error { return t.mark(ctx, "RELEASE ", name) }

func (t *tx) mark(ctx context.Context, verb, name string) error {
	if err := t.ready(nil); err != nil {
		return err
	}
	_, err := t.t.ExecContext(ctx, verb+t.d.Dialect().Quote(name))
	return t.d.fail(ctx, nil, err)
}
