package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/source"
)

// CloseWithin is how long Close waits for what is under way when Open was told nothing: as long as one request of an API may take,
// and well within the half minute that process managers give between asking and killing.
const CloseWithin = 10 * time.Second

// lifecycle counts the operations under way, so that Close can wait for them. An engine shares it with those extended from it.
type lifecycle struct {
	running atomic.Int64
	closing atomic.Bool   // nothing new begins
	ended   atomic.Bool   // nothing goes on
	idle    chan struct{} // gets a token when the last one has left while closing
	once    sync.Once
	err     error // of closing
}

func newLifecycle() *lifecycle { return &lifecycle{idle: make(chan struct{}, 1)} }

func (l *lifecycle) leave() {
	if l.running.Add(-1) == 0 && l.closing.Load() {
		select {
		case l.idle <- struct{}{}:
		default:
		}
	}
}

// drained waits until nothing is under way, at most for grace, and gives how many operations still are.
func (l *lifecycle) drained(grace time.Duration) int64 {
	over := time.NewTimer(grace)
	defer over.Stop()
	for {
		n := l.running.Load()
		if n == 0 {
			return 0
		}
		select {
		case <-l.idle: // asked again: a token may be of a refused one
		case <-over.C:
			return l.running.Load()
		}
	}
}

// Begin joins the transaction that ctx carries, as Joined does, and has Close wait for the operation until End. Once Close was
// called, what is no part of an operation under way gets a handle on which every call fails.
func (s *Session) Begin(ctx context.Context) *Session {
	s = s.Joined(ctx)
	if s.Err != nil {
		return s
	}
	s.life.running.Add(1)
	if !s.life.closing.Load() || s.tx != nil || s.within(ctx) {
		return s
	}
	s.life.leave()
	c := *s
	c.Err = errClosed()
	return &c
}

// End is told when the operation that Begin let in is over.
func (s *Session) End() {
	if s.Err == nil {
		s.life.leave()
	}
}

// within reports whether ctx is that of a hook, whose calls are part of the operation that it sees.
func (s *Session) within(ctx context.Context) bool {
	in, ok := ctx.Value(ambientKey{}).(*Session)
	return ok && in.origin() == s.origin()
}

func errClosed() error { return &fault.Error{Err: fault.ErrClosed, Detail: "the DB was closed"} }

// Close lets nothing new begin, waits for what is under way, and closes every source. A second call waits for the first.
func (e *Engine) Close() error {
	e.life.once.Do(func() { e.life.err = e.shut() })
	return e.life.err
}

func (e *Engine) shut() error {
	l := e.life
	l.closing.Store(true)
	grace := e.closeWithin
	for _, s := range e.sources { // a source that was told a time of its own is cut by then
		g, ok := s.(source.Graceful)
		if !ok || g.Grace() <= 0 {
			continue
		}
		t := time.AfterFunc(g.Grace(), g.Cut)
		defer t.Stop()
		if !e.closeSaid {
			grace = max(grace, g.Grace()+time.Second)
		}
	}
	left := l.drained(grace)
	l.ended.Store(true)
	var errs []error
	if left > 0 {
		errs = append(errs, &fault.Error{Op: "close", Err: context.DeadlineExceeded,
			Detail: fmt.Sprintf("%d operations had not ended after %v and were given up", left, grace)})
	}
	for _, s := range e.sources {
		if g, ok := s.(source.Graceful); ok && left > 0 {
			g.Cut()
		}
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}
