package reading

import (
	"context"
	"slices"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/scoping"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Below loads the relation of inc into parents, which hold its local columns and its field and were read by nobody: rows of
// a struct made at run time. depth counts the includes above it.
func Below(ctx context.Context, s *engine.Session, name string, inc *builder.Include, parents *source.Slab, depth int) error {
	s = s.Begin(ctx)
	defer s.End()
	m := inc.Relation.Target
	incs := []*builder.Include{inc}
	if err := scoping.Names(s, (&builder.Select{Includes: incs}).Named); err != nil {
		return s.Located(err, name, m)
	}
	r := &reader{s: s, reg: s.Registry(), name: name, reads: countIncludes(incs)}
	err := scoping.For(ctx, s, r.reg, builder.LivingRows).Includes(incs)
	if err == nil {
		err = r.includes(ctx, parents, incs, "", depth)
	}
	return s.Located(err, name, m)
}

// Relations loads relations of rows that a write gave back.
func Relations(ctx context.Context, s *engine.Session, name string, m *model.Model, rows *source.Slab, incs []*builder.Include) error {
	r := &reader{s: s, reg: s.Registry(), name: name, reads: countIncludes(incs)}
	if err := scoping.For(ctx, s, r.reg, builder.LivingRows).Includes(incs); err != nil {
		return err
	}
	if f := m.Key[0]; len(m.Key) == 1 && startsAt(incs, f) {
		for i := range rows.Len() {
			if f.IsZero(rows.At(i)) {
				return fault.New(fault.ErrInvalid, m.Name, f.Name, "a hook emptied the key of the written row, so its relations cannot be loaded")
			}
		}
	}
	return r.includes(ctx, rows, incs, "", 0)
}

func startsAt(incs []*builder.Include, f *model.Field) bool {
	for _, inc := range incs {
		if slices.Contains(inc.Relation.Local, f) {
			return true
		}
	}
	return false
}
