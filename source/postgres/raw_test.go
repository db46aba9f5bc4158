package postgres

import (
	"context"
	"errors"
	"reflect"
	"strconv"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

func scalarField(tb testing.TB) *model.Field {
	row, err := model.RowOf(reflect.TypeFor[int64]())
	if err != nil {
		tb.Fatal(err)
	}
	return row.Scalar
}

type card struct {
	ID    int64
	Label string
}

func rawCards(tb testing.TB, d source.RawExecutor, text string, args ...model.Value) ([]card, error) {
	tb.Helper()
	row, err := model.RowOf(reflect.TypeFor[card]())
	if err != nil {
		tb.Fatal(err)
	}
	rows := &source.Rows{Slab: source.SlabOf[card](0), Resolve: func(names []string) ([]builder.Column, error) {
		out := make([]builder.Column, len(names))
		for i, n := range names {
			f, err := row.Field(n)
			if err != nil {
				return nil, err
			}
			out[i].Field = f
		}
		return out, nil
	}}
	err = d.Query(context.Background(), text, args, rows)
	return source.Take[card](&rows.Slab), err
}

func TestRaw(t *testing.T) {
	for name, opts := range modes() {
		t.Run(name, func(t *testing.T) {
			d, _ := filled(t, 5, opts...)
			for range 2 {
				got, err := rawCards(t, d, "SELECT email AS label, id FROM users WHERE id = ANY ($1) AND role = $2 ORDER BY id", builder.ValueOf([]int{2, 4, 9}), builder.ValueOf("admin"))
				if diff := diff([]card{{2, "user2@example.com"}, {4, "user4@example.com"}}, got); diff != "" || err != nil {
					t.Fatal(diff, err)
				}
			}
			if _, err := rawCards(t, d, "SELECT id, email FROM users"); !errors.Is(err, fault.ErrInvalid) {
				t.Errorf("an unknown column: %v", err)
			}
			n, err := d.Exec(t.Context(), "UPDATE users SET role = $1 WHERE id < $2", []model.Value{model.StringOf("x"), model.IntOf(3)})
			if n != 2 || err != nil {
				t.Errorf("%d, %v", n, err)
			}
		})
	}
}

func TestReturning(t *testing.T) {
	for name, opts := range modes() {
		t.Run(name, func(t *testing.T) {
			d, m := filled(t, 3, opts...)
			mustExec(t, d, "SELECT setval(pg_get_serial_sequence('users', 'id'), 100)")
			u := users(1)[0].(*user)
			u.Email = "new"
			st := insertOf(t, m, u)
			st.Fields, st.Values, st.Returning = st.Fields[1:], st.Values[1:], m.Key
			if n, err := d.Insert(t.Context(), st, &source.Rows{Slab: source.SlabAt(m.Type, pointerTo(u), 1)}); n != 1 || err != nil || u.ID != 101 || u.Email != "new" {
				t.Fatal(n, err, u)
			}
			role, _ := m.Field("Role")
			up := &builder.Update{Model: m, Set: []builder.Set{{Field: role, Value: model.StringOf("y")}}, Returning: m.Fields, Scoped: true}
			for range 2 {
				rows := &source.Rows{Slab: source.SlabOf[user](0)}
				n, err := d.Update(t.Context(), up, rows)
				if got := source.Take[user](&rows.Slab); n != 4 || err != nil || len(got) != 4 || got[3].Role != "y" {
					t.Fatal(n, err, got)
				}
			}
			exists := byKey(m, 101)
			exists.Want, exists.HasTake = builder.WantExists, false
			if got := all[int64](t, d, exists); len(got) != 1 {
				t.Error(got)
			}
		})
	}
}

// TestSchemaChangesUnderway changes a table under statements that are prepared or described.
func TestSchemaChangesUnderway(t *testing.T) {
	type tiny struct {
		ID int64 `orm:"id,table=tiny"`
		N  int64
	}
	m := modelOf[tiny](t)
	for name, opts := range modes() {
		t.Run(name, func(t *testing.T) {
			d := open(t, nil, append(opts, one())...)
			mustExec(t, d, "CREATE TABLE tiny (id bigint, n int); INSERT INTO tiny VALUES (1, 5)")
			n, _ := m.Field("N")
			read := func(ex source.Executor) ([]tiny, error) {
				return tryAll[tiny](t.Context(), ex, selectOf(m, builder.Compare(builder.OpEq, n, model.IntOf(5))))
			}
			check := func(ex source.Executor) {
				t.Helper()
				for range 2 {
					if got, err := read(ex); err != nil || len(got) != 1 || got[0].N != 5 {
						t.Fatal(got, err)
					}
				}
			}
			check(d)
			for _, typ := range []string{"bigint", "numeric(9,2)", "smallint"} {
				mustExec(t, d, "ALTER TABLE tiny ALTER n TYPE "+typ)
				check(d)
			}
			mustExec(t, d, "DEALLOCATE ALL")
			check(d)
			mustExec(t, d, "ALTER TABLE tiny ALTER n TYPE bigint")
			tx := begun(t, d, source.TxOptions{})
			if _, err := read(tx); name == "statement" && !engine.Retryable(err) {
				t.Errorf("a plan that is out of date cannot be replaced in a transaction, but the transaction can run again: %v", err)
			}
			_ = tx.Rollback(t.Context())
			tx = begun(t, d, source.TxOptions{})
			check(tx)
			_ = tx.Rollback(t.Context())
		})
	}
}

// TestStatementsAreBounded runs more texts than a connection keeps.
func TestStatementsAreBounded(t *testing.T) {
	d := open(t, nil, one(), Configure(func(c *pgxpool.Config) { c.ConnConfig.StatementCacheCapacity = 5 }))
	for round := range 3 {
		for i := range 12 {
			if _, err := rawCards(t, d, "SELECT "+strconv.Itoa(i)+"::bigint AS id, 'x' AS label"); err != nil {
				t.Fatal(round, i, err)
			}
		}
	}
	got, err := rawCards(t, d, "SELECT count(*) AS id, '' AS label FROM pg_prepared_statements")
	if err != nil || got[0].ID != 5 {
		t.Errorf("%v prepared statements, %v", got, err)
	}
}

func TestNothingLivesInTheSession(t *testing.T) {
	for _, mode := range []Mode{CacheDescribe, DescribeExec} {
		d, m := filled(t, 3, ExecMode(mode), one())
		all[user](t, d, selectOf(m))
		got, err := rawCards(t, d, "SELECT count(*) AS id, '' AS label FROM pg_prepared_statements WHERE name <> ''")
		if err != nil || got[0].ID != 0 {
			t.Errorf("%v prepared statements, %v", got, err)
		}
	}
}

type tracer struct {
	mu   sync.Mutex
	open int
	seen []string
}

func (t *tracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open++
	t.seen = append(t.seen, data.SQL)
	return ctx
}

func (t *tracer) TraceQueryEnd(_ context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open--
}

func TestTracer(t *testing.T) {
	tr := &tracer{}
	d, m := filled(t, 1, Configure(func(c *pgxpool.Config) { c.ConnConfig.Tracer = tr }))
	tr.seen = nil
	st := byKey(m, 1)
	all[user](t, d, st)
	text, _, err := d.Compile(st)
	if err != nil || len(tr.seen) != 1 || tr.seen[0] != text || tr.open != 0 {
		t.Errorf("seen %q, open %d", tr.seen, tr.open)
	}
}

func TestPoolersExecModeFromTheConnectionString(t *testing.T) {
	d := Source("main", testkit.Postgres(t)+"&default_query_exec_mode=cache_describe")
	if err := d.Open(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if d.mode != CacheDescribe {
		t.Errorf("mode %d", d.mode)
	}
}
