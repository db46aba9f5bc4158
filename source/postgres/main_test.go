package postgres

import (
	"context"
	"os"
	"testing"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/ddl"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// open gives an open source on a fresh database with the tables of models.
func open(tb testing.TB, models []*model.Model, opts ...Option) *DataSource {
	tb.Helper()
	return openAt(tb, testkit.Postgres(tb), models, opts...)
}

func openAt(tb testing.TB, dsn string, models []*model.Model, opts ...Option) *DataSource {
	tb.Helper()
	d := Source("main", dsn, opts...)
	if err := d.Open(tb.Context(), models); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { d.Close() })
	for _, text := range ddl.Statements(d.Dialect(), models) {
		mustExec(tb, d, text)
	}
	return d
}

func mustExec(tb testing.TB, d source.RawExecutor, text string) {
	tb.Helper()
	if _, err := d.Exec(context.Background(), text, nil); err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
}

func modelOf[T any](tb testing.TB) *model.Model {
	tb.Helper()
	m, err := model.For[T]()
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// one makes a pool of a single connection.
func one() Option { return MaxConns(1) }

// insertOf adds rows, which are pointers to structs of m.
func insertOf(tb testing.TB, m *model.Model, rows ...any) *builder.Insert {
	tb.Helper()
	st := &builder.Insert{Model: m, Fields: m.Fields, Rows: len(rows), Scoped: true}
	for _, r := range rows {
		p := pointerTo(r)
		for _, f := range m.Fields {
			v, err := f.Load(p)
			if err != nil {
				tb.Fatal(err)
			}
			st.Values = append(st.Values, v)
		}
	}
	return st
}

func selectOf(m *model.Model, where ...builder.Expr) *builder.Select {
	st := &builder.Select{Model: m, Scoped: true}
	for _, w := range where {
		st.Where.Add(w)
	}
	st.Order.Stabilise(m)
	return st
}

// all reads every row of st.
func all[T any](tb testing.TB, ex source.Executor, st *builder.Select) []T {
	tb.Helper()
	out, err := tryAll[T](tb.Context(), ex, st)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

func tryAll[T any](ctx context.Context, ex source.Executor, st *builder.Select) ([]T, error) {
	rows := &source.Rows{Slab: source.SlabOf[T](0)}
	if err := ex.Select(ctx, st, rows); err != nil {
		return nil, err
	}
	return source.Take[T](&rows.Slab), nil
}
