package postgres

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// rollbackTime bounds a rollback whose caller has given up; after it the connection is closed, which rolls back too.
const rollbackTime = 5 * time.Second

// tx is a transaction on a connection of its own.
type tx struct {
	d        *DataSource
	held     *pgxpool.Conn // given back at the end, after which only conn may be touched
	conn     *pgx.Conn
	readOnly bool        // it was begun as one that writes nothing
	alone    bool        // it was begun for one statement
	busy     atomic.Bool // a statement runs, or its rows are being read
	ended    atomic.Bool
	cursors  int   // made so far; each has a name of its own
	failed   error // the first statement that failed, which is why a commit may not be one
	naming         // what names mean now
	marks    []mark
}

var (
	_ source.Tx       = (*tx)(nil)
	_ source.Settable = (*tx)(nil)
)

// Begin starts a transaction, in up to three tries: nothing is done before it has begun.
func (d *DataSource) Begin(ctx context.Context, o source.TxOptions) (source.Tx, error) {
	for tries := 0; ; tries++ {
		t, err := d.begin(ctx, o)
		if err == nil {
			return t, nil
		}
		if d.closed.Load() || misled(err) || ctx.Err() != nil || !unreached(err) || !replay(ctx, tries) {
			return nil, fault.Ended(err, fault.Unsent)
		}
	}
}

// unreached reports that it was the connection that failed, not what was asked.
func unreached(err error) bool { return !refusal(err) && errors.Is(err, fault.ErrUpstream) }

func (d *DataSource) begin(ctx context.Context, o source.TxOptions) (*tx, error) {
	conn, err := d.acquireFor(ctx, o)
	if err != nil {
		return nil, d.unacquired(ctx, nil, err)
	}
	if _, err := conn.Exec(ctx, begin(o)); err != nil {
		conn.Release()
		return nil, d.fail(ctx, nil, err)
	}
	t := &tx{d: d, held: conn, conn: conn.Conn(), readOnly: o.ReadOnly}
	if err := t.Set(ctx, source.SettingsFrom(ctx)); err != nil {
		_ = t.Rollback(ctx) // the settings' failure is what the caller needs to know
		return nil, err
	}
	return t, nil
}

func begin(o source.TxOptions) string {
	text := "BEGIN"
	switch o.Isolation {
	case source.ReadCommitted:
		text += " ISOLATION LEVEL READ COMMITTED"
	case source.RepeatableRead:
		text += " ISOLATION LEVEL REPEATABLE READ"
	case source.Serializable:
		text += " ISOLATION LEVEL SERIALIZABLE"
	}
	if o.ReadOnly {
		text += " READ ONLY"
	}
	return text
}

// enter takes the connection for one statement.
func (t *tx) enter() error {
	if t.ended.Load() {
		return t.errEnded()
	}
	if !t.busy.CompareAndSwap(false, true) {
		return &fault.Error{Source: t.d.name, Err: fault.ErrInvalid,
			Detail: "the transaction is busy: finish reading the stream before the next statement, or read with All"}
	}
	return nil
}

func (t *tx) leave() { t.busy.Store(false) }

func (t *tx) errEnded() error {
	return &fault.Error{Source: t.d.name, Err: fault.ErrClosed, Detail: "the transaction has ended"}
}

// note remembers what broke the transaction, and notices when a text ended it behind our back.
func (t *tx) note(err error) error {
	pg := t.conn.PgConn()
	if err != nil && t.failed == nil && (pg.IsClosed() || pg.TxStatus() != 'T') {
		t.failed = err
	}
	if err != nil && t.failed != nil {
		t.because(err)
	}
	if err == nil && pg.TxStatus() == 'I' && t.ended.CompareAndSwap(false, true) {
		t.held.Release()
		return &fault.Error{Source: t.d.name, Err: fault.ErrInvalid,
			Detail: "the SQL text ended the transaction: what came before it may be committed; use the transaction's own methods"}
	}
	return err
}

// because gives the error of a statement that was refused for an earlier one the error of that one.
func (t *tx) because(err error) {
	var refused *pgconn.PgError
	if e, ok := err.(*fault.Error); ok && errors.As(err, &refused) && refused.Code == "25P02" { //nolint:errorlint // made here, not wrapped yet
		_ = e.WithCause(errors.Join(refused, t.failed))
	}
}

// undone says of a failure that it left nothing behind, where that is sure: the connection is closed, so that nobody can commit
// any more, or the server refused the statement, or never got it.
func (t *tx) undone(err error) error {
	if err != nil && (t.conn.IsClosed() || refusal(err) || early(err)) {
		return fault.Ended(err, fault.Undone)
	}
	return err
}

// Select reads into rows. Where the reader may stop early it goes through a cursor, so that what is not read is not sent:
// the connection, which must live, would have to take all of it before the next statement.
func (t *tx) Select(ctx context.Context, st *builder.Select, rows *source.Rows) error {
	if rows.Early && !t.alone && !(st.HasTake && st.Take <= firstWindow) {
		return t.selectEarly(ctx, st, rows)
	}
	_, err := t.d.perform(ctx, t, st, rows)
	return err
}

// Insert adds rows and gives the number added.
func (t *tx) Insert(ctx context.Context, st *builder.Insert, rows *source.Rows) (int64, error) {
	return t.d.perform(ctx, t, st, rows)
}

// Update changes rows and gives their number.
func (t *tx) Update(ctx context.Context, st *builder.Update, rows *source.Rows) (int64, error) {
	return t.d.perform(ctx, t, st, rows)
}

// Delete removes rows and gives their number.
func (t *tx) Delete(ctx context.Context, st *builder.Delete, rows *source.Rows) (int64, error) {
	return t.d.perform(ctx, t, st, rows)
}

// Query reads the result of text into rows.
func (t *tx) Query(ctx context.Context, text string, args []model.Value, rows *source.Rows) error {
	t.unsure = t.unsure || mayResolve(text)
	return t.d.query(ctx, t, text, args, rows)
}

// Exec runs text and gives the number of rows it touched.
func (t *tx) Exec(ctx context.Context, text string, args []model.Value) (int64, error) {
	t.unsure = t.unsure || mayResolve(text)
	return t.d.exec(ctx, t, text, args)
}
