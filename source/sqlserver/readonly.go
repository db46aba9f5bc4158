package sqlserver

import (
	"context"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// refuses fails the transaction where it only reads.
func (t *transaction) refuses(m *model.Model) error {
	if !t.reads {
		return nil
	}
	err := &fault.Error{Source: t.d.Name(), Err: fault.ErrDenied, Detail: "the transaction only reads: leave ReadOnly out"}
	if m != nil {
		err.Model = m.Name
	}
	return t.Refuse(err)
}

// Insert adds rows.
func (t *transaction) Insert(ctx context.Context, st *builder.Insert, rows *source.Rows) (int64, error) {
	if err := t.refuses(st.Model); err != nil {
		return 0, err
	}
	return t.Tx.Insert(ctx, st, rows)
}

// Update changes rows.
func (t *transaction) Update(ctx context.Context, st *builder.Update, rows *source.Rows) (int64, error) {
	if err := t.refuses(st.Model); err != nil {
		return 0, err
	}
	return t.Tx.Update(ctx, st, rows)
}

// Delete removes rows.
func (t *transaction) Delete(ctx context.Context, st *builder.Delete, rows *source.Rows) (int64, error) {
	if err := t.refuses(st.Model); err != nil {
		return 0, err
	}
	return t.Tx.Delete(ctx, st, rows)
}

// Exec runs SQL text, which a transaction that only reads takes for a write.
func (t *transaction) Exec(ctx context.Context, text string, args []model.Value) (int64, error) {
	if err := t.refuses(nil); err != nil {
		return 0, err
	}
	return t.Tx.Exec(ctx, text, args)
}

// Query reads the result of SQL text. A transaction that only reads refuses text that may write, by its words: what it wrote would be gone
// in silence.
func (t *transaction) Query(ctx context.Context, text string, args []model.Value, rows *source.Rows) error {
	if t.reads && mayWrite(text) {
		if err := t.refuses(nil); err != nil {
			return err
		}
	}
	return t.Tx.Query(ctx, text, args, rows)
}
