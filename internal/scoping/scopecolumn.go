package scoping

import (
	"context"
	"fmt"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Immovable reports whether f keeps rows apart: writes of related rows and of whole rows compare it and never assign it.
func Immovable(f *model.Field) bool { return f == f.Model.Tenant || f.Scope != "" }

// HeldTo gives the value that a scope holds the caller's rows to in f; ok is false where none does, as under a Bypass.
func HeldTo(ctx context.Context, s *engine.Session, f *model.Field) (v model.Value, ok bool, err error) {
	if hook.BypassFrom(ctx) != nil || !s.Registry().Holds(f) {
		return v, false, nil
	}
	scopes, err := s.Registry().Filters(ctx, hook.Touch{Model: f.Model, Access: hook.Referring}, nil)
	for i := range scopes {
		if e := &scopes[i].Expr; e.Op == builder.OpEq && e.Field == f && !e.Fold && !e.Value.IsNull() {
			return e.Value, true, err
		}
	}
	return v, false, err
}

// unfilled refuses new rows whose scope columns nobody filled. The scopes have been asked: one that is registered fills its
// column or refuses, so what is left belongs to none.
func unfilled(m *model.Model, rows hook.NewRows) error {
	for _, f := range m.Scopes {
		if f.Auto {
			continue
		}
		for i := range rows.Len() {
			if nobody(rows.Get(i, f)) {
				return unscoped(f)
			}
		}
	}
	return nil
}

// emptied refuses assignments that take a scope column's value away.
func emptied(sets []builder.Set) error {
	for i := range sets {
		if f := sets[i].Field; f != nil && f.Scope != "" && sets[i].Op == builder.SetValue && nobody(sets[i].Value) {
			return unscoped(f)
		}
	}
	return nil
}

// nobody reports whether v stands for nobody.
func nobody(v model.Value) bool {
	return v.IsNull() || entity.IsZero(v) || v.Kind() == model.StringValue && v.Str() == ""
}

func unscoped(f *model.Field) error {
	return fault.New(fault.ErrInvalid, f.Model.Name, f.Name, fmt.Sprintf("the column is empty, and no scope %q is registered that would fill it: register rls.Scope, or give a value", f.Scope))
}
