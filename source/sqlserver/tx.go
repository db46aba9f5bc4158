package sqlserver

import (
	"context"
	"slices"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/sqldb"
	"github.com/multi-orm/orm/source"
)

// Begin starts a transaction. RepeatableRead reads as of one moment, where the database allows SNAPSHOT; elsewhere it is SQL Server's own of
// that name, which locks the rows that it reads. SQL Server has no transaction that only reads: in one that says ReadOnly the source
// refuses what writes, and in the end it is rolled back.
func (d *DataSource) Begin(ctx context.Context, o source.TxOptions) (source.Tx, error) {
	if err := d.pool.Ready(); err != nil {
		return nil, err
	}
	level := ""
	switch o.Isolation {
	case source.ReadCommitted:
		level = "READ COMMITTED"
	case source.RepeatableRead:
		if level = "REPEATABLE READ"; d.snapshots.Load() {
			level = "SNAPSHOT"
		}
	case source.Serializable:
		level = "SERIALIZABLE"
	}
	c, err := d.pool.Take(ctx)
	if err != nil {
		return nil, d.fail(ctx, nil, err)
	}
	w := words()
	if level != "" {
		w.Begin = "SET TRANSACTION ISOLATION LEVEL " + level + "; " + w.Begin
		w.Leave = readCommitted
	}
	if o.ReadOnly {
		w.Commit = w.Rollback
	}
	t, err := sqldb.Begin(ctx, &d.system, c, w)
	if err != nil {
		return nil, err // not t: a nil *Tx is no nil source.Tx
	}
	return &transaction{Tx: t, d: d, reads: o.ReadOnly, begun: ctx, settings: source.SettingsFrom(ctx), told: slices.Clone(source.SettingsFrom(ctx))}, nil
}

func words() sqldb.Words {
	return sqldb.Words{
		Begin: "SET XACT_ABORT OFF; BEGIN TRANSACTION", Commit: "COMMIT TRANSACTION", Rollback: "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION",
		Savepoint:  func(name string) string { return "SAVE TRANSACTION " + dialect.SQLServer{}.Quote(name) },
		RollbackTo: func(name string) string { return "ROLLBACK TRANSACTION " + dialect.SQLServer{}.Quote(name) },
		Release:    func(string) string { return "" }, // there is none: a savepoint ends with its transaction
		Stands:     stands,
	}
}

// readCommitted sets the level that connections have by themselves: a pool's reset leaves it as it is.
func readCommitted(ctx context.Context, c *sqldb.Conn) error {
	return c.Run(ctx, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
}

// stands reports whether the transaction can still commit: some errors end it, others doom it.
func stands(ctx context.Context, c *sqldb.Conn) bool {
	v, err := c.Value(ctx, "SELECT CAST(XACT_STATE() AS int)")
	n, _ := v.(int64)
	return err == nil && n == 1
}

// transaction is a sqldb.Tx whose COMMIT may be lost on the way.
type transaction struct {
	*sqldb.Tx
	d     *DataSource
	reads bool            // and nothing else
	begun context.Context //nolint:containedctx // the transaction lives as long

	settings []source.Setting // as they are now
	told     []source.Setting // one of each name that there was
	marks    []mark
}

// Commit makes what was written last. An answer that does not come leaves it unknown whether it did.
func (t *transaction) Commit(ctx context.Context) error {
	err := t.Tx.Commit(ctx)
	if err == nil || !t.Sent() || answered(err) || t.reads {
		return err
	}
	return (&fault.Error{Source: t.d.Name(), Err: fault.ErrCommitUnknown, Detail: "the connection broke before the server answered COMMIT"}).WithCause(err)
}
