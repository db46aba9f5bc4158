package reading

import (
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/source"
)

// Call is the memory of one read, in one piece: its statement, its rows and what the hooks get to see.
type Call struct {
	Select builder.Select
	Rows   source.Rows

	sights []engine.Sight
	cut    *cut // the page that the rows are cut to; nil for none
}

// NewCall makes a Call of st that reads into rows.
func NewCall(s *engine.Session, st *builder.Select, rows source.Slab) *Call {
	if st.Model == nil || len(s.Registry().Events(st.Model)) == 0 {
		return &Call{Select: *st, Rows: source.Rows{Slab: rows}}
	}
	c := &struct {
		Call
		sight [1]engine.Sight
	}{Call: Call{Select: *st, Rows: source.Rows{Slab: rows}}}
	c.sights = c.sight[:]
	return &c.Call
}

// sight gives the memory for one operation. A read with includes takes that of all of them at once.
func (r *reader) sight() *engine.Sight {
	if len(r.sights) == 0 {
		r.sights = make([]engine.Sight, max(1, r.reads))
		r.reads = 1
	}
	v := &r.sights[0]
	r.sights = r.sights[1:]
	return v
}

func countIncludes(incs []*builder.Include) int {
	n := len(incs)
	for _, inc := range incs {
		n += countIncludes(inc.Includes)
	}
	return n
}
