package hook

import (
	"context"

	"github.com/multi-orm/orm/model"
)

// Hook is a set of events. Any of the functions may be nil. A hook sees the operations of every
// model, or only those of Model when that is set; includes are operations of their own, with a Path.
type Hook struct {
	Name  string
	Model *model.Model
	// Before may change or veto the operation.
	Before func(ctx context.Context, op *Op) error
	// After may transform the result. It runs only if this hook's Before ran and the operation succeeded.
	After func(ctx context.Context, op *Op) error
	// Error sees the failure and may replace the error, but cannot make it nil.
	Error func(ctx context.Context, op *Op, err error) error

	err error
}

// Extend adds the hook to a registry.
func (h Hook) Extend(r *Registrar) error {
	if h.err != nil {
		return h.err
	}
	r.Event(h)
	return nil
}

// Before makes a hook that runs before the operations of T.
func Before[T any](fn func(ctx context.Context, op *Op) error) Hook {
	m, err := model.For[T]()
	h := Hook{Before: fn, Model: m, err: err}
	if m != nil {
		h.Name = "before " + m.Name
	}
	return h
}

// After makes a hook that runs after the operations of T.
func After[T any](fn func(ctx context.Context, op *Op) error) Hook {
	m, err := model.For[T]()
	h := Hook{After: fn, Model: m, err: err}
	if m != nil {
		h.Name = "after " + m.Name
	}
	return h
}
