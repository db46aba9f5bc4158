package postgres

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// CloseWithin bounds how long Close waits for statements, streams and transactions that are under way; then their connections
// are cut, and they fail. Without it Close waits until they have ended.
func CloseWithin(grace time.Duration) Option {
	return func(o *options) { o.grace, o.pool = max(grace, time.Nanosecond), true }
}

// sockets are the connections of the source's pools, where Close may have to cut them.
type sockets struct {
	mu   sync.Mutex
	open map[net.Conn]bool
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
		s.mu.Unlock()
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
	for c := range s.open {
		_ = c.Close() // its reader learns of it
	}
}

// within runs shut, and cuts the connections where it takes too long.
func (d *DataSource) within(shut func()) {
	if d.o.grace > 0 {
		t := time.AfterFunc(d.o.grace, d.sockets.cut)
		defer t.Stop()
	}
	shut()
}
