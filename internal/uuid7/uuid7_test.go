package uuid7

import (
	"bytes"
	"encoding/binary"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// at gives the count that an id holds.
func at(u [16]byte) uint64 {
	x := binary.BigEndian.Uint64(u[:8])
	return x>>16<<12 | x&0xfff
}

// checked fails where u is no UUID of version 7 of the variant of the RFC.
func checked(t interface{ Fatalf(string, ...any) }, u [16]byte) {
	if u[6]>>4 != 7 || u[8]>>6 != 2 {
		t.Fatalf("%x is no UUID of version 7", u)
	}
}

func grows(t interface{ Fatalf(string, ...any) }, ids [][16]byte) {
	for i, u := range ids {
		checked(t, u)
		if i > 0 && bytes.Compare(ids[i-1][:], u[:]) >= 0 {
			t.Fatalf("id %d is %x, after %x", i, u, ids[i-1])
		}
	}
}

// An id holds the time it was made at: milliseconds, then 1/4096 of them.
func TestTheTimeIsInTheID(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ms, ns := rapid.Int64Range(1, 1<<47).Draw(t, "ms"), rapid.Int64Range(0, 999_999).Draw(t, "ns")
		u := New(func() time.Time { return time.UnixMilli(ms).Add(time.Duration(ns)) }).Next()
		checked(t, u)
		if have := at(u) >> 12; have != uint64(ms) {
			t.Fatalf("%d ms, want %d", have, ms)
		}
		if have, want := at(u)&0xfff, uint64(ns)*4096/1_000_000; have != want {
			t.Fatalf("%d parts of a millisecond, want %d", have, want)
		}
	})
}

// Whatever the clock does, ids grow, and by one where the clock does not.
func TestIDsGrowWhateverTheClockDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps := rapid.SliceOfN(rapid.OneOf(rapid.Int64Range(-5_000_000, 5_000_000), rapid.Just(int64(0)), rapid.Int64Range(-300, 300)), 1, 200).Draw(t, "steps")
		now := time.UnixMilli(rapid.SampledFrom([]int64{0, 3, 1_700_000_000_000}).Draw(t, "start"))
		m := New(func() time.Time { return now })
		var ids [][16]byte
		var last uint64
		for i, d := range steps {
			now = now.Add(time.Duration(d))
			u := m.Next()
			ids = append(ids, u)
			if want := max(count(now), last+1); i > 0 && at(u) != want {
				t.Fatalf("step %d: count %d, want %d", i, at(u), want)
			}
			last = at(u)
		}
		grows(t, ids)
	})
}

func TestTheClockGoesBack(t *testing.T) {
	now := time.UnixMilli(1_700_000_000_000)
	m := New(func() time.Time { return now })
	before := m.Next()
	now = now.Add(-time.Hour)
	after := m.Next()
	grows(t, [][16]byte{before, after})
	if at(after) != at(before)+1 {
		t.Errorf("the count went from %d to %d", at(before), at(after))
	}
	now = now.Add(2 * time.Hour)
	if have := at(m.Next()) >> 12; have != 1_700_000_000_000+3_600_000 {
		t.Errorf("%d ms once the clock is ahead again", have)
	}
	grows(t, [][16]byte{after, m.Next()})
}

// More ids than parts of a millisecond go on into the next one.
func TestManyIDsOfOneMoment(t *testing.T) {
	now := time.UnixMilli(1_700_000_000_000)
	m := New(func() time.Time { return now })
	ids := make([][16]byte, 10_000)
	for i := range ids {
		ids[i] = m.Next()
	}
	grows(t, ids)
	if have := at(ids[len(ids)-1]) - at(ids[0]); have != 9_999 {
		t.Errorf("%d counts for 10000 ids", have)
	}
}

// Each of 8 goroutines sees its ids grow, no count is given twice, and an id made after another was seen is greater.
func TestGoroutines(t *testing.T) {
	for name, clock := range map[string]func() time.Time{"system": nil, "still": func() time.Time { return time.UnixMilli(1_700_000_000_000) }} {
		m := New(clock)
		var mu sync.Mutex
		var all [][16]byte
		var seen atomic.Uint64 // the greatest count that somebody has
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				ids := make([][16]byte, 5_000)
				for i := range ids {
					floor := seen.Load()
					ids[i] = m.Next()
					c := at(ids[i])
					if c <= floor {
						t.Errorf("%s: count %d after %d was seen", name, c, floor)
						return
					}
					for had := seen.Load(); c > had && !seen.CompareAndSwap(had, c); had = seen.Load() {
					}
				}
				for i := range ids[1:] {
					if bytes.Compare(ids[i][:], ids[i+1][:]) >= 0 {
						t.Errorf("%s: %x after %x", name, ids[i+1], ids[i])
						return
					}
				}
				mu.Lock()
				defer mu.Unlock()
				all = append(all, ids...)
			})
		}
		wg.Wait()
		slices.SortFunc(all, func(a, b [16]byte) int { return bytes.Compare(a[:], b[:]) })
		for i := range all[1:] {
			if checked(t, all[i]); at(all[i]) == at(all[i+1]) {
				t.Fatalf("%s: two ids of one count", name)
			}
		}
	}
}

// The last 62 bits are random: of many ids each bit is set in some and clear in others.
func TestTheRestIsRandom(t *testing.T) {
	m := New(nil)
	var set, clear uint64
	for range 200 {
		u := m.Next()
		x := binary.BigEndian.Uint64(u[8:])
		set, clear = set|x, clear|^x
	}
	if want := ^uint64(0) >> 2; set&want != want || clear&want != want {
		t.Errorf("bits that never change: %x %x", ^set&want, ^clear&want)
	}
}

func BenchmarkNext(b *testing.B) {
	m := New(nil)
	b.ReportAllocs()
	for b.Loop() {
		m.Next()
	}
}
