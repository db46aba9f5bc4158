package builder

import (
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Inset is a relation whose rows come inside the rows of the Select that holds it. Only the engine makes it, out of
// Includes, for sources that follow relations themselves.
type Inset struct {
	Relation *model.Relation
	// Rows says which related rows and columns, and in what order; its Group pages for each parent and has no Keys. It may
	// hold others.
	Rows *Select
}

// flat refuses rows inside others, which no SQL gives.
func (q *Select) flat(s *shaper) {
	if len(q.Inside) > 0 {
		s.fail(fault.New(fault.ErrUnsupported, q.Model.Name, q.Inside[0].Relation.Name, "a database gives no rows inside others"))
	}
}
