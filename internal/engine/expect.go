package engine

import (
	"context"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Expected is the error of a statement that met n rows of m, nil where that is what it expects.
func Expected(m *model.Model, expect builder.Expect, n int) error {
	switch {
	case expect != builder.AnyRows && n == 0:
		return fault.New(fault.ErrNotFound, m.Name, "", "")
	case expect == builder.OneRow && n > 1:
		return fault.New(fault.ErrInvalid, m.Name, "", "more than one row passes the conditions: use First, or All")
	}
	return nil
}

// absent says why a write that should have changed a row changed none.
type absent func(ctx context.Context) error

// absentee gives the absent of a write, nil where none need be there.
func absentee(m *model.Model, expect builder.Expect) absent {
	if expect == builder.AnyRows {
		return nil
	}
	return func(context.Context) error { return Expected(m, expect, 0) }
}

// RefuseUpdate is an update that is refused with err before anything runs: the hooks of the model see what the caller sees.
func (s *Session) RefuseUpdate(ctx context.Context, name string, st *builder.Update, err error) error {
	return s.refuse(ctx, name, hook.Update, st.Model, func(op *hook.Op) { op.Update = st }, err)
}

// RefuseDelete is RefuseUpdate of a delete.
func (s *Session) RefuseDelete(ctx context.Context, name string, st *builder.Delete, err error) error {
	return s.refuse(ctx, name, hook.Delete, st.Model, func(op *hook.Op) { op.Delete = st }, err)
}

func (s *Session) refuse(ctx context.Context, name string, kind hook.Kind, m *model.Model, tell func(*hook.Op), err error) error {
	s = s.joined(ctx)
	if op := s.seen(ctx, s.Registry(), kind, name, m, nil); op != nil {
		tell(op)
		err = hook.Run(s.carried(ctx), s.Registry().Events(m), op, func() error { return err })
	}
	return s.located(err, name, m)
}
