package randomquery

import (
	"math/rand/v2"
	"testing"
)

// Asking is a run of random queries.
type Asking struct {
	Queries int
	Least   int // bytes of an answer, on average
	Roots   []Pair
}

// Run draws queries and compares what each is answered with what it must be. It ends the test after a few that differ.
func (a Asking) Run(t *testing.T, r *rand.Rand, ask func(d *Draw, root Pair) (have, want string)) {
	t.Helper()
	said, failed := 0, 0
	for i := range a.Queries {
		d := &Draw{Rand: r}
		root := a.Roots[d.IntN(len(a.Roots))]
		have, want := ask(d, root)
		said += len(have)
		if have != want {
			t.Errorf("query %d of %s: %s\nhave: %s\nwant: %s", i, root[0].Name, d.text.String(), have, want)
			if failed++; failed > 5 {
				t.FailNow()
			}
		}
	}
	if said < a.Least*a.Queries {
		t.Errorf("the answers say too little: %d bytes", said)
	}
}
