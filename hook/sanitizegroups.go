package hook

import "github.com/multi-orm/orm/internal/fault"

// groups refuses an aggregate that would show values of a sanitized field, or what is computed from them: they come back in a struct of
// another type, which after cannot empty. Counts show none.
func (s *sanitizing) groups(op *Op) error {
	for _, g := range op.Select.Aggregate.Groups {
		if !g.Shows() {
			continue
		}
		for _, f := range g.Of() {
			if s.has(f.Model, f) {
				return fault.New(fault.ErrDenied, f.Model.Name, f.Name, "the field is emptied in results, so it can be counted only, not grouped by or aggregated")
			}
		}
	}
	return nil
}
