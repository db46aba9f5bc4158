package sqlserver

import (
	"context"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/source"
)

// Insert adds rows. OUTPUT gives rows back in no promised order, so several that are to be given back go one by one, in a transaction
// of their own.
func (d *DataSource) Insert(ctx context.Context, st *builder.Insert, rows *source.Rows) (n int64, err error) {
	if !ordered(st) {
		return d.executor.Insert(ctx, st, rows)
	}
	tx, err := d.Begin(ctx, source.TxOptions{})
	if err != nil {
		return 0, err
	}
	if n, err = tx.Insert(ctx, st, rows); err != nil {
		_ = tx.Rollback(ctx) // what went wrong is in err
		return 0, err
	}
	return n, tx.Commit(ctx)
}

// Insert is [DataSource.Insert] in the transaction.
func (t *transaction) Insert(ctx context.Context, st *builder.Insert, rows *source.Rows) (n int64, err error) {
	if !ordered(st) {
		return t.Tx.Insert(ctx, st, rows)
	}
	width := len(st.Fields)
	for i := range st.Rows {
		one := *st
		one.Rows, one.Values = 1, st.Values[i*width:(i+1)*width]
		added, err := t.Tx.Insert(ctx, &one, rows)
		if err != nil {
			return n, err
		}
		n += added
	}
	return n, nil
}

// ordered reports whether rows are given back that have to be told apart.
func ordered(st *builder.Insert) bool { return st.Rows > 1 && len(st.Returning) > 0 }
