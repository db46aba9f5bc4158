package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/source"
)

// Select reads into rows.
func (d *DataSource) Select(ctx context.Context, st *builder.Select, rows *source.Rows) error {
	_, err := d.perform(ctx, nil, st, rows)
	return err
}

// Insert adds rows and gives the number added.
func (d *DataSource) Insert(ctx context.Context, st *builder.Insert, rows *source.Rows) (int64, error) {
	return d.perform(ctx, nil, st, rows)
}

// Update changes rows and gives their number.
func (d *DataSource) Update(ctx context.Context, st *builder.Update, rows *source.Rows) (int64, error) {
	return d.perform(ctx, nil, st, rows)
}

// Delete removes rows and gives their number.
func (d *DataSource) Delete(ctx context.Context, st *builder.Delete, rows *source.Rows) (int64, error) {
	return d.perform(ctx, nil, st, rows)
}

// perform compiles and runs st, in t or, when t is nil, on a connection of its own.
func (d *DataSource) perform(ctx context.Context, t *tx, st builder.Statement, rows *source.Rows) (int64, error) {
	if err := source.Guard(st); err != nil {
		return 0, err
	}
	if on, err := d.apart(ctx, t); err != nil {
		return 0, err
	} else if on {
		return d.alone(ctx, func(t *tx) (int64, error) { return d.perform(ctx, t, st, rows) })
	}
	c := d.take()
	defer d.give(c)
	cache, bulk := &d.cache, bulkColumns(d.cache.Dialect, st)
	if bulk != nil && d.retyped(st.Root()) {
		cache, bulk = &d.byTable, nil
	}
	compiled, args, err := cache.Compile(st, &c.args)
	if err != nil {
		return 0, fault.Fill(err, "", st.Root().Name, d.name)
	}
	s := statementOf(compiled)
	query := false
	switch st := st.(type) {
	case *builder.Select:
		query = true
		reserve(rows, source.Hint(st, s.last.Load()))
	case *builder.Update, *builder.Delete: // the rows of an insert are the caller's
		reserve(rows, int(min(s.last.Load(), maxReserve)))
	}
	a := attempt{model: st.Root(), query: query}
	fn := func(conn *pgx.Conn) (int64, error) {
		r := run{d: d, conn: conn, statement: s, st: st, args: args, scratch: c, model: st.Root(), rows: rows, query: query}
		r.settle(ctx, t)
		var n int64
		var err error
		if bulk == nil {
			n, err = r.do(ctx)
		} else {
			n, err = d.inBulk(ctx, t, &r, bulk)
		}
		a.take(&r)
		return n, err
	}
	if query && t == nil {
		if r := d.replicas.Load(); r != nil && readable(st) && !d.onPrimary(ctx) {
			return d.read(ctx, r, &a, fn)
		}
	}
	return d.on(ctx, t, &a, fn)
}

// maxReserve bounds the room made for the rows of a write, which has no page to go by.
const maxReserve = 10_000
