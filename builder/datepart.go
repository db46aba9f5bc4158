package builder

import (
	"time"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Time is a column of times: Col[T, time.Time] and its parts, which are those of UTC on every source. Zone gives those of another clock.
type Time[T any] struct{ Col[T, time.Time] }

// Clock is what the clocks of one zone show at the time in a column.
type Clock[T any] struct {
	f    *model.Field
	zone dialect.Zone
	err  error
}

func partOf[T, V any](c Clock[T], p dialect.DatePart) Expression[T, V] {
	f := c.f
	switch {
	case c.err != nil:
		return Expression[T, V]{err: c.err}
	case f == nil:
		return Expression[T, V]{err: errUnbound}
	case f.Civil == model.Day && c.zone == (dialect.Zone{}) && !f.IsComputed && (f.Kind == model.Time || f.Kind == model.String || f.CivilTime()):
		if p == dialect.Hour || p == dialect.Minute {
			return Expression[T, V]{err: fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "a day has no hours")}
		}
	case f.Kind != model.Time || f.IsComputed:
		return Expression[T, V]{err: fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "only a time has a year, a month or a day")}
	}
	t := dialect.Type{Kind: dialect.Int, Bits: 32}
	if p == dialect.YearMonth || p == dialect.Date {
		t = dialect.Type{Kind: dialect.String}
	}
	return Expression[T, V]{t: &Term{Op: TermDate, Type: t, Field: f, Part: uint8(p), Zone: c.zone}}
}

// Zone gives the clock of a time zone: one of time.LoadLocation, or of time.FixedZone. The source goes by its own database of zones on
// PostgreSQL and by Go's on SQLite; SQL Server has fixed ones only. time.Local is refused: it is another zone on another machine.
func (c Time[T]) Zone(in *time.Location) Clock[T] {
	out := Clock[T]{f: c.f, err: c.err}
	if c.f == nil || c.err != nil {
		return out
	}
	bad := func(detail string) Clock[T] {
		out.err = fault.New(fault.ErrInvalid, c.f.Model.Name, c.f.Name, detail)
		return out
	}
	if in == nil || in == time.Local {
		return bad("the zone must be said: take it from time.LoadLocation or time.FixedZone, not nil or time.Local")
	}
	at := time.Unix(0, 0).In(in)
	if from, to := at.ZoneBounds(); from.IsZero() && to.IsZero() {
		if _, out.zone.Seconds = at.Zone(); out.zone.Seconds <= -24*3600 || out.zone.Seconds >= 24*3600 {
			return bad("a zone is less than a day from UTC")
		}
		return out
	}
	if _, err := time.LoadLocation(in.String()); err != nil {
		return bad("the zone is not one of the IANA database, as time.LoadLocation gives them")
	}
	out.zone.Name = in.String()
	return out
}

// Calendar gives the parts of a day that a column of days (type=date) keeps, whatever its Go type: Year, Month, Day, Weekday, YearMonth and Date.
//
//	orm.GroupBy("Month", orm.Calendar(Invoices.IssuedOn).YearMonth())
func Calendar[T any](col Selectable[T]) Clock[T] {
	f, err := col.column()
	if err == nil && f.Civil != model.Day {
		err = fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "only a column of days, type=date, has a calendar; a time has a clock: Year, Month and Zone are its own methods")
	}
	return Clock[T]{f: f, err: err}
}

// UTC is the clock of UTC.
func (c Time[T]) UTC() Clock[T] { return Clock[T]{f: c.f, err: c.err} }

// Year is the year in UTC.
func (c Time[T]) Year() Expression[T, int] { return c.UTC().Year() }

// Month is the month in UTC, from 1; compare it with int(time.May).
func (c Time[T]) Month() Expression[T, int] { return c.UTC().Month() }

// Day is the day of the month in UTC, from 1.
func (c Time[T]) Day() Expression[T, int] { return c.UTC().Day() }

// Hour is the hour in UTC, from 0.
func (c Time[T]) Hour() Expression[T, int] { return c.UTC().Hour() }

// Minute is the minute of the hour, from 0.
func (c Time[T]) Minute() Expression[T, int] { return c.UTC().Minute() }

// Weekday is the day of the week in UTC, from Sunday, 0; compare it with int(time.Monday).
func (c Time[T]) Weekday() Expression[T, int] { return c.UTC().Weekday() }

// YearMonth is the year and the month in UTC as text, such as 2006-01.
func (c Time[T]) YearMonth() Expression[T, string] { return c.UTC().YearMonth() }

// Date is the day in UTC as text, such as 2006-01-02.
func (c Time[T]) Date() Expression[T, string] { return c.UTC().Date() }

// Year is the year.
func (c Clock[T]) Year() Expression[T, int] { return partOf[T, int](c, dialect.Year) }

// Month is the month, from 1; compare it with int(time.May).
func (c Clock[T]) Month() Expression[T, int] { return partOf[T, int](c, dialect.Month) }

// Day is the day of the month, from 1.
func (c Clock[T]) Day() Expression[T, int] { return partOf[T, int](c, dialect.Day) }

// Hour is the hour, from 0.
func (c Clock[T]) Hour() Expression[T, int] { return partOf[T, int](c, dialect.Hour) }

// Minute is the minute of the hour, from 0.
func (c Clock[T]) Minute() Expression[T, int] { return partOf[T, int](c, dialect.Minute) }

// Weekday is the day of the week, from Sunday, 0; compare it with int(time.Monday).
func (c Clock[T]) Weekday() Expression[T, int] { return partOf[T, int](c, dialect.Weekday) }

// YearMonth is the year and the month as text, such as 2006-01, which sorts as the months do.
func (c Clock[T]) YearMonth() Expression[T, string] { return partOf[T, string](c, dialect.YearMonth) }

// Date is the day as text, such as 2006-01-02, which sorts as the days do.
func (c Clock[T]) Date() Expression[T, string] { return partOf[T, string](c, dialect.Date) }

// Year is the year of a time column, in UTC; the other parts are methods of Time.
func (c Dynamic[T]) Year() Expression[T, int] {
	return partOf[T, int](Clock[T]{f: c.f, err: c.err}, dialect.Year)
}

// zone walks the zone of a part of a time.
func (s *shaper) zone(m *model.Model, t *Term) {
	if t.Op != TermDate {
		return
	}
	if t.Zone == (dialect.Zone{}) {
		s.byte(0)
		return
	}
	s.byte(1)
	arg, ok := s.d.Zone(t.Zone)
	if !ok {
		s.fail(fault.New(fault.ErrUnsupported, nameOf(m), t.Field.Name, "the zone "+t.Zone.Name+" is not to be had on "+s.d.Name()+": use time.FixedZone, or UTC"))
	}
	s.plain(m, model.StringOf(arg))
}
