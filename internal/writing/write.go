package writing

import (
	"context"
	"slices"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/scoping"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// undoable refuses a write whose rows a policy must see afterwards, on a source that could not take it back.
func (w *writing) undoable() error {
	if !w.reg.Verified(w.m) || w.src.Capabilities().Transactions {
		return nil
	}
	return fault.New(fault.ErrUnsupported, w.m.Name, "", "a policy is checked on the row as it was written, and this source cannot undo a write that leaves it")
}

// writing is one write under way: the session it runs in, which may be a transaction of its own.
type writing struct {
	s    *engine.Session
	reg  *hook.Registry
	op   *hook.Op        // nil when no hook sees the model
	ex   source.Executor // see executor
	src  source.Source
	m    *model.Model
	name string
}

// write runs a write with its hooks, which see op. When a hook looks at the result, or a scope verifies it, everything
// runs in one transaction, so that an error after the statement still undoes it.
func write(ctx context.Context, s *engine.Session, reg *hook.Registry, name string, m *model.Model, op *hook.Op, run func(context.Context, *writing) error) error {
	src, err := s.SourceOf(m)
	if err != nil {
		return err
	}
	defer s.Wrote(ctx)
	hooks := reg.Events(m)
	w := &writing{reg: reg, m: m, src: src, name: name, op: op}
	body := func(ctx context.Context, in *engine.Session) error {
		w.s = in
		if err := in.Usable(ctx, src, m.Name); err != nil {
			return err
		}
		if w.op == nil {
			return run(ctx, w)
		}
		return hook.Run(ctx, hooks, w.op, func() error { return engine.Contained(m, func() error { return run(ctx, w) }) })
	}
	if src.Capabilities().Transactions && (reg.Verified(m) || engine.LooksBack(hooks)) {
		err = s.Tx(ctx, engine.TxOptions{}, func(tx *engine.Session) error { return body(engine.WithSession(ctx, tx), tx) })
	} else {
		if len(hooks) > 0 {
			ctx = s.Carried(ctx)
		}
		err = body(ctx, s)
	}
	if err == nil && w.op != nil {
		s.Effects(ctx, w.op)
	}
	return err
}

// seen gives the operation that the hooks of m see, nil when there are none; rows are those to be written, if any.
func seen(ctx context.Context, s *engine.Session, reg *hook.Registry, kind hook.Kind, name string, m *model.Model, rows *source.Slab) *hook.Op {
	hooks := reg.Events(m)
	src := s.BoundTo(m)
	if len(hooks) == 0 || src == nil {
		return nil
	}
	v := new(engine.Sight)
	v.Begin(ctx, hooks, kind, name, src, m)
	if rows != nil {
		v.Op.Rows = v.See(rows, m)
	}
	return &v.Op
}

// executor gives what runs the write's statements. It is asked for once the scopes have spoken, so that a write
// that they deny begins no transaction.
func (w *writing) executor(ctx context.Context) (ex source.Executor, err error) {
	if w.ex == nil {
		w.ex, _, err = w.s.Executor(ctx, w.m)
	}
	return w.ex, err
}

// wantsOld reports whether hooks asked for the rows as they were.
func (w *writing) wantsOld() bool { return w.op != nil && w.op.WantsOld() }

func (w *writing) wantsRows() bool {
	return w.op != nil && w.op.WantsRows() || w.reg.Verified(w.m)
}

// old reads the rows that a write is about to change, locked where the source locks rows.
func (w *writing) old(ctx context.Context, where builder.Conjunction, scopes []builder.Scope) error {
	st := &builder.Select{Model: w.m, Where: where, Scopes: scopes, Scoped: true}
	if w.src.Capabilities().RowLocks {
		st.Lock = builder.ForUpdate
		st.Order.Stabilise(w.m) // so that two writes wait for each other instead of locking each other out
	}
	rows := source.Rows{Slab: source.NewSlab(w.m.Type)}
	ex, err := w.executor(ctx)
	if err != nil {
		return err
	}
	if err := w.s.Execute(ctx, ex, w.src, st, &rows); err != nil {
		return err
	}
	w.op.Old = rows.Slice()
	return nil
}

// Find reads rows by a condition through the scopes and sees no hook: the rows are looked up, not given to anybody.
func Find(ctx context.Context, s *engine.Session, reg *hook.Registry, m *model.Model, where builder.Conjunction, columns []*model.Field, a hook.Access, d builder.Deleted) (*source.Rows, error) {
	st := &builder.Select{Model: m, Where: where, Deleted: d}
	for _, x := range columns {
		if !slices.Contains(st.Columns, x) {
			st.Columns = append(st.Columns, x)
		}
	}
	if err := scoping.For(ctx, s, reg, d).Wanting(a).Selects(st, true); err != nil {
		return nil, err
	}
	ex, src, err := s.Executor(ctx, m)
	if err != nil {
		return nil, err
	}
	if (a == hook.Changing || a == hook.Removing) && src.Capabilities().RowLocks {
		st.Lock = builder.ForUpdate
	}
	rows := &source.Rows{Slab: source.NewSlab(m.Type)}
	return rows, s.Execute(ctx, ex, src, st, rows)
}
