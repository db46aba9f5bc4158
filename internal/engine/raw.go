package engine

import (
	"context"
	"reflect"
	"slices"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/named"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Query runs SQL text and decodes the result into rows of elem: a struct by column names, a map of them, or a scalar.
func (s *Session) Query(ctx context.Context, text string, args []model.Value, elem reflect.Type, some bool) (source.Slab, error) {
	rows := source.Rows{Slab: source.NewSlab(elem)}
	var m *mapped
	var err error
	if elem == mapType() {
		m = new(mapped)
		rows.Resolve = m.resolve(&rows)
	} else if rows.Resolve, err = resolver(elem, some); err != nil {
		return rows.Slab, fault.Fill(err, "Raw", "", "")
	}
	err = s.raw(ctx, text, args, &rows, func(ctx context.Context, ex source.RawExecutor) (int64, error) {
		err := ex.Query(ctx, text, args, &rows)
		if m != nil && err == nil {
			rows.Slab = m.maps(&rows.Slab)
		}
		return int64(rows.Len()), err
	})
	return rows.Slab, err
}

// Exec runs SQL text that gives no rows, and gives the number of rows it touched.
func (s *Session) Exec(ctx context.Context, text string, args []model.Value) (n int64, err error) {
	err = s.raw(ctx, text, args, nil, func(ctx context.Context, ex source.RawExecutor) (int64, error) {
		n, err = ex.Exec(ctx, text, args)
		return n, err
	})
	return n, err
}

func (s *Session) raw(ctx context.Context, text string, args []model.Value, rows *source.Rows, run func(context.Context, source.RawExecutor) (int64, error)) error {
	s = s.joined(ctx)
	src, err := s.rawSource(ctx)
	if err != nil {
		return err
	}
	reg := s.Registry()
	hooks := reg.Events(nil)
	op := s.op(ctx, hooks, hook.Raw, "Raw", src, nil)
	op.Text = text
	body := func(ctx context.Context, in *Session) error {
		return hook.Run(ctx, hooks, op, func() error {
			if err := in.mayRaw(ctx, src); err != nil {
				return err
			}
			return in.runRaw(ctx, src, op, text, args, rows, run)
		})
	}
	if looksBack(hooks) && src.Capabilities().Transactions {
		err = s.Tx(ctx, TxOptions{}, func(tx *Session) error {
			tx.Only = s.Only
			return body(withSession(ctx, tx), tx)
		})
	} else {
		err = body(s.carried(ctx), s)
	}
	if err == nil {
		s.effects(ctx, op)
	}
	return fault.Fill(err, "Raw", "", src.Name())
}

func (s *Session) runRaw(ctx context.Context, src source.SQL, op *hook.Op, text string, args []model.Value, rows *source.Rows, run func(context.Context, source.RawExecutor) (int64, error)) error {
	if err := named.One(text, src.Dialect().Name()); err != nil {
		return err
	}
	ex, err := s.rawExecutor(ctx, src)
	if err != nil {
		return err
	}
	defer s.wrote(ctx)
	defer s.forgetSettings(src)
	in, _, err := s.withSettings(ctx, src)
	if err != nil {
		return err
	}
	var n int64
	if s.observed(ctx) {
		n, err = s.follow(in, src, Statement{Source: src.Name(), Verb: "raw", Text: text}, s.rawArgs(ctx, args), func(ctx context.Context) (int64, error) { return run(ctx, ex) })
	} else {
		n, err = run(in, ex)
	}
	op.Affected = n
	if rows != nil && err == nil {
		op.Rows = rows.Slice()
	}
	return err
}

// resolver ties result columns to the fields of elem. Each field needs a column, unless some of them are enough.
func resolver(elem reflect.Type, some bool) (func([]string) ([]builder.Column, error), error) {
	shape, err := model.RowOf(elem)
	if err != nil {
		return nil, err
	}
	return func(columns []string) ([]builder.Column, error) {
		if f := shape.Scalar; f != nil {
			if len(columns) != 1 {
				return nil, fault.New(fault.ErrInvalid, "", "", "a scalar needs a result of one column")
			}
			return []builder.Column{{Field: f}}, nil
		}
		out := make([]builder.Column, len(columns))
		for i, c := range columns {
			f, err := shape.Field(c)
			if err != nil {
				return nil, err
			}
			out[i] = builder.Column{Field: f}
		}
		if some {
			return out, nil
		}
		return out, shape.Covered(func(f *model.Field) bool {
			return slices.ContainsFunc(out, func(c builder.Column) bool { return c.Field == f })
		})
	}, nil
}
