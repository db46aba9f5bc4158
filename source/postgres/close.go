package postgres

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/multi-orm/orm/source"
)

// CloseWithin bounds how long closing waits for statements, streams and transactions that are under way on this source; then
// their connections are cut, and they fail with ErrClosed. Without it they have the time that orm.CloseWithin gives to all sources.
func CloseWithin(grace time.Duration) Option {
	return func(o *options) { o.grace, o.pool = max(grace, time.Nanosecond), true }
}

var _ source.Graceful = (*DataSource)(nil)

// sockets are the connections of the source's pools, where Close may have to cut them.
type sockets struct {
	mu   sync.Mutex
	open map[net.Conn]bool
	over bool // all were cut
}

// watch has the pool of cfg tell of its connections.
func (s *sockets) watch(cfg *pgxpool.Config) {
	after, before := cfg.AfterConnect, cfg.BeforeClose
	cfg.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		s.mu.Lock()
		if s.open == nil {
			s.open = map[net.Conn]bool{}
		}
		s.open[c.PgConn().Conn()] = true
		late := s.over
		s.mu.Unlock()
		if late {
			_ = c.PgConn().Conn().Close()
		}
		if after != nil {
			return after(ctx, c)
		}
		return nil
	}
	cfg.BeforeClose = func(c *pgx.Conn) {
		s.mu.Lock()
		delete(s.open, c.PgConn().Conn())
		s.mu.Unlock()
		if before != nil {
			before(c)
		}
	}
}

// cut ends every connection, so that whoever waits for one fails.
func (s *sockets) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	for c := range s.open {
		_ = c.Close() // its reader learns of it
	}
}

func (s *sockets) isCut() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.over
}

// Grace is what CloseWithin says.
func (d *DataSource) Grace() time.Duration { return d.o.grace }

// Cut ends what runs on the connections that the source made.
func (d *DataSource) Cut() {
	d.closed.Store(true)
	d.sockets.cut()
}

// letGo is how long those that hold a cut connection may take to give it back. One who reads a stream and never comes for the next
// row does not: Close goes on without him.
const letGo = time.Second

// within runs shut, which waits for all connections, and cuts them where it takes too long.
func (d *DataSource) within(shut func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		shut()
	}()
	var over <-chan time.Time // never, without a time of its own
	switch {
	case d.sockets.isCut():
		over = time.After(letGo)
	case d.o.grace > 0:
		over = time.After(d.o.grace)
	}
	select {
	case <-done:
		return
	case <-over:
	}
	d.sockets.cut()
	select {
	case <-done:
	case <-time.After(letGo):
	}
}
