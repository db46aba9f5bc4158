package sqlite

import (
	"context"
	"database/sql"
	"sync/atomic"
	"unsafe"

	"github.com/jmoiron/sqlx"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// queryer is a database or a transaction.
type queryer interface {
	sqlx.QueryerContext
	sqlx.ExecerContext
}

// executor runs statements on a database or in a transaction.
type executor struct {
	d  *DataSource
	q  queryer
	tx *tx // nil outside a transaction
}

// Select reads into rows.
func (x executor) Select(ctx context.Context, st *builder.Select, rows *source.Rows) error {
	_, err := x.run(ctx, st, rows)
	return err
}

// Insert adds rows and gives the number added.
func (x executor) Insert(ctx context.Context, st *builder.Insert, rows *source.Rows) (int64, error) {
	return x.write(ctx, st, rows, len(st.Returning) > 0)
}

// Update changes rows and gives their number.
func (x executor) Update(ctx context.Context, st *builder.Update, rows *source.Rows) (int64, error) {
	return x.write(ctx, st, rows, len(st.Returning) > 0)
}

// Delete removes rows and gives their number.
func (x executor) Delete(ctx context.Context, st *builder.Delete, rows *source.Rows) (int64, error) {
	return x.write(ctx, st, rows, len(st.Returning) > 0)
}

// known is what is learnt of a compiled statement by running it.
type known struct{ last atomic.Int64 }

func knownOf(c *builder.Compiled) *known {
	if k, ok := c.State.Load().(*known); ok {
		return k
	}
	c.State.CompareAndSwap(nil, new(known))
	return c.State.Load().(*known)
}

func (x executor) run(ctx context.Context, st builder.Statement, rows *source.Rows) (int64, error) {
	if err := x.ready(st); err != nil {
		return 0, err
	}
	var scratch builder.Args
	p, args, err := x.d.cache.Compile(st, &scratch)
	if err != nil {
		return 0, fault.Fill(err, "", st.Root().Name, x.d.name)
	}
	k := knownOf(p)
	if q, ok := st.(*builder.Select); ok && rows.Each == nil {
		if n := source.Hint(q, k.last.Load()); n > 0 {
			rows.Reserve(rows.Len() + n)
		}
	}
	n, err := x.read(ctx, st.Root(), p.SQL, args, p.Columns, rows)
	if err == nil {
		k.last.Store(n)
	}
	return n, err
}

func (x executor) write(ctx context.Context, st builder.Statement, rows *source.Rows, returning bool) (int64, error) {
	if returning {
		return x.run(ctx, st, rows)
	}
	if err := x.ready(st); err != nil {
		return 0, err
	}
	var scratch builder.Args
	p, args, err := x.d.cache.Compile(st, &scratch)
	if err != nil {
		return 0, fault.Fill(err, "", st.Root().Name, x.d.name)
	}
	return x.exec(ctx, st.Root(), p.SQL, args)
}

// ready refuses statements that no scope has seen, and work after the end.
func (x executor) ready(st builder.Statement) error {
	if !x.d.open.Load() || x.tx != nil && x.tx.ended.Load() {
		if x.tx != nil {
			return &fault.Error{Source: x.d.name, Err: fault.ErrClosed, Detail: "the transaction has ended"}
		}
		return x.d.errClosed()
	}
	if st == nil {
		return nil
	}
	return source.Guard(st)
}

func (x executor) exec(ctx context.Context, m *model.Model, text string, args []model.Value) (n int64, err error) {
	bound, err := bind(m, args)
	if err != nil {
		return 0, err
	}
	var result sql.Result
	err = x.patiently(ctx, func() error {
		result, err = x.q.ExecContext(ctx, text, bound...)
		return err
	})
	if err == nil {
		n, err = result.RowsAffected()
	}
	return n, x.d.fail(ctx, m, err)
}

// cell receives one column and stores it in the field, without a copy in between.
type cell struct {
	f   *model.Field
	row unsafe.Pointer
}

// Scan stores what the driver gives.
func (c *cell) Scan(src any) error { return c.f.Assign(c.row, src) }

func (x executor) read(ctx context.Context, m *model.Model, text string, args []model.Value, cols []builder.Column, rows *source.Rows) (n int64, err error) {
	bound, err := bind(m, args)
	if err != nil {
		return 0, err
	}
	// A statement that writes holds its lock from its first row on, which the driver reads at once.
	var r *sqlx.Rows
	err = x.patiently(ctx, func() error {
		r, err = x.q.QueryxContext(ctx, text, bound...)
		return err
	})
	if err != nil {
		return 0, x.d.fail(ctx, m, err)
	}
	n, stop, err := x.decode(r, cols, rows)
	if e := r.Close(); err == nil && stop == nil {
		err = e
	}
	if stop != nil {
		return n, stop
	}
	return n, x.d.fail(ctx, m, err)
}

// decode reads the rows; stop is the reader's own error.
func (x executor) decode(r *sqlx.Rows, cols []builder.Column, rows *source.Rows) (n int64, stop, err error) {
	if cols == nil && rows.Resolve != nil {
		names, err := r.Columns()
		if err != nil {
			return 0, nil, err
		}
		if cols, err = rows.Resolve(names); err != nil {
			return 0, err, nil
		}
	}
	cells := make([]cell, len(cols))
	dst := make([]any, len(cols))
	for i := range cols {
		cells[i].f = cols[i].Field
		dst[i] = &cells[i]
	}
	for r.Next() {
		row, link := rows.NextRow()
		for i := range cols {
			if cells[i].row = row; cols[i].Link {
				cells[i].row = link
			}
		}
		if err := r.Rows.Scan(dst...); err != nil {
			return n, nil, err
		}
		n++
		if err := rows.Done(); err != nil {
			return n, err, nil
		}
	}
	return n, nil, r.Err()
}
