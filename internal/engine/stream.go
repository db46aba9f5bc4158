package engine

import (
	"context"
	"reflect"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/source"
)

// Stream runs st and gives its rows to yield in windows of at most size rows. Without includes and events a
// window is one row, decoded into the same memory each time. An error of yield stops the read and is returned.
func (s *Session) Stream(ctx context.Context, st *builder.Select, elem reflect.Type, size int, yield func(*source.Slab) error) error {
	const name = "Rows"
	s = s.joined(ctx)
	ex, src, err := s.executor(ctx, st.Model)
	if err != nil {
		return fault.Fill(err, name, st.Model.Name, "")
	}
	r := reader{s: s, reg: s.Registry(), name: name, deleted: st.Deleted}
	incs, err := s.merged(st.Includes)
	if err != nil {
		return fault.Fill(err, name, st.Model.Name, src.Name())
	}
	hooks := r.reg.Events(st.Model)
	if len(incs) == 0 && len(hooks) == 0 {
		size = 1
	}
	if len(incs) > 0 && s.tx != nil && !src.Capabilities().ConcurrentStatements {
		return &fault.Error{Op: name, Model: st.Model.Name, Source: src.Name(), Err: fault.ErrUnsupported,
			Detail: "a stream inside a transaction cannot load includes: use All with pages"}
	}
	hidden := columnsForIncludes(st)
	rows := &source.Rows{Slab: source.NewSlab(elem)}
	rows.Reserve(size)
	op := s.op(ctx, hook.Read, name, src, st.Model)
	op.Select = st
	// after-hooks see each window; their before ran once
	emit := func() error {
		if len(incs) > 0 {
			if err := r.includes(ctx, &rows.Slab, incs, "", 0); err != nil {
				return err
			}
			hide(&rows.Slab, hidden)
		}
		if len(hooks) > 0 {
			op.Rows, op.Affected = rows.Slice(), op.Affected+int64(rows.Len())
			if err := op.After(ctx, hooks); err != nil {
				return err
			}
		}
		if err := yield(&rows.Slab); err != nil {
			return err
		}
		if size == 1 {
			rows.Reset()
			return nil
		}
		rows.Slab = source.NewSlab(elem) // the rows given out own the old memory through their relations
		rows.Reserve(size)
		return nil
	}
	rows.Each = func() error {
		if rows.Len() < size {
			return nil
		}
		return emit()
	}
	before := make([]hook.Hook, len(hooks))
	copy(before, hooks)
	for i := range before {
		before[i].After = nil
	}
	err = hook.Run(ctx, before, op, func() error {
		if op.Select == nil || op.Select.Model != st.Model {
			return fault.New(fault.ErrDenied, st.Model.Name, "", "a hook replaced the statement by one of another kind")
		}
		q := op.Select
		q.Scoped, q.Includes = false, nil
		if err := s.scoper(ctx, r.reg, r.deleted).selects(q, true); err != nil {
			return err
		}
		_, err := s.timed(ctx, src, q, func() (int64, error) {
			err := ex.Select(ctx, q, rows)
			return op.Affected + int64(rows.Len()), err
		})
		if err == nil && rows.Len() > 0 {
			err = emit()
		}
		return err
	})
	return fault.Fill(err, name, st.Model.Name, src.Name())
}
