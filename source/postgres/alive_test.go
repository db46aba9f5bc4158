//go:build unix

package postgres

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/multi-orm/orm/internal/testkit"
)

// A read that the driver left pending, as it does after a write that took long, does not hold up the look at a connection:
// it would wait for a word of the server that may never come, whatever the caller's deadline.
func TestAliveWaitsForNoReader(t *testing.T) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, testkit.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = conn.PgConn().Conn().Read(make([]byte, 1))
	}()
	time.Sleep(50 * time.Millisecond) // it waits by now
	said := make(chan bool, 1)
	go func() { said <- alive(ctx, conn) }()
	select {
	case is := <-said:
		if !is {
			t.Error("a connection that lives is said to be dead")
		}
	case <-time.After(3 * time.Second):
		t.Error("it waits for the reader")
	}
	_ = conn.PgConn().Conn().Close()
	<-read
	_ = conn.Close(ctx)
}
