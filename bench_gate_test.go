package orm_test

import (
	"context"
	"testing"
)

// perRun gives the allocations of one call, with what is kept between calls in place.
func perRun(t *testing.T, r runner, runs int) float64 {
	t.Helper()
	n := testing.AllocsPerRun(runs, func() {
		if err := r.run(context.Background()); err != nil {
			t.Fatal(err)
		}
	})
	return n
}

// TestAllocationGates holds what the benchmarks promise of allocations, which are near exact everywhere. The
// contenders are seen to give the same on the way.
func TestAllocationGates(t *testing.T) {
	if raceEnabled {
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
		g := groups[c.workload]
		if g == nil {
			g = &group{}
			groups[c.workload] = g
			order = append(order, c.workload)
		}
		t.Run(c.workload+"/"+c.name, func(t *testing.T) {
			r := c.open(t)
			g.agreed = agree(t, g.agreed, r)
			runs := 200
			switch c.workload {
			case "Load100k", "Stream100k":
				runs = 2
			case "List10k", "Bulk1000":
				runs = 10
			}
			n := perRun(t, r, runs)
			t.Logf("%v allocations", n)
			switch c.name {
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
	t.Run("Build", func(t *testing.T) {
		for _, c := range buildContenders() {
			if n := perRun(t, c.open(t), 200); c.name == "orm" && n > 2 {
				t.Errorf("%v allocations; want at most 2", n)
			}
		}
	})
}
