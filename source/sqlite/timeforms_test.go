package sqlite_test

import (
	"cmp"
	"context"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source/sqlite"
)

// event keeps times in every form.
type event struct {
	ID    int64      `orm:"id,auto,table=events"`
	Sec   time.Time  `orm:"sec,type=integer,index"`
	Ms    time.Time  `orm:"ms,type=integer(3)"`
	Us    time.Time  `orm:"us,type=integer(6)"`
	Day   *time.Time `orm:"day,type=real"`
	Other time.Time  `orm:"other"` // other programs write it
}

var events = orm.Bind[event, struct {
	ID                      orm.Col[event, int64]
	Sec, Ms, Us, Day, Other orm.Time[event]
}]()

// timeField is a column of event as the test sees it.
type timeField struct {
	name string
	col  orm.Time[event]
	unit time.Duration
	get  func(*event) *time.Time // nil is NULL
}

func timeFields() []timeField {
	return []timeField{
		{"Sec", events.Sec, time.Second, func(e *event) *time.Time { return &e.Sec }},
		{"Ms", events.Ms, time.Millisecond, func(e *event) *time.Time { return &e.Ms }},
		{"Us", events.Us, time.Microsecond, func(e *event) *time.Time { return &e.Us }},
		{"Day", events.Day, time.Millisecond, func(e *event) *time.Time { return e.Day }},
		{"Other", events.Other, time.Microsecond, func(e *event) *time.Time { return &e.Other }},
	}
}

// cut is the time that a column of the unit keeps.
func cut(t time.Time, unit time.Duration) time.Time {
	n, u := t.UnixMicro(), unit.Microseconds()
	m := n % u
	if m < 0 {
		m += u
	}
	return time.UnixMicro(n - m).UTC()
}

// instants draws times that are near each other, and far.
func instants() *rapid.Generator[time.Time] {
	bases := []time.Time{
		time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC), time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(9999, 12, 31, 20, 59, 58, 0, time.UTC), time.Date(2000, 2, 29, 12, 30, 59, 0, time.UTC), time.Date(1582, 10, 10, 1, 2, 3, 0, time.UTC),
	}
	return rapid.Custom(func(t *rapid.T) time.Time {
		at := rapid.SampledFrom(bases).Draw(t, "base").Add(time.Duration(rapid.IntRange(0, 1).Draw(t, "second")) * time.Second)
		return at.Add(rapid.SampledFrom([]time.Duration{0, 0, time.Microsecond, 999 * time.Microsecond, time.Millisecond, 500 * time.Millisecond, 120 * time.Millisecond, 999_999 * time.Microsecond}).Draw(t, "fraction"))
	})
}

// forms are what programs write for a time, as SQL.
var forms = []struct {
	layout string
	zone   *time.Location
	unit   time.Duration
}{
	{"2006-01-02 15:04:05.999999", time.UTC, time.Microsecond}, {"2006-01-02 15:04:05.000000", time.UTC, time.Microsecond}, {"2006-01-02T15:04:05.999999Z", time.UTC, time.Microsecond},
	{"2006-01-02 15:04:05.999999-07:00", time.FixedZone("", 5400), time.Microsecond}, {"2006-01-02T15:04:05.999999-07:00", time.FixedZone("", -5400), time.Microsecond},
	{"2006-01-02T15:04:05Z", time.UTC, time.Second}, {"2006-01-02 15:04", time.UTC, time.Minute}, {"2006-01-02", time.UTC, 24 * time.Hour}, {"2006-01-02 15:04:05.999999 -0700 MST", time.FixedZone("CET", 3600), time.Microsecond},
}

func openEvents(t *testing.T, path string, opts ...sqlite.Option) (orm.DB, *sqlite.DataSource) {
	t.Helper()
	src := sqlite.Source("main", path, opts...)
	db := must(orm.Open(t.Context(), src, orm.Models(event{})))(t)
	t.Cleanup(func() { _ = db.Close() })
	return db, src
}

// foreignRow writes a row as another program does, and gives what its columns hold.
func foreignRow(t *rapid.T, ctx context.Context, db orm.DB, at time.Time) event {
	f := rapid.SampledFrom(forms).Draw(t, "form")
	e := event{Sec: cut(at, time.Second), Ms: cut(at, time.Millisecond), Us: at, Other: cut(at, f.unit)}
	var day any
	if rapid.Bool().Draw(t, "day") {
		d := cut(at, time.Millisecond)
		e.Day, day = &d, d.Format("2006-01-02 15:04:05.000")
	}
	text := at.In(f.zone).Format(f.layout)
	id, err := orm.Raw[int64](ctx, db, "INSERT INTO events (sec, ms, us, day, other) VALUES (unixepoch(:sec), :ms, :us, julianday(:day), :other) RETURNING id", orm.Args{
		"sec": e.Sec.Format("2006-01-02 15:04:05"), "ms": e.Ms.UnixMilli(), "us": at.UnixMicro(), "day": day, "other": text})
	if err != nil {
		t.Fatal(err)
	}
	e.ID = id[0]
	return e
}

// condition is a condition beside what it means in Go.
type condition struct {
	name  string
	pred  orm.Pred[event]
	holds func(at time.Time) bool
}

func conditions(c orm.Time[event], a, b time.Time) []condition {
	lo, hi := a, b
	if hi.Before(lo) {
		lo, hi = b, a
	}
	return []condition{
		{"Eq", c.Eq(a), a.Equal}, {"Ne", c.Ne(a), func(at time.Time) bool { return !at.Equal(a) }},
		{"Lt", c.Lt(a), func(at time.Time) bool { return at.Before(a) }}, {"Lte", c.Lte(a), func(at time.Time) bool { return !at.After(a) }},
		{"Gt", c.Gt(a), func(at time.Time) bool { return at.After(a) }}, {"Gte", c.Gte(a), func(at time.Time) bool { return !at.Before(a) }},
		{"In", c.In(a, b), func(at time.Time) bool { return at.Equal(a) || at.Equal(b) }},
		{"NotIn", c.NotIn(a, b), func(at time.Time) bool { return !at.Equal(a) && !at.Equal(b) }},
		{"Between", c.Between(lo, hi), func(at time.Time) bool { return !at.Before(lo) && !at.After(hi) }},
		{"Year", c.Year().Eq(a.Year()), func(at time.Time) bool { return at.Year() == a.Year() }},
		{"Month", c.Month().Eq(int(a.Month())), func(at time.Time) bool { return at.Month() == a.Month() }},
		{"Day", c.Day().Eq(a.Day()), func(at time.Time) bool { return at.Day() == a.Day() }},
		{"Hour", c.Hour().Eq(a.Hour()), func(at time.Time) bool { return at.Hour() == a.Hour() }},
		{"Minute", c.Minute().Eq(a.Minute()), func(at time.Time) bool { return at.Minute() == a.Minute() }},
		{"Weekday", c.Weekday().Eq(int(a.Weekday())), func(at time.Time) bool { return at.Weekday() == a.Weekday() }},
	}
}

// The library's answers about times in every form are those of Go, whoever wrote the rows.
func TestTimesOfEveryFormAgainstGo(t *testing.T) {
	for _, opt := range []sqlite.Option{sqlite.ForeignTimes("event.Other"), sqlite.ForeignTimes()} {
		db, _ := openEvents(t, testkit.SQLite(t), opt)
		if err := orm.CreateTables(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		rapid.Check(t, func(rt *rapid.T) { timesAgainstGo(rt, t.Context(), db) })
	}
}

func timesAgainstGo(t *rapid.T, ctx context.Context, db orm.DB) {
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	r := orm.Repo[event](db)
	_, err := r.EveryRow().DeleteMany(ctx)
	ok(err)
	var rows []event
	for range rapid.IntRange(1, 8).Draw(t, "rows") {
		at := instants().Draw(t, "at")
		if rapid.Bool().Draw(t, "foreign") {
			rows = append(rows, foreignRow(t, ctx, db, at))
			continue
		}
		e := event{Sec: at, Ms: at, Us: at, Other: at}
		if rapid.Bool().Draw(t, "day") {
			e.Day = &at
		}
		ok(r.Create(ctx, &e))
		rows = append(rows, e)
	}
	for i := range rows {
		got, err := r.ByID(rows[i].ID).One(ctx)
		ok(err)
		for _, f := range timeFields() {
			want := f.get(&rows[i])
			if have := f.get(&got); (have == nil) != (want == nil) || want != nil && !have.Equal(cut(*want, f.unit)) {
				t.Fatalf("%s is read %v, want %v", f.name, have, want)
			}
		}
		rows[i] = got
	}
	a, b := instants().Draw(t, "a"), instants().Draw(t, "b")
	for _, f := range timeFields() {
		for _, c := range conditions(f.col, a, b) {
			want := 0
			for i := range rows {
				if at := f.get(&rows[i]); at != nil && c.holds(*at) {
					want++
				}
			}
			if n, err := r.Where(c.pred).Count(ctx); err != nil || int(n) != want {
				t.Fatalf("%s %s %v finds %d, %v, want %d", f.name, c.name, a, n, err, want)
			}
		}
		sorted := slices.SortedStableFunc(slices.Values(rows), func(x, y event) int {
			p, q := f.get(&x), f.get(&y)
			switch {
			case p == nil || q == nil: // NULL is the largest
				return cmp.Or(cmp.Compare(b2i(p == nil), b2i(q == nil)), cmp.Compare(x.ID, y.ID))
			}
			return cmp.Or(p.Compare(*q), cmp.Compare(x.ID, y.ID))
		})
		q := r.OrderBy(f.col.Asc())
		var ids []int64
		last := ""
		for next := ""; ; {
			p, err := q.Take(2).Page(ctx, next)
			ok(err)
			for i := range p.Rows {
				ids = append(ids, p.Rows[i].ID)
			}
			if last, next = p.Prev, p.Next; next == "" || len(ids) > len(rows) {
				break
			}
		}
		want := make([]int64, len(sorted))
		for i := range sorted {
			want[i] = sorted[i].ID
		}
		if !slices.Equal(ids, want) {
			t.Fatalf("pages by %s hold %v, want %v", f.name, ids, want)
		}
		for back := len(want) - len(want)%2 - b2i(len(want)%2 == 0)*2; last != ""; {
			p, err := q.Take(2).Page(ctx, last)
			ok(err)
			if back -= 2; back < 0 || len(p.Rows) != 2 || p.Rows[0].ID != want[back] || p.Rows[1].ID != want[back+1] {
				t.Fatalf("a page back by %s holds %v at %d of %v", f.name, p.Rows, back, want)
			}
			last = p.Prev
		}
	}
	timeGroups(t, ctx, r, rows)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// timeGroups compares the least, the greatest, the groups, the distinct times and sub-selects.
func timeGroups(t *rapid.T, ctx context.Context, r orm.Repo[event], rows []event) {
	type ends struct {
		Sec   *time.Time `orm:"agg=min(Sec)"`
		Ms    *time.Time `orm:"agg=max(Ms)"`
		Us    *time.Time `orm:"agg=min(Us)"`
		Day   *time.Time `orm:"agg=max(Day)"`
		Other *time.Time `orm:"agg=max(Other)"`
		N     int        `orm:"agg=count(distinct Other)"`
	}
	got, err := orm.Aggregate[ends](ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	var want ends
	least := func(p **time.Time, at *time.Time, sign int) {
		if at != nil && (*p == nil || at.Compare(**p)*sign > 0) {
			*p = at
		}
	}
	others := map[int64]int{}
	for i := range rows {
		least(&want.Sec, &rows[i].Sec, -1)
		least(&want.Ms, &rows[i].Ms, 1)
		least(&want.Us, &rows[i].Us, -1)
		least(&want.Day, rows[i].Day, 1)
		least(&want.Other, &rows[i].Other, 1)
		others[rows[i].Other.UnixMicro()]++
	}
	same := func(a, b *time.Time) bool { return (a == nil) == (b == nil) && (a == nil || a.Equal(*b)) }
	if g := got[0]; !same(g.Sec, want.Sec) || !same(g.Ms, want.Ms) || !same(g.Us, want.Us) || !same(g.Day, want.Day) || !same(g.Other, want.Other) || g.N != len(others) {
		t.Fatalf("%v, want %v and %d", g, want, len(others))
	}
	type group struct {
		Other time.Time
		N     int `orm:"agg=count(*)"`
	}
	groups, err := orm.Aggregate[group](ctx, r)
	if err != nil || len(groups) != len(others) {
		t.Fatalf("%v, %v, want %v", groups, err, others)
	}
	for i, g := range groups {
		if g.N != others[g.Other.UnixMicro()] || i > 0 && !groups[i-1].Other.Before(g.Other) {
			t.Fatalf("%v, want %v", groups, others)
		}
	}
	for _, f := range timeFields() {
		pick := rows[0]
		at := f.get(&pick)
		want := 0
		for i := range rows {
			if x := f.get(&rows[i]); at != nil && x != nil && x.Equal(*at) {
				want++
			}
		}
		n, err := r.Where(f.col.InQuery(orm.Values(r.Where(events.ID.Eq(pick.ID)), f.col))).Count(ctx)
		if err != nil || int(n) != want {
			t.Fatalf("%s in a sub-select finds %d, %v, want %d", f.name, n, err, want)
		}
	}
}
