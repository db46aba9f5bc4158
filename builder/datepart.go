package builder

import (
	"time"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Time is a column of times: Col[T, time.Time] and its parts, which are those of UTC on every source.
type Time[T any] struct{ Col[T, time.Time] }

func partOf[T any](f *model.Field, err error, p dialect.DatePart) Expression[T, int] {
	switch {
	case err != nil:
		return Expression[T, int]{err: err}
	case f == nil:
		return Expression[T, int]{err: errUnbound}
	case f.Kind != model.Time || f.IsComputed:
		return Expression[T, int]{err: fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "only a time has a year, a month or a day")}
	}
	return Expression[T, int]{t: &Term{Op: TermDate, Type: dialect.Type{Kind: dialect.Int, Bits: 32}, Field: f, Part: uint8(p)}}
}

// Year is the year in UTC.
func (c Time[T]) Year() Expression[T, int] { return partOf[T](c.f, c.err, dialect.Year) }

// Month is the month in UTC, from 1; compare it with int(time.May).
func (c Time[T]) Month() Expression[T, int] { return partOf[T](c.f, c.err, dialect.Month) }

// Day is the day of the month in UTC, from 1.
func (c Time[T]) Day() Expression[T, int] { return partOf[T](c.f, c.err, dialect.Day) }

// Hour is the hour in UTC, from 0.
func (c Time[T]) Hour() Expression[T, int] { return partOf[T](c.f, c.err, dialect.Hour) }

// Minute is the minute of the hour, from 0.
func (c Time[T]) Minute() Expression[T, int] { return partOf[T](c.f, c.err, dialect.Minute) }

// Weekday is the day of the week in UTC, from Sunday, 0; compare it with int(time.Monday).
func (c Time[T]) Weekday() Expression[T, int] { return partOf[T](c.f, c.err, dialect.Weekday) }

// Year is the year of a time column, in UTC; the other parts are methods of Time.
func (c Dynamic[T]) Year() Expression[T, int] { return partOf[T](c.f, c.err, dialect.Year) }
