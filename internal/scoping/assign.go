package scoping

import (
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// assignments lets the scopes check assignments. SQL text that reads rows of its own goes round them.
func (s Scoper) assignments(m *model.Model, sets []builder.Set) error {
	for i := range sets {
		if x := sets[i].Ext; x != nil && x.Reads {
			if _, err := s.reg.Raw(s.ctx, false, nil); err != nil {
				return fault.New(fault.ErrDenied, m.Name, sets[i].Field.Name, "a sub-select in SQL text goes round the scopes: use rls.Bypass with a reason")
			}
		}
	}
	if err := s.reg.Assign(s.ctx, m, sets); err != nil {
		return err
	}
	return emptied(sets)
}

// rowAssignments lets the scopes check what each row of an update of many is given.
func (s Scoper) rowAssignments(q *builder.Update) error {
	if q.From == nil || !s.reg.Scoped(q.Model) && len(q.Model.Scopes) == 0 {
		return nil
	}
	buf := make([]builder.Set, 0, len(q.From.Set))
	for i := range q.From.Rows {
		buf = q.From.Sets(i, buf)
		if err := s.assignments(q.Model, buf); err != nil {
			return err
		}
		if err := q.From.Put(i, buf); err != nil {
			return err
		}
	}
	return nil
}
