package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/multi-orm/orm/internal/fault"
)

// drainTime is how long a result that nobody reads on is worth waiting for. Making a connection costs about as much.
const drainTime = 10 * time.Millisecond

// abandon ends a result that is not read to its end, and gives stop back.
//
// In a transaction the connection must live, so the rest is read and thrown away. Outside one, the rest has a moment
// to arrive; then pgx's own handling of a timeout sends a cancel request and closes the connection. Cancelling and
// keeping it would risk that the request hits the next statement.
func (r *run) abandon(ctx context.Context, result *pgconn.ResultReader, stop error) error {
	if _, ours := stop.(*fault.Error); ours { //nolint:errorlint // made by the decoder, not wrapped; others are the reader's
		stop = r.d.fail(ctx, r.model, stop)
	}
	if r.tx {
		_, _ = result.Close() // the transaction's next statement will say what is wrong
		return stop
	}
	socket := r.conn.PgConn().Conn()
	if socket.SetReadDeadline(time.Now().Add(drainTime)) != nil {
		return stop // busy, so the pool destroys it
	}
	_, _ = result.Close() // the reader has its error already
	if !r.conn.IsClosed() && socket.SetReadDeadline(time.Time{}) != nil {
		_ = r.conn.Close(ctx)
	}
	return stop
}
