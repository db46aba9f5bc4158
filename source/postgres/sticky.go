package postgres

import (
	"context"
	"sync"
	"time"

	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/identity"
	"github.com/multi-orm/orm/source"
)

// ReadYourWrites sends the reads of an actor to the primary for window after its last write, by whatever call: as long as a
// replica may lag behind. Calls without an actor share one window. It remembers 10,000 actors at a time; where more write
// within the window, all reads go to the primary until it is over.
func ReadYourWrites(window time.Duration) Option {
	return func(o *options) { o.sticky = window }
}

// mostSticky bounds the actors that are remembered.
const mostSticky = 10_000

// sticky knows who wrote when. The zero value knows nobody.
type sticky struct {
	mu    sync.Mutex
	until map[string]time.Time
	all   time.Time // everybody sticks until then
}

func actorKey(ctx context.Context) string {
	a, ok := hook.ActorFrom(ctx)
	if !ok {
		return ""
	}
	return string(identity.Key(nil, a.ID, a.TenantID))
}

// wrote is told of each write that may have been done.
func (d *DataSource) wrote(ctx context.Context) {
	if d.o.sticky <= 0 || d.replicas.Load() == nil {
		return
	}
	s, now := &d.sticky, time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.until == nil {
		s.until = map[string]time.Time{}
	}
	if len(s.until) >= mostSticky {
		for k, end := range s.until {
			if !end.After(now) {
				delete(s.until, k)
			}
		}
		if len(s.until) >= mostSticky {
			s.all = now.Add(d.o.sticky)
			return
		}
	}
	s.until[actorKey(ctx)] = now.Add(d.o.sticky)
}

// onPrimary reports whether reads under ctx stay away from replicas.
func (d *DataSource) onPrimary(ctx context.Context) bool {
	if source.OnPrimary(ctx) {
		return true
	}
	if d.o.sticky <= 0 {
		return false
	}
	s, now := &d.sticky, time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all.After(now) || s.until[actorKey(ctx)].After(now)
}
