package writing

import (
	"context"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/reading"
	"github.com/multi-orm/orm/model"
)

// Absent says why a write that should have changed a row changed none.
type Absent func(ctx context.Context) error

// absentee gives the absent of a write, nil where none need be there.
func absentee(m *model.Model, expect builder.Expect) Absent {
	if expect == builder.AnyRows {
		return nil
	}
	return func(context.Context) error { return reading.Expected(m, expect, 0) }
}

// RefuseUpdate is an update that is refused with err before anything runs: the hooks of the model see what the caller sees.
func RefuseUpdate(ctx context.Context, s *engine.Session, name string, st *builder.Update, err error) error {
	return refuse(ctx, s, name, hook.Update, st.Model, func(op *hook.Op) { op.Update = st }, err)
}

// RefuseDelete is RefuseUpdate of a delete.
func RefuseDelete(ctx context.Context, s *engine.Session, name string, st *builder.Delete, err error) error {
	return refuse(ctx, s, name, hook.Delete, st.Model, func(op *hook.Op) { op.Delete = st }, err)
}

func refuse(ctx context.Context, s *engine.Session, name string, kind hook.Kind, m *model.Model, tell func(*hook.Op), err error) error {
	s = s.Begin(ctx)
	defer s.End()
	if op := seen(ctx, s, s.Registry(), kind, name, m, nil); op != nil {
		tell(op)
		err = hook.Run(s.Carried(ctx), s.Registry().Events(m), op, func() error { return err })
	}
	return s.Located(err, name, m)
}
