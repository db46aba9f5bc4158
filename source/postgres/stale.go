package postgres

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/multi-orm/orm/internal/fault"
)

// doubt is what a failure says of the description that the statement ran with: tables change under a process that runs.
type doubt uint8

const (
	noDoubt    doubt = iota
	unbound          // values or columns do not fit the types as we know them; nothing was sent
	unplanned        // the server did not begin, for names or types are other ones than it was told
	unaccepted       // the server refused a value, perhaps for a type that the column no longer has
	unread           // the result came in types that cannot be decoded; it was a read, so reading again does no harm
)

// mostRepeats bounds the runs after the first one, where the table goes on changing.
const mostRepeats = 2

// again prepares another run of a statement that failed, and reports whether there is to be one. Only what has done
// nothing is repeated: what was not sent, what the server did not begin, what only reads, and what the server undid as
// a whole, which it does outside transactions. A transaction that failed is beyond repair, but the next one will find
// the statement as it is then.
func (r *run) again(ctx context.Context, err error, repeats int) bool {
	if r.read > 0 || repeats == mostRepeats {
		return false
	}
	why := r.doubt(err)
	switch why {
	case noDoubt:
		return false
	case unbound:
		r.forget(ctx)
		return true
	case unread:
		r.forget(ctx)
		r.changed = false
		return true
	case unaccepted:
		if !r.tx && !r.moved(ctx) {
			return false
		}
		r.forget(ctx)
		return !r.tx && !procedure(r.statement.sql)
	}
	if repeats > 0 && alike(r.sd, r.refused) { // nothing has changed: that is how it is
		return false
	}
	r.refused = r.sd
	r.forget(ctx)
	return !r.tx
}

// doubt reads an error.
func (r *run) doubt(err error) doubt {
	switch {
	case r.changed:
		if r.query {
			return unread
		}
		return noDoubt
	case r.unbound:
		if r.known {
			return unbound
		}
		return noDoubt
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || len(pg.Code) != 5 {
		return noDoubt
	}
	switch {
	case replanned(pg) || pg.Code == "26000": // and a statement that is not there
		return unplanned
	case pg.Code == "0A000": // the server cannot do this, whatever the types are
		return noDoubt
	case r.sd == nil && pg.Code == "XX000": // what it looked up went away meanwhile
		return unplanned
	case r.sd == nil: // it was not even described, so the server speaks of what is there now
		return noDoubt
	}
	switch pg.Code {
	case "42501", "42601", "22012": // privileges, syntax and division know no types
		return noDoubt
	case "23514", "23502": // a domain's own, when the value is bound
		if pg.DataTypeName == "" {
			return noDoubt
		}
		return unaccepted
	case "XX000": // a type that is dropped is looked up in vain
		return unaccepted
	}
	switch pg.Code[:2] {
	case "42":
		if pg.Where != "" { // a function or a trigger speaks
			return unaccepted
		}
		return unplanned
	case "22":
		return unaccepted
	}
	return noDoubt
}

// moved reports whether the server describes the statement otherwise than it did.
func (r *run) moved(ctx context.Context) bool {
	now, err := r.ask(ctx, "")
	if err != nil {
		return !r.conn.IsClosed()
	}
	return !alike(now, r.sd)
}

// procedure reports whether a text may commit on its way, so that an error does not undo all of it.
func procedure(text string) bool {
	text = strings.TrimLeft(text, " \t\r\n(")
	return len(text) < 4 || strings.EqualFold(text[:4], "CALL") || strings.HasPrefix(text, "/*") || strings.HasPrefix(text, "--")
}

// inTransaction gives the error for a transaction that cannot go on. Where types have changed, running all of it again
// finds what is there now.
func (r *run) inTransaction(err error) error {
	if r.changed {
		return r.outdated(err)
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return err
	}
	switch {
	case r.known:
	case r.sd == nil && (replanned(pg) || pg.Code == "XX000"): // it changed while it was described
	default:
		return err
	}
	if replanned(pg) {
		return r.outdated(err)
	}
	switch pg.Code {
	case "26000", "42804", "42846", "42883", "42725", "42809", "42P18", "XX000":
		return r.outdated(err)
	}
	return err
}

// outdated is the error of a statement whose table changed under it in a transaction.
func (r *run) outdated(err error) error {
	out := &fault.Error{Source: r.d.name, Err: fault.ErrUpstream, Detail: "the table changed while its statement was prepared: run the transaction again, orm.Retry does"}
	if r.model != nil {
		out.Model = r.model.Name
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) { // what our own error made of it is another kind
		return out.WithCause(transient{pg})
	}
	return out.WithCause(transient{err})
}

// replanned reports "cached plan must not change result type", which the server says in its own language, by the place in its
// code that says it. What speaks PostgreSQL's protocol without naming places may mean it.
func replanned(pg *pgconn.PgError) bool {
	return pg.Code == "0A000" && (pg.Routine == "RevalidateCachedQuery" || pg.Routine == "")
}
