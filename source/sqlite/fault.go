package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/blame"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// lockedError is a transaction that the database gave up for another's sake.
type lockedError struct{ error }

// Retryable says that the whole transaction may run again.
func (lockedError) Retryable() bool { return true }

func (e lockedError) Unwrap() error { return e.error }

// busy reports that another connection holds the lock.
func busy(err error) bool {
	var e *driver.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code() & 0xff {
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return true
	}
	return false
}

// stale reports that the transaction read before another one wrote, so that it can never write any more.
func stale(err error) bool {
	var e *driver.Error
	return errors.As(err, &e) && e.Code() == lib.SQLITE_BUSY_SNAPSHOT
}

// held reports that waiting may help.
func held(err error) bool { return busy(err) && !stale(err) }

// fail maps a driver's error by its code; the driver's words stay behind errors.As.
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
	var e *driver.Error
	switch {
	case ctx.Err() != nil && (errors.Is(err, ctx.Err()) || interrupted(err)):
		out.Err = ctx.Err()
		return out.WithCause(context.Cause(ctx))
	case errors.Is(err, sql.ErrConnDone):
		out.Err, out.Detail = fault.ErrClosed, "the source is not open"
	case stale(err):
		out.Detail = "another transaction has written since this one first read, so it cannot write any more: run it again, orm.Retry does, or let transactions take the lock when they begin"
		return out.WithCause(lockedError{err})
	case busy(err):
		out.Detail = "the database is locked: another transaction or an open stream holds it; inside Tx use the DB that it gives"
		return out.WithCause(lockedError{err})
	case errors.As(err, &e):
		out.Detail, out.Err = kind(e.Code())
		if e.Code()&0xff == lib.SQLITE_ERROR {
			out.Detail, out.Err = said(e.Error())
			out.Field = lacking(m, e.Error())
		}
		if restricted(e) {
			out.Detail, out.Err = kind(lib.SQLITE_CONSTRAINT_FOREIGNKEY)
		}
		if t, ok := told(e); ok {
			blame.Locate(out, m, d.models, t)
		}
	}
	return out.WithCause(err)
}

// lacking names the field whose column is not there, where the words are about one of m.
func lacking(m *model.Model, words string) string {
	if m == nil {
		return ""
	}
	for _, before := range []string{"no such column: ", "has no column named "} {
		_, name, ok := strings.Cut(words, before)
		if !ok {
			continue
		}
		name, _, _ = strings.Cut(name, " ") // SQLite goes on about quotes, the driver about its code
		if table, column, qualified := strings.Cut(name, "."); qualified {
			if !strings.EqualFold(table, m.Table) {
				return ""
			}
			name = column
		}
		for _, f := range m.Fields {
			if strings.EqualFold(f.Column, strings.Trim(name, `"`)) {
				return f.Name
			}
		}
	}
	return ""
}

// misfit words the errors that the driver makes itself, without a code: about arguments that are missing.
func misfit(ctx context.Context, err error) error {
	var e *driver.Error
	if err == nil || ctx.Err() != nil || errors.As(err, &e) {
		return err
	}
	return refuse("the arguments do not fit the placeholders of the text").WithCause(err)
}

func interrupted(err error) bool {
	var e *driver.Error
	return errors.As(err, &e) && e.Code()&0xff == lib.SQLITE_INTERRUPT
}

// said tells apart what SQLite has one code for.
func said(words string) (detail string, sentinel error) {
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(words, p) {
				return true
			}
		}
		return false
	}
	switch {
	case has("orm_decimal: the stored text is no number"):
		return "the column of decimals holds text that is no number", fault.ErrInvalid
	case has("no such collation sequence: orm_decimal", "no such function: orm_decimal"):
		return "the database was opened without decimals: call sqlite.RegisterDecimals on its driver before it opens connections", fault.ErrUnsupported
	case has("no such function: "+dialect.TimeFunction, "no such function: "+dialect.ZoneFunction):
		return "the database was opened without times: call sqlite.RegisterTimes on its driver before it opens connections", fault.ErrUnsupported
	case outOfRange(words):
		return "a number would leave the range of its column", fault.ErrInvalid
	case has("Expression tree is too large", "parser stack overflow", "too many terms", "too many SQL variables", "at most 64 tables"):
		return "the statement is too deep or too long for SQLite: use fewer conditions, or a list with In", fault.ErrLimit
	case has("_fts_", "no such module: fts", "unable to use function MATCH"):
		return "the full-text index is missing: run orm.CreateTables, which makes it", fault.ErrInvalid
	case has("no such table"):
		return "the table does not exist: run orm.CreateTables or your migrations", fault.ErrInvalid
	case has("no such column", "has no column named"):
		return "a column does not exist: run orm.CreateTables or your migrations, and check the names", fault.ErrInvalid
	}
	return "the database refused the statement", fault.ErrInvalid
}

// kind tells what an extended result code means (https://sqlite.org/rescode.html).
func kind(code int) (detail string, sentinel error) {
	switch code {
	case lib.SQLITE_CONSTRAINT_UNIQUE, lib.SQLITE_CONSTRAINT_PRIMARYKEY, lib.SQLITE_CONSTRAINT_ROWID:
		return "", fault.ErrConflict
	case lib.SQLITE_CONSTRAINT_FOREIGNKEY: // of one that is checked at COMMIT SQLite does not even say which
		return "a row that was written, or that stayed where another was deleted, refers to one that is not there", fault.ErrReference
	case lib.SQLITE_CONSTRAINT_NOTNULL:
		return "a column that may not be NULL was given none", fault.ErrInvalid
	case lib.SQLITE_CONSTRAINT_TRIGGER:
		return "a trigger of the database refused it", fault.ErrInvalid
	case lib.SQLITE_CONSTRAINT_CHECK:
		return "a check constraint does not allow the row", fault.ErrInvalid
	}
	switch code & 0xff {
	case lib.SQLITE_CONSTRAINT, lib.SQLITE_MISMATCH, lib.SQLITE_TOOBIG, lib.SQLITE_RANGE:
		return "the database refused a value", fault.ErrInvalid
	case lib.SQLITE_READONLY:
		return "the database or the transaction is read-only", fault.ErrDenied
	case lib.SQLITE_AUTH, lib.SQLITE_PERM:
		return "", fault.ErrDenied
	case lib.SQLITE_CANTOPEN:
		return "the file cannot be opened: look at its folder and permissions", fault.ErrUpstream
	case lib.SQLITE_NOTADB, lib.SQLITE_CORRUPT:
		return "the file is no SQLite database, or damaged", fault.ErrUpstream
	case lib.SQLITE_FULL:
		return "the disk is full", fault.ErrUpstream
	}
	return "", fault.ErrUpstream
}
