package postgres

import (
	"fmt"
	"testing"
	"time"
)

// Actors are forgotten when their last window is over, in whatever order they wrote, and those that find no room make everybody
// stick.
func TestStickyForgets(t *testing.T) {
	var s sticky
	start, window := time.Now(), time.Second
	for i := range mostSticky {
		s.note(fmt.Sprint(i), start, window)
	}
	s.note("0", start.Add(window/2), window)
	if !s.all.IsZero() {
		t.Fatal("it was full too early")
	}
	s.note("late", start.Add(window/2), window)
	if !s.all.Equal(start.Add(window/2 + window)) {
		t.Fatal("nobody sticks for one that found no room")
	}
	s.note("next", start.Add(window), window)
	if len(s.until) != 2 || len(s.order) != 2 {
		t.Fatalf("%d are remembered, %d in order: those who wrote again and the last one are wanted", len(s.until), len(s.order))
	}
	s.note("next", start.Add(3*window), window)
	if len(s.until) != 1 || len(s.order) != 1 {
		t.Fatalf("%d are remembered, %d in order", len(s.until), len(s.order))
	}
}

// BenchmarkSticky writes while there is no room.
func BenchmarkSticky(b *testing.B) {
	var s sticky
	now := time.Now()
	for i := range mostSticky {
		s.note(fmt.Sprint(i), now, time.Hour)
	}
	for b.Loop() {
		s.note("another", now, time.Hour)
	}
}
