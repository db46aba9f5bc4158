package builder

import "slices"

// Detach gives the statement memory of its own, so that a hook that changes it leaves the query it was made of
// alone. Predicate nodes stay shared: nothing changes them.
func (s *Select) Detach() {
	s.Where.detach()
	s.Order.rest = slices.Clone(s.Order.rest)
	s.Columns = slices.Clone(s.Columns)
	for _, inc := range s.Includes {
		inc.detach()
	}
}

// Detach gives the statement memory of its own.
func (s *Update) Detach() {
	s.Where.detach()
	s.Set = slices.Clone(s.Set)
	s.Returning = slices.Clone(s.Returning)
}

// Detach gives the statement memory of its own.
func (s *Delete) Detach() {
	s.Where.detach()
	s.Returning = slices.Clone(s.Returning)
}

// Detach gives the statement memory of its own.
func (s *Insert) Detach() {
	s.Fields = slices.Clone(s.Fields)
	s.Returning = slices.Clone(s.Returning)
	if s.Conflict != nil {
		k := *s.Conflict
		k.Target, k.Set, k.FromRow = slices.Clone(k.Target), slices.Clone(k.Set), slices.Clone(k.FromRow)
		s.Conflict = &k
	}
}

func (c *Conjunction) detach() { c.rest = slices.Clone(c.rest) }

// detach works in place: a read has merged its includes into copies of its own.
func (i *Include) detach() {
	i.Where, i.Order, i.Columns = slices.Clone(i.Where), slices.Clone(i.Order), slices.Clone(i.Columns)
	for _, kid := range i.Includes {
		kid.detach()
	}
}
