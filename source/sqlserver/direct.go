package sqlserver

import (
	"context"
	"database/sql/driver"

	mssql "github.com/microsoft/go-mssqldb"

	"github.com/multi-orm/orm/internal/sqldb"
)

// conn is a connection of the driver used without database/sql in between, which would keep a goroutine for each result to end it with
// its context: the driver ends it by itself, with an attention to the server. Values are made anew for each row. What bind and typed make
// are values that the driver writes as they are, so that none is checked again.
type conn struct{ *mssql.Conn }

var _ sqldb.Direct = conn{}

// direct leaves connections that wrap the driver's, for tracing or the like, to database/sql.
func direct(dc any) sqldb.Direct {
	c, ok := dc.(*mssql.Conn)
	if !ok {
		return nil
	}
	return conn{c}
}

// Direct lets sqldb do without database/sql.
func (c conn) Direct() {}

// stmt is what the driver's statements can do. They are nothing of the server's, and need no Close.
type stmt interface {
	driver.StmtExecContext
	driver.StmtQueryContext
}

func (c conn) stmt(ctx context.Context, text string) (stmt, error) {
	s, err := c.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	full, ok := s.(stmt)
	if !ok {
		return nil, driver.ErrSkip
	}
	return full, nil
}

// QueryContext runs text.
func (c conn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.stmt(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args)
}

// ExecContext runs text.
func (c conn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.stmt(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args)
}
