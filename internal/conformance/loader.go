package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/reading"
)

var loaderCases = []testCase{
	{"load/batch", "loads of many goroutines are one statement, each key once, and remembered", loadBatch},
	{"load/keys", "keys of every kind, composite ones too; a wrong key is refused", loadKeys},
	{"load/copies", "each caller owns its row", loadCopies},
	{"load/alone", "without a loader and inside a transaction each load is a statement", loadAlone},
	{"load/writes", "any write with the context empties the loader, that of a transaction at its commit", loadWrites},
	{"load/cancel", "a caller that gives up leaves the others alone", loadCancel},
	{"load/failures", "failures and absent rows are not remembered", loadFailures},
	{"load/scopes", "rows are shared where actor and scopes are the same, and nowhere else", loadScopes},
	{"load/hooks", "hooks see one read, may load themselves, and their limits hold for each load", loadHooks},
	{"load/race", "a load after a write sees it, whatever runs beside", loadRace},
}

// patient is a window in which every goroutine of a case has started.
const patient = 250 * time.Millisecond

// together runs n calls at once.
func together(n int, fn func(i int)) {
	var wg sync.WaitGroup
	var failed atomic.Pointer[failure]
	for i := range n {
		wg.Go(func() {
			defer func() {
				switch p := recover().(type) {
				case nil:
				case failure:
					failed.Store(&p)
				default:
					panic(p)
				}
			}()
			fn(i)
		})
	}
	wg.Wait()
	if f := failed.Load(); f != nil {
		panic(*f)
	}
}

func (e *env) plainRows(n int, models ...any) (orm.DB, orm.Repo[Plain]) {
	db := e.open(append(models, Plain{})...)
	in := make([]Plain, n)
	for i := range in {
		in[i] = Plain{Name: fmt.Sprint(i + 1), N: int64(i)}
	}
	must(orm.Repo[Plain](db).CreateMany(e.ctx, in))
	e.log.reset()
	return db, orm.Repo[Plain](db)
}

func loadBatch(e *env) {
	_, r := e.plainRows(1200)
	ctx := reading.WithLoader(e.ctx, patient)
	errs := make([]error, 200)
	together(len(errs), func(i int) {
		p, err := r.Load(ctx, i%50+1)
		if err == nil && p.Name != fmt.Sprint(i%50+1) {
			err = fmt.Errorf("the row of another: %+v", p)
		}
		errs[i] = err
	})
	ok(errors.Join(errs...))
	e.ran(1, "200 loads of 50 keys")
	for i := range 50 {
		must(r.Load(ctx, int64(i+1)))
	}
	e.ran(0, "once more")
	together(1200, func(i int) { must(r.Load(ctx, i+1)) })
	e.ran(3, "1150 keys, 500 of a statement")
	ctx = orm.WithLoader(e.ctx)
	must(r.Load(ctx, 1))
	must(r.Load(ctx, 2))
	must(r.Load(ctx, 1))
	e.ran(2, "one after the other")
}

func loadKeys(e *env) {
	db := e.open(Place{}, Visit{}, Token{}, Label{})
	must(orm.Repo[Place](db).CreateMany(e.ctx, []Place{{"ch", 1, "Bern", nil}, {"ch", 2, "Chur", nil}, {"de", 1, "Bonn", nil}}))
	tokens, labels := []Token{{Name: "a"}, {Name: "b"}}, []Label{{ID: "x", Name: "a"}, {ID: "X", Name: "b"}}
	must(orm.Repo[Token](db).CreateMany(e.ctx, tokens))
	must(orm.Repo[Label](db).CreateMany(e.ctx, labels))
	e.log.reset()
	ctx := reading.WithLoader(e.ctx, patient)
	names := make([]string, 8)
	together(len(names), func(i int) {
		switch {
		case i < 3:
			names[i] = must(orm.Repo[Place](db).Load(ctx, []string{"ch", "ch", "de"}[i], []int{1, 2, 1}[i])).Name
		case i < 4:
			_, err := orm.Repo[Place](db).Load(ctx, "de", 2)
			e.fails(err, orm.ErrNotFound, "Place", "")
		case i < 6:
			names[i] = must(orm.Repo[Token](db).Load(ctx, tokens[i-4].ID)).Name
		default:
			names[i] = must(orm.Repo[Label](db).Load(ctx, labels[i-6].ID)).Name
		}
	})
	e.equal(names, []string{"Bern", "Chur", "Bonn", "", "a", "b", "a", "b"}, "rows")
	e.ran(e.most(3, 7), "a statement of each model") // where texts are equal that are not the same, one of each key
	e.fails(second(orm.Repo[Place](db).Load(ctx, "ch")), orm.ErrInvalid, "Place", "")
	e.fails(second(orm.Repo[Label](db).Load(ctx, "")), orm.ErrInvalid, "Label", "ID")
	e.fails(second(orm.Repo[Label](db).Load(ctx, 7)), orm.ErrInvalid, "Label", "ID")
	e.fails(second(orm.Repo[Stranger](db).Load(ctx, 7)), orm.ErrInvalid, "Stranger", "")
	e.ran(0, "refused")
}

func loadCopies(e *env) {
	db := e.open(Thing{})
	r := orm.Repo[Thing](db)
	in := fullThing()
	in.Raw, in.Nums, in.Words, in.PS, in.Any, in.PDoc = []byte("abc"), []int64{1, 2}, []string{"a"}, ptr("text"), []byte(`{"a":1}`), &Doc{Title: "p"}
	in.Doc = Doc{Tags: []string{"t"}, Deep: map[string]any{"k": []any{"v"}}}
	ok(r.Create(e.ctx, &in))
	ctx := orm.WithLoader(e.ctx)
	want := must(r.ByID(in.ID).One(e.ctx))
	for range 3 {
		got := must(r.Load(ctx, in.ID))
		e.equal(got, want, "the row", sameThing)
		got.Raw[0], got.Nums[0], got.Words[0], *got.PS, got.Doc.Tags[0], got.Any[0], got.PDoc.Title = 'x', 9, "x", "x", "x", 'x', "x"
		got.Doc.Deep["k"].([]any)[0] = "x"
		got.Doc.Deep["new"] = 1
		got.Raw, got.Nums = append(got.Raw[:0], "zzzz"...), append(got.Nums[:1], 8, 8, 8)
	}
}

func loadAlone(e *env) {
	db, r := e.plainRows(3)
	for range 2 {
		must(r.Load(e.ctx, 1))
	}
	e.fails(second(r.Load(e.ctx, 9)), orm.ErrNotFound, "Plain", "")
	e.ran(3, "without a loader")
	ctx := orm.WithLoader(e.ctx)
	ok(db.Tx(ctx, func(tx orm.DB) error {
		for range 2 {
			must(orm.Repo[Plain](tx).Load(ctx, 1))
		}
		return nil
	}))
	e.ran(2, "in a transaction")
}

func loadWrites(e *env) {
	db, r := e.plainRows(3)
	outer := orm.WithLoader(e.ctx)
	ctx := orm.WithLoader(outer)
	row := Plain{ID: 1, Name: "saved"}
	for _, w := range []struct {
		about string
		write func() error
	}{
		{"update", func() error { return second(r.ByID(1).Update(ctx, plains.Name.Set("a"))) }},
		{"update many", func() error { return second(r.Where(plains.ID.Lt(3)).UpdateMany(ctx, plains.Name.Set("b"))) }},
		{"save", func() error { return r.Save(ctx, &row) }},
		{"upsert", func() error { return r.Upsert(ctx, orm.On(plains.ID), &Plain{ID: 1, Name: "up"}) }},
		{"create", func() error { return r.Create(ctx, &Plain{Name: "c"}) }},
		{"exec", func() error { return second(db.Exec(ctx, "UPDATE plains SET name = 'e' WHERE id = 1")) }},
		{"raw", func() error {
			return second(orm.Raw[int64](ctx, db, "UPDATE plains SET name = 'r' WHERE id = 1 RETURNING id"))
		}},
		{"a failed write", func() error {
			if r.Create(ctx, &Plain{ID: 1}) == nil {
				return errMine
			}
			return nil
		}},
		{"transaction", func() error {
			return db.Tx(ctx, func(tx orm.DB) error {
				before := must(r.Load(outer, 2)).Name
				must(orm.Repo[Plain](tx).ByID(1).Update(ctx, plains.Name.Set("tx")))
				e.equal(must(orm.Repo[Plain](tx).Load(ctx, 1)).Name, "tx", "its own write")
				if e.engine.Name == "postgres" { // elsewhere the reader would wait for the writer
					e.equal(must(r.Load(outer, 1)).Name == "tx", false, "outside, before the commit")
				}
				e.equal(before != "", true, "read")
				return nil
			})
		}},
		{"delete", func() error { return second(r.ByID(3).Delete(ctx)) }},
	} {
		must(r.Load(ctx, 1))
		must(r.Load(outer, 1))
		ok(w.write())
		now := must(r.ByID(1).One(e.ctx))
		e.equal(must(r.Load(ctx, 1)), now, w.about)
		e.equal(must(r.Load(outer, 1)), now, w.about+", through the loader it was made of")
	}
	e.fails(second(r.Load(ctx, 3)), orm.ErrNotFound, "Plain", "")
	must(r.Load(ctx, 1))
	must(r.ByID(1).Update(e.ctx, plains.Name.Set("beside")))
	e.equal(must(r.Load(ctx, 1)).Name == "beside", false, "a write with another context is not noticed")
}

func loadCancel(e *env) {
	_, r := e.plainRows(3)
	ctx := reading.WithLoader(e.ctx, patient)
	first, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	errs := make([]error, 3)
	wg.Go(func() { _, errs[0] = r.Load(first, 1) })
	time.Sleep(patient / 10) // the one that gives up began the batch
	wg.Go(func() { _, errs[1] = r.Load(ctx, 1) })
	wg.Go(func() { _, errs[2] = r.Load(ctx, 2) })
	time.Sleep(patient / 10)
	cancel()
	wg.Wait()
	e.fails(errs[0], context.Canceled, "Plain", "")
	ok(errors.Join(errs[1:]...))
	e.ran(1, "for those that stayed")
	e.fails(second(r.Load(first, 1)), context.Canceled, "Plain", "")
	for range 2 {
		alone, cancel := context.WithTimeout(ctx, patient/10)
		e.fails(second(r.Load(alone, 3)), context.DeadlineExceeded, "Plain", "")
		cancel()
	}
	time.Sleep(2 * patient)
	e.ran(0, "nobody waited")
	e.equal(must(r.Load(ctx, 3)).Name, "3", "asked for again")
}

func loadFailures(e *env) {
	db, r := e.plainRows(2)
	ctx := reading.WithLoader(e.ctx, patient)
	e.fails(second(r.Load(ctx, 3)), orm.ErrNotFound, "Plain", "")
	ok(orm.Repo[Plain](db).Create(e.ctx, &Plain{Name: "new"}))
	e.equal(must(r.Load(ctx, 3)).Name, "new", "an absent row is asked for again")
	fail := true
	ok(db.Use(hook.Hook{Name: "moody", Before: func(_ context.Context, op *hook.Op) error {
		if fail && op.Kind == hook.Read {
			return errMine
		}
		return nil
	}}))
	errs := make([]error, 4)
	together(4, func(i int) { _, errs[i] = r.Load(ctx, i%2+1) })
	for _, err := range errs {
		if !errors.Is(err, errMine) {
			e.Errorf("want the hook's error, have %v", err)
		}
	}
	fail = false
	e.equal(must(r.Load(ctx, 1)).Name, "1", "a failure is not remembered")
}

func loadScopes(e *env) {
	db, r := e.plainRows(4)
	type flag struct{}
	ok(db.Use(scopeOf[Plain](func(ctx context.Context) (orm.Pred[Plain], error) {
		a, found := orm.ActorFrom(ctx)
		if !found {
			return orm.And[Plain](), errMine
		}
		if low, ok := ctx.Value(flag{}).(int64); ok {
			return orm.And(plains.N.Lt(low), plains.ID.Eq(a.TenantID.(int64))), nil
		}
		return plains.ID.Eq(a.TenantID.(int64)), nil
	})))
	ctx := reading.WithLoader(e.ctx, patient)
	one := orm.WithActor(ctx, orm.Actor{ID: 1, TenantID: int64(1)})
	two := orm.WithActor(ctx, orm.Actor{ID: 1, TenantID: int64(2)})
	poor := context.WithValue(one, flag{}, int64(0))
	got := make([]string, 8)
	together(8, func(i int) {
		p, err := r.Load([]context.Context{one, two, poor, ctx}[i%4], i/4+1)
		switch {
		case err == nil:
			got[i] = p.Name
		case errors.Is(err, orm.ErrNotFound):
			got[i] = "none"
		case errors.Is(err, errMine):
			got[i] = "denied"
		default:
			got[i] = err.Error()
		}
	})
	e.equal(got, []string{"1", "none", "none", "denied", "none", "2", "none", "denied"}, "what each one sees")
	e.ran(3, "a statement for each view")
	must(r.Load(one, 1))
	e.fails(second(r.Load(two, 1)), orm.ErrNotFound, "Plain", "")
	e.fails(second(r.Load(poor, 1)), orm.ErrNotFound, "Plain", "")
	e.ran(2, "remembered for one alone")
}

func loadHooks(e *env) {
	db, r := e.plainRows(20)
	var reads []int64
	ok(db.Use(hook.Hook{Name: "looks", After: func(ctx context.Context, op *hook.Op) error {
		if op.Kind == hook.Read && op.Name == "Load" && len(reads) == 0 {
			reads = append(reads, op.Affected)
			p, err := r.Load(ctx, 1)
			reads = append(reads, p.ID)
			return err
		}
		return nil
	}}))
	ctx, cancel := context.WithTimeout(reading.WithLoader(e.ctx, patient), 20*time.Second)
	defer cancel()
	together(10, func(i int) { must(r.Load(ctx, i+1)) })
	e.equal(reads, []int64{10, 1}, "what the hook saw and loaded")
	ok(db.Use(hook.MaxRows(5)))
	ctx = reading.WithLoader(ctx, patient)
	together(10, func(i int) { must(r.Load(ctx, i+1)) })
}

func loadRace(e *env) {
	_, r := e.plainRows(4)
	ctx := orm.WithLoader(e.ctx)
	failed := make([]error, 8)
	together(8, func(g int) {
		id := g%4 + 1
		for i := range 15 {
			if g < 4 {
				p := must(r.ByID(id).Update(ctx, plains.N.Inc(1)))
				if q := must(r.Load(ctx, id)); q.N < p.N {
					failed[g] = fmt.Errorf("round %d: wrote %d, loaded %d", i, p.N, q.N)
				}
			} else {
				must(r.Load(ctx, id))
			}
		}
	})
	if i := slices.IndexFunc(failed, func(err error) bool { return err != nil }); i >= 0 {
		e.Error(failed[i])
	}
}
