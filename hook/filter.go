package hook

import (
	"context"
	"slices"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Filter is a scope of one model: a predicate that rows of T must pass on every path, such as the published
// ones only. It shapes what an application sees and is no wall against people; rls.Policy is.
func Filter[T any](name string, fn func(ctx context.Context) (builder.Pred[T], error)) Extension {
	return filter[T]{name, fn}
}

type filter[T any] struct {
	name string
	fn   func(ctx context.Context) (builder.Pred[T], error)
}

// Extend adds the scope.
func (f filter[T]) Extend(r *Registrar) error {
	target, err := model.For[T]()
	if err != nil {
		return err
	}
	if f.fn == nil || !slices.Contains(r.Models(), target) {
		return fault.New(fault.ErrInvalid, target.Name, "", "Filter needs a function, and a model that is registered: else it would never hold")
	}
	r.Scope(Scope{Name: f.name, Bind: func(m *model.Model) (*Rule, error) {
		if m != target {
			return nil, nil
		}
		return &Rule{Filter: func(ctx context.Context, _ Touch) (builder.Expr, error) {
			p, err := f.fn(ctx)
			if err == nil && p.IsZero() {
				err = fault.New(fault.ErrDenied, m.Name, "", "the filter said nothing: orm.And[T]() lets every row pass")
			}
			return p.Expr(), err
		}}, nil
	}})
	return nil
}
