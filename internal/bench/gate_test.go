package bench

import (
	"testing"

	"github.com/multi-orm/orm/internal/testkit"
)

// TestAllocationGates holds what the benchmarks promise of allocations, which are near exact everywhere. The
// contenders are seen to give the same on the way.
func TestAllocationGates(t *testing.T) {
	if testkit.Race {
		t.Skip("the race detector allocates too; .ci/modules runs this without it")
	}
	limits := map[string]float64{ // orm to rawpgx
		"Key": .40, "List100": .25, "List10k": .25, "Include": .22, "Load100k": .25, "Stream100k": .25,
		"Insert": 1.2, "Bulk1000": .02, "Update": 1.8,
	}
	// what hooks may add; one of an insert's is the struct as it was given, to be given back so where the call fails
	most := map[string]float64{
		"Key": 1, "List100": 1, "List10k": 1, "Include": 1, "Load100k": 2, "Stream100k": 1000, "Insert": 11, "Bulk1000": 12, "Update": 10,
	}
	type group struct {
		agreed         string
		raw, orm, hook float64
	}
	groups := map[string]*group{}
	var order []string
	for _, c := range replayed(t).contenders() {
		g := groups[c.Workload]
		if g == nil {
			g = &group{}
			groups[c.Workload] = g
			order = append(order, c.Workload)
		}
		t.Run(c.Workload+"/"+c.Name, func(t *testing.T) {
			r := c.Open(t)
			g.agreed = agree(t, g.agreed, r)
			runs := 200
			switch c.Workload {
			case "Load100k", "Stream100k":
				runs = 2
			case "List10k", "Bulk1000":
				runs = 10
			}
			n := r.Allocations(t, runs)
			t.Logf("%v allocations", n)
			switch c.Name {
			case "rawpgx":
				g.raw = n
			case "orm":
				g.orm = n
			case "orm-hooks":
				g.hook = n
			}
		})
	}
	for _, w := range order {
		g := groups[w]
		if g.raw == 0 || g.orm == 0 || g.hook == 0 {
			continue // not chosen by -run, or failed already
		}
		if ratio := g.orm / g.raw; ratio > limits[w] {
			t.Errorf("%s: %v allocations are %.3f of the %v of rawpgx; want at most %v", w, g.orm, ratio, g.raw, limits[w])
		}
		if g.hook-g.orm > most[w] {
			t.Errorf("%s: with hooks %v allocations, without %v; want at most %v more", w, g.hook, g.orm, most[w])
		}
	}
}
