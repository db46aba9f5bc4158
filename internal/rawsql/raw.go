package rawsql

import (
	"context"
	"reflect"

	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/named"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Query runs SQL text and decodes the result into rows of elem: a struct by column names, a map of them, or a scalar.
func Query(ctx context.Context, s *engine.Session, text string, args []model.Value, elem reflect.Type, some bool) (source.Slab, error) {
	rows := source.Rows{Slab: source.NewSlab(elem)}
	var m *mapped
	var err error
	if elem == mapType() {
		m = new(mapped)
		rows.Resolve = m.resolve(&rows)
	} else if rows.Resolve, err = entity.Resolver(elem, some); err != nil {
		return rows.Slab, fault.Fill(err, "Raw", "", "")
	}
	err = raw(ctx, s, text, args, &rows, func(ctx context.Context, ex source.RawExecutor, text string, args []model.Value) (int64, error) {
		err := ex.Query(ctx, text, args, &rows)
		if m != nil && err == nil {
			rows.Slab = m.maps(&rows.Slab)
		}
		return int64(rows.Len()), err
	})
	return rows.Slab, err
}

// Exec runs SQL text that gives no rows, and gives the number of rows it touched.
func Exec(ctx context.Context, s *engine.Session, text string, args []model.Value) (n int64, err error) {
	err = raw(ctx, s, text, args, nil, func(ctx context.Context, ex source.RawExecutor, text string, args []model.Value) (int64, error) {
		n, err = ex.Exec(ctx, text, args)
		return n, err
	})
	return n, err
}

// runner runs a text with its arguments.
type runner = func(context.Context, source.RawExecutor, string, []model.Value) (int64, error)

func raw(ctx context.Context, s *engine.Session, text string, args []model.Value, rows *source.Rows, run runner) error {
	s = s.Begin(ctx)
	defer s.End()
	src, err := s.RawSource(ctx)
	if err != nil {
		return err
	}
	reg := s.Registry()
	hooks := reg.Events(nil)
	op := s.Op(ctx, hooks, hook.Raw, "Raw", src, nil)
	op.Text = text
	body := func(ctx context.Context, in *engine.Session) error {
		return hook.Run(ctx, hooks, op, func() error {
			text, args, err := permitted(ctx, in, src, text, args, rows != nil)
			if err != nil {
				return err
			}
			return runRaw(ctx, in, src, op, text, args, rows, run)
		})
	}
	if engine.LooksBack(hooks) && src.Capabilities().Transactions {
		err = s.Tx(ctx, engine.TxOptions{}, func(tx *engine.Session) error {
			tx.Only = s.Only
			return body(engine.WithSession(ctx, tx), tx)
		})
	} else {
		err = body(s.Carried(ctx), s)
	}
	if err == nil {
		s.Effects(ctx, op)
	}
	return fault.Fill(err, "Raw", "", src.Name())
}

func runRaw(ctx context.Context, s *engine.Session, src source.SQL, op *hook.Op, text string, args []model.Value, rows *source.Rows, run runner) error {
	if err := named.One(text, src.Dialect().Name()); err != nil {
		return err
	}
	ex, err := s.RawExecutor(ctx, src)
	if err != nil {
		return err
	}
	defer s.Wrote(ctx)
	defer s.ForgetSettings(src)
	in, _, err := s.WithSettings(ctx, src)
	if err != nil {
		return err
	}
	var n int64
	if s.Observed(ctx) {
		n, err = s.Tell(in, src, engine.Statement{Source: src.Name(), Verb: "raw", Text: text}, s.RawArgs(ctx, args), func(ctx context.Context) (int64, error) { return run(ctx, ex, text, args) })
	} else {
		n, err = run(in, ex, text, args)
	}
	op.Affected = n
	if rows != nil && err == nil {
		op.Rows = rows.Slice()
	}
	return err
}
