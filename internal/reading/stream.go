package reading

import (
	"context"
	"errors"
	"reflect"
	"slices"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/scoping"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Stream runs st and gives its rows to yield in windows of at most size rows. Without includes and events a
// window is one row, decoded into the same memory each time. An error of yield stops the read and is returned.
func Stream(ctx context.Context, s *engine.Session, st *builder.Select, elem reflect.Type, size int, yield func(*source.Slab) error) error {
	const name = "Rows"
	s, m := s.Begin(ctx), st.Model // hooks may take it away
	defer s.End()
	src, err := s.SourceOf(m)
	if err == nil {
		err = s.Usable(ctx, src, st.Model.Name)
	}
	if err == nil {
		err = scoping.Names(s, st.Named)
	}
	if err != nil {
		return fault.Fill(err, name, st.Model.Name, "")
	}
	if s.Efforts(ctx) {
		ctx = s.Lenient(ctx, st)
	}
	if st.Includes, err = Merged(ctx, s.Engine, st.Includes); err != nil {
		return fault.Fill(err, name, st.Model.Name, src.Name())
	}
	ctx = s.Carried(ctx)
	if p, ok := src.(source.Pinned); ok && len(st.Includes) > 0 && !s.InTransaction() {
		ctx = p.Pin(ctx)
	}
	w := windows{r: reader{s: s, reg: s.Registry(), name: name, deleted: st.Deleted, lenient: source.BestEffort(ctx)}, yield: yield, size: size,
		rows: &source.Rows{Slab: source.NewSlab(elem)}, op: s.Op(ctx, s.Registry().Events(st.Model), hook.Read, name, src, st.Model)}
	w.hooks = w.r.reg.Events(st.Model)
	if len(w.hooks) > 0 {
		st.Detach()
	}
	w.op.Select = st
	before := slices.Clone(w.hooks)
	for i := range before {
		before[i].After = nil
	}
	was := kindOf(st)
	err = hook.Run(ctx, before, w.op, func() error {
		if err := was.same(w.op.Select); err != nil {
			return err
		}
		return w.run(ctx, src, w.op.Select)
	})
	if err == nil {
		s.Effects(ctx, w.op)
		err = w.stopped
	}
	return fault.Fill(err, name, m.Name, src.Name())
}

// windows is a stream under way. The before events run once, the after events for each window.
type windows struct {
	r       reader
	op      *hook.Op
	hooks   []hook.Hook
	rows    *source.Rows
	size    int
	read    int64 // rows so far
	yield   func(*source.Slab) error
	incs    []*builder.Include
	asked   []*model.Field
	hidden  []*model.Field
	stopped error // what yield gave: the reader wants no more, which is no failure of the read
}

func (w *windows) run(ctx context.Context, src source.Source, q *builder.Select) error {
	s, rows := w.r.s, w.rows
	w.incs = q.Includes
	if len(w.incs) == 0 && len(w.hooks) == 0 {
		w.size = 1
	}
	w.asked = q.Columns
	w.hidden = ColumnsForIncludes(q)
	if err := w.r.scope(ctx, q, w.r.deleted, true, nil); err != nil {
		return err
	}
	q.Includes = nil
	ex, _, err := s.Executor(ctx, q.Model)
	if err != nil {
		return err
	}
	read, err := w.reading(ctx, ex, src, q)
	if err != nil {
		return err
	}
	rows.Reserve(w.size)
	_, err = s.Timed(ctx, src, q, func(ctx context.Context) (int64, error) {
		err := read(ctx)
		if w.stopped != nil { // the reader has enough: the statement did not fail
			err = nil
		}
		return w.read, err
	})
	switch {
	case w.stopped != nil: // the last window is with the reader; hooks learn that there is no other
		rows.Slab = source.NewSlab(rows.Elem())
		return w.after(ctx, false)
	case err != nil:
		return err
	case rows.Len() > 0:
		return w.emit(ctx, false)
	}
	return w.after(ctx, false)
}

// reading gives what reads the rows and emits each window that is full: while they arrive, or, in a transaction whose
// connection is busy meanwhile and that has to load includes, in parts.
func (w *windows) reading(ctx context.Context, ex source.Executor, src source.Source, q *builder.Select) (func(context.Context) error, error) {
	rows := w.rows
	if !w.r.s.InTransaction() && w.together(src) {
		return func(run context.Context) error { return w.snapshot(run, src, q) }, nil
	}
	if s := w.r.s; s.InTransaction() && (len(w.incs) > 0 || engine.LooksBack(w.hooks)) && !src.Capabilities().ConcurrentStatements {
		parts, ok := ex.(source.Windowed)
		if !ok {
			return nil, fault.New(fault.ErrUnsupported, q.Model.Name, "", "a stream inside a transaction can load no includes and run no hooks that look back: use All with pages")
		}
		return func(run context.Context) error {
			err := parts.SelectWindows(run, q, w.size, rows, func() error {
				w.read += int64(rows.Len())
				if err := w.emit(ctx, true); err != nil {
					return err
				}
				return w.r.s.Resume(ctx)
			})
			if err == nil { // those that are left
				w.read += int64(rows.Len())
			}
			return err
		}, nil
	}
	rows.Early = w.r.s.InTransaction()
	rows.Each = func() error {
		w.read++
		if rows.Len() < w.size {
			return nil
		}
		return w.emit(ctx, true)
	}
	return func(run context.Context) error { return ex.Select(run, q, rows) }, nil
}

// together reports whether the stream needs its source for more than its own rows: all of it then runs on one connection,
// since a call that waits for a second one while it holds one can wait for ever. Hooks that look at rows keep connections of
// their own where a transaction that may write would shut out others.
func (w *windows) together(src source.Source) bool {
	c := src.Capabilities()
	return c.Transactions && w.returnsTo(src, w.incs) && (!engine.LooksBack(w.hooks) || !c.ConcurrentStatements)
}

// returnsTo reports whether some include, at any depth, is read from src.
func (w *windows) returnsTo(src source.Source, incs []*builder.Include) bool {
	for _, inc := range incs {
		if s, err := w.r.s.SourceOf(inc.Relation.Target); err == nil && s == src || w.returnsTo(src, inc.Includes) {
			return true
		}
	}
	return false
}

// snapshot reads the stream in a transaction of its own. What hooks write belongs to it.
func (w *windows) snapshot(ctx context.Context, src source.Source, q *builder.Select) error {
	outer := w.r.s
	defer func() { w.r.s = outer }()
	o := engine.TxOptions{TxOptions: source.TxOptions{ReadOnly: !engine.LooksBack(w.hooks)}}
	err := outer.Tx(ctx, o, func(in *engine.Session) error {
		in.ReadsAs(outer)
		w.r.s = in
		ex, _, err := in.Executor(ctx, q.Model)
		if err != nil {
			return err
		}
		read, err := w.reading(in.Carried(ctx), ex, src, q)
		if err != nil {
			return err
		}
		if err := read(ctx); w.stopped == nil || err != nil && !errors.Is(err, w.stopped) {
			return err
		}
		return nil // the reader has enough, which undoes nothing
	})
	if err == nil {
		err = w.stopped
	}
	return err
}

// emit completes a window and hands it over.
func (w *windows) emit(ctx context.Context, more bool) error {
	rows := w.rows
	if len(w.incs) > 0 {
		if err := w.r.includes(ctx, &rows.Slab, w.incs, "", 0); err != nil {
			return err
		}
		entity.Hide(&rows.Slab, w.asked, w.hidden)
	}
	entity.TellLoaded(&rows.Slab, w.op.Model, w.asked, nil)
	if err := w.after(ctx, more); err != nil {
		return err
	}
	if err := w.yield(&rows.Slab); err != nil {
		w.stopped = err
		if !more {
			return nil
		}
		return err
	}
	if w.size == 1 {
		rows.Reset()
		return nil
	}
	elem := rows.Elem()
	rows.Slab = source.NewSlab(elem) // the rows given out own the old memory through their relations
	rows.Reserve(w.size)
	return nil
}

func (w *windows) after(ctx context.Context, more bool) error {
	if len(w.hooks) == 0 {
		return nil
	}
	w.op.Rows, w.op.Affected, w.op.Partial = w.rows.Slice(), w.op.Affected+int64(w.rows.Len()), more
	return w.op.After(ctx, w.hooks)
}
