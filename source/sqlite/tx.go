package sqlite

import (
	"context"
	"database/sql/driver"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/sqldb"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Begin starts a transaction. SQLite's are serializable, whatever is asked for. One that may write takes the
// write lock at once, where the URI says nothing else; a read-only one takes none and refuses writes with ErrDenied.
func (d *DataSource) Begin(ctx context.Context, o source.TxOptions) (source.Tx, error) {
	if err := d.pool.Ready(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, d.fail(ctx, nil, err)
	}
	var c *sqldb.Conn
	err := d.system.Patiently(ctx, func() (err error) {
		c, err = d.pool.Take(ctx)
		return err
	})
	if err != nil {
		return nil, d.fail(ctx, nil, err)
	}
	w := sqldb.Words{
		Begin: d.begin, Commit: "COMMIT", Rollback: "ROLLBACK",
		Savepoint:  d.mark("SAVEPOINT "),
		RollbackTo: d.mark("ROLLBACK TO "),
		Release:    d.mark("RELEASE "),
		Stands:     stands,
		Late:       d.begin == beginDeferred,
	}
	if o.ReadOnly || w.Late {
		w.Lock = d.lock
	}
	if o.ReadOnly {
		w.Begin = beginDeferred
		if w.Leave, err = queryOnly(ctx, c); err != nil {
			c.Discard()
			return nil, d.fail(ctx, nil, err)
		}
	}
	t, err := sqldb.Begin(ctx, &d.system, c, w)
	if err != nil {
		return nil, err // not t: a nil *Tx is no nil source.Tx
	}
	return t, nil
}

// lock is a statement that takes the lock to write and changes nothing.
func (d *DataSource) lock(m *model.Model) string {
	return "DELETE FROM " + dialect.Table(d.Dialect(), m.Schema, m.Table) + " WHERE 0"
}

func (d *DataSource) mark(verb string) func(string) string {
	return func(name string) string { return verb + d.Dialect().Quote(name) }
}

// queryOnly makes the connection refuse writes, and gives what allows them again; nil where they were refused before.
func queryOnly(ctx context.Context, c *sqldb.Conn) (leave func(context.Context, *sqldb.Conn) error, err error) {
	ctx = context.WithoutCancel(ctx)
	on, err := c.Value(ctx, "PRAGMA query_only")
	if err != nil || on == driver.Value(int64(1)) {
		return nil, err
	}
	leave = func(ctx context.Context, c *sqldb.Conn) error { return c.Run(ctx, "PRAGMA query_only = 0") }
	return leave, c.Run(ctx, "PRAGMA query_only = 1")
}

// stands asks in the one way that every driver has: inside a transaction BEGIN is refused. SQLite rolls back by
// itself when a write is interrupted, the disk is full, or memory runs out (https://sqlite.org/lang_transaction.html).
func stands(ctx context.Context, c *sqldb.Conn) bool {
	if c.Run(ctx, "BEGIN") != nil {
		return true
	}
	_ = c.Run(ctx, "ROLLBACK") // ends what the question began
	return false
}
