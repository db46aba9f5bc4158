package orm_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
)

// contender is one way to do a workload.
type contender struct {
	workload, name string
	open           func(tb testing.TB) runner
}

// runner does the workload once per call of run; result gives what the last call gave.
type runner struct {
	run    func(ctx context.Context) error
	result func() any
}

// ormContender opens a DB with open and runs do on it.
func ormContender[R any](workload, name string, open func(tb testing.TB, workload string, hooks bool) (context.Context, orm.DB), hooks bool,
	do func(ctx context.Context, db orm.DB) (R, error)) contender {
	return contender{workload, name, func(tb testing.TB) runner {
		ctx, db := open(tb, workload+"/"+name, hooks)
		var got R
		return runner{
			run: func(context.Context) (err error) {
				got, err = do(ctx, db)
				return err
			},
			result: func() any { return got },
		}
	}}
}

// seen is what the event hook counts, so that it is not nothing.
var seen atomic.Int64

// withHooks registers the scopes and the hook of the goals.
func withHooks(tb testing.TB, db orm.DB) {
	tb.Helper()
	if err := db.Use(rls.Tenant(), hook.SoftDelete(), hook.Hook{Name: "count", After: func(_ context.Context, op *hook.Op) error {
		seen.Add(op.Affected)
		return nil
	}}); err != nil {
		tb.Fatal(err)
	}
}

// actor is the context of a call under the hooks.
func actor(ctx context.Context) context.Context {
	return orm.WithActor(ctx, orm.Actor{ID: int64(7), TenantID: int64(benchTenant), Role: "admin"})
}

// The workloads as a program with the library has them; every source runs the same.

func ormKey(ctx context.Context, db orm.DB) (benchUser, error) {
	return orm.Repo[benchUser](db).ByID(benchKey).One(ctx)
}

func list100(db orm.DB) orm.Query[benchUser] {
	return orm.Repo[benchUser](db).
		Where(benchUsers.Active.Eq(true), benchUsers.Role.In("admin", "editor", "viewer"), benchUsers.DeletedAt.IsNull()).
		OrderBy(benchUsers.CreatedAt.Desc()).Take(100)
}

func ormList100(ctx context.Context, db orm.DB) ([]benchUser, error) { return list100(db).All(ctx) }

func ormList10k(ctx context.Context, db orm.DB) ([]benchScan, error) {
	return orm.Repo[benchScan](db).OrderBy(benchScans.ID.Asc()).Take(10_000).All(ctx)
}

func ormInclude(ctx context.Context, db orm.DB) ([]benchUser, error) {
	return orm.Repo[benchUser](db).Where(benchUsers.DeletedAt.IsNull()).With(benchUsers.Orders).OrderBy(benchUsers.ID.Asc()).Take(100).All(ctx)
}

func ormLoad100k(ctx context.Context, db orm.DB) ([]benchScan, error) {
	return orm.Repo[benchScan](db).OrderBy(benchScans.ID.Asc()).All(ctx)
}

// sums is what a stream leaves behind.
type sums struct {
	Rows, Texts int
	IDs         int64
}

func (s *sums) add(r *benchScan) {
	s.Rows++
	s.IDs += r.ID
	s.Texts += len(r.Email) + len(r.Role)
	if r.Name != nil {
		s.Texts += len(*r.Name)
	}
}

func ormStream100k(ctx context.Context, db orm.DB) (s sums, err error) {
	for r, err := range orm.Repo[benchScan](db).OrderBy(benchScans.ID.Asc()).Rows(ctx) {
		if err != nil {
			return s, err
		}
		s.add(&r)
	}
	return s, nil
}

// benchRow and benchBulk are what the writes write.
var (
	benchRow  = benchNewAt(1)
	benchBulk = rowsOf(1000, benchNewAt)
)

func ormInsert(ctx context.Context, db orm.DB) (benchNew, error) {
	row := benchRow
	err := orm.Repo[benchNew](db).Create(ctx, &row)
	return row, err
}

func ormBulk(ctx context.Context, db orm.DB) ([]benchNew, error) {
	for i := range benchBulk {
		benchBulk[i].ID = 0
	}
	n, err := orm.Repo[benchNew](db).CreateMany(ctx, benchBulk)
	if err == nil && n != int64(len(benchBulk)) {
		err = fmt.Errorf("%d rows inserted", n)
	}
	return benchBulk, err
}

func ormUpdate(ctx context.Context, db orm.DB) (int64, error) {
	return orm.Repo[benchNew](db).Where(benchNews.ID.Eq(1)).UpdateMany(ctx, benchNews.Name.Set("Renamed"), benchNews.Active.Set(true))
}

// race runs the contenders, once they have been seen to give the same.
func race(b *testing.B, all []contender) {
	var order []string
	by := map[string][]contender{}
	for _, c := range all {
		if by[c.workload] == nil {
			order = append(order, c.workload)
		}
		by[c.workload] = append(by[c.workload], c)
	}
	for _, w := range order {
		b.Run(w, func(b *testing.B) {
			agreed := ""
			for _, c := range by[w] {
				b.Run(c.name, func(b *testing.B) {
					r := c.open(b)
					agreed = agree(b, agreed, r)
					b.ReportAllocs()
					for b.Loop() {
						if err := r.run(context.Background()); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		})
	}
}

// agree runs r twice, for what is prepared the first time, and compares its result with what the others
// gave; "" when there were none.
func agree(tb testing.TB, agreed string, r runner) string {
	tb.Helper()
	for range 2 {
		if err := r.run(context.Background()); err != nil {
			tb.Fatal(err)
		}
	}
	text := same(tb, r.result())
	if agreed != "" && text != agreed {
		i := 0
		for i < min(len(text), len(agreed)) && text[i] == agreed[i] {
			i++
		}
		part := func(s string) string { return s[min(len(s), max(0, i-100)):min(len(s), i+100)] }
		tb.Fatalf("the contenders disagree:\n\t… %s\nwhere the first has\n\t… %s", part(text), part(agreed))
	}
	return text
}

// same gives v as text without what may differ: ids that the database made, and zones.
func same(tb testing.TB, v any) string {
	tb.Helper()
	switch x := v.(type) {
	case benchNew:
		v = []benchNew{x}
	case []benchUser:
		v = append([]benchUser(nil), x...)
	case benchUser:
		v = []benchUser{x}
	case []benchScan:
		if len(x) > 20_000 { // the ends and a sum say as much
			var s sums
			for i := range x {
				s.add(&x[i])
			}
			return same(tb, x[:100]) + same(tb, x[len(x)-100:]) + fmt.Sprint(s)
		}
		v = append([]benchScan(nil), x...)
	}
	switch x := v.(type) {
	case []benchUser:
		for i := range x {
			u := &x[i]
			u.CreatedAt = u.CreatedAt.UTC()
			u.Orders = append([]benchOrder(nil), u.Orders...)
			for j := range u.Orders {
				u.Orders[j].CreatedAt = u.Orders[j].CreatedAt.UTC()
			}
		}
	case []benchFarUser:
		x = append([]benchFarUser(nil), x...)
		for i := range x {
			x[i].CreatedAt = x[i].CreatedAt.UTC()
		}
		v = x
	case []benchScan:
		for i := range x {
			x[i].CreatedAt = x[i].CreatedAt.UTC()
		}
	case []benchNew:
		y := append([]benchNew(nil), x...)
		for i := range y {
			if y[i].ID == 0 {
				tb.Fatal("an id did not come back")
			}
			y[i].ID = 0
		}
		v = y
	}
	out, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return string(out)
}
