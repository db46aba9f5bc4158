package engine

import (
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// concealed refuses a condition or an order by a column that hooks empty in results: the rows that it finds, and their
// order, would tell what the column holds. What names rows that the caller knows already is let through.
func (s *Session) concealed(n builder.Naming) error {
	f := n.Field
	if !s.Registry().Conceals(f) || n.Sorts && f.Primary {
		return nil
	}
	if n.Equal && (f.Primary || f == f.Model.Version || immovable(f)) {
		return nil
	}
	return fault.New(fault.ErrDenied, f.Model.Name, f.Name, "the field is emptied in results, so rows cannot be found or sorted by it: hook.Sanitize(…).Searchable() allows it")
}

// names checks the columns that a caller's statement names; of is its Named. What scopes, hooks and the library itself
// add is not asked for by the caller, so it comes after this.
func (s *Session) names(of func(func(builder.Naming) error) error) error {
	if s.unasked {
		if err := of(unaskable); err != nil {
			return err
		}
	}
	if !s.Registry().HasConcealed() {
		return nil
	}
	return of(s.concealed)
}

// unaskable refuses a column that is tagged noquery.
func unaskable(n builder.Naming) error {
	if !n.Field.NoQuery {
		return nil
	}
	return fault.New(fault.ErrInvalid, n.Field.Model.Name, n.Field.Name, "the field is tagged noquery: no query filters, sorts, groups or computes by it; policies and hooks may")
}

// hasUnasked reports whether a model has columns that are tagged noquery, so that statements are looked through.
func hasUnasked(models []*model.Model) bool {
	for _, m := range models {
		for _, f := range m.Fields {
			if f.NoQuery {
				return true
			}
		}
	}
	return false
}

// copies refuses to copy a concealed column into one that is shown.
func (s *Session) copies(sets []builder.Set) error {
	if !s.Registry().HasConcealed() {
		return nil
	}
	for i := range sets {
		x := &sets[i]
		if x.Op == builder.SetCopy && x.Ext != nil && s.Registry().Conceals(x.Ext.From) && !s.Registry().Conceals(x.Field) {
			return copied(x.Ext.From, x.Field)
		}
	}
	return nil
}

func copied(from, to *model.Field) error {
	return fault.New(fault.ErrDenied, from.Model.Name, from.Name, "the field is emptied in results, so it cannot be copied into "+to.Name+", which is not")
}
