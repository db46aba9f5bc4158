package guard

import "slices"

// defaultOrder refuses a column of the model's default order that requests may write and not read: where a row comes in a list would
// tell what the others hold.
func (c *compiler) defaultOrder(p *plan) {
	for _, o := range p.m.Order {
		seen := slices.ContainsFunc(p.shown, func(x *column) bool { return x.field == o.Field })
		for _, f := range p.sorts {
			seen = seen || f == o.Field
		}
		for _, w := range []*writing{p.create, p.update} {
			if w == nil || seen {
				continue
			}
			for _, a := range w.accepts {
				if a.field == o.Field {
					c.wrong(p.m, "Select", o.Field.Name+" sorts every list, since its tag says order=, and requests may write it: Select it, or let them not write it")
					seen = true
				}
			}
		}
	}
}
