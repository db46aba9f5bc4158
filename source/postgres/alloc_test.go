package postgres

import (
	"context"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

func byKey(m *model.Model, id int64) *builder.Select {
	st := &builder.Select{Model: m, Scoped: true, Take: 1, HasTake: true}
	st.Where.Add(builder.Compare(builder.OpEq, m.Key[0], model.IntOf(id)))
	return st
}

func hundred(m *model.Model) *builder.Select {
	st := selectOf(m)
	st.Take, st.HasTake = 100, true
	return st
}

func readInto(tb testing.TB, d *DataSource, st *builder.Select, n int) {
	rows := source.Rows{Slab: source.SlabOf[user](n)}
	if err := d.Select(context.Background(), st, &rows); err != nil || rows.Len() != n {
		tb.Fatalf("%d rows, error %v", rows.Len(), err)
	}
}

// TestAllocations holds the line that the benchmarks draw: a key read is the row, its texts and its name.
func TestAllocations(t *testing.T) {
	d, m := filled(t, 100)
	key, list := byKey(m, 1), hundred(m)
	for _, c := range []struct {
		name string
		st   *builder.Select
		rows int
		most float64
	}{{"key", key, 1, 6}, {"list", list, 100, 100 + 34 + 8}} {
		readInto(t, d, c.st, c.rows)
		got := testing.AllocsPerRun(200, func() { readInto(t, d, c.st, c.rows) })
		t.Logf("%s: %.1f allocations", c.name, got)
		if got > c.most {
			t.Errorf("%s: %.1f allocations, want at most %.0f", c.name, got, c.most)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	dsn := testkit.Postgres(b)
	m := modelOf[user](b)
	d := openAt(b, dsn, []*model.Model{m})
	if _, err := d.Insert(b.Context(), insertOf(b, m, users(100)...), nil); err != nil {
		b.Fatal(err)
	}
	pool, err := pgxpool.New(b.Context(), dsn)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(pool.Close)
	for _, c := range []struct {
		name string
		st   *builder.Select
		rows int
	}{{"key", byKey(m, 1), 1}, {"list", hundred(m), 100}} {
		text, args, err := d.Compile(c.st)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.name+"/ours", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				readInto(b, d, c.st, c.rows)
			}
		})
		b.Run(c.name+"/pgx", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				rows, err := pool.Query(context.Background(), text, plain(args)...)
				if err != nil {
					b.Fatal(err)
				}
				var out []user
				for rows.Next() {
					var u user
					if err := rows.Scan(&u.ID, &u.Email, &u.Name, &u.Role, &u.TenantID, &u.Active, &u.Balance, &u.CreatedAt, &u.DeletedAt); err != nil {
						b.Fatal(err)
					}
					out = append(out, u)
				}
				if rows.Err() != nil || len(out) != c.rows {
					b.Fatal(rows.Err(), len(out))
				}
			}
		})
	}
}

// BenchmarkStream reads in a transaction, all at once and as one who may stop early does.
func BenchmarkStream(b *testing.B) {
	d, m := filled(b, 10_000)
	t, err := d.Begin(b.Context(), source.TxOptions{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = t.Rollback(b.Context()) }()
	for _, n := range []int{10, 100, 10_000} {
		for _, early := range []bool{false, true} {
			b.Run(fmt.Sprintf("%d/early=%t", n, early), func(b *testing.B) {
				st := selectOf(m, builder.Compare(builder.OpLte, m.Key[0], model.IntOf(int64(n))))
				b.ReportAllocs()
				for b.Loop() {
					got, rows := 0, source.Rows{Slab: source.SlabOf[user](1), Early: early}
					rows.Each = func() error {
						got++
						rows.Reset()
						return nil
					}
					if err := t.Select(b.Context(), st, &rows); err != nil || got != n {
						b.Fatal(got, err)
					}
				}
			})
		}
	}
}
