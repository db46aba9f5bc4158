package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/multi-orm/orm/internal/blame"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// fail turns the driver's error into ours. The driver's stays reachable for errors.As and is never printed.
// m may be nil.
func (d *DataSource) fail(ctx context.Context, m *model.Model, err error) error {
	if err == nil {
		return nil
	}
	name := ""
	if m != nil {
		name = m.Name
	}
	if e, ok := err.(*fault.Error); ok { //nolint:errorlint // made here, not wrapped yet
		return fault.Fill(e, "", name, d.name)
	}
	out := &fault.Error{Model: name, Source: d.name, Err: fault.ErrUpstream}
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &pg):
		if pg.Code == "57014" && ctx.Err() != nil {
			out.Err = ctx.Err()
			break
		}
		return d.refused(out, m, pg, err)
	case ctx.Err() != nil:
		out.Err = ctx.Err()
	case d.closed.Load():
		out.Err, out.Detail = fault.ErrClosed, "the source was closed"
	case busy(err):
		out.Err, out.Detail = fault.ErrInvalid, "the connection is busy: a stream of rows is still being read in this transaction"
	default:
		var dial *pgconn.ConnectError
		if errors.As(err, &dial) {
			out.Detail = "the server cannot be reached: check host, port, TLS settings and whether it runs"
		} else {
			out.Detail = "the connection to the server was lost"
		}
	}
	return out.WithCause(err)
}

// busy reports that a connection was used while a result was open on it.
func busy(err error) bool {
	var lock interface {
		error
		SafeToRetry() bool
	}
	return errors.As(err, &lock) && lock.Error() == "conn busy"
}

// transient marks what went wrong only because of other transactions: the whole transaction may run again.
type transient struct{ error }

// Retryable is what the engine asks.
func (transient) Retryable() bool { return true }

// Unwrap gives the driver's error.
func (t transient) Unwrap() error { return t.error }

// refused maps what the server said, by its code alone: its words are in the server's language.
func (d *DataSource) refused(out *fault.Error, m *model.Model, pg *pgconn.PgError, err error) error {
	out.Err, out.Detail = sentence(pg.Code)
	out.Constraint = pg.ConstraintName
	if t, ok := told(m, blame.TableOf(d.models, pg.TableName), pg); ok {
		blame.Locate(out, m, d.models, t)
	}
	switch pg.Code {
	case "40001", "40P01": // serialization failure, deadlock
		return out.WithCause(transient{err})
	}
	return out.WithCause(err)
}

// refusal reports that the server answered, and undid what it was asked to do. Whatever else ends the wait for an answer tells
// nothing: a driver that calls it safe to retry speaks of its last write, not of the one before the wait.
func refusal(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && !vague(pg)
}
