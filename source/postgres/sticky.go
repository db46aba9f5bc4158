package postgres

import (
	"context"
	"sync"
	"time"

	"github.com/multi-orm/orm/hook"
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
	order []lapse   // one of each actor, about in the order in which they lapse
	all   time.Time // everybody sticks until then
}

// lapse is when an actor may be forgotten, unless it has written since.
type lapse struct {
	actor string
	at    time.Time
}

// note remembers that actor wrote at now. Its cost does not grow with the number of actors: each is looked at once a window.
func (s *sticky) note(actor string, now time.Time, window time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.until == nil {
		s.until = map[string]time.Time{}
	}
	for len(s.order) > 0 && !s.order[0].at.After(now) {
		first := s.order[0]
		s.order = s.order[1:]
		if end := s.until[first.actor]; end.After(now) {
			s.order = append(s.order, lapse{first.actor, end})
		} else {
			delete(s.until, first.actor)
		}
	}
	end := now.Add(window)
	if _, known := s.until[actor]; !known {
		if len(s.until) >= mostSticky {
			s.all = end
			return
		}
		s.order = append(s.order, lapse{actor, end})
	}
	s.until[actor] = end
}

// wrote is told of each write that may have been done.
func (d *DataSource) wrote(ctx context.Context) {
	if d.o.sticky <= 0 || d.replicas.Load() == nil {
		return
	}
	d.sticky.note(hook.ActorKey(ctx, false), time.Now(), d.o.sticky)
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
	return s.all.After(now) || s.until[hook.ActorKey(ctx, false)].After(now)
}
