package engine

import (
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// assignments lets the scopes check assignments. SQL text that reads rows of its own goes round them.
func (s scoper) assignments(m *model.Model, sets []builder.Set) error {
	for i := range sets {
		if x := sets[i].Ext; x != nil && x.Reads {
			if err := s.reg.Raw(s.ctx, false); err != nil {
				return fault.New(fault.ErrDenied, m.Name, sets[i].Field.Name, "a sub-select in SQL text goes round the scopes: use rls.Bypass with a reason")
			}
		}
	}
	return s.reg.Assign(s.ctx, m, sets)
}
