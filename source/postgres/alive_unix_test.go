//go:build unix

package postgres

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// The driver may leave a reader behind on a connection that it gives back, after a write that took long: it reads until
// something comes. Looking whether the connection lives does not wait for it.
func TestAliveBesideAReader(t *testing.T) {
	d := open(t, nil, one())
	ctx := t.Context()
	_, err := d.on(ctx, nil, &attempt{query: true}, func(conn *pgx.Conn) (int64, error) {
		socket := conn.PgConn().Conn()
		raw, err := socket.(syscall.Conn).SyscallConn()
		if err != nil {
			return 0, err
		}
		reading, done := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(done)
			first := true
			_ = raw.Read(func(uintptr) bool { // ends with the deadline
				if first {
					first = false
					close(reading)
				}
				return false
			})
		}()
		<-reading
		answer := make(chan bool, 1)
		go func() { answer <- alive(context.Background(), conn) }()
		select {
		case ok := <-answer:
			if !ok {
				t.Error("it lives")
			}
		case <-time.After(10 * time.Second):
			t.Error("it waits for the reader")
		}
		if err := socket.SetReadDeadline(time.Now()); err != nil {
			return 0, err
		}
		<-done
		return 0, socket.SetReadDeadline(time.Time{})
	})
	if err != nil {
		t.Fatal(err)
	}
}
