package sqldb

import (
	"sync"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// Second is another way to write what gives rows back, for tables that refuse the usual one. Which they are is learnt from the
// first refusal.
type Second struct {
	Cache builder.Cache
	// Refused reports the error that means: not this way, and nothing was done.
	Refused func(error) bool

	tables sync.Map // of schema and table
}

func (s *Second) needed(m *model.Model) bool {
	_, ok := s.tables.Load([2]string{m.Schema, m.Table})
	return ok
}

func (s *Second) remember(m *model.Model) { s.tables.Store([2]string{m.Schema, m.Table}, true) }

// refused reports an error that is no failure of a transaction, since the statement is written another way.
func (s *System) refused(err error) bool { return s.Second != nil && s.Second.Refused(err) }
