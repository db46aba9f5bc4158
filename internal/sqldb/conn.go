package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"

	"github.com/multi-orm/orm/builder"
)

// Direct is a driver's connection that may be used without database/sql in between. Its rows heed the context by themselves, give values
// that belong to the caller, and as many of a row as there is room for. Arguments come as System.Bind and System.Typed made them.
type Direct interface {
	driver.QueryerContext
	driver.ExecerContext
	// Direct marks the connection.
	Direct()
}

// Conn is a connection taken from its pool.
type Conn struct {
	SQL    *sql.Conn
	direct Direct
	at     reached
	doomed bool // closed when it is given back
	// Leave undoes what a unit of work told the connection, before another may have it; nil for nothing to undo. A connection on
	// which that fails is closed.
	Leave func() error
}

// takeConn takes a connection from db.
func (s *System) takeConn(ctx context.Context, db *sql.DB) (*Conn, error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	out := &Conn{SQL: c}
	// The pointer outlives the call, which is safe as long as it does not outlive c: only Give ends it.
	_ = c.Raw(func(dc any) error {
		if s.Direct != nil {
			out.direct = s.Direct(dc)
		} else {
			out.direct, _ = dc.(Direct)
		}
		return nil
	})
	return out, nil
}

// Give puts c back into its pool.
func (c *Conn) Give() {
	if c.doomed {
		c.Discard()
		return
	}
	if leave := c.Leave; leave != nil {
		c.Leave = nil
		if leave() != nil {
			c.Discard()
			return
		}
	}
	c.direct = nil    // another may have it from here on
	_ = c.SQL.Close() // fails only when it was given back before
}

// Discard closes c, for when its state is not known.
func (c *Conn) Discard() {
	c.Leave, c.doomed = nil, false
	_ = c.SQL.Raw(func(any) error { return driver.ErrBadConn })
	c.Give()
}

// Run runs text that gives no rows.
func (c *Conn) Run(ctx context.Context, text string, args ...driver.Value) error {
	_, err := c.exec(ctx, text, named(args))
	return err
}

// bracket runs what goes before st, and gives what runs the rest. A connection that did not take the rest is closed when it is given back.
func (c *Conn) bracket(ctx context.Context, of func(builder.Statement) (before, after string), st builder.Statement) (end func(), err error) {
	before, after := of(st)
	if before == "" {
		return func() {}, nil
	}
	end = func() {
		at := c.at
		if err := c.Run(context.WithoutCancel(ctx), after); err != nil {
			c.doomed = true
		}
		c.at = at
	}
	if err := c.Run(ctx, before); err != nil {
		end()
		c.at = reached{} // no row was sent
		return nil, err
	}
	return end, nil
}

func named(args []driver.Value) []driver.NamedValue {
	if len(args) == 0 {
		return nil
	}
	out := make([]driver.NamedValue, len(args))
	for i := range args {
		out[i] = driver.NamedValue{Ordinal: i + 1, Value: args[i]}
	}
	return out
}

func (c *Conn) exec(ctx context.Context, text string, args []driver.NamedValue) (int64, error) {
	var r driver.Result
	var err error
	c.at = reached{sent: true}
	if c.direct != nil {
		r, err = c.direct.ExecContext(ctx, text, args)
	} else {
		r, err = c.SQL.ExecContext(ctx, text, plain(args)...)
	}
	if err != nil || r == nil { // a text of comments has no result
		return 0, err
	}
	return r.RowsAffected()
}

// query starts a read.
func (c *Conn) query(ctx context.Context, text string, args []driver.NamedValue) (cursor, error) {
	c.at = reached{sent: true}
	if c.direct != nil {
		rows, err := c.direct.QueryContext(ctx, text, args)
		if err != nil {
			return nil, err
		}
		c.at.began = true
		if more, ok := rows.(driver.RowsNextResultSet); ok {
			return &results{rows: more, width: unknown}, nil
		}
		return rows, nil
	}
	rows, err := c.SQL.QueryContext(ctx, text, plain(args)...)
	if err != nil {
		return nil, err
	}
	c.at.began = true
	return &scanned{rows: rows, all: true}, nil
}

// Value gives the first value that text gives, nil when there is no row.
func (c *Conn) Value(ctx context.Context, text string, args ...driver.Value) (v driver.Value, err error) {
	cur, err := c.query(ctx, text, named(args))
	if err != nil {
		return nil, err
	}
	var row [1]driver.Value
	if err := cur.Next(row[:]); err != nil && err != io.EOF { //nolint:errorlint // the driver's contract names this very value
		_ = cur.Close() // what went wrong is in err
		return nil, err
	}
	return row[0], cur.Close()
}

// counted runs text whose last result is a number.
func (c *Conn) counted(ctx context.Context, text string, args []driver.NamedValue) (n int64, err error) {
	cur, err := c.query(ctx, text, args)
	if err != nil {
		return 0, err
	}
	defer func() { _ = cur.Close() }() // a second time where nothing went wrong; it says nothing new
	var row [1]driver.Value
	for {
		if err := cur.Next(row[:]); err == io.EOF { //nolint:errorlint // the driver's contract names this very value
			break
		} else if err != nil {
			return 0, err
		}
	}
	n, ok := row[0].(int64)
	if !ok {
		return 0, errNoNumber
	}
	return n, cur.Close()
}

// errNoNumber is an answer that does not say how many rows a statement changed.
var errNoNumber = errors.New("the database did not say how many rows were changed")

func plain(args []driver.NamedValue) []any {
	out := make([]any, len(args))
	for i := range args {
		out[i] = args[i].Value
	}
	return out
}

// cursor is a result being read. The values it gives belong to the caller.
type cursor interface {
	Next(dst []driver.Value) error
	Close() error
}

// scanned is a cursor over database/sql.
type scanned struct {
	rows *sql.Rows
	dst  []any
	all  bool // the results of a text of several statements, one after the other

	wider bool // what comes behind the columns that are asked for is left out
}

// Next scans into plain interfaces, for which database/sql copies what the driver owns.
func (s *scanned) Next(dst []driver.Value) error {
	for !s.rows.Next() {
		if err := s.rows.Err(); err != nil {
			return err
		}
		if s.all && s.rows.NextResultSet() {
			continue
		}
		if err := s.rows.Err(); err != nil { // of a later statement
			return err
		}
		return io.EOF
	}
	if len(s.dst) < len(dst) {
		s.dst = make([]any, len(dst))
		if err := s.widen(); err != nil {
			return err
		}
	}
	for i := range dst {
		s.dst[i] = (*any)(&dst[i])
	}
	return s.rows.Scan(s.dst...)
}

// widen makes room for columns that nobody asked for.
func (s *scanned) widen() error {
	if !s.wider {
		return nil
	}
	names, err := s.rows.Columns()
	for len(s.dst) < len(names) {
		s.dst = append(s.dst, new(any))
	}
	return err
}

// Close ends the read.
func (s *scanned) Close() error { return s.rows.Close() }
