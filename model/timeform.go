package model

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unsafe"

	"github.com/multi-orm/orm/internal/fault"
)

// TimeForm says how a column of times keeps them.
type TimeForm uint8

// The forms. All but the first are numbers, of SQLite alone.
const (
	TimeNative  TimeForm = iota // the database's own times; text in SQLite
	TimeSeconds                 // type=integer: seconds since 1970 UTC
	TimeMillis                  // type=integer(3): milliseconds since 1970 UTC
	TimeMicros                  // type=integer(6): microseconds since 1970 UTC
	TimeJulian                  // type=real: days since noon of 24 November 4714 BC, as SQLite's julianday gives them
)

// julianEpoch is 1970 in milliseconds of Julian days.
const julianEpoch, msPerDay = 210866760000000, 86400000

// timeForms settles how a column of times keeps them. Numbers of another unit are a mistake on every source.
func (f *Field) timeForms() error {
	f.Civil = f.civil()
	if f.Kind != Time || f.DBType == "" {
		return nil
	}
	switch name, digits := typeWords(f.DBType); name + "(" + digits + ")" {
	case "integer()", "integer(0)":
		f.TimeForm = TimeSeconds
	case "integer(3)":
		f.TimeForm = TimeMillis
	case "integer(6)":
		f.TimeForm = TimeMicros
	case "real()":
		f.TimeForm = TimeJulian
	default:
		switch name {
		case "integer", "int", "bigint", "smallint", "tinyint", "real", "float", "double", "numeric", "decimal", "number":
			return fmt.Errorf("word %q does not say how a number is a time: %s", "type="+f.DBType, timeUnits)
		}
	}
	return nil
}

const timeUnits = "type=integer keeps seconds since 1970, type=integer(3) milliseconds, type=integer(6) microseconds, type=real Julian days"

// unitless refuses numbers in a column of intervals: PostgreSQL would take each for seconds, and a time.Duration is
// nanoseconds.
func (f *Field) unitless() error {
	of := f
	if f.Elem != nil {
		of = f.Elem
	}
	if name, _ := typeWords(f.DBType); strings.TrimRight(name, "[]") != "interval" {
		return nil
	}
	switch of.Kind {
	case Int, Uint, Float:
		return fmt.Errorf("word %q: %s is a number, and a number does not say how long an interval is: a time.Duration is kept as a bigint of nanoseconds, "+
			"without the word; a column of intervals is read and written as a string", "type="+f.DBType, f.Base)
	}
	return nil
}

// typeWords takes a type of DDL apart: numeric(10,2) DEFAULT 0 is numeric and 10,2.
func typeWords(ddl string) (name, digits string) {
	name = strings.ToLower(strings.TrimSpace(ddl))
	end := strings.IndexAny(name, " (")
	if end < 0 {
		return name, ""
	}
	name, rest := name[:end], strings.TrimSpace(name[end:])
	if inside, ok := strings.CutPrefix(rest, "("); ok {
		if inside, _, ok = strings.Cut(inside, ")"); ok {
			digits = strings.TrimSpace(inside)
		}
	}
	return name, digits
}

// unit is how many microseconds the smallest step of the form has.
func (t TimeForm) unit() int64 {
	switch t {
	case TimeSeconds:
		return 1_000_000
	case TimeMillis, TimeJulian:
		return 1000
	}
	return 1
}

// Cut gives the last microsecond since 1970 that the form keeps and that is not after micros.
func (t TimeForm) Cut(micros int64) int64 { return floorDiv(micros, t.unit()) * t.unit() }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Kept gives a moment of the library's own making as the column keeps it: what is finer than its unit is cut off, as what is finer than
// a microsecond is everywhere, and the hours where it keeps days.
func (f *Field) Kept(v Value) Value {
	switch {
	case v.Kind() != TimeValue:
	case f.Civil == Day:
		return Value{bits: uint64(floorDiv(v.Micros(), microsPerDay) * microsPerDay), ref: timeRef{}}
	case f.TimeForm != TimeNative:
		return Value{bits: uint64(f.TimeForm.Cut(v.Micros())), ref: timeRef{}}
	}
	return v
}

// StoredTime gives a time as the number that the column is to keep. Anything else stays as it is.
func (f *Field) StoredTime(v Value) Value {
	if v.Kind() != TimeValue {
		return v
	}
	n := floorDiv(v.Micros(), f.TimeForm.unit())
	if f.TimeForm == TimeJulian {
		return FloatOf(float64(n+julianEpoch) / msPerDay)
	}
	return IntOf(n)
}

// ComparedTime gives a time, or each time of a list, as the number that the column's numbers are compared with: a time
// between two steps of the column's unit is a number between theirs, which equals neither. In a list, Julian days are
// milliseconds of them, which text holds exactly.
func (f *Field) ComparedTime(v Value) Value {
	switch v.Kind() {
	case TimeValue:
		n, between := f.steps(v)
		if f.TimeForm == TimeJulian {
			x := float64(n)
			if between {
				x += 0.5
			}
			return FloatOf(x / msPerDay)
		}
		return stepOf(n, between)
	case ListValue:
		l := v.List()
		out := make(List, len(l)) // l is the caller's, and may be in use elsewhere
		for i := range l {
			if out[i] = l[i]; l[i].Kind() == TimeValue {
				out[i] = stepOf(f.steps(l[i]))
			}
		}
		return ListOf(out)
	}
	return v
}

// steps counts a time in the column's unit; between says that it lies after that step and before the next.
func (f *Field) steps(v Value) (n int64, between bool) {
	unit := f.TimeForm.unit()
	n = floorDiv(v.Micros(), unit)
	between = n*unit != v.Micros()
	if f.TimeForm == TimeJulian {
		n += julianEpoch
	}
	return n, between
}

// stepOf is exact: the numbers of units that are coarser than microseconds are far from where halves end.
func stepOf(n int64, between bool) Value {
	if between {
		return FloatOf(float64(n) + 0.5)
	}
	return IntOf(n)
}

// TimeOfInt reads a whole number that a column of the form holds; false where it is no time of the years 1 to 9999.
func (t TimeForm) TimeOfInt(n int64) (time.Time, bool) {
	unit := t.unit()
	if t == TimeNative || t == TimeJulian {
		return t.TimeOfFloat(float64(n))
	}
	if n < firstSecond*(1_000_000/unit) || n > (lastSecond+1)*(1_000_000/unit)-1 {
		return time.Time{}, false
	}
	return time.UnixMicro(n * unit).UTC(), true
}

// TimeOfFloat is TimeOfInt for a floating-point number: a whole one, or a Julian day, which is read to the millisecond.
func (t TimeForm) TimeOfFloat(x float64) (time.Time, bool) {
	switch {
	case t == TimeNative || math.IsNaN(x) || math.Abs(x) > 1<<53:
		return time.Time{}, false
	case t != TimeJulian:
		if x != math.Trunc(x) {
			return time.Time{}, false
		}
		return t.TimeOfInt(int64(x))
	}
	ms := math.Floor(x*msPerDay+0.5) - julianEpoch
	if !(ms >= firstSecond*1000 && ms < (lastSecond+1)*1000) {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(ms)).UTC(), true
}

// assignTime puts what a driver gave into the time at p.
func (f *Field) assignTime(p unsafe.Pointer, src any) error {
	if f.TimeForm == TimeNative {
		return assignTime(p, src)
	}
	var t time.Time
	ok := false
	switch x := src.(type) {
	case int64:
		t, ok = f.TimeForm.TimeOfInt(x)
	case float64:
		t, ok = f.TimeForm.TimeOfFloat(x)
	default:
		return assignTime(p, src)
	}
	if !ok {
		return fault.New(fault.ErrInvalid, f.modelName(), f.Name, "the stored number is no time of the years 1 to 9999 by type="+f.DBType+": "+timeUnits)
	}
	*(*time.Time)(p) = t
	return nil
}
