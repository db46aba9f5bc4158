//go:build !race

package uuid7

import "testing"

// The race detector keeps the random bytes on the heap.
func TestNextAllocatesNothing(t *testing.T) {
	m := New(nil)
	if n := testing.AllocsPerRun(100, func() { m.Next() }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
