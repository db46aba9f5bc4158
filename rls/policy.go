package rls

import (
	"context"
	"errors"
	"fmt"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Policy limits rows of T to those that pass what fn answers for the actor. It holds for reads and writes
// alike: a row that is created or changed must pass afterwards, else the write is rolled back with ErrDenied.
// An error of fn denies, and so does the zero Pred: orm.And[T]() lets every row pass. No actor is ErrNoActor. Several policies for one model all hold.
func Policy[T any](fn func(ctx context.Context, a hook.Actor) (builder.Pred[T], error)) hook.Extension {
	return policy[T](fn)
}

type policy[T any] func(ctx context.Context, a hook.Actor) (builder.Pred[T], error)

// Extend adds the scope under a name of its own.
func (p policy[T]) Extend(r *hook.Registrar) error {
	target, err := model.For[T]()
	if err != nil {
		return err
	}
	if p == nil {
		return fault.New(fault.ErrInvalid, target.Name, "", "Policy was given no function")
	}
	name := "policy " + target.Name
	for n := 2; r.HasScope(name); n++ {
		name = fmt.Sprintf("policy %s %d", target.Name, n)
	}
	known := false
	for _, m := range r.Models() {
		known = known || m == target
	}
	if !known {
		return fault.New(fault.ErrInvalid, target.Name, "", "the policy is for a model that is not registered")
	}
	r.Scope(hook.Scope{Name: name, Secures: true, Bind: func(m *model.Model) (*hook.Rule, error) {
		if m != target {
			return nil, nil
		}
		return &hook.Rule{Verify: true, Filter: func(ctx context.Context, _ hook.Touch) (builder.Expr, error) {
			return p.filter(ctx, m)
		}}, nil
	}})
	return nil
}

func (p policy[T]) filter(ctx context.Context, m *model.Model) (builder.Expr, error) {
	if out, err := bypassed(ctx); out || err != nil {
		return builder.True(), err
	}
	a, ok := hook.ActorFrom(ctx)
	if !ok {
		return builder.False(), fault.New(fault.ErrNoActor, m.Name, "", "put one in with orm.WithActor")
	}
	pred, err := p(ctx, a)
	if err != nil {
		var typed *fault.Error
		if errors.As(err, &typed) {
			return builder.False(), err
		}
		return builder.False(), fault.New(fault.ErrDenied, m.Name, "", "the policy refused").WithCause(err)
	}
	if pred.IsZero() {
		return builder.False(), fault.New(fault.ErrDenied, m.Name, "", "the policy said nothing: orm.And[T]() lets every row pass, orm.Or[T]() none")
	}
	return pred.Expr(), nil
}
