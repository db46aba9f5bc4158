package sqlserver

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"
	"strings"

	mssql "github.com/microsoft/go-mssqldb"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// givenUp is a transaction that the server gave up for another's sake.
type givenUp struct{ error }

// Retryable says that the whole transaction may run again.
func (givenUp) Retryable() bool { return true }

func (e givenUp) Unwrap() error { return e.error }

// unreadable is a connection string that the driver cannot read; its words may hold the password and are left out.
func unreadable(error) error {
	return refuse("the connection string cannot be read: it is a URL as in sqlserver://user:password@host?database=name, or an ADO or ODBC string")
}

// lost reports that the connection broke while an answer was awaited.
func lost(err error) bool {
	var op *net.OpError
	var stream mssql.StreamError
	return errors.As(err, &op) || errors.As(err, &stream) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// answered reports an error that the server gave of a statement. One of class 20 and above ends the connection.
func answered(err error) bool {
	var e mssql.Error
	return errors.As(err, &e) && e.Class < 20
}

// raised reports an error of RAISERROR or THROW: the first undoes nothing by itself.
func raised(err error) bool {
	var e mssql.Error
	if !errors.As(err, &e) {
		return false
	}
	return e.Number >= 50000 || slices.ContainsFunc(e.All, func(x mssql.Error) bool { return x.Number >= 50000 })
}

// unsent reports what the driver says of a request that it could not write whole.
func unsent(err error) bool { return errors.Is(err, driver.ErrBadConn) }

// fail maps a driver's error by its number; the driver's words stay behind errors.As.
func (d *DataSource) fail(ctx context.Context, m *model.Model, err error) error {
	if err == nil {
		return nil
	}
	out := &fault.Error{Source: d.Name(), Err: fault.ErrUpstream}
	if m != nil {
		out.Model = m.Name
	}
	if ours, ok := err.(*fault.Error); ok { //nolint:errorlint // made here, not wrapped yet
		return fault.Fill(ours, "", out.Model, d.Name())
	}
	var e mssql.Error
	switch {
	case ctx.Err() != nil && (errors.Is(err, ctx.Err()) || lost(err) || cancelled(err)):
		out.Err = ctx.Err()
		return out.WithCause(context.Cause(ctx))
	case errors.Is(err, sql.ErrConnDone):
		out.Err, out.Detail = fault.ErrClosed, "the source is not open"
	case errors.As(err, &e):
		out.Detail, out.Err = kind(e.Number)
		if retryable(e.Number) {
			return out.WithCause(givenUp{err})
		}
		if out.Err == fault.ErrConflict || out.Err == fault.ErrReference { //nolint:errorlint // as kind gave it
			out.Constraint = constraint(e.Message)
		}
	case d.sockets.isCut():
		out.Err, out.Detail = fault.ErrClosed, "the source was closed"
	case lost(err):
		out.Detail = "the connection to the server broke"
	}
	return out.WithCause(err)
}

// cancelled reports the error that the driver makes of an attention that the server acknowledged.
func cancelled(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

func retryable(number int32) bool {
	switch number {
	case 1205, 3960, 3961, 3935, 41302, 41305, 41325:
		return true
	}
	return false
}

// kind tells what a number means (sys.messages).
func kind(number int32) (detail string, sentinel error) {
	switch number {
	case 2627, 2601:
		return "", fault.ErrConflict
	case 547:
		return "a reference or a check constraint does not allow the row", fault.ErrReference
	case 515:
		return "a column that may not be NULL was given none", fault.ErrInvalid
	case 2628, 8152:
		return "a text or binary value is longer than its column", fault.ErrInvalid
	case 8115, 220, 232, 1007:
		return "a number would leave the range of its column", fault.ErrInvalid
	case 245, 248, 8114, 241, 242, 295, 8169, 257, 206:
		return "a value does not fit the type of its column", fault.ErrInvalid
	case 8102:
		return "an identity column keeps the number that it was given", fault.ErrUnsupported
	case 8134:
		return "a number was divided by zero", fault.ErrInvalid
	case 208:
		return "the table does not exist: run orm.CreateTables or your migrations", fault.ErrInvalid
	case 207:
		return "a column does not exist: run orm.CreateTables or your migrations, and check the names", fault.ErrInvalid
	case 102, 156, 105, 319:
		return "the server cannot read the statement", fault.ErrInvalid
	case 8003, 8632, 8631, 701, 191:
		return "the statement is too deep or too long for the server: use fewer conditions, or a list with In", fault.ErrLimit
	case 334:
		return "the table has triggers, so that a write cannot give rows back", fault.ErrUnsupported
	case 1205:
		return "the server chose the transaction to end a deadlock: run it again, orm.Retry does", fault.ErrUpstream
	case 3960, 3961, 3935, 41302, 41305, 41325:
		return "another transaction changed the same rows: run it again, orm.Retry does", fault.ErrUpstream
	case 1222:
		return "the rows are locked by another transaction", fault.ErrConflict
	case 33504:
		return "a row policy does not allow the row", fault.ErrDenied
	case 229, 230, 262, 300, 297:
		return "the login lacks a permission", fault.ErrDenied
	case 3906, 3908:
		return "the database is read-only", fault.ErrDenied
	case 18456, 18452, 18450, 18470, 18487, 18488, 4060, 916:
		return "the server refused the login or the database", fault.ErrAuth
	}
	return "the server refused the statement", fault.ErrInvalid
}

// constraint gives the name that stands in quotes behind the word constraint or index, where the message says one.
func constraint(message string) string {
	for _, word := range []string{"constraint '", "index '", `constraint "`} {
		if _, rest, ok := strings.Cut(message, word); ok {
			if name, _, ok := strings.Cut(rest, word[len(word)-1:]); ok {
				return name
			}
		}
	}
	return ""
}
