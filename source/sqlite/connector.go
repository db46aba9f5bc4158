package sqlite

import (
	"context"
	"database/sql/driver"
	"io"
)

// maxPrepared is the number of prepared statements a connection keeps.
const maxPrepared = 256

// connector opens connections that keep their prepared statements, so that a statement is parsed once per
// connection and not once per call.
type connector struct {
	driver driver.Driver
	dsn    string
}

func (c *connector) Driver() driver.Driver { return c.driver }

func (c *connector) Connect(context.Context) (driver.Conn, error) {
	plain, err := c.driver.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	full, ok := plain.(fullConn)
	if !ok {
		_ = plain.Close() // it was never used
		return nil, driver.ErrSkip
	}
	return &conn{fullConn: full, prepared: map[string]*prepared{}}, nil
}

// fullConn is what the driver's connections can do.
type fullConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// conn is a connection and its prepared statements. database/sql uses it from one goroutine at a time.
type conn struct {
	fullConn
	prepared map[string]*prepared
	order    []string // in the order of preparation
	next     int      // the place in order that is overwritten next
}

// prepared is a statement; it is busy while rows of it are open.
type prepared struct {
	stmt fullStmt
	busy bool
}

type fullStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

func (c *conn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	p, err := c.take(ctx, text)
	if err != nil {
		return nil, err
	}
	if p == nil {
		return c.fullConn.QueryContext(ctx, text, args)
	}
	rows, err := p.stmt.QueryContext(ctx, args)
	if err != nil {
		p.busy = false
		return nil, err
	}
	return &keptRows{Rows: rows, p: p}, nil
}

func (c *conn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) == 0 { // DDL, pragmas and scripts, which are not run twice
		return c.fullConn.ExecContext(ctx, text, args)
	}
	p, err := c.take(ctx, text)
	if err != nil {
		return nil, err
	}
	if p == nil {
		return c.fullConn.ExecContext(ctx, text, args)
	}
	defer func() { p.busy = false }()
	return p.stmt.ExecContext(ctx, args)
}

// take gives the statement and marks it busy, nil when rows of it are open or it cannot be kept.
func (c *conn) take(ctx context.Context, text string) (*prepared, error) {
	if p := c.prepared[text]; p != nil {
		if p.busy {
			return nil, nil
		}
		p.busy = true
		return p, nil
	}
	if !c.room() {
		return nil, nil
	}
	plain, err := c.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	stmt, ok := plain.(fullStmt)
	if !ok {
		return nil, plain.Close()
	}
	p := &prepared{stmt: stmt, busy: true}
	c.prepared[text] = p
	if len(c.order) < maxPrepared {
		c.order = append(c.order, text)
	} else {
		c.order[c.next] = text
		c.next = (c.next + 1) % maxPrepared
	}
	return p, nil
}

// room drops the oldest statement where there are too many; it is false while that one is busy.
func (c *conn) room() bool {
	if len(c.order) < maxPrepared {
		return true
	}
	old := c.prepared[c.order[c.next]]
	if old.busy {
		return false
	}
	delete(c.prepared, c.order[c.next])
	_ = old.stmt.Close() // it is not used again, whatever this says
	return true
}

func (c *conn) Close() error {
	for _, p := range c.prepared {
		_ = p.stmt.Close() // the connection is closed next
	}
	return c.fullConn.Close()
}

// keptRows gives its statement back when it is closed.
type keptRows struct {
	driver.Rows
	p *prepared
}

func (r *keptRows) Close() error {
	err := r.Rows.Close()
	r.p.busy = false
	return err
}

var _ io.Closer = (*keptRows)(nil)
