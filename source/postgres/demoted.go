package postgres

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/multi-orm/orm/internal/fault"
)

// readOnly reports that the server refused a write because it is read-only.
func readOnly(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "25006"
}

// demoted turns the refusal of a server that takes no writes any more, such as one that became a standby, into a failure that
// passes, and has the pool make new connections: they go where the connection string finds a server that writes.
func (d *DataSource) demoted(err error) error {
	if pool := d.pool.Load(); pool != nil {
		pool.Reset()
	}
	out := &fault.Error{Source: d.name, Err: fault.ErrUpstream,
		Detail: "the server is read-only now: with several hosts in the connection string say target_session_attrs=read-write"}
	var ours *fault.Error
	if errors.As(err, &ours) {
		out.Model = ours.Model
	}
	var pg *pgconn.PgError
	errors.As(err, &pg)
	return fault.Ended(out.WithCause(transient{pg}), fault.Undone)
}
