package hook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/identity"
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
	// Optional lets a call leave the hook out with Without.
	Optional bool
	// Timed asks for Op.Start. Reading the clock costs each operation some fifty nanoseconds.
	Timed bool

	watches bool // After only looks and cannot fail
	err     error
	beside  *[]string // the names of all hooks that are registered with it
}

// LooksBack reports whether the hook has a say after the statement ran, so that a write must be undone when it
// fails.
func (h *Hook) LooksBack() bool { return h.After != nil && !h.watches }

func suggestion(name string, have []string) string {
	if n := model.Nearest(name, have); n != "" {
		return " (did you mean " + strconv.Quote(n) + "?)"
	}
	return ""
}

type withoutKey struct{}

// Without returns a context whose calls leave out the named hooks. A hook that is not Optional makes such
// calls fail with ErrDenied: being left out is the hook's to allow. A name that no hook has makes them fail with ErrInvalid.
func Without(ctx context.Context, names ...string) context.Context {
	have, _ := ctx.Value(withoutKey{}).([]string)
	return context.WithValue(ctx, withoutKey{}, append(have[:len(have):len(have)], names...))
}

// left gives the names that ctx leaves out.
func left(ctx context.Context) []string {
	names, _ := ctx.Value(withoutKey{}).([]string)
	return names
}

// Omitted tells apart contexts that leave out different ones of hooks: "" for none. A hook that must not be left out is
// ErrDenied.
func Omitted(ctx context.Context, hooks []Hook) (string, error) {
	names := left(ctx)
	if len(names) == 0 {
		return "", nil
	}
	var key []byte
	for i := range hooks {
		switch out, err := hooks[i].leftOut(names); {
		case err != nil:
			return "", err
		case out:
			key = identity.Key(key, hooks[i].Name)
		}
	}
	return string(key), nil
}

// leftOut reports whether h is among names. A name that no hook has is ErrInvalid.
func (h *Hook) leftOut(names []string) (bool, error) {
	for _, n := range names {
		if h.beside != nil && !slices.Contains(*h.beside, n) {
			return false, fault.New(fault.ErrInvalid, "", "", "no hook is named "+strconv.Quote(n)+suggestion(n, *h.beside))
		}
	}
	if !slices.Contains(names, h.Name) {
		return false, nil
	}
	if !h.Optional {
		return false, fault.New(fault.ErrDenied, "", "", "hook "+strconv.Quote(h.Name)+" cannot be left out")
	}
	return true, nil
}

// Run runs the events of hooks about run: Before in order, then run, then After or Error in reverse, each
// only where that hook's Before ran. A panic in a hook is an error and denies.
func Run(ctx context.Context, hooks []Hook, op *Op, run func() error) error {
	var entered []*Hook
	var err error
	names := left(ctx)
	for i := range hooks {
		h := &hooks[i]
		var out bool
		if out, err = h.leftOut(names); err != nil {
			break
		}
		if out {
			continue
		}
		if h.Before != nil {
			if err = h.guarded(ctx, op, h.Before); err != nil {
				break
			}
		}
		entered = append(entered, h)
	}
	if err == nil {
		err = run()
	}
	for i := len(entered) - 1; i >= 0; i-- {
		err = entered[i].leave(ctx, op, err)
	}
	return err
}

func (h *Hook) leave(ctx context.Context, op *Op, err error) error {
	if err == nil {
		if h.After == nil {
			return nil
		}
		return h.guarded(ctx, op, h.After)
	}
	if h.Error == nil {
		return err
	}
	replaced := h.guarded(ctx, op, func(ctx context.Context, op *Op) error { return h.Error(ctx, op, err) })
	switch {
	case replaced == nil:
		return err
	case errors.Is(replaced, err):
		return replaced
	}
	return errors.Join(replaced, err)
}

// After runs the After events of hooks in reverse; streams call it for each window of rows.
func (o *Op) After(ctx context.Context, hooks []Hook) error {
	names := left(ctx)
	for i := len(hooks) - 1; i >= 0; i-- {
		h := &hooks[i]
		out, err := h.leftOut(names)
		if err != nil {
			return err
		}
		if h.After != nil && !out {
			if err := h.guarded(ctx, o, h.After); err != nil {
				return err
			}
		}
	}
	return nil
}

func (h *Hook) guarded(ctx context.Context, op *Op, fn func(context.Context, *Op) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			m := ""
			if op.Model != nil {
				m = op.Model.Name
			}
			err = &fault.Error{Op: string(op.Kind), Model: m, Err: fault.ErrDenied, Detail: fmt.Sprintf("hook %q panicked (%T)", h.Name, p)}
		}
	}()
	return fn(forHooks(ctx), op)
}

// Extend adds the hook to a registry.
func (h Hook) Extend(r *Registrar) error {
	if h.err != nil {
		return h.err
	}
	if h.Model != nil && !slices.Contains(r.Models(), h.Model) {
		return fault.New(fault.ErrInvalid, h.Model.Name, "", fmt.Sprintf("hook %q is for a model that is not registered: it would never run", h.Name))
	}
	r.Event(h)
	return nil
}

// Before makes a hook that runs before the operations of T.
func Before[T any](fn func(ctx context.Context, op *Op) error) Hook {
	m, err := model.For[T]()
	h := Hook{Before: fn, Model: m, err: err}
	return h
}

// After makes a hook that runs after the operations of T.
func After[T any](fn func(ctx context.Context, op *Op) error) Hook {
	m, err := model.For[T]()
	h := Hook{After: fn, Model: m, err: err}
	return h
}
