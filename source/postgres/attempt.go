package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// attempt is how far one try of a statement outside transactions came.
type attempt struct {
	model *model.Model
	query bool // it only reads
	sent  bool // the server may have run it
	came  bool // rows have been decoded
	gone  bool // the connection is closed

	stopped bool // the error is the reader's own
}

// take notes what came of a run.
func (a *attempt) take(r *run) { a.sent, a.came, a.stopped = r.sent, r.read > 0, r.stopped }

// mostReplays bounds how often what was provably not done is tried again.
const mostReplays = 2

// replay waits a moment before another try, and reports whether there is to be one. The pauses are short and random: a
// server that comes back meets its callers one after another.
func replay(ctx context.Context, n int) bool {
	if n >= mostReplays {
		return false
	}
	t := time.NewTimer(rand.N(20 * time.Millisecond << (2 * n)))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// on gives fn the connection of t, or one of its own. Outside transactions it tries again what was not sent, and reads of
// which nothing came.
func (d *DataSource) on(ctx context.Context, t *tx, a *attempt, fn func(*pgx.Conn) (int64, error)) (int64, error) {
	if t != nil {
		if err := t.enter(); err != nil {
			return 0, err
		}
		defer t.leave()
		n, err := fn(t.conn)
		if err != nil && !t.readOnly && readOnly(err) {
			return n, t.note(d.demoted(err))
		}
		if err = t.note(err); !a.stopped && a.model != nil { // a text may have committed by itself
			err = t.undone(err)
		}
		return n, err
	}
	for tries := 0; ; tries++ {
		n, err := d.try(ctx, a, fn)
		if !a.query && (err == nil || fault.OutcomeOf(err) == fault.Unknown) {
			d.wrote(ctx)
		}
		if err == nil || a.stopped {
			return n, err
		}
		moved := readOnly(err)
		if moved {
			err = d.demoted(err)
		}
		again := moved || fault.OutcomeOf(err) == fault.Unsent || a.query && a.gone && !a.came
		if !again || d.closed.Load() || misled(err) || ctx.Err() != nil || !replay(ctx, tries) {
			return n, err
		}
		a.sent, a.gone = false, false
	}
}

// try runs fn once on a connection of its own.
func (d *DataSource) try(ctx context.Context, a *attempt, fn func(*pgx.Conn) (int64, error)) (int64, error) {
	conn, err := d.acquire(ctx)
	if err != nil {
		return 0, fault.Ended(d.unacquired(ctx, a.model, err), fault.Unsent)
	}
	defer conn.Release() // destroys it when it is busy, closed or in a transaction
	if !a.query && !alive(ctx, conn.Conn()) {
		_ = conn.Conn().Close(ctx) // it is closed whatever this says
		return 0, fault.Ended(d.fail(ctx, a.model, errDead), fault.Unsent)
	}
	n, err := fn(conn.Conn())
	if err == nil || a.stopped {
		return n, err
	}
	a.gone = conn.Conn().IsClosed()
	return n, d.judge(ctx, a, err)
}

// errDead is a connection of the pool that had ended before it was used.
var errDead = errors.New("the connection had ended")

// unacquired says why there is no connection.
func (d *DataSource) unacquired(ctx context.Context, m *model.Model, err error) error {
	out := d.fail(ctx, m, err)
	pool := d.pool.Load()
	if pool == nil || ctx.Err() == nil {
		return out
	}
	stat := pool.Stat()
	if e, ok := out.(*fault.Error); ok && stat.AcquiredConns() >= stat.MaxConns() { //nolint:errorlint // made just now
		c := *e
		c.Detail = fmt.Sprintf("all %d connections of the pool were in use until the context ended: raise MaxConns, or find what holds them", stat.MaxConns())
		return &c
	}
	return out
}

// judge adds to err what became of the statement.
func (d *DataSource) judge(ctx context.Context, a *attempt, err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && !vague(pg) {
		return fault.Ended(err, fault.Undone)
	}
	switch {
	case a.query:
		return err
	case !a.sent && a.gone, !a.gone && early(err):
		return fault.Ended(err, fault.Unsent)
	case !a.sent:
		return fault.Ended(err, fault.Undone)
	case !a.gone && pg == nil: // the answer came, and could not be read here: what was written is done
		return fault.Ended(err, fault.Unknown)
	}
	name := ""
	if a.model != nil {
		name = a.model.Name
	}
	return fault.Doubtful(name, d.name, "the connection was lost before the answer came: look before repeating", errors.Join(ctx.Err(), err))
}

// early reports that the caller's time was over before the driver sent anything. It holds for connections that are still open:
// one that broke while it was used is closed.
func early(err error) bool { return pgconn.Timeout(err) && pgconn.SafeToRetry(err) }

// vague reports that the server's answer does not say whether the statement was done: it ended the session, or what answers
// for it lost it.
func vague(pg *pgconn.PgError) bool {
	return severe(pg) || pg.Code == "40003" || strings.HasPrefix(pg.Code, "08")
}

// severe reports that the server ended the session. Old servers, and some that speak its protocol, say that in one field only.
func severe(pg *pgconn.PgError) bool {
	for _, s := range []string{pg.SeverityUnlocalized, pg.Severity} {
		if s == "FATAL" || s == "PANIC" {
			return true
		}
	}
	return strings.HasPrefix(pg.Code, "57P0")
}
