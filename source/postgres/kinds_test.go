package postgres

import (
	"context"
	"fmt"
	"testing"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// item is a row whose columns change their types under the statements.
type item struct {
	ID    int64 `orm:"id,auto,table=items"`
	N     int64
	Label string
}

// access is a source or a transaction.
type access interface {
	source.Executor
	source.RawExecutor
}

// kinds are all kinds of statements. Each writes or looks for a row of its own with the number and the label, and says
// what is wrong with what it got.
func kinds(tb testing.TB, m *model.Model) map[string]func(ctx context.Context, ex access, it item) error {
	n, _ := m.Field("N")
	label, _ := m.Field("Label")
	insert := func(it item, rows int) *builder.Insert {
		st := &builder.Insert{Model: m, Fields: m.Fields, Rows: rows, Scoped: true}
		for i := range rows {
			st.Values = append(st.Values, model.IntOf(it.ID+int64(i)), model.IntOf(it.N), model.StringOf(it.Label))
		}
		return st
	}
	one := func(got []item, it item, err error) error {
		if err == nil && (len(got) != 1 || got[0] != it) {
			return fmt.Errorf("got %v, want %v", got, it)
		}
		return err
	}
	put := func(ctx context.Context, ex access, it item) error {
		_, err := ex.Insert(ctx, insert(it, 1), nil)
		return err
	}
	where := func(it item) []builder.Expr {
		return []builder.Expr{builder.Compare(builder.OpEq, m.Key[0], model.IntOf(it.ID)), builder.Compare(builder.OpEq, n, model.IntOf(it.N)),
			builder.Compare(builder.OpEq, label, model.StringOf(it.Label))}
	}
	affected := func(want, got int64, err error) error {
		if err == nil && got != want {
			return fmt.Errorf("%d rows, want %d", got, want)
		}
		return err
	}
	out := map[string]func(context.Context, access, item) error{
		"insert": put,
		"insert returning": func(ctx context.Context, ex access, it item) error {
			rows := &source.Rows{Slab: source.SlabOf[item](0)}
			st := insert(it, 1)
			st.Returning = m.Fields
			_, err := ex.Insert(ctx, st, rows)
			return one(source.Take[item](&rows.Slab), it, err)
		},
		"bulk": func(ctx context.Context, ex access, it item) error {
			got, err := ex.Insert(ctx, insert(it, 3), nil)
			return affected(3, got, err)
		},
		"upsert": func(ctx context.Context, ex access, it item) error {
			st := insert(it, 1)
			st.Conflict = &builder.Conflict{Target: m.Key, FromRow: []*model.Field{n, label}}
			for range 2 {
				got, err := ex.Insert(ctx, st, nil)
				if err := affected(1, got, err); err != nil {
					return err
				}
			}
			return nil
		},
	}
	// The others need a row, which raw text with casts makes without a description of its columns.
	row := func(fn func(ctx context.Context, ex access, it item) error) func(context.Context, access, item) error {
		return func(ctx context.Context, ex access, it item) error {
			if _, err := ex.Exec(ctx, fmt.Sprintf("INSERT INTO items (id, n, label) VALUES (%d, %d, '%s') ON CONFLICT (id) DO UPDATE SET n = EXCLUDED.n, label = EXCLUDED.label", it.ID, it.N, it.Label), nil); err != nil {
				return fmt.Errorf("the row itself: %w", err)
			}
			return fn(ctx, ex, it)
		}
	}
	read := func(change func(*builder.Select)) func(context.Context, access, item) error {
		return row(func(ctx context.Context, ex access, it item) error {
			st := selectOf(m, where(it)...)
			change(st)
			got, err := tryAll[item](ctx, ex, st)
			return one(got, it, err)
		})
	}
	out["select"] = read(func(*builder.Select) {})
	out["lock"] = read(func(st *builder.Select) { st.Lock = builder.ForUpdate })
	out["list"] = row(func(ctx context.Context, ex access, it item) error {
		got, err := tryAll[item](ctx, ex, selectOf(m, where(it)[0], builder.Compare(builder.OpIn, n, model.ListOf(model.List{model.IntOf(it.N)})), builder.Compare(builder.OpIn, label, model.ListOf(model.List{model.StringOf(it.Label)}))))
		return one(got, it, err)
	})
	out["count"] = row(func(ctx context.Context, ex access, it item) error {
		st := &builder.Select{Model: m, Want: builder.WantCount, Scoped: true}
		for _, w := range where(it) {
			st.Where.Add(w)
		}
		got, err := tryAll[int64](ctx, ex, st)
		if err == nil && (len(got) != 1 || got[0] != 1) {
			return fmt.Errorf("count %v", got)
		}
		return err
	})
	out["update"] = row(func(ctx context.Context, ex access, it item) error {
		st := &builder.Update{Model: m, Set: []builder.Set{{Field: n, Value: model.IntOf(it.N)}, {Field: label, Value: model.StringOf(it.Label)}}, Scoped: true}
		st.Where.Add(where(it)[0])
		got, err := ex.Update(ctx, st, nil)
		return affected(1, got, err)
	})
	out["update of many"] = row(func(ctx context.Context, ex access, it item) error {
		set := &builder.RowSet{Match: m.Key, Set: []*model.Field{n, label}, Values: []model.Value{model.IntOf(it.ID), model.IntOf(it.N), model.StringOf(it.Label)}, Rows: 1}
		got, err := ex.Update(ctx, &builder.Update{Model: m, From: set, Scoped: true}, nil)
		return affected(1, got, err)
	})
	out["update returning"] = row(func(ctx context.Context, ex access, it item) error {
		st := &builder.Update{Model: m, Set: []builder.Set{{Field: label, Value: model.StringOf(it.Label)}}, Returning: m.Fields, Scoped: true}
		st.Where.Add(where(it)[0])
		st.Where.Add(where(it)[1])
		rows := &source.Rows{Slab: source.SlabOf[item](0)}
		_, err := ex.Update(ctx, st, rows)
		return one(source.Take[item](&rows.Slab), it, err)
	})
	out["delete"] = row(func(ctx context.Context, ex access, it item) error {
		st := &builder.Delete{Model: m, Scoped: true}
		for _, w := range where(it) {
			st.Where.Add(w)
		}
		got, err := ex.Delete(ctx, st, nil)
		return affected(1, got, err)
	})
	out["stream"] = row(func(ctx context.Context, ex access, it item) error {
		rows := &source.Rows{Slab: source.SlabOf[item](1)}
		var got []item
		rows.Each = func() error {
			got = append(got, *(*item)(rows.At(0)))
			rows.Reset()
			return nil
		}
		err := ex.Select(ctx, selectOf(m, where(it)...), rows)
		return one(got, it, err)
	})
	out["cursor"] = row(func(ctx context.Context, ex access, it item) error {
		rows := &source.Rows{Slab: source.SlabOf[item](1)}
		windowed, ok := ex.(source.Windowed)
		if !ok { // outside transactions there is none, but what is learnt of the statement is the same
			err := ex.Select(ctx, selectOf(m, where(it)...), rows)
			return one(source.Take[item](&rows.Slab), it, err)
		}
		err := windowed.SelectWindows(ctx, selectOf(m, where(it)...), 10, rows, func() error { return nil })
		return one(source.Take[item](&rows.Slab), it, err)
	})
	out["early"] = row(func(ctx context.Context, ex access, it item) error {
		var got []item
		rows := &source.Rows{Slab: source.SlabOf[item](1), Early: true}
		rows.Each = func() error {
			got = append(got, *(*item)(rows.At(0)))
			rows.Reset()
			return nil
		}
		err := ex.Select(ctx, selectOf(m, where(it)...), rows)
		return one(got, it, err)
	})
	raw, err := model.RowOf(m.Type)
	if err != nil {
		tb.Fatal(err)
	}
	out["raw"] = row(func(ctx context.Context, ex access, it item) error {
		rows := &source.Rows{Slab: source.SlabOf[item](0), Resolve: func(names []string) ([]builder.Column, error) {
			var out []builder.Column
			for _, name := range names {
				f, err := raw.Field(name)
				if err != nil {
					return nil, err
				}
				out = append(out, builder.Column{Field: f})
			}
			return out, nil
		}}
		err := ex.Query(ctx, "SELECT * FROM items WHERE id = $1 AND n = $2 AND label = $3", []model.Value{model.IntOf(it.ID), model.IntOf(it.N), model.StringOf(it.Label)}, rows)
		return one(source.Take[item](&rows.Slab), it, err)
	})
	out["exec"] = row(func(ctx context.Context, ex access, it item) error {
		got, err := ex.Exec(ctx, "UPDATE items SET n = $2, label = $3 WHERE id = $1", []model.Value{model.IntOf(it.ID), model.IntOf(it.N), model.StringOf(it.Label)})
		return affected(1, got, err)
	})
	return out
}
