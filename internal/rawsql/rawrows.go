package rawsql

import (
	"context"
	"reflect"
	"slices"

	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// QueryRows runs SQL text and gives its rows to yield in windows of at most size rows; without events a window is one
// row. An error of yield stops the read and is returned.
func QueryRows(ctx context.Context, s *engine.Session, text string, args []model.Value, elem reflect.Type, some bool, size int, yield func(*source.Slab) error) error {
	const name = "RawRows"
	s = s.Begin(ctx)
	defer s.End()
	src, err := s.RawSource(ctx)
	if err != nil {
		return fault.Fill(err, name, "", "")
	}
	reg := s.Registry()
	w := rawWindows{hooks: reg.Events(nil), size: size, yield: yield, elem: elem, some: some}
	w.op = s.Op(ctx, w.hooks, hook.Raw, name, src, nil)
	w.op.Text = text
	if len(w.hooks) == 0 {
		w.size = 1
	}
	if err := w.reset(); err != nil {
		return fault.Fill(err, name, "", src.Name())
	}
	before := slices.Clone(w.hooks)
	for i := range before {
		before[i].After = nil
	}
	body := func(ctx context.Context, in *engine.Session) error {
		return hook.Run(ctx, before, w.op, func() error {
			text, args, err := permitted(ctx, in, src, text, args, true)
			if err != nil {
				return err
			}
			return w.run(ctx, in, src, text, args)
		})
	}
	if engine.LooksBack(w.hooks) && src.Capabilities().Transactions {
		err = s.Tx(ctx, engine.TxOptions{}, func(tx *engine.Session) error {
			tx.Only = s.Only
			return body(engine.WithSession(ctx, tx), tx)
		})
	} else {
		err = body(s.Carried(ctx), s)
	}
	if err == nil {
		s.Effects(ctx, w.op)
		err = w.stopped
	}
	return fault.Fill(err, name, "", src.Name())
}

// rawWindows is a stream of raw rows under way.
type rawWindows struct {
	op      *hook.Op
	hooks   []hook.Hook
	rows    source.Rows
	elem    reflect.Type
	some    bool    // columns for some of its fields are enough
	maps    *mapped // where the rows are maps
	size    int
	read    int64
	yield   func(*source.Slab) error
	stopped error // what yield gave
}

// reset gets ready for a result.
func (w *rawWindows) reset() error {
	w.rows = source.Rows{Slab: source.NewSlab(w.elem)}
	if w.elem == mapType() {
		w.maps = new(mapped)
		w.rows.Resolve = w.maps.resolve(&w.rows)
		return nil
	}
	resolve, err := entity.Resolver(w.elem, w.some)
	w.rows.Resolve = resolve
	return err
}

func (w *rawWindows) run(ctx context.Context, s *engine.Session, src source.SQL, text string, args []model.Value) error {
	rows := &w.rows
	rows.Each = func() error {
		w.read++
		if rows.Len() < w.size {
			return nil
		}
		return w.emit(ctx, true)
	}
	err := runRaw(ctx, s, src, w.op, text, args, nil, func(ctx context.Context, ex source.RawExecutor, text string, args []model.Value) (int64, error) {
		err := ex.Query(ctx, text, args, rows)
		if w.stopped != nil { // the reader has enough: the statement did not fail
			err = nil
		}
		return w.read, err
	})
	switch {
	case err != nil:
		return err
	case w.stopped != nil:
		rows.Slab = source.NewSlab(rows.Elem())
	case rows.Len() > 0:
		return w.emit(ctx, false)
	}
	out := w.window()
	return w.after(ctx, &out, false)
}

// window gives the rows that are ready.
func (w *rawWindows) window() source.Slab {
	switch {
	case w.maps == nil:
		return w.rows.Slab
	case w.rows.Len() == 0:
		return source.NewSlab(mapType())
	}
	return w.maps.maps(&w.rows.Slab)
}

func (w *rawWindows) emit(ctx context.Context, more bool) error {
	out := w.window()
	if err := w.after(ctx, &out, more); err != nil {
		return err
	}
	if err := w.yield(&out); err != nil {
		if w.stopped = err; more {
			return err
		}
		return nil
	}
	if w.size == 1 {
		w.rows.Reset()
		return nil
	}
	w.rows.Slab = source.NewSlab(w.rows.Elem()) // the reader may keep what it was given
	return nil
}

func (w *rawWindows) after(ctx context.Context, out *source.Slab, more bool) error {
	if len(w.hooks) == 0 {
		return nil
	}
	w.op.Rows, w.op.Affected, w.op.Partial = out.Slice(), w.read, more
	return w.op.After(ctx, w.hooks)
}
