package conformance

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/golang-sql/civil"

	"github.com/multi-orm/orm"
)

// Duty has dates and times of day that belong to no zone, of types that write themselves as text or through Scan and Value.
type Duty struct {
	ID    int64       `orm:"id,auto"`
	Day   civil.Date  `orm:"day,type=date"`
	Until *civil.Date `orm:"until,type=date"`
	Own   Date        `orm:"own,type=date"`
	Text  string      `orm:"text,type=date"`
	Opens civil.Time  `orm:"opens,type=time"`
	At    time.Time   `orm:"at"`
	Ended *time.Time  `orm:"ended"`
}

// Date is a date of a program's own.
type Date struct{ Year, Month, Day int }

// Value writes the date.
func (d Date) Value() (driver.Value, error) {
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day), nil
}

// Scan reads what drivers make of dates.
func (d *Date) Scan(v any) error {
	switch x := v.(type) {
	case time.Time:
		*d = Date{x.Year(), int(x.Month()), x.Day()}
		return nil
	case string:
		_, err := fmt.Sscanf(x, "%d-%d-%d", &d.Year, &d.Month, &d.Day)
		return err
	case []byte:
		return d.Scan(string(x))
	}
	return fmt.Errorf("%T is no date", v)
}

var duties = orm.Bind[Duty, struct {
	ID         orm.Col[Duty, int64]
	Day, Until orm.Col[Duty, civil.Date]
	Own        orm.Col[Duty, Date]
	Opens      orm.Col[Duty, civil.Time]
}]()

var civilCases = []testCase{
	{"civil/dates", "dates and times of day without a zone come back as they were, compare, sort, page and have a least and a greatest", civilDates},
	{"civil/days", "a column of days refuses a time of day by every verb, and now is its day", civilDays},
	{"civil/settled", "after a write the struct holds the times that the row holds", civilSettled},
}

func civilDates(e *env) {
	db := e.open(Duty{})
	r := orm.Repo[Duty](db)
	first := civil.Date{Year: 2024, Month: time.February, Day: 28}
	for i := range 3 {
		d := first.AddDays(i)
		s := Duty{Day: d, Own: Date{d.Year, int(d.Month), d.Day}, Text: d.String(), Opens: civil.Time{Hour: 8 + i, Minute: 30, Second: i}, At: time.Date(2024, 2, 28, 0, 0, 0, 0, time.UTC)}
		if i == 1 {
			s.Until = &d
		}
		ok(r.Create(e.ctx, &s))
		e.equal(must(r.ByID(s.ID).One(e.ctx)), s, "the row")
	}
	leap := first.AddDays(1)
	for about, c := range map[string]struct {
		p    orm.Pred[Duty]
		want int64
	}{
		"Eq": {duties.Day.Eq(leap), 1}, "Gte": {duties.Day.Gte(leap), 2}, "In": {duties.Day.In(first, leap), 2}, "Between": {duties.Day.Between(leap, first.AddDays(9)), 2},
		"IsNull": {duties.Until.IsNull(), 2}, "Own.Lt": {duties.Own.Lt(Date{2024, 3, 1}), 2}, "Opens": {duties.Opens.Between(civil.Time{Hour: 9}, civil.Time{Hour: 10, Minute: 30}), 1},
	} {
		e.equal(must(r.Where(c.p).Count(e.ctx)), c.want, about)
	}
	pages := r.OrderBy(duties.Day.Desc()).Take(2)
	one := must(pages.Page(e.ctx, ""))
	two := must(pages.Page(e.ctx, one.Next))
	e.equal([]civil.Date{one.Rows[0].Day, one.Rows[1].Day, two.Rows[0].Day}, []civil.Date{first.AddDays(2), leap, first}, "pages")
	_, err := r.ByID(one.Rows[0].ID).Update(e.ctx, duties.Day.Set(first.AddDays(30)))
	ok(err)
	if e.engine.API {
		return
	}
	type span struct {
		First civil.Date `orm:"agg=min(Day)"`
		Last  civil.Date `orm:"agg=max(Day)"`
		Own   Date       `orm:"agg=max(Own)"`
		Opens civil.Time `orm:"agg=min(Opens)"`
	}
	e.equal(must(orm.Aggregate[span](e.ctx, r)), []span{{first, first.AddDays(30), Date{2024, 3, 1}, civil.Time{Hour: 8, Minute: 30}}}, "least and greatest")
	type monthly struct {
		Month string
		Days  int `orm:"agg=count(*)"`
	}
	for about, month := range map[string]orm.Expression[Duty, string]{
		"a type of text": orm.Calendar(duties.Day).YearMonth(), "a string": orm.Calendar(r.F("Text")).YearMonth(),
	} {
		want := []monthly{{"2024-02", 2}, {"2024-03", 1}}
		e.equal(must(orm.Aggregate[monthly](e.ctx, r, orm.GroupBy("Month", month))), want, "months of "+about)
	}
	type yearly struct {
		Year *int // a type with Scan may read NULL
		Days int  `orm:"agg=count(*)"`
	}
	e.equal(must(orm.Aggregate[yearly](e.ctx, r, orm.GroupBy("Year", orm.Calendar(duties.Own).Year()))), []yearly{{ptr(2024), 3}}, "years of a type with Scan and Value")
	e.equal(must(r.Where(orm.Calendar(duties.Day).Weekday().Eq(int(time.Thursday)), orm.Calendar(duties.Day).Year().Eq(2024)).Count(e.ctx)), int64(1), "a day of the week")
	for about, p := range map[string]orm.Pred[Duty]{"hours of a day": orm.Calendar(duties.Day).Hour().Eq(1), "a time": orm.Calendar(duties.Opens).Year().Eq(1), "a moment": orm.Calendar(r.F("At")).Year().Eq(1)} {
		if _, err := r.Where(p).Count(e.ctx); !errors.Is(err, orm.ErrInvalid) {
			e.Errorf("%s: %v", about, err)
		}
	}
	if e.engine.Lacks == nil {
		n := must(orm.Raw[int64](e.ctx, db, "SELECT count(*) FROM duties WHERE day >= :day AND own >= :own", orm.Args{"day": leap, "own": Date{2024, 2, 29}}))
		e.equal(n, []int64{2}, "arguments of raw SQL")
	}
}

func civilSettled(e *env) {
	if e.engine.API { // whose reply is the row
		return
	}
	r := orm.Repo[Duty](e.open(Duty{}))
	at := time.Date(2024, 2, 28, 1, 2, 3, 123456789, time.FixedZone("X", 7200))
	ended := at
	day := civil.Date{Year: 2024, Month: 1, Day: 1}
	s := Duty{Day: day, Own: Date{2024, 1, 1}, Text: day.String(), At: at, Ended: &ended}
	same := func(about string) {
		row := must(r.ByID(s.ID).One(e.ctx))
		if s.At != row.At || *s.Ended != *row.Ended { // to the zone: what == tells apart
			e.Errorf("%s: the struct has %v, %v and the row %v, %v", about, s.At, *s.Ended, row.At, *row.Ended)
		}
		if ended != at {
			e.Errorf("%s: the caller's own time became %v", about, ended)
		}
	}
	ok(r.Create(e.ctx, &s))
	same("Create")
	s.At, s.Ended = at, &ended
	ok(r.Save(e.ctx, &s))
	same("Save")
	s.At, s.Ended = at, &ended
	ok(r.Upsert(e.ctx, orm.On(duties.ID), &s))
	same("Upsert")
	many := []Duty{s}
	many[0].ID, many[0].At, many[0].Ended = 0, at, &ended
	must(r.CreateMany(e.ctx, many))
	s = many[0]
	same("CreateMany")
	s.At, s.Ended = at, &ended
	many = []Duty{s}
	must(r.SaveMany(e.ctx, many))
	s = many[0]
	same("SaveMany")
}

// Holiday keeps days in times.
type Holiday struct {
	ID   int64      `orm:"id,auto"`
	Day  time.Time  `orm:"day,type=date"`
	Off  *time.Time `orm:"off,type=date"`
	Made time.Time  `orm:"made,type=date,default=now"`
	Seen time.Time  `orm:"seen,type=date,update=now"`
	At   time.Time  `orm:"at"`
}

var holidays = orm.Bind[Holiday, struct {
	ID             orm.Col[Holiday, int64]
	Day, Off, Made orm.Time[Holiday]
	At             orm.Time[Holiday]
}]()

func civilDays(e *env) {
	if e.engine.API { // which keeps what it likes
		return
	}
	r := orm.Repo[Holiday](e.open(Holiday{}))
	noon, first := time.Date(2024, 2, 28, 12, 0, 0, 0, time.UTC), time.Date(2024, 2, 28, 0, 0, 0, 0, time.UTC)
	abroad := time.Date(2024, 2, 28, 0, 0, 0, 0, time.FixedZone("X", 7200)) // the day before, in UTC
	s := Holiday{Day: first.In(time.FixedZone("X", 7200)), At: noon}
	ok(r.Create(e.ctx, &s))
	today := time.Now().UTC().Truncate(24 * time.Hour)
	e.equal([]bool{s.Day == first, s.Made == s.Seen, today.Sub(s.Made) <= 24*time.Hour && !s.Made.After(today), s.Made.Hour() == 0}, []bool{true, true, true, true}, "the struct")
	e.equal(must(r.ByID(s.ID).One(e.ctx)), s, "the row")
	refused := func(about string, err error) {
		var is *orm.Error
		if !errors.Is(err, orm.ErrInvalid) || !errors.As(err, &is) || is.Field != "Day" && is.Field != "Off" {
			e.Errorf("%s: %v", about, err)
		}
	}
	for _, at := range []time.Time{noon, abroad, first.Add(time.Microsecond)} {
		bad, worse := s, Holiday{Day: first, Off: &at, At: noon}
		bad.Day = at
		refused("Save", r.Save(e.ctx, &bad))
		refused("Upsert", r.Upsert(e.ctx, orm.On(holidays.ID), &bad))
		many := []Holiday{bad}
		_, err := r.SaveMany(e.ctx, many)
		refused("SaveMany", err)
		bad.ID = 0
		refused("Create", r.Create(e.ctx, &bad))
		refused("Create of a pointer", r.Create(e.ctx, &worse))
		for _, n := range []int{2, 3000} {
			many := slices.Repeat([]Holiday{{Day: first, At: noon}}, n)
			many[n-1] = bad
			_, err := r.CreateMany(e.ctx, many)
			refused("CreateMany", err)
		}
		_, err = r.ByID(s.ID).Update(e.ctx, holidays.Day.Set(at))
		refused("Update", err)
		_, err = r.EveryRow().UpdateMany(e.ctx, holidays.Off.Set(at))
		refused("UpdateMany", err)
		refused("Upsert that changes", r.Upsert(e.ctx, orm.On(holidays.ID), &s, holidays.Day.Set(at)))
	}
	_, err := r.ByID(s.ID).Update(e.ctx, holidays.Day.SetFrom(holidays.At))
	refused("SetFrom", err)
	_, err = r.ByID(s.ID).Update(e.ctx, holidays.Day.SetFrom(holidays.Made), holidays.At.SetFrom(holidays.Made))
	ok(err)
	got := must(r.One(e.ctx))
	e.equal([]time.Time{got.Day, got.At}, []time.Time{s.Made, s.Made}, "what other columns hold")
}
