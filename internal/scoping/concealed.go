package scoping

import (
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// concealed refuses a condition or an order by a column that hooks empty in results: the rows that it finds, and their
// order, would tell what the column holds. What names rows that the caller knows already is let through.
func concealed(s *engine.Session, n builder.Naming) error {
	f := n.Field
	if !s.Registry().Conceals(f) || n.Sorts && f.Primary {
		return nil
	}
	if n.Equal && (f.Primary || f == f.Model.Version || Immovable(f)) {
		return nil
	}
	return fault.New(fault.ErrDenied, f.Model.Name, f.Name, "the field is emptied in results, so rows cannot be found or sorted by it: hook.Sanitize(…).Searchable() allows it")
}

// Names checks the columns that a caller's statement names; of is its Named. What scopes, hooks and the library itself
// add is not asked for by the caller, so it comes after this.
func Names(s *engine.Session, of func(func(builder.Naming) error) error) error {
	if s.Unasked {
		if err := of(Unaskable); err != nil {
			return err
		}
	}
	if !s.Registry().HasConcealed() {
		return nil
	}
	return of(func(n builder.Naming) error { return concealed(s, n) })
}

// Unaskable refuses a column that is tagged noquery.
func Unaskable(n builder.Naming) error {
	if !n.Field.NoQuery {
		return nil
	}
	return fault.New(fault.ErrInvalid, n.Field.Model.Name, n.Field.Name, "the field is tagged noquery: no query filters, sorts, groups or computes by it; policies and hooks may")
}

// Copies refuses to copy a concealed column into one that is shown.
func Copies(s *engine.Session, sets []builder.Set) error {
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
