package postgres

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// The rows that one round trip brings to a reader who may stop early. A window is as large as all before it, up to the last
// size, so that what is sent in vain is never much more than what was read.
const (
	firstWindow = 128
	lastWindow  = 2048
)

var _ source.Windowed = (*tx)(nil)

// cursor is a result that is read in parts. It lives in its transaction only, so a pooler that keeps a transaction on one
// server keeps it too, and its statements have no names there.
type cursor struct {
	t         *tx
	name      string
	size      int        // of the first part
	statement *statement // the one that the cursor is for
	model     *model.Model
	rows      *source.Rows
	plan      *plan
	declared  bool
	read      int64 // rows of the last part
	all       int64 // rows so far
}

func (t *tx) cursorOf(st *builder.Select, size int, rows *source.Rows) *cursor {
	t.cursors++
	return &cursor{t: t, name: `"orm_c` + strconv.Itoa(t.cursors) + `"`, size: size, model: st.Model, rows: rows}
}

// SelectWindows reads through a cursor of the server. It sees the rows as they were when it began.
func (t *tx) SelectWindows(ctx context.Context, st *builder.Select, size int, rows *source.Rows, next func() error) error {
	if err := source.Guard(st); err != nil {
		return err
	}
	k := t.cursorOf(st, size, rows)
	return k.through(ctx, func() error {
		read := func() error { return k.open(ctx, st) }
		for {
			if err := t.entered(read); err != nil {
				return err
			}
			if k.read < int64(size) {
				return nil
			}
			if err := next(); err != nil {
				return err
			}
			read = func() error { return k.fetch(ctx, size) }
		}
	}, t.entered)
}

// selectEarly reads through a cursor for a reader who may stop. The transaction is busy until the end, as it is with any other read.
func (t *tx) selectEarly(ctx context.Context, st *builder.Select, rows *source.Rows) error {
	if err := source.Guard(st); err != nil {
		return err
	}
	k := t.cursorOf(st, firstWindow, rows)
	return t.entered(func() error {
		return k.through(ctx, func() error {
			size := k.size
			for err := k.open(ctx, st); ; err = k.fetch(ctx, size) {
				if err != nil || k.read < int64(size) {
					return err
				}
				size = int(min(k.all, lastWindow))
			}
		}, func(fn func() error) error { return fn() })
	})
}

// entered runs fn while the connection is its own.
func (t *tx) entered(fn func() error) error {
	if err := t.enter(); err != nil {
		return err
	}
	defer t.leave()
	return fn()
}

// through runs fn and gives the cursor back afterwards, whatever comes of fn.
func (k *cursor) through(ctx context.Context, fn func() error, entered func(func() error) error) (err error) {
	done := false
	defer func() {
		if !k.declared {
			return
		}
		if e := entered(func() error { return k.close(ctx) }); done && err == nil { // else what happened before is the error, or a panic goes on
			err = e
		}
	}()
	err = fn()
	done = err == nil
	if done {
		k.statement.last.Store(k.all)
	}
	return err
}

// open makes the cursor and reads its first part. The connection is the caller's.
func (k *cursor) open(ctx context.Context, st *builder.Select) error {
	t := k.t
	c := t.d.take()
	defer t.d.give(c)
	compiled, args, err := t.d.cache.Compile(st, &c.args)
	if err != nil {
		return fault.Fill(err, "", st.Model.Name, t.d.name)
	}
	k.statement = statementOf(compiled)
	if t.d.mode == SimpleProtocol { // which sends nothing together
		r := run{d: t.d, conn: t.conn, tx: true, statement: newStatement(k.declaration(compiled.SQL), nil), args: args, scratch: c, model: st.Model}
		if _, err := r.do(ctx); err != nil {
			return t.undone(t.note(err))
		}
		k.declared = true
		return k.fetch(ctx, k.size)
	}
	r := run{d: t.d, conn: t.conn, statement: k.statement, st: st, args: args, scratch: c, model: st.Model, rows: k.rows, cursor: k}
	r.settle(ctx, t)
	_, err = r.do(ctx)
	return k.took(&r, err)
}

func (k *cursor) declaration(text string) string {
	return "DECLARE " + k.name + " NO SCROLL CURSOR FOR " + text
}

// declare is the rest of once for a cursor: it and its first part make one round trip.
func (r *run) declare(ctx context.Context, sd *pgconn.StatementDescription, p *plan, formats []int16) (pgconn.CommandTag, error) {
	k, c := r.cursor, r.scratch
	pipe := r.conn.PgConn().StartPipeline(ctx)
	pipe.SendQueryParams(k.declaration(r.statement.sql), c.values, sd.ParamOIDs, c.formats, nil)
	pipe.SendQueryParams(k.forward(k.size), nil, nil, nil, formats)
	k.plan, k.declared = p, true
	return r.finish(ctx, pipe, p)
}

func (k *cursor) forward(size int) string {
	return "FETCH FORWARD " + strconv.Itoa(size) + " FROM " + k.name
}

// fetch reads so many rows more, fewer at the end. The connection is the caller's.
func (k *cursor) fetch(ctx context.Context, size int) error {
	t, text := k.t, k.forward(size)
	if t.d.mode == SimpleProtocol {
		r := run{d: t.d, conn: t.conn, tx: true, statement: newStatement(text, k.statement.columns), model: k.model, rows: k.rows}
		_, err := r.do(ctx)
		return k.took(&r, err)
	}
	r := run{d: t.d, conn: t.conn, tx: true, statement: k.statement, model: k.model, rows: k.rows}
	err := k.traced(ctx, text, func(ctx context.Context) (pgconn.CommandTag, error) {
		result := t.conn.PgConn().ExecParams(ctx, text, nil, nil, nil, k.plan.formats)
		if stop := r.decode(ctx, result, k.plan); stop != nil {
			r.abandon(ctx, func() { _, _ = result.Close() })
			return pgconn.CommandTag{}, stop
		}
		tag, err := result.Close()
		return tag, t.d.fail(ctx, k.model, err)
	})
	return k.took(&r, err)
}

// took counts the rows of a part. Its error is that of the transaction, for all but the reader's own.
func (k *cursor) took(r *run, err error) error {
	k.read = r.read
	k.all += r.read
	if err = k.t.note(err); r.stopped {
		return err
	}
	return k.t.undone(err)
}

// close gives the cursor back to the server, also where the caller has given up. A transaction that is broken, or
// over, has none any more. The connection is the caller's.
func (k *cursor) close(ctx context.Context) error {
	t := k.t
	if pg := t.conn.PgConn(); t.ended.Load() || pg.IsClosed() || pg.TxStatus() != 'T' {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTime)
	defer cancel()
	text := "CLOSE " + k.name
	return t.note(k.traced(ctx, text, func(ctx context.Context) (pgconn.CommandTag, error) {
		tag, err := t.conn.PgConn().ExecParams(ctx, text, nil, nil, nil, nil).Close()
		return tag, t.d.fail(ctx, k.model, err)
	}))
}

// traced tells the pool's tracer of a statement.
func (k *cursor) traced(ctx context.Context, text string, fn func(context.Context) (pgconn.CommandTag, error)) error {
	tracer := k.t.d.tracer
	if tracer == nil {
		_, err := fn(ctx)
		return err
	}
	ctx = tracer.TraceQueryStart(ctx, k.t.conn, pgx.TraceQueryStartData{SQL: text})
	tag, err := fn(ctx)
	tracer.TraceQueryEnd(ctx, k.t.conn, pgx.TraceQueryEndData{CommandTag: tag, Err: err})
	return err
}
