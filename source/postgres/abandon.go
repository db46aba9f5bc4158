package postgres

import (
	"context"
	"time"
)

// drainTime is how long a result that nobody reads on is worth waiting for. Making a connection costs about as much.
const drainTime = 10 * time.Millisecond

// abandon ends a result that is not read to its end: drain reads the rest of it. What goes wrong here is no news to the caller, who has an error.
//
// In a transaction of the caller's the connection must live, so the rest is read and thrown away. Outside one, the rest has a moment
// to arrive; then pgx's own handling of a timeout sends a cancel request and closes the connection. Cancelling and
// keeping it would risk that the request hits the next statement.
func (r *run) abandon(ctx context.Context, drain func()) {
	if r.tx && !r.alone {
		drain()
		return
	}
	socket := r.conn.PgConn().Conn()
	if socket.SetReadDeadline(time.Now().Add(drainTime)) != nil {
		return // the connection is busy, so the pool destroys it
	}
	drain()
	if !r.conn.IsClosed() && socket.SetReadDeadline(time.Time{}) != nil {
		_ = r.conn.Close(ctx)
	}
}
