package sqldb

import (
	"context"
	"database/sql/driver"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/source"
)

// Windows is how a transaction reads a result in parts through a cursor of the server.
type Windows struct {
	// Open gives the text that opens a cursor for text, whose arguments it may change. Its last result is the cursor's number.
	Open func(text string, args []driver.NamedValue) (string, []driver.NamedValue)
	// Fetch gives the next rows of the cursor, whose number and theirs are its arguments; Close ends it.
	Fetch, Close string
}

// Windows reads st in parts of size rows, with next between them.
func (t *Tx) Windows(ctx context.Context, w Windows, st *builder.Select, size int, rows *source.Rows, next func() error) error {
	if err := source.Guard(st); err != nil {
		return err
	}
	if err := t.ready(); err != nil {
		return err
	}
	m, c := st.Model, t.s.take()
	defer t.s.give(c)
	compiled, args, err := t.s.Cache.Compile(st, &c.args)
	if err != nil {
		return t.s.Fail(ctx, m, err)
	}
	k := t.s.known(compiled)
	if err := t.s.bound(c, st, args, k); err != nil {
		return t.s.Fail(ctx, m, err)
	}
	text, named := w.Open(compiled.SQL, c.named)
	var number int64
	if _, err := t.on(ctx, read, func(c *Conn) (err error) {
		number, err = c.counted(ctx, text, named)
		return err
	}); err != nil {
		return t.s.Fail(ctx, m, err)
	}
	defer func() {
		if !t.ended.Load() { // a cursor outlives what is rolled back
			_ = t.c.Run(context.WithoutCancel(ctx), w.Close, number) // the rows are read, or the error that came before is told
		}
	}()
	for {
		n, err := t.fetch(ctx, w.Fetch, number, size, k.plan, rows)
		switch {
		case err != nil:
			return t.Executor.fail(ctx, m, err)
		case n < int64(size):
			return nil
		}
		if err := next(); err != nil {
			return err
		}
		if err := t.ready(); err != nil {
			return fault.Fill(err, "", m.Name, t.s.Name)
		}
	}
}

// fetch reads the next rows of a cursor. A server may add a column that tells of their state.
func (t *Tx) fetch(ctx context.Context, text string, number int64, size int, p *plan, rows *source.Rows) (n int64, err error) {
	buf := make([]driver.Value, len(p.cols))
	_, err = t.on(ctx, read, func(c *Conn) error {
		cur, err := c.query(ctx, text, named([]driver.Value{number, int64(size)}))
		if err != nil {
			return err
		}
		defer func() { _ = cur.Close() }() // a second time where nothing went wrong; it says nothing new
		switch c := cur.(type) {
		case *scanned:
			c.wider = true
		case *results:
			c.wider = true
		}
		if n, err = p.decode(ctx, cur, buf, rows); err != nil {
			return err
		}
		return cur.Close()
	})
	return n, err
}
