package sqlite

import (
	"context"
	"database/sql/driver"
	"sync"

	"github.com/multi-orm/orm/internal/sqldb"
)

// connector opens connections that keep their prepared statements, so that a statement is parsed once per
// connection and not once per call.
type connector struct {
	driver driver.Driver
	dsn    string
}

// Driver is the driver below.
func (c *connector) Driver() driver.Driver { return c.driver }

// Connect opens a connection.
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
	return &conn{fullConn: full, kept: statements{by: map[string]*statement{}}}, nil
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

// conn is a connection and its prepared statements. Its lock lets database/sql close rows from another goroutine.
type conn struct {
	fullConn
	mu   sync.Mutex
	kept statements
}

var _ sqldb.Direct = (*conn)(nil)

// Direct lets sqldb do without database/sql.
func (c *conn) Direct() {}

// QueryContext runs text on its prepared statement.
func (c *conn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, err := c.take(ctx, text)
	if err != nil {
		return nil, err
	}
	if s == nil {
		rows, err := c.fullConn.QueryContext(ctx, text, args)
		if err != nil {
			return nil, misfit(ctx, err)
		}
		return &result{Rows: rows, c: c}, nil
	}
	rows, err := s.stmt.QueryContext(ctx, args)
	if err != nil {
		s.busy = false
		return nil, misfit(ctx, err)
	}
	return &result{Rows: rows, c: c, s: s}, nil
}

// ExecContext runs text on its prepared statement. Text without arguments is DDL, a pragma or a script, none
// of which is run often.
func (c *conn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var s *statement
	if len(args) > 0 {
		var err error
		if s, err = c.take(ctx, text); err != nil {
			return nil, err
		}
	}
	if s == nil {
		r, err := c.fullConn.ExecContext(ctx, text, args)
		return r, misfit(ctx, err)
	}
	defer func() { s.busy = false }()
	r, err := s.stmt.ExecContext(ctx, args)
	return r, misfit(ctx, err)
}

// take gives the statement of text and marks it busy; nil when rows of it are open or it is not worth keeping.
func (c *conn) take(ctx context.Context, text string) (*statement, error) {
	if s := c.kept.find(text); s != nil {
		if s.busy {
			return nil, nil
		}
		s.busy = true
		return s, nil
	}
	if len(text) > maxText {
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
	return c.kept.add(text, stmt), nil
}

// Close closes the connection and its statements.
func (c *conn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept.close()
	return c.fullConn.Close()
}

// result is a result being read; its statement is free again when it is closed.
type result struct {
	driver.Rows
	c      *conn
	s      *statement // nil for one that is not kept
	closed bool
}

// Next reads a row.
func (r *result) Next(dst []driver.Value) error {
	r.c.mu.Lock()
	defer r.c.mu.Unlock()
	if r.closed {
		return driver.ErrBadConn // closed by database/sql because the context ended
	}
	return r.Rows.Next(dst)
}

// Close ends the read. It may be called twice.
func (r *result) Close() error {
	r.c.mu.Lock()
	defer r.c.mu.Unlock()
	if r.closed {
		return nil
	}
	r.closed = true
	err := r.Rows.Close()
	if r.s == nil {
		return err
	}
	r.s.busy = false
	if err != nil {
		r.c.kept.drop(r.s) // its arguments may not have been taken back
	}
	return err
}
