package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"slices"
	"sync"
	"time"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// System is what differs between the databases. A source fills it once; it is then shared by all calls.
type System struct {
	Name  string // the data source's
	Cache builder.Cache

	// Bind gives an argument as the driver takes it, or ErrInvalid.
	Bind func(model.Value) (driver.Value, error)
	// Typed gives an argument, and what Bind made of it, the type of its column, nil for one that is not known, or ErrInvalid; it is asked
	// for NULL, and for whatever is for a column of which Picky says so. Both are nil where arguments need no type.
	Typed func(f *model.Field, arg model.Value, v driver.Value) (driver.Value, error)
	Picky func(f *model.Field) bool
	// Time reads the text that Bind writes for a time; false leaves the text to model.Field.Assign. It may be nil.
	Time func(string) (time.Time, bool)
	// Reader gives what turns the driver's values of f into those that model.Field.Assign takes; nil for as they are.
	Reader func(f *model.Field) func(any) (any, error)
	// Admit may refuse a write that the table would bend; ask gives the one value of a query, on the write's connection. It
	// may be nil.
	Admit func(st builder.Statement, ask func(text string) (driver.Value, error)) error
	// Direct gives a driver's connection as one that needs no database/sql in between, nil for one of another driver. It may be nil where
	// the driver's connections say so themselves.
	Direct func(dc any) Direct
	// Query runs the caller's own SQL text.
	Query func(ctx context.Context, c *sql.Conn, text string, args ...any) (*sql.Rows, error)
	// Changes is a query for the number of rows that the connection has changed; "" where a statement's own
	// number can be trusted.
	Changes string
	// Fail maps the driver's error.
	Fail func(ctx context.Context, m *model.Model, err error) error
	// Count is text behind an update or a delete that gives the number of its rows, without those of triggers; "" where the driver's
	// number is that.
	Count string
	// Server tells what became of statements that failed; nil for a database without a network between.
	Server *Server
	// Around gives the text of st as it is sent, alone where no transaction is open; nil for as it is.
	Around func(st builder.Statement, text string, alone bool) string
	// Bracket gives statements that are run before and after st, the second whatever became of st; "" for none. It may be nil.
	Bracket func(st builder.Statement) (before, after string)
	// Copy is the database's bulk load; nil for none.
	Copy *Copy
	// Second is another way to write what gives rows back; nil for none.
	Second *Second
	// Probe may find out more of why st failed, on its connection. It may be nil.
	Probe func(ctx context.Context, c *Conn, st builder.Statement, err error) error
	// Locate writes into what Fail made of a statement's error which fields it speaks of. It may be nil.
	Locate func(err error, st builder.Statement)
	// Enter tells a connection that was just taken what the unit of work brings along, and says in Conn.Leave how that is undone. It
	// may be nil.
	Enter func(ctx context.Context, c *Conn) error
	// Busy reports an error that means: somebody else holds a lock, nothing was done. Such a statement runs
	// again for up to MaxWait when it is not part of a transaction, or of one that is Late. It may be nil.
	Busy    func(error) bool
	MaxWait time.Duration

	scratch sync.Pool
}

// scratch is the memory that one call needs besides its rows.
type scratch struct {
	args  builder.Args
	named []driver.NamedValue
	row   []driver.Value
}

func (s *System) take() *scratch {
	if c, ok := s.scratch.Get().(*scratch); ok {
		return c
	}
	return &scratch{named: make([]driver.NamedValue, 0, 16), row: make([]driver.Value, 0, 16)}
}

// maxScratch bounds what is kept for the next call, so that one bulk insert does not hold its memory forever.
const maxScratch = 1024

// give puts c back without the caller's values, which may be secret.
func (s *System) give(c *scratch) {
	if cap(c.named) > maxScratch || cap(c.row) > maxScratch {
		return
	}
	c.args = builder.Args{}
	clear(c.named)
	clear(c.row[:cap(c.row)])
	c.named = c.named[:0]
	s.scratch.Put(c)
}

// bind fills c.named; at is the argument that does not fit.
func (s *System) bind(c *scratch, args []model.Value) (at int, err error) {
	c.named = c.named[:0]
	for i := range args {
		v, err := s.Bind(args[i])
		if err != nil {
			return i, err
		}
		c.named = append(c.named, driver.NamedValue{Ordinal: i + 1, Value: v})
	}
	return 0, nil
}

// bound is bind that names the column whose value does not fit.
func (s *System) bound(c *scratch, st builder.Statement, args []model.Value, k *known) error {
	at, err := s.bind(c, args)
	if err == nil {
		return s.typed(c, st, args, k)
	}
	e, ok := err.(*fault.Error) //nolint:errorlint // made by Bind, not wrapped yet
	if !ok || e.Field != "" {
		return err
	}
	if fields, failed := builder.ArgumentFields(s.Cache.Dialect, st); failed == nil && at < len(fields) && fields[at] != nil {
		e.Model, e.Field = fields[at].Model.Name, fields[at].Name
	}
	return err
}

// typed gives the NULLs among the arguments, and those for columns that are picky, the types of their columns.
func (s *System) typed(c *scratch, st builder.Statement, args []model.Value, k *known) error {
	if s.Typed == nil {
		return nil
	}
	of := k.arguments.Load()
	if of == nil { // which column an argument belongs to is asked once for each statement
		fields, err := builder.ArgumentFields(s.Cache.Dialect, st)
		if err != nil {
			return err
		}
		of = &arguments{fields: fields, picky: slices.ContainsFunc(fields, func(f *model.Field) bool { return f != nil && s.Picky(f) })}
		k.arguments.Store(of)
	}
	for i := range c.named[:min(len(c.named), len(of.fields))] {
		if c.named[i].Value != nil && !of.picky {
			continue
		}
		v, err := s.Typed(of.fields[i], args[i], c.named[i].Value)
		if err != nil {
			return err
		}
		c.named[i].Value = v
	}
	return nil
}

// values gives c.row with room for n columns.
func (c *scratch) values(n int) []driver.Value {
	if cap(c.row) < n {
		c.row = make([]driver.Value, n)
	}
	return c.row[:n]
}
