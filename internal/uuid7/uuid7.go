// Package uuid7 makes UUIDs of version 7 (RFC 9562, 5.7) that grow in the order they are made in.
package uuid7

import (
	"crypto/rand"
	"encoding/binary"
	"sync/atomic"
	"time"
)

// Maker makes UUIDs, each greater than those before it, for any number of goroutines. Its time counts 1/4096 of a
// millisecond (RFC 9562, 6.2, method 3): 48 bits of milliseconds and the 12 bits of rand_a. Where the clock stands still,
// goes back or is asked more often than that, the count goes on by one.
type Maker struct {
	clock func() time.Time
	last  atomic.Uint64 // the count of the last id
}

// New makes a Maker that reads clock; nil is the clock of the system.
func New(clock func() time.Time) *Maker {
	if clock == nil {
		clock = time.Now
	}
	return &Maker{clock: clock}
}

// Next gives the next id. 62 bits of it are random.
func (m *Maker) Next() (u [16]byte) {
	_, _ = rand.Read(u[8:]) // never fails
	t := m.tick()
	binary.BigEndian.PutUint64(u[:8], t>>12<<16|0x7000|t&0xfff)
	u[8] = u[8]&0x3f | 0x80
	return u
}

// tick gives a count that nobody else is given.
func (m *Maker) tick() uint64 {
	now := count(m.clock())
	for {
		last := m.last.Load()
		next := max(now, last+1)
		if m.last.CompareAndSwap(last, next) {
			return next
		}
	}
}

// count gives t in 1/4096 of a millisecond since 1970; earlier times are 0.
func count(t time.Time) uint64 {
	ms := t.UnixMilli()
	if ms < 0 {
		return 0
	}
	return uint64(ms)<<12 | uint64(t.Nanosecond()%int(time.Millisecond))<<12/uint64(time.Millisecond)
}
