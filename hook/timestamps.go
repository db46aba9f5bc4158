package hook

import (
	"context"
	"slices"
	"time"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// Timestamps fills time fields by name, for models whose tags do not say default=now and update=now: created
// when a row is made and the field is zero, updated when it is made or changed; what an Update assigns itself
// stays. An empty name is none.
func Timestamps(created, updated string) Hook {
	field := func(m *model.Model, name string) *model.Field {
		for _, f := range m.Fields {
			if f.Name == name && name != "" && f.Kind == model.Time {
				return f
			}
		}
		return nil
	}
	return Hook{
		Name: "timestamps",
		Before: func(_ context.Context, op *Op) error {
			if op.Model == nil {
				return nil
			}
			now := model.TimeOf(time.Now())
			c, u := field(op.Model, created), field(op.Model, updated)
			switch {
			case op.Insert != nil:
				if k := op.Insert.Conflict; u != nil && k != nil && !k.DoNothing {
					k.FromRow = slices.DeleteFunc(slices.Clone(k.FromRow), func(f *model.Field) bool { return f == c || f == u })
					k.Set = assign(k.Set, u, u.Kept(now), false)
				}
				return each(op.Rows, func(row unsafe.Pointer) error {
					for _, f := range []*model.Field{c, u} {
						if f != nil && (f.IsZero(row) || f == u && op.Kind == Upsert) {
							if err := f.Store(row, f.Kept(now)); err != nil {
								return err
							}
						}
					}
					return nil
				})
			case op.Kind == Update && op.Update != nil && u != nil:
				op.Update.Set = assign(op.Update.Set, u, u.Kept(now), op.saves())
			}
			return nil
		},
	}
}

// assign sets f unless the caller assigned it. Save gives every column, so there it is replaced.
func assign(sets []builder.Set, f *model.Field, v model.Value, replace bool) []builder.Set {
	out := make([]builder.Set, 0, len(sets)+1)
	for _, s := range sets {
		switch {
		case s.Field != f:
			out = append(out, s)
		case !replace:
			return sets
		}
	}
	return append(out, builder.Set{Field: f, Value: v})
}
