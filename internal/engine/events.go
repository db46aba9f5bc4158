package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/fault"
)

// around runs the event hooks about run: Before in order, then run, then After or Error in reverse, each
// only where that hook's Before ran. A panic in a hook is an error and denies.
func around(ctx context.Context, hooks []hook.Hook, op *hook.Op, run func() error) error {
	entered := 0
	var err error
	for i := range hooks {
		if hooks[i].Before != nil {
			if err = guarded(hooks[i].Name, op, func() error { return hooks[i].Before(ctx, op) }); err != nil {
				break
			}
		}
		entered = i + 1
	}
	if err == nil {
		err = run()
	}
	for i := entered - 1; i >= 0; i-- {
		h := &hooks[i]
		if err == nil {
			if h.After != nil {
				err = guarded(h.Name, op, func() error { return h.After(ctx, op) })
			}
			continue
		}
		if h.Error != nil {
			failed := err
			replaced := guarded(h.Name, op, func() error { return h.Error(ctx, op, failed) })
			if replaced != nil && !errors.Is(replaced, failed) {
				replaced = errors.Join(replaced, failed)
			}
			if replaced != nil {
				err = replaced
			}
		}
	}
	return err
}

func guarded(name string, op *hook.Op, fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			m := ""
			if op.Model != nil {
				m = op.Model.Name
			}
			err = &fault.Error{Op: string(op.Kind), Model: m, Err: fault.ErrDenied, Detail: fmt.Sprintf("hook %q panicked (%T)", name, p)}
		}
	}()
	return fn()
}
