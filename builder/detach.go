package builder

import "slices"

// Detach gives the statement memory of its own, so that a hook that changes it leaves the query it was made of
// alone. Predicate nodes stay shared: nothing changes them.
func (q *Select) Detach() {
	q.Where.detach()
	q.Order.rest = slices.Clone(q.Order.rest)
	q.Columns = slices.Clone(q.Columns)
	for _, inc := range q.Includes {
		inc.detach()
	}
}

// Detach gives the statement memory of its own.
func (q *Update) Detach() {
	q.Where.detach()
	q.Set = slices.Clone(q.Set)
	q.Returning = slices.Clone(q.Returning)
}

// Detach gives the statement memory of its own.
func (q *Delete) Detach() {
	q.Where.detach()
	q.Returning = slices.Clone(q.Returning)
}

// Detach gives the statement memory of its own.
func (q *Insert) Detach() {
	q.Fields = slices.Clone(q.Fields)
	q.Returning = slices.Clone(q.Returning)
	if q.Conflict != nil {
		k := *q.Conflict
		k.Target, k.Set, k.FromRow = slices.Clone(k.Target), slices.Clone(k.Set), slices.Clone(k.FromRow)
		q.Conflict = &k
	}
}

func (c *Conjunction) detach() { c.rest = slices.Clone(c.rest) }

// detach works in place: a read has merged its includes into copies of its own.
func (i *Include) detach() {
	i.Where, i.Order, i.Columns = slices.Clone(i.Where), slices.Clone(i.Order), slices.Clone(i.Columns)
	if i.Strategy != nil {
		i.Strategy = new(*i.Strategy)
	}
	for _, kid := range i.Includes {
		kid.detach()
	}
}
