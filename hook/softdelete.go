package hook

import (
	"context"
	"time"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

type hardKey struct{}

// HardDelete returns a context whose deletes remove rows for good, soft-deleted ones included.
func HardDelete(ctx context.Context) context.Context {
	return context.WithValue(ctx, hardKey{}, true)
}

// IsHardDelete reports whether ctx comes from HardDelete.
func IsHardDelete(ctx context.Context) bool { return ctx.Value(hardKey{}) != nil }

// SoftDelete makes a delete of models with a softdelete column write the time instead, and hides such rows
// on every path: reads, counts, includes, relation filters, updates, upserts. WithDeleted and OnlyDeleted
// show them, Restore brings them back, ForceDelete and HardDelete remove them. A row keeps the key of a parent that is
// deleted when it is saved again; a write that newly refers to a deleted row is ErrReference.
func SoftDelete() Scope {
	return Scope{Name: "soft delete", Bind: func(m *model.Model) (*Rule, error) {
		f := m.SoftDelete
		if f == nil {
			return nil, nil
		}
		return &Rule{
			Filter: func(ctx context.Context, t Touch) (builder.Expr, error) {
				switch {
				case t.Deleted == builder.DeletedRows:
					return builder.Compare(builder.OpIsNotNull, f, model.Null()), nil
				case t.Deleted == builder.AllRows, t.Access == Removing && IsHardDelete(ctx):
					return builder.True(), nil
				}
				return builder.Compare(builder.OpIsNull, f, model.Null()), nil
			},
			Delete: func(ctx context.Context) ([]builder.Set, error) {
				if IsHardDelete(ctx) {
					return nil, nil
				}
				return []builder.Set{{Field: f, Value: model.TimeOf(time.Now())}}, nil
			},
		}, nil
	}}
}

// Restoring gives the assignment that brings a soft-deleted row back.
func Restoring(m *model.Model) (builder.Set, error) {
	if m.SoftDelete == nil {
		return builder.Set{}, fault.New(fault.ErrInvalid, m.Name, "", "the model has no softdelete column")
	}
	return builder.Set{Field: m.SoftDelete, Value: model.Null()}, nil
}
