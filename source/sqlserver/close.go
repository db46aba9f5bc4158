package sqlserver

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/source"
)

var _ source.Graceful = (*DataSource)(nil)

// Grace is 0: orm.CloseWithin says how long closing waits.
func (d *DataSource) Grace() time.Duration { return 0 }

// Cut ends what runs on the connections that the source made; those of Connector and FromDB are the caller's.
func (d *DataSource) Cut() { d.sockets.cut() }

// Close closes the database, unless it is the caller's.
func (d *DataSource) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	db := d.pool.Stop()
	if db == nil || db == d.given {
		return nil
	}
	return d.fail(context.Background(), nil, db.Close())
}

// sockets makes the connections to the server and can cut them.
type sockets struct {
	dialer net.Dialer

	mu   sync.Mutex
	open map[*socket]bool
	over bool // all were cut
}

type socket struct {
	net.Conn
	of *sockets
}

// DialContext is what go-mssqldb asks for.
func (s *sockets) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	c, err := s.dialer.DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	out := &socket{c, s}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		_ = c.Close()
		return nil, &fault.Error{Err: fault.ErrClosed, Detail: "the source was closed"}
	}
	if s.open == nil {
		s.open = map[*socket]bool{}
	}
	s.open[out] = true
	return out, nil
}

// Close closes the connection.
func (c *socket) Close() error {
	c.of.mu.Lock()
	delete(c.of.open, c)
	c.of.mu.Unlock()
	return c.Conn.Close()
}

func (s *sockets) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	for c := range s.open {
		_ = c.Conn.Close() // its reader learns of it
	}
}

func (s *sockets) isCut() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.over
}
