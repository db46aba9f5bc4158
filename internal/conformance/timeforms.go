package conformance

import (
	"errors"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
)

// Shift keeps its times as numbers, one of them as part of what it is known by.
type Shift struct {
	ID      int64      `orm:"id,auto"`
	Start   time.Time  `orm:"start,type=integer,unique"`
	End     time.Time  `orm:"end,type=integer"`
	Ms      *time.Time `orm:"ms,type=integer(3)"`
	Us      *time.Time `orm:"us,type=integer(6)"`
	Day     *time.Time `orm:"day,type=real"`
	Created time.Time  `orm:"created,type=real,default=now"`
	Changed time.Time  `orm:"changed,type=integer(3),update=now"`
	Gone    *time.Time `orm:"gone,type=integer,softdelete"`
	Breaks  []Break    `orm:"relation=start:shift"`
}

// Break is of the shift that began at a time.
type Break struct {
	ID    int64     `orm:"id,auto"`
	Shift time.Time `orm:"shift,type=integer"`
	Of    *Shift    `orm:"relation=shift:start"`
}

// Plan keeps one time as a number and one as the database does.
type Plan struct {
	ID   int64     `orm:"id,auto"`
	At   time.Time `orm:"at,type=integer"`
	Text time.Time `orm:"text"`
}

// Clash refers to a plan by a time of another form.
type Clash struct {
	ID   int64     `orm:"id,auto"`
	At   time.Time `orm:"at"`
	Plan *Plan     `orm:"relation=at:at"`
}

var shifts = orm.Bind[Shift, struct {
	ID                                              orm.Col[Shift, int64]
	Start, End, Ms, Us, Day, Created, Changed, Gone orm.Time[Shift]
	Breaks                                          orm.Many[Shift, Break]
}]()

var breaks = orm.Bind[Break, struct {
	ID    orm.Col[Break, int64]
	Shift orm.Time[Break]
	Of    orm.One[Break, Shift]
}]()

var timeFormCases = []testCase{
	{"times/verbs", "times kept as numbers are cut to the unit by every kind of write, and read, found and assigned as they are kept", timesVerbs},
	{"times/related", "rows are tied together by times kept as numbers, in includes, joins, filters and sub-selects", timesRelated},
	{"times/hooks", "Timestamps, soft delete and fills keep to the unit", timesHooks},
	{"times/refused", "two forms are never compared or copied, and another source refuses the tag by name", timesRefused},
}

// numericTimes opens the models where the source keeps times as numbers; else it checks the refusal.
func (e *env) numericTimes(models ...any) (db orm.DB, ok bool) {
	if e.engine.Name == "sqlite" || e.engine.Name == "memory" {
		return e.open(models...), true
	}
	_, err := orm.Open(e.ctx, e.source("main", Options{}), orm.Models(models...))
	var typed *orm.Error
	if !errors.Is(err, orm.ErrUnsupported) || !errors.As(err, &typed) || typed.Field == "" || typed.Model == "" {
		e.Errorf("a time kept as a number: %v", err)
	}
	return orm.DB{}, false
}

var shiftStart = time.Date(2021, 1, 1, 8, 0, 0, 0, time.UTC)

func timesVerbs(e *env) {
	db, can := e.numericTimes(Shift{}, Break{})
	if !can {
		return
	}
	r := orm.Repo[Shift](db)
	fine := shiftStart.Add(123_456_789 * time.Nanosecond)
	s := Shift{Start: fine, End: fine, Ms: &fine, Us: &fine, Day: &fine}
	ok(r.Create(e.ctx, &s))
	whole, ms, us := shiftStart, shiftStart.Add(123*time.Millisecond), shiftStart.Add(123456*time.Microsecond)
	same := func(got Shift, about string) {
		e.Helper()
		e.equal([]time.Time{got.Start, got.End, *got.Ms, *got.Us, *got.Day}, []time.Time{whole, whole, ms, us, ms}, about)
	}
	same(must(r.ByID(s.ID).One(e.ctx)), "created")
	e.equal([]time.Time{s.Start, *s.Ms, *s.Day}, []time.Time{whole, ms, ms}, "the struct is the row")
	got := must(r.ByID(s.ID).One(e.ctx))
	e.equal([]time.Time{got.Created, got.Changed}, []time.Time{s.Created, s.Changed}, "fills are cut before they are told")
	later := fine.Add(time.Hour)
	s.End, s.Ms = later, &later
	ok(r.Save(e.ctx, &s))
	got = must(r.ByID(s.ID).One(e.ctx))
	e.equal([]time.Time{got.End, *got.Ms}, []time.Time{whole.Add(time.Hour), ms.Add(time.Hour)}, "saved")
	got.End, got.Us = fine, &later
	must(r.SaveMany(e.ctx, []Shift{got}))
	got = must(r.ByID(s.ID).Update(e.ctx, shifts.Ms.Set(fine), shifts.Day.SetFrom(shifts.Day), shifts.Us.Set(fine)))
	same(got, "updated")
	e.equal(must(r.ByID(s.ID).Update(e.ctx, shifts.End.SetFrom(shifts.Start))).End, whole, "copied")
	again := Shift{Start: whole, End: later}
	ok(r.Upsert(e.ctx, orm.On(shifts.Start), &again, shifts.End.Set(later)))
	e.equal([]any{again.ID, again.End}, []any{s.ID, whole.Add(time.Hour)}, "met by its time")
	in := []Shift{{Start: fine.Add(3 * time.Second), End: fine}, {Start: fine.Add(2 * time.Second), End: fine}, {Start: fine, End: later}}
	e.equal(must(r.CreateMany(e.ctx, in, orm.SkipDuplicates())), int64(2), "one is there already")
	e.equal(pick(must(r.OrderBy(shifts.Start.Desc()).All(e.ctx)), func(s Shift) time.Time { return s.Start }), []time.Time{whole.Add(3 * time.Second), whole.Add(2 * time.Second), whole}, "all")
	e.equal(must(r.Where(shifts.Start.Eq(fine)).Count(e.ctx)), int64(0), "a fraction equals no second")
	e.equal(must(r.Where(shifts.Start.Lt(fine)).Count(e.ctx)), int64(1), "nor is it cut off where it is compared")
	e.equal(must(r.Where(shifts.Start.Between(whole, fine.Add(2*time.Second))).UpdateMany(e.ctx, shifts.Day.Set(later))), int64(2), "between")
	e.equal(must(r.Where(shifts.Day.Eq(ms.Add(time.Hour)), shifts.Day.Hour().Eq(9), shifts.Ms.IsNull()).Count(e.ctx)), int64(1), "a Julian day")
	e.equal(must(r.Where(shifts.Gone.IsNull(), shifts.Start.NotIn(whole, fine)).DeleteMany(e.ctx)), int64(2), "deleted")
}

func timesRelated(e *env) {
	db, can := e.numericTimes(Shift{}, Break{})
	if !can {
		return
	}
	r, b := orm.Repo[Shift](db), orm.Repo[Break](db)
	for i := range 3 {
		at := shiftStart.Add(time.Duration(i) * time.Hour)
		ok(r.Create(e.ctx, &Shift{Start: at, End: at}))
		for range i {
			ok(b.Create(e.ctx, &Break{Shift: at}))
		}
	}
	for name, s := range map[string]orm.Strategy{"lookup": orm.Lookup, "join": orm.Join} {
		all := must(r.With(shifts.Breaks.Strategy(s)).OrderBy(shifts.Start.Asc()).All(e.ctx))
		e.equal(pick(all, func(s Shift) int { return len(s.Breaks) }), []int{0, 1, 2}, name)
		of := must(b.With(breaks.Of.Strategy(s)).OrderBy(breaks.ID.Asc()).All(e.ctx))
		e.equal(pick(of, func(b Break) time.Time { return b.Of.Start }), []time.Time{shiftStart.Add(time.Hour), shiftStart.Add(2 * time.Hour), shiftStart.Add(2 * time.Hour)}, name+", to one")
	}
	e.equal(must(r.Where(shifts.Breaks.Some()).Count(e.ctx)), int64(2), "some")
	e.equal(must(b.Where(breaks.Of.Is(shifts.Start.Gt(shiftStart.Add(time.Hour)))).Count(e.ctx)), int64(2), "is")
	e.equal(pick(must(b.OrderBy(breaks.Of.By(shifts.Start.Desc()), breaks.ID.Asc()).All(e.ctx)), func(b Break) int64 { return b.ID }), []int64{2, 3, 1}, "sorted by the related time")
	p := must(b.OrderBy(breaks.Of.By(shifts.Start.Desc())).Take(2).Page(e.ctx, ""))
	e.equal(pick(must(b.OrderBy(breaks.Of.By(shifts.Start.Desc())).Take(2).Page(e.ctx, p.Next)).Rows, func(b Break) int64 { return b.ID }), []int64{1}, "a page by it")
	e.equal(must(r.Where(shifts.Start.InQuery(orm.Values(b.Query(), breaks.Shift))).Count(e.ctx)), int64(2), "sub-select")
	must(r.ByID(1).Update(e.ctx, shifts.Breaks.Create(&Break{})))
	e.equal(must(b.Where(breaks.Shift.Eq(shiftStart)).Count(e.ctx)), int64(1), "nested")
}

func timesHooks(e *env) {
	db, can := e.numericTimes(Shift{}, Break{})
	if !can {
		return
	}
	ok(db.Use(hook.SoftDelete(), hook.Timestamps("End", "Ms")))
	r := orm.Repo[Shift](db)
	s := Shift{Start: shiftStart}
	ok(r.Create(e.ctx, &s))
	got := must(r.ByID(s.ID).One(e.ctx))
	e.equal([]time.Time{got.End, *got.Ms}, []time.Time{s.End, *s.Ms}, "made by Timestamps")
	must(r.ByID(s.ID).Delete(e.ctx))
	e.equal(must(r.Count(e.ctx)), int64(0), "deleted softly")
	gone := must(r.OnlyDeleted().One(e.ctx))
	if gone.Gone == nil || gone.Gone.Nanosecond() != 0 || time.Since(*gone.Gone).Abs() > time.Hour {
		e.Errorf("gone at %v", gone.Gone)
	}
	again := Shift{Start: shiftStart}
	ok(r.Create(e.ctx, &again))
}

func timesRefused(e *env) {
	db, can := e.numericTimes(Plan{})
	if !can {
		return
	}
	r := orm.Repo[Plan](db)
	at, text := orm.F(func(p *Plan) *time.Time { return &p.At }), orm.F(func(p *Plan) *time.Time { return &p.Text })
	e.fails(second(r.EveryRow().UpdateMany(e.ctx, at.SetFrom(text))), orm.ErrInvalid, "Plan", "At")
	e.fails(second(r.EveryRow().UpdateMany(e.ctx, text.SetFrom(at))), orm.ErrInvalid, "Plan", "Text")
	e.fails(second(r.Where(at.InQuery(orm.Values(r.Query(), text))).Count(e.ctx)), orm.ErrInvalid, "Plan", "At")
	if _, err := orm.Open(e.ctx, e.source("main", Options{}), orm.Models(Plan{}, Clash{})); !errors.Is(err, orm.ErrInvalid) {
		e.Errorf("a relation of two forms: %v", err)
	}
}
