package sqlserver_test

import (
	"testing"

	"github.com/multi-orm/orm/internal/testkit"
)

// TestAllocationGates holds what the benchmarks promise of allocations, which are near exact everywhere. Most of them are the driver's:
// of what is added to those, lists take at most six tenths of what database/sql by hand does.
func TestAllocationGates(t *testing.T) {
	if testkit.Race {
		t.Skip("the race detector allocates too; .ci/modules runs this without it")
	}
	for _, w := range workloads() {
		t.Run(w.name, func(t *testing.T) {
			var allocs [2]float64
			for i, c := range w.contenders(t) {
				allocs[i] = perRun(t, c.run)
			}
			raw, orm := allocs[0], allocs[1]
			if ratio := orm / raw; ratio > w.limit {
				t.Errorf("%v allocations are %.3f of the %v by hand; want at most %v", orm, ratio, raw, w.limit)
			}
			t.Logf("by hand %v, orm %v", raw, orm)
			if w.asks == nil {
				return
			}
			driver := w.alone(t)
			t.Logf("the driver alone %v", driver)
			if w.name != "Key" && orm-driver > .6*(raw-driver) {
				t.Errorf("%v allocations beside the driver's %v, by hand %v", orm-driver, driver, raw-driver)
			}
		})
	}
}
