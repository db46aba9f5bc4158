package scoping

import (
	"fmt"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// maxCrossings bounds the filters of one statement that are read from other sources, those of policies included.
const maxCrossings = 100

// asks lets every scope of a statement speak before the first key is read for it from another source: what is denied
// is denied before anything runs. Only engines whose relations leave a source have it.
type asks struct {
	whole     func() error // asks for all of the statement, and counts
	done      bool
	crossings int
}

// waits reports that s is the first to scope its statement, which then says how all of it is asked for.
func (s Scoper) waits() bool { return s.asks != nil && s.asks.whole == nil && s.across == joining }

// Dry gives a copy of s that asks and reads nothing.
func (s Scoper) Dry() Scoper {
	s.across, s.buf = asking, nil
	return s
}

// all asks for a read with its includes.
func (s Scoper) all(q *builder.Select, root bool) error {
	c := *q
	if err := s.Selects(&c, root); err != nil {
		return err
	}
	return s.Includes(c.Includes)
}

// changes asks about the rows of m that a write may change: those that pass where.
func (s Scoper) changes(m *model.Model, where builder.Conjunction, a hook.Access) error {
	if _, err := s.Filters(m, a, true); err != nil {
		return err
	}
	return s.conjunction(m, &where)
}

// cross asks for the whole statement when its first key is about to be read; else it counts.
func (s Scoper) cross() error {
	a := s.asks
	switch {
	case a == nil:
		return nil
	case s.across != joining:
		if a.crossings++; a.crossings > maxCrossings {
			return fault.New(fault.ErrLimit, "", "", fmt.Sprintf("more than %d filters by relations into other sources", maxCrossings))
		}
		return nil
	case a.done || a.whole == nil:
		return nil
	}
	a.done = true
	return a.whole()
}
