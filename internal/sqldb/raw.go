package sqldb

import (
	"context"
	"database/sql"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Query reads the result of the caller's own text into rows.
func (x Executor) Query(ctx context.Context, text string, args []model.Value, rows *source.Rows) error {
	c, err := x.begin(ctx, args)
	if err != nil {
		return err
	}
	defer x.s.give(c)
	var r *sql.Rows
	at, err := x.on(ctx, write, func(conn *Conn) error {
		conn.at = reached{sent: true} // the text is run outside of Conn
		if r, err = x.s.Query(ctx, conn.SQL, text, plain(c.named)...); err != nil {
			return err
		}
		defer func() { _ = r.Close() }() // a second time where nothing went wrong; it says nothing new
		cols, err := resolve(r, rows)
		if err != nil {
			return stopped{err}
		}
		if _, err = x.s.plan(cols).decode(ctx, &scanned{rows: r}, c.values(len(cols)), rows); err != nil {
			return err
		}
		return r.Close()
	})
	return x.judged(ctx, nil, write, at, err, x.fail(ctx, nil, err))
}

func resolve(r *sql.Rows, rows *source.Rows) ([]builder.Column, error) {
	names, err := r.Columns()
	if err != nil {
		return nil, err
	}
	if rows.Resolve == nil {
		return nil, fault.New(fault.ErrInvalid, "", "", "nothing says which fields the columns of the text belong to")
	}
	return rows.Resolve(names)
}

// Exec runs the caller's own text and gives the number of rows it touched.
func (x Executor) Exec(ctx context.Context, text string, args []model.Value) (n int64, err error) {
	c, err := x.begin(ctx, args)
	if err != nil {
		return 0, err
	}
	defer x.s.give(c)
	at, err := x.on(ctx, write, func(conn *Conn) error {
		before, err := x.s.changes(ctx, conn)
		if err != nil {
			return err
		}
		if n, err = conn.exec(ctx, text, c.named); err != nil || n == 0 {
			return err
		}
		after, err := x.s.changes(ctx, conn)
		if s := x.s.Changes; s != "" && before == after {
			n = 0
		}
		return err
	})
	if err != nil {
		return 0, x.judged(ctx, nil, write, at, err, x.fail(ctx, nil, err))
	}
	return n, nil
}

// changes counts what the connection has changed so far, for databases that answer a statement which
// changes nothing with the number of the one before.
func (s *System) changes(ctx context.Context, c *Conn) (int64, error) {
	if s.Changes == "" {
		return 0, nil
	}
	v, err := c.Value(ctx, s.Changes)
	n, _ := v.(int64)
	return n, err
}

func (x Executor) begin(ctx context.Context, args []model.Value) (*scratch, error) {
	if err := x.l.ready(); err != nil {
		return nil, err
	}
	c := x.s.take()
	_, err := x.s.bind(c, args)
	for i := range c.named {
		if err == nil && c.named[i].Value == nil && x.s.Typed != nil {
			c.named[i].Value, err = x.s.Typed(nil, args[i], nil)
		}
	}
	if err != nil {
		x.s.give(c)
		return nil, x.s.Fail(ctx, nil, err)
	}
	return c, nil
}

var _ source.RawExecutor = Executor{}
