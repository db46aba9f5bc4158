package conformance

import (
	"database/sql/driver"
	"fmt"
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
	{"civil/settled", "after a write the struct holds the times that the row holds", civilSettled},
}

func civilDates(e *env) {
	r := orm.Repo[Duty](e.open(Duty{}))
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
