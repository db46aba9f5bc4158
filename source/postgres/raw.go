package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Query reads the result of text into rows. Placeholders are $1, $2 and so on.
func (d *DataSource) Query(ctx context.Context, text string, args []model.Value, rows *source.Rows) error {
	return d.query(ctx, nil, text, args, rows)
}

// Exec runs text and gives the number of rows it touched. The engine refuses several statements in one text.
func (d *DataSource) Exec(ctx context.Context, text string, args []model.Value) (int64, error) {
	return d.exec(ctx, nil, text, args)
}

func (d *DataSource) query(ctx context.Context, t *tx, text string, args []model.Value, rows *source.Rows) error {
	s := newStatement(text, nil)
	s.resolve = rows.Resolve
	_, err := d.raw(ctx, t, s, args, rows)
	return err
}

func (d *DataSource) exec(ctx context.Context, t *tx, text string, args []model.Value) (int64, error) {
	if len(args) > 0 {
		return d.raw(ctx, t, newStatement(text, nil), args, nil)
	}
	// The text may hold several statements.
	if t == nil && len(source.SettingsFrom(ctx)) > 0 {
		return d.alone(ctx, func(t *tx) (int64, error) { return d.exec(ctx, t, text, nil) })
	}
	a := attempt{}
	return d.on(ctx, t, &a, func(conn *pgx.Conn) (int64, error) {
		a.sent = true
		tag, err := conn.Exec(ctx, text)
		return tag.RowsAffected(), d.fail(ctx, nil, err)
	})
}

func (d *DataSource) raw(ctx context.Context, t *tx, s *statement, args []model.Value, rows *source.Rows) (int64, error) {
	if on, err := d.apart(ctx, t); err != nil {
		return 0, err
	} else if on {
		return d.alone(ctx, func(t *tx) (int64, error) { return d.raw(ctx, t, s, args, rows) })
	}
	c := d.take()
	defer d.give(c)
	a := attempt{}
	return d.on(ctx, t, &a, func(conn *pgx.Conn) (int64, error) {
		r := run{d: d, conn: conn, statement: s, args: args, scratch: c, rows: rows}
		r.settle(ctx, t)
		n, err := r.do(ctx)
		a.take(&r)
		return n, err
	})
}
