package bench

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
)

// Contender is one way to do a workload.
type Contender struct {
	Workload, Name string
	Open           func(tb testing.TB) Runner
}

// Runner does the workload once per call of Run; Result gives what the last call gave.
type Runner struct {
	Run    func(ctx context.Context) error
	Result func() any
}

// Time is the loop of a benchmark.
func (r Runner) Time(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if err := r.Run(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

// Allocations gives those of one call, with what is kept between calls in place.
func (r Runner) Allocations(tb testing.TB, runs int) float64 {
	tb.Helper()
	return testing.AllocsPerRun(runs, func() {
		if err := r.Run(context.Background()); err != nil {
			tb.Fatal(err)
		}
	})
}

// ormContender opens a DB with open and runs do on it.
func ormContender[R any](workload, name string, open func(tb testing.TB, workload string, hooks bool) (context.Context, orm.DB), hooks bool,
	do func(ctx context.Context, db orm.DB) (R, error)) Contender {
	return Contender{workload, name, func(tb testing.TB) Runner {
		ctx, db := open(tb, workload+"/"+name, hooks)
		var got R
		return Runner{
			Run: func(context.Context) (err error) {
				got, err = do(ctx, db)
				return err
			},
			Result: func() any { return got },
		}
	}}
}

// opened opens a handle as long as tb lasts, and gives the context of its calls.
func opened(tb testing.TB, hooks bool, opts ...orm.Option) (context.Context, orm.DB) {
	tb.Helper()
	ctx := context.Background()
	db, err := orm.Open(ctx, opts...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	if hooks {
		withHooks(tb, db)
		ctx = actor(ctx)
	}
	return ctx, db
}

// withHooks registers the scopes and the hook of the goals, which counts so that it is not nothing.
func withHooks(tb testing.TB, db orm.DB) {
	tb.Helper()
	seen := new(atomic.Int64)
	if err := db.Use(rls.Tenant(), hook.SoftDelete(), hook.Hook{Name: "count", After: func(_ context.Context, op *hook.Op) error {
		seen.Add(op.Affected)
		return nil
	}}); err != nil {
		tb.Fatal(err)
	}
}

// actor is the context of a call under the hooks.
func actor(ctx context.Context) context.Context {
	return orm.WithActor(ctx, orm.Actor{ID: int64(7), TenantID: Tenant, Role: "admin"})
}

// Race runs the contenders of each workload, once they have been seen to give the same.
func Race(b *testing.B, all []Contender) {
	var order []string
	by := map[string][]Contender{}
	for _, c := range all {
		if by[c.Workload] == nil {
			order = append(order, c.Workload)
		}
		by[c.Workload] = append(by[c.Workload], c)
	}
	for _, w := range order {
		b.Run(w, func(b *testing.B) {
			agreed := ""
			for _, c := range by[w] {
				b.Run(c.Name, func(b *testing.B) {
					r := c.Open(b)
					agreed = agree(b, agreed, r)
					r.Time(b)
				})
			}
		})
	}
}
