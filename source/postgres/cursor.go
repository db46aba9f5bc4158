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

var _ source.Windowed = (*tx)(nil)

// cursor is a result that is read in parts. Its statements have no names on the server: what is prepared for one
// cursor does not fit the next of the same name.
type cursor struct {
	t         *tx
	name      string
	statement *statement // the one that the cursor is for
	model     *model.Model
	rows      *source.Rows
	plan      *plan
}

// SelectWindows reads through a cursor of the server. It sees the rows as they were when it began.
func (t *tx) SelectWindows(ctx context.Context, st *builder.Select, size int, rows *source.Rows, next func() error) (err error) {
	if err := source.Guard(st); err != nil {
		return err
	}
	k, err := t.declare(ctx, st, rows)
	if err != nil {
		return err
	}
	done := false
	defer func() {
		if e := k.close(ctx); done && err == nil { // else what happened before is the error, or a panic goes on
			err = e
		}
	}()
	for {
		n, err := k.fetch(ctx, size)
		if err != nil {
			return err
		}
		if n < size {
			done = true
			return nil
		}
		if err := next(); err != nil {
			return err
		}
	}
}

// declare makes the cursor.
func (t *tx) declare(ctx context.Context, st *builder.Select, rows *source.Rows) (*cursor, error) {
	c := t.d.take()
	defer t.d.give(c)
	compiled, args, err := t.d.cache.Compile(st, &c.args)
	if err != nil {
		return nil, fault.Fill(err, "", st.Model.Name, t.d.name)
	}
	if err := t.enter(); err != nil {
		return nil, err
	}
	defer t.leave()
	t.cursors++
	k := &cursor{t: t, name: `"orm_c` + strconv.Itoa(t.cursors) + `"`, statement: statementOf(compiled), model: st.Model, rows: rows}
	text := "DECLARE " + k.name + " NO SCROLL CURSOR FOR " + compiled.SQL
	if t.d.mode == SimpleProtocol {
		r := run{d: t.d, conn: t.conn, tx: true, statement: newStatement(text, nil), args: args, scratch: c, model: st.Model}
		_, err := r.do(ctx)
		return k, t.undone(t.note(err))
	}
	return k, t.undone(t.note(k.traced(ctx, text, args, func(ctx context.Context) (pgconn.CommandTag, error) {
		sd, err := t.conn.Prepare(ctx, "", text)
		if err != nil {
			return pgconn.CommandTag{}, t.d.fail(ctx, st.Model, err)
		}
		if err := c.encode(t.conn.TypeMap(), sd.ParamOIDs, args, st.Model.Name); err != nil {
			return pgconn.CommandTag{}, t.d.fail(ctx, st.Model, err)
		}
		tag, err := t.conn.PgConn().ExecParams(ctx, text, c.values, sd.ParamOIDs, c.formats, nil).Close()
		return tag, t.d.fail(ctx, st.Model, err)
	})))
}

// fetch reads so many rows more, fewer at the end, and gives their number.
func (k *cursor) fetch(ctx context.Context, size int) (int, error) {
	t := k.t
	if err := t.enter(); err != nil {
		return 0, err
	}
	defer t.leave()
	text := "FETCH FORWARD " + strconv.Itoa(size) + " FROM " + k.name
	if t.d.mode == SimpleProtocol {
		s := newStatement(text, k.statement.columns)
		r := run{d: t.d, conn: t.conn, tx: true, statement: s, model: k.model, rows: k.rows}
		_, err := r.do(ctx)
		return int(r.read), k.undone(&r, err)
	}
	r := run{d: t.d, conn: t.conn, tx: true, statement: k.statement, model: k.model, rows: k.rows}
	err := k.traced(ctx, text, nil, func(ctx context.Context) (pgconn.CommandTag, error) {
		if k.plan == nil {
			sd, err := t.conn.Prepare(ctx, "", text)
			if err != nil {
				return pgconn.CommandTag{}, t.d.fail(ctx, k.model, err)
			}
			if k.plan, err = k.statement.planFor(sd.Fields, k.model, false); err != nil {
				return pgconn.CommandTag{}, t.d.fail(ctx, k.model, err)
			}
		}
		result := t.conn.PgConn().ExecParams(ctx, text, nil, nil, nil, k.plan.formats)
		if stop := r.decode(ctx, result, k.plan); stop != nil {
			r.abandon(ctx, func() { _, _ = result.Close() })
			return pgconn.CommandTag{}, stop
		}
		tag, err := result.Close()
		return tag, t.d.fail(ctx, k.model, err)
	})
	return int(r.read), k.undone(&r, err)
}

// undone is that of the transaction, for all but the reader's own errors.
func (k *cursor) undone(r *run, err error) error {
	if err = k.t.note(err); r.stopped {
		return err
	}
	return k.t.undone(err)
}

// close gives the cursor back to the server, also where the caller has given up. A transaction that is broken, or
// over, has none any more.
func (k *cursor) close(ctx context.Context) error {
	t := k.t
	if pg := t.conn.PgConn(); t.ended.Load() || pg.IsClosed() || pg.TxStatus() != 'T' {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTime)
	defer cancel()
	if err := t.enter(); err != nil {
		return err
	}
	defer t.leave()
	text := "CLOSE " + k.name
	return t.note(k.traced(ctx, text, nil, func(ctx context.Context) (pgconn.CommandTag, error) {
		tag, err := t.conn.PgConn().ExecParams(ctx, text, nil, nil, nil, nil).Close()
		return tag, t.d.fail(ctx, k.model, err)
	}))
}

// traced tells the pool's tracer of a statement.
func (k *cursor) traced(ctx context.Context, text string, args []model.Value, fn func(context.Context) (pgconn.CommandTag, error)) error {
	tracer := k.t.d.tracer
	if tracer == nil {
		_, err := fn(ctx)
		return err
	}
	ctx = tracer.TraceQueryStart(ctx, k.t.conn, pgx.TraceQueryStartData{SQL: text, Args: plain(args)})
	tag, err := fn(ctx)
	tracer.TraceQueryEnd(ctx, k.t.conn, pgx.TraceQueryEndData{CommandTag: tag, Err: err})
	return err
}
