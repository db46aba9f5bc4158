package conformance

import (
	"fmt"
	"slices"
	"time"

	"github.com/multi-orm/orm"
)

// Fare is grouped by what is computed of it.
type Fare struct {
	ID      int64          `orm:"id,auto"`
	RiderID *int64         `orm:"rider_id"`
	At      time.Time      `orm:"at"`
	Plain   time.Time      `orm:"plain,type=timestamp"`
	Paid    *time.Time     `orm:"paid"`
	Text    string         `orm:"text"`
	Amount  int64          `orm:"amount"`
	Doc     map[string]any `orm:"doc,json"`
	Rider   *Rider         `orm:"relation=rider_id:id"`
}

// Rider takes rides.
type Rider struct {
	ID     int64      `orm:"id,auto"`
	Name   string     `orm:"name"`
	Since  *time.Time `orm:"since"`
	BossID *int64     `orm:"boss_id"`
	Boss   *Rider     `orm:"relation=boss_id:id"`
	Fares  []Fare     `orm:"relation=id:rider_id"`
}

var fares = orm.Bind[Fare, struct {
	ID, RiderID, Amount orm.Col[Fare, int64]
	At, Plain, Paid     orm.Time[Fare]
	Text                orm.Text[Fare]
	Doc                 orm.JSON[Fare, map[string]any]
	Rider               orm.One[Fare, Rider]
}]()

var riders = orm.Bind[Rider, struct {
	Name  orm.Text[Rider]
	Since orm.Time[Rider]
	Boss  orm.One[Rider, Rider]
	Fares orm.Many[Rider, Fare]
}]()

var groupByCases = []testCase{
	{"group/clocks", "parts of times in any zone are those that Go's clocks show, around each change of the clock", groupClocks},
	{"group/computed", "rows are grouped by months, related rows, cases, lengths, parts of documents and counts; single aggregates are about some of the rows", groupComputed},
	{"group/refused", "what cannot group is ErrInvalid, and says which field", groupRefused},
}

func groupClocks(e *env) {
	db := e.open(Fare{}, Rider{})
	r := orm.Repo[Fare](db)
	var zones []*time.Location
	for _, name := range []string{"UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"} {
		zones = append(zones, must(time.LoadLocation(name)))
	}
	zones = append(zones, time.FixedZone("Europe/Berlin", 5*3600+1800), time.FixedZone("west", -(9*3600+1800)), time.FixedZone("odd", 61))
	var times []time.Time
	for _, in := range zones {
		for at := time.Date(2011, 1, 1, 0, 0, 0, 0, in); at.Year() < 2013; { // each change of the clock, and the turn of days, months and years
			_, change := at.ZoneBounds()
			if change.IsZero() || change.Year() > 2012 {
				break
			}
			times = append(times, change.Add(-time.Second), change.Add(-time.Microsecond), change)
			at = change
		}
		for _, turn := range []time.Time{time.Date(2012, 3, 1, 0, 0, 0, 0, in), time.Date(2012, 1, 1, 0, 0, 0, 0, in), time.Date(1969, 12, 31, 0, 0, 0, 0, in), time.Date(2090, 7, 1, 12, 0, 0, 0, in)} {
			times = append(times, turn.Add(-time.Microsecond), turn)
		}
	}
	all := make([]Fare, len(times))
	for i, at := range times {
		all[i] = Fare{At: at, Plain: at, Text: "x"}
	}
	must(r.CreateMany(e.ctx, all))
	type clock struct {
		Year, Month, Day, Hour, Minute, Weekday int
		YearMonth, Date                         string
		N                                       int64 `orm:"agg=count(*)"`
	}
	for _, in := range zones {
		for name, c := range map[string]orm.Time[Fare]{"At": fares.At, "Plain": fares.Plain} {
			z := c.Zone(in)
			opts := []orm.AggregateOption{orm.GroupBy("Year", z.Year()), orm.GroupBy("Month", z.Month()), orm.GroupBy("Day", z.Day()), orm.GroupBy("Hour", z.Hour()),
				orm.GroupBy("Minute", z.Minute()), orm.GroupBy("Weekday", z.Weekday()), orm.GroupBy("YearMonth", z.YearMonth()), orm.GroupBy("Date", z.Date())}
			counts := map[clock]int64{}
			for _, at := range times {
				l := at.In(in)
				counts[clock{l.Year(), int(l.Month()), l.Day(), l.Hour(), l.Minute(), int(l.Weekday()), l.Format("2006-01"), l.Format(time.DateOnly), 0}]++
			}
			have := map[clock]int64{}
			for _, c := range must(orm.Aggregate[clock](e.ctx, r, opts...)) {
				n := c.N
				c.N = 0
				have[c] += n
			}
			e.equal(have, counts, fmt.Sprint(name, " in ", in))
		}
		e.equal(must(r.Where(fares.At.Zone(in).Date().Eq("2012-03-01")).Count(e.ctx)), int64(len(slices.DeleteFunc(slices.Clone(times), func(at time.Time) bool {
			return at.In(in).Format(time.DateOnly) != "2012-03-01"
		}))), "a condition in "+in.String())
	}
	sorted := must(r.OrderBy(fares.At.Zone(zones[1]).YearMonth().Desc(), fares.ID.Asc()).Take(1).All(e.ctx))
	e.equal(sorted[0].At.Year(), 2090, "an order")
	for what, in := range map[string]*time.Location{"nil": nil, "Local": time.Local, "a day": time.FixedZone("x", 86400)} {
		_, err := r.Where(fares.At.Zone(in).Year().Eq(1)).All(e.ctx)
		if what == "Local" || err == nil {
			e.fails(err, orm.ErrInvalid, "Fare", "At")
		}
	}
}

func groupComputed(e *env) {
	db := e.open(Fare{}, Rider{})
	ps, r := orm.Repo[Rider](db), orm.Repo[Fare](db)
	boss := Rider{Name: "Zoë", Since: ptr(day(40))}
	ok(ps.Create(e.ctx, &boss))
	people := []Rider{{Name: "Ada", BossID: &boss.ID, Since: ptr(day(3))}, {Name: "ada"}}
	must(ps.CreateMany(e.ctx, people))
	list := must(ps.OrderBy(riders.Name.Asc()).All(e.ctx))
	e.equal(list[0].Name, "Ada", "first")
	ada, small := &list[0].ID, &list[2].ID
	if list[1].Name == "ada" {
		small = &list[1].ID
	}
	must(r.CreateMany(e.ctx, []Fare{
		{RiderID: ada, At: day(1), Plain: day(1), Text: "aé", Amount: 5, Paid: ptr(day(2)), Doc: map[string]any{"kind": "a", "n": 1.5, "yes": true}},
		{RiderID: ada, At: day(20), Plain: day(1), Text: "bb ", Amount: 50, Doc: map[string]any{"kind": "b", "n": 2, "yes": false}},
		{RiderID: small, At: day(40), Plain: day(1), Text: "ccc", Amount: 500, Paid: ptr(day(41)), Doc: map[string]any{"kind": 7}},
		{At: day(41), Plain: day(1), Text: "", Amount: 7},
	}))
	type monthly struct {
		Month    string
		Customer *string
		Fares    int64  `orm:"agg=count(*)"`
		Unpaid   int64  `orm:"agg=count(*)"`
		Revenue  int64  `orm:"agg=sum(Amount)"`
		Paid     int64  `orm:"agg=sum(Amount)"`
		Last     *int64 `orm:"agg=max(Amount)"`
	}
	report := []orm.AggregateOption{orm.GroupBy("Month", fares.At.YearMonth()), orm.GroupBy("Customer", orm.Through(fares.Rider, riders.Name)),
		orm.AggregateFilter("Unpaid", fares.Paid.IsNull()), orm.AggregateFilter("Paid", fares.Paid.IsNotNull()), orm.AggregateFilter("Last", fares.Amount.Lt(10), fares.Rider.IsNot())}
	m1, m2 := day(1).Format("2006-01"), day(41).Format("2006-01")
	want := []monthly{{m1, ptr("Ada"), 2, 1, 55, 5, nil}, {m2, ptr("ada"), 1, 0, 500, 500, nil}, {m2, nil, 1, 1, 7, 0, ptr(int64(7))}}
	e.equal(must(orm.Aggregate[monthly](e.ctx, r, report...)), want, "the revenue of a month by customer")
	e.equal(must(orm.Aggregate[monthly](e.ctx, r, append(report, orm.Having(orm.Or(orm.Named[monthly]("Paid").Gt(100), orm.Named[monthly]("Month").Eq(m1))),
		orm.GroupOrder(orm.Named[monthly]("Month").Desc(), orm.Named[monthly]("Paid").Asc()), orm.GroupTake(2))...)), []monthly{want[1], want[0]}, "with Having, an order and a page")
	e.equal(len(must(orm.Aggregate[monthly](e.ctx, r, append(report, orm.GroupSkip(1))...))), 2, "the rest")

	type byCustomer = struct {
		Customer *string
		Since    *time.Time
		Boss     *string
		Size     string
		Length   int
		N        int64 `orm:"agg=count(*)"`
	}
	rows := must(orm.Aggregate[byCustomer](e.ctx, r.Where(fares.RiderID.Eq(*ada)), orm.GroupBy("Customer", orm.Through(fares.Rider, riders.Name.Fold())),
		orm.GroupBy("Since", orm.Through(fares.Rider, riders.Since)), orm.GroupBy("Boss", orm.Through(fares.Rider, orm.Through(riders.Boss, riders.Name))),
		orm.GroupBy("Size", orm.Case("large", orm.When(fares.Amount.Lt(10), "small"), orm.When(fares.Rider.Is(riders.Fares.Some(fares.Amount.Gt(100))), "never"))),
		orm.GroupBy("Length", fares.Text.Len())))
	e.equal(rows, []byCustomer{{ptr("ada"), ptr(day(3)), ptr("Zoë"), "large", 3, 1}, {ptr("ada"), ptr(day(3)), ptr("Zoë"), "small", 2, 1}}, "an anonymous struct, relations, a Case and a length")

	type byDoc struct {
		Kind *string
		N    *float64
		Yes  *bool
		Rows int64 `orm:"agg=count(*)"`
	}
	docs := must(orm.Aggregate[byDoc](e.ctx, r, orm.GroupBy("Kind", fares.Doc.Path("kind").Text()), orm.GroupBy("N", fares.Doc.Path("n").Number()), orm.GroupBy("Yes", fares.Doc.Path("yes").Bool()),
		orm.Having(orm.Or(orm.Named[byDoc]("N").Gte(1.5), orm.Named[byDoc]("Kind").IsNull()))))
	e.equal(docs, []byDoc{{ptr("a"), ptr(1.5), ptr(true), 1}, {ptr("b"), ptr(2.0), ptr(false), 1}, {nil, nil, nil, 2}}, "parts of documents")
	type byCount struct {
		Fares int64
		Big   bool
		Rate  float64
		Rank  int
		N     int64 `orm:"agg=count(*)"`
	}
	e.equal(must(orm.Aggregate[byCount](e.ctx, ps, orm.GroupBy("Fares", riders.Fares.Count()), orm.GroupBy("Big", orm.Case(false, orm.When(riders.Fares.Some(fares.Amount.Gt(100)), true))),
		orm.GroupBy("Rate", orm.Case(0.5, orm.When(riders.Name.Eq("Zoë"), 1.5))), orm.GroupBy("Rank", orm.Case(-1, orm.When(riders.Name.Eq("Zoë"), 1))))),
		[]byCount{{0, false, 1.5, 1, 1}, {1, true, 0.5, -1, 1}, {2, false, 0.5, -1, 1}}, "a count of related rows")
}

func groupRefused(e *env) {
	db := e.open(Fare{}, Rider{})
	r := orm.Repo[Fare](db)
	type row struct {
		Text  string
		Maybe *string
		N     int64 `orm:"agg=count(*)"`
	}
	month := fares.At.Month()
	maybe := orm.GroupBy("Maybe", orm.Through(fares.Rider, riders.Name))
	for what, c := range map[string]struct {
		field string
		says  string
		opts  []orm.AggregateOption
	}{
		"a field that is not there": {"", "did you mean", []orm.AggregateOption{maybe, orm.GroupBy("Txt", fares.At.Date())}},
		"an aggregate":              {"N", "agg", []orm.AggregateOption{maybe, orm.GroupBy("N", month)}},
		"twice":                     {"Maybe", "twice", []orm.AggregateOption{maybe, maybe}},
		"nothing":                   {"Maybe", "nothing", []orm.AggregateOption{orm.GroupBy("Maybe", nil)}},
		"a column":                  {"Maybe", "GroupBy is for", []orm.AggregateOption{orm.GroupBy("Maybe", fares.Text)}},
		"another type":              {"Maybe", "an integer", []orm.AggregateOption{orm.GroupBy("Maybe", month)}},
		"NULL":                      {"Text", "*string", []orm.AggregateOption{maybe, orm.GroupBy("Text", orm.Through(fares.Rider, riders.Name))}},
		"of another model":          {"", "another model", []orm.AggregateOption{maybe, orm.GroupBy("Text", orm.Case("a", orm.When(riders.Name.Eq("x"), "b")))}},
		"a filter of a group":       {"Text", "tagged agg", []orm.AggregateOption{maybe, orm.AggregateFilter("Text", fares.ID.Gt(1))}},
		"a filter without one":      {"N", "no condition", []orm.AggregateOption{maybe, orm.AggregateFilter[Fare]("N")}},
		"a filter of others":        {"", "another model", []orm.AggregateOption{maybe, orm.AggregateFilter("N", riders.Name.Eq("x"))}},
		"a Case of none":            {"", "When", []orm.AggregateOption{orm.GroupBy("Maybe", orm.Case[Fare]("a"))}},
		"values of a Case":          {"", "not []uint8", []orm.AggregateOption{orm.GroupBy("Maybe", orm.Case([]byte{}, orm.When(fares.ID.Gt(1), []byte{})))}},
		"a document":                {"Maybe", "not", []orm.AggregateOption{orm.GroupBy("Maybe", fares.Doc.Path("a").Number())}},
	} {
		_, err := orm.Aggregate[row](e.ctx, r, c.opts...)
		if err == nil {
			e.Errorf("%s: no error", what)
			continue
		}
		e.fails(err, orm.ErrInvalid, "", c.field)
		e.says(err, c.says)
	}
	_, err := orm.Aggregate[row](e.ctx, r)
	e.fails(err, orm.ErrInvalid, "", "")
}
