package conformance

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
)

// Spare has columns that are named as the library names its own, and a key of text and a number.
type Spare struct {
	Column1 string `orm:"column1,id,table=orm_v"`
	N       int64  `orm:"orm_1,id"`
	V       string `orm:"orm_2"`
	W       *int64 `orm:"orm_n"`
	Version uint8  `orm:"version,version"`
}

func saveManyStatements(e *env) {
	db := e.open(Row{})
	r := orm.Repo[Row](db)
	in := make([]Row, 10_000)
	for i := range in {
		in[i] = Row{ID: int64(i + 1), T: "before"}
	}
	must(r.CreateMany(e.ctx, in))
	for i := range in {
		in[i].B, in[i].T, in[i].S, in[i].On = int64(i*i), "after", ptr("x"), ptr(i%2 == 0)
		if i%3 == 0 {
			in[i].S, in[i].On = nil, nil
		}
	}
	e.log.reset()
	mixed := slices.Clone(in)
	rand.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	e.equal(must(r.SaveMany(e.ctx, mixed)), int64(10_000), "rows")
	most := 10 // VALUES lists of a thousand rows
	if e.engine.Name == "postgres" {
		most = 1
	}
	most = e.most(most, 53)
	e.ran(most, "ten thousand rows")
	e.equal(must(r.OrderBy(rows.ID.Asc()).All(e.ctx)), in, "each row got its own values")
	e.log.reset()
	last := append(slices.Clone(in), Row{ID: 10_001})
	for i := range last {
		last[i].T = "lost"
	}
	e.fails(second(r.SaveMany(e.ctx, last)), orm.ErrNotFound, "Row", "")
	e.equal(must(r.Where(rows.T.Eq("lost")).Count(e.ctx)), int64(0), "nothing is half done")
	e.log.reset()
	ok(db.Tx(e.ctx, func(tx orm.DB) error {
		e.fails(second(orm.Repo[Row](tx).SaveMany(e.ctx, last)), orm.ErrNotFound, "Row", "")
		return second(orm.Repo[Row](tx).SaveMany(e.ctx, last[:2], rows.T))
	}))
	e.equal(must(r.Where(rows.T.Eq("lost")).Count(e.ctx)), int64(2), "a transaction goes on after one that failed")
}

func saveManyKinds(e *env) {
	db := e.open(Thing{})
	r := orm.Repo[Thing](db)
	in := []Thing{emptyThing(), fullThing(), emptyThing()}
	must(r.CreateMany(e.ctx, in))
	full := fullThing()
	full.ID = in[0].ID
	empty := emptyThing()
	empty.ID = in[1].ID
	half := fullThing()
	half.ID, half.Words, half.Nums, half.PS, half.Any = in[2].ID, []string{}, []int64{}, nil, nil
	want := []Thing{full, empty, half}
	e.equal(must(r.SaveMany(e.ctx, slices.Clone(want))), int64(3), "rows")
	e.equal(must(r.Sort("ID").All(e.ctx)), want, "every kind of column", sameThing)
	bad := []Thing{full, empty}
	bad[1].Tint = "pink"
	e.fails(second(r.SaveMany(e.ctx, bad)), orm.ErrInvalid, "Thing", "Tint", "pink")
	bad[1].Tint, bad[1].S = "red", "a\x00b"
	e.fails(second(r.SaveMany(e.ctx, bad)), orm.ErrInvalid, "Thing", "S")

	s := orm.Repo[Spare](e.open(Spare{}))
	sp := []Spare{{Column1: "a", N: 1, V: "x"}, {Column1: "a", N: 2, V: "y", W: ptr(int64(3))}, {Column1: "A", N: 1, V: "z"}}
	must(s.CreateMany(e.ctx, sp))
	for i := range sp {
		sp[i].V += sp[i].V
		sp[i].W = ptr(int64(i))
	}
	e.equal(must(s.SaveMany(e.ctx, sp)), int64(3), "composite keys")
	e.equal(must(s.Where(s.F("N").Eq(1)).Sort("Column1").All(e.ctx)), []Spare{sp[2], sp[0]}, "names that stay apart")
	e.fails(second(s.SaveMany(e.ctx, []Spare{sp[0], {Column1: "a", N: 9}})), orm.ErrNotFound, "Spare", "")
	sp[0].Version = 0
	e.fails(second(s.SaveMany(e.ctx, sp)), orm.ErrStale, "Spare", "Version")
	e.fails(second(s.SaveMany(e.ctx, append(slices.Clone(sp), sp[1]))), orm.ErrInvalid, "Spare", "")
}

// saveManyAtOnce saves the same rows from many places: nobody waits for ever, and of those who read the same version,
// one wins.
func saveManyAtOnce(e *env) {
	r := e.papers(40)
	read := must(r.OrderBy(papers.ID.Asc()).All(e.ctx))
	var wg sync.WaitGroup
	errs := make([]error, 12)
	for i := range errs {
		wg.Go(func() {
			mine := slices.Clone(read)
			for j := range mine {
				mine[j].Hits = int64(i)
			}
			rand.Shuffle(len(mine), func(i, j int) { mine[i], mine[j] = mine[j], mine[i] })
			errs[i] = second(r.SaveMany(e.ctx, mine))
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else {
			e.fails(err, orm.ErrStale, "Paper", "Version")
		}
	}
	e.equal(won, 1, "winners")
	for _, p := range must(r.OrderBy(papers.ID.Asc()).All(e.ctx)) {
		e.equal(p.Version, 1, "saved once")
	}
	// without versions all win, whatever the order of the rows; they overlap in part
	x := orm.Repo[Plain](e.open(Plain{}))
	all := make([]Plain, 60)
	must(x.CreateMany(e.ctx, all))
	for round := range 8 {
		for g := range 6 {
			wg.Go(func() {
				part := slices.Clone(all[g*5 : 30+g*5])
				rand.Shuffle(len(part), func(i, j int) { part[i], part[j] = part[j], part[i] })
				for j := range part {
					part[j].N = int64(round)
				}
				if g%2 == 0 {
					part = part[:len(part)/2]
				}
				if err := second(x.SaveMany(e.ctx, part)); err != nil {
					e.Errorf("at once: %v", err)
				}
			})
		}
		wg.Wait()
	}
}

// saveManyHooks: hooks see each row as an update of its own, with what it was.
func saveManyHooks(e *env) {
	db := e.openWith(Options{}, nil, Paper{})
	r := orm.Repo[Paper](db)
	in := []Paper{paper(1), paper(2), paper(3)}
	must(r.CreateMany(e.ctx, in))
	var audit []hook.Entry
	var told []string
	denied := errors.New("no")
	ok(db.Use(hook.Audit(func(_ context.Context, x hook.Entry) error { audit = append(audit, x); return nil }), hook.Hook{Name: "tell",
		Before: func(_ context.Context, op *hook.Op) error {
			if op.Update == nil {
				return nil
			}
			for _, s := range op.Update.Set {
				if s.Field.Name == "Hits" {
					told = append(told, op.Name)
					if s.Value.Int() == 13 {
						return denied
					}
				}
			}
			return nil
		}}))
	for i := range in {
		in[i].Hits = int64(i + 1)
	}
	must(r.SaveMany(e.ctx, in))
	e.equal(told, []string{"SaveMany", "SaveMany", "SaveMany"}, "an update each")
	e.equal(len(audit), 3, "entries")
	in[2].Hits = 13
	if err := second(r.SaveMany(e.ctx, in)); !errors.Is(err, denied) {
		e.Errorf("want the hook's error, have %v", err)
	}
	e.equal(must(r.Where(papers.Version.Eq(1)).Count(e.ctx)), int64(3), "one is denied, none is written")

	db = e.open(Row{})
	ok(db.Use(hook.Timestamps("", "At")))
	long := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)
	one, two := Row{ID: 1}, Row{ID: 2}
	must(orm.Repo[Row](db).CreateMany(e.ctx, []Row{one, two}))
	one.At, two.At = &long, &long
	ok(orm.Repo[Row](db).Save(e.ctx, &one))
	must(orm.Repo[Row](db).SaveMany(e.ctx, []Row{two}))
	e.equal(must(orm.Repo[Row](db).Where(rows.At.Gt(long)).Count(e.ctx)), int64(2), "the time of the change, as Save has it")

	db = e.open(Plain{})
	x := orm.Repo[Plain](db)
	must(x.CreateMany(e.ctx, []Plain{{Name: "kept", N: 1}, {Name: "kept", N: 2}}))
	ok(db.Use(hook.Sanitize("Name").Searchable()))
	all := must(x.All(e.ctx))
	all[0].N, all[1].N = 5, 5
	must(x.SaveMany(e.ctx, all))
	e.equal(must(x.Where(plains.Name.Eq("kept"), plains.N.Eq(5)).Count(e.ctx)), int64(2), "what a hook emptied in the structs is not written")
}
