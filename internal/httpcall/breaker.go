package httpcall

import (
	"sync"
	"time"
)

// What Breaker is unless it is said.
const (
	defaultFailures = 20
	defaultPause    = time.Second
)

// Breaker stops asking an API that fails. A nil one lets everything pass.
type Breaker struct {
	limit int
	pause time.Duration

	mu      sync.Mutex
	failed  int
	until   time.Time
	probing bool
}

// DefaultBreaker makes the breaker of a source that says nothing.
func DefaultBreaker() *Breaker { return NewBreaker(defaultFailures, defaultPause) }

// NewBreaker makes a breaker that opens after so many failures in a row, and asks once a pause.
func NewBreaker(failures int, pause time.Duration) *Breaker {
	return &Breaker{limit: failures, pause: pause}
}

// allow reports whether a request may be sent; while the breaker is open only one is, once the pause is over.
func (b *Breaker) allow(now time.Time) bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failed < b.limit {
		return true
	}
	if b.probing || now.Before(b.until) {
		return false
	}
	b.probing = true
	return true
}

// outcome is what a request says about the API's health.
type outcome uint8

const (
	healthy outcome = iota
	failing
	untold // the caller left, or the request was never sent
)

func (b *Breaker) note(o outcome, now time.Time) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probing = false
	switch o {
	case healthy:
		b.failed = 0
	case failing:
		b.failed++
		b.until = now.Add(b.pause)
	}
}
