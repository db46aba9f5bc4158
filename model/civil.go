package model

import (
	"strings"
	"time"
	"unsafe"

	"github.com/multi-orm/orm/internal/fault"
)

// Civil says which part of a time a column keeps: a day of the calendar or a time of day, which belong to no zone.
type Civil uint8

// The parts.
const (
	NotCivil  Civil = iota
	Day             // type=date
	TimeOfDay       // type=time
)

const microsPerDay = msPerDay * 1000

// notMidnight says why a time is refused by a column of days. It is not cut off: midnight in another zone would become the day before.
const notMidnight = "the column keeps days (type=date) and the time is not midnight UTC: give time.Date(year, month, day, 0, 0, 0, 0, time.UTC), " +
	"or make the field a date without a zone"

// civil reads what type= keeps of the field's times, or of those in its array.
func (f *Field) civil() Civil {
	of := f
	if f.Elem != nil {
		of = f.Elem
	}
	switch name, _ := typeWords(f.DBType); {
	case name == "date" || name == "date[]":
		switch of.Kind {
		case Time, String, Text, Scanner:
			return Day
		}
	case name == "time" || name == "time[]":
		switch of.Kind {
		case String, Text, Scanner:
			return TimeOfDay
		}
	}
	return NotCivil
}

// CivilTime reports whether the column is one of dates or of times of day whose Go type writes itself as text or through Scan and Value:
// civil.Date and the like. They sort alike on every source.
func (f *Field) CivilTime() bool {
	return f.Civil != NotCivil && (f.Kind == Text || f.Kind == Scanner)
}

// StoredCivil gives a value, or each of a list, as a column of days or of times of day keeps it: times of day to the microsecond, as
// databases that have such a type do. ErrInvalid is for a time that is not midnight UTC where days are kept, and for a text that is no day of
// the years 1 to 9999, or no time of day, in the form of ISO 8601; words such as infinity are left to the database unless texts says that it
// keeps any text.
func (f *Field) StoredCivil(v Value, texts bool) (Value, error) {
	switch v.Kind() {
	case TimeValue:
		if f.Civil == Day && v.Micros()%microsPerDay != 0 {
			return v, f.notMidnight()
		}
	case StringValue, BytesValue:
		text, ok := textOf(v.Any())
		if !ok {
			return v, nil
		}
		kept, ok := f.civilText(string(text), texts)
		if !ok {
			return v, f.noCivil()
		}
		return StringOf(kept), nil
	case ListValue:
		l := v.List()
		out := make(List, len(l)) // l is the caller's, and may be in use elsewhere
		for i := range l {
			var err error
			if out[i], err = f.StoredCivil(l[i], texts); err != nil {
				return v, err
			}
		}
		return ListOf(out), nil
	}
	return v, nil
}

// ComparedCivil is StoredCivil for a value that the column is compared with. Times are compared to the microsecond, whatever the column
// keeps of them.
func (f *Field) ComparedCivil(v Value, texts bool) (Value, error) {
	if f.Kind == Time || f.Elem != nil && f.Elem.Kind == Time {
		return v, nil
	}
	return f.StoredCivil(v, texts)
}

// civilText gives the one form of a day or of a time of day.
func (f *Field) civilText(text string, texts bool) (string, bool) {
	if f.Civil == Day {
		if t, err := time.Parse(time.DateOnly, text); err == nil && t.Year() > 0 {
			return text, true
		}
		return text, !texts && strings.Trim(text, "0123456789-") != ""
	}
	for _, form := range [...]string{time.TimeOnly, "15:04"} {
		if t, err := time.Parse(form, text); err == nil {
			return t.Format(clock), true
		}
	}
	return text, !texts && strings.Trim(text, "0123456789:.,") != ""
}

// clock writes a time of day without a fraction that says nothing, so that equal ones are equal texts.
const clock = "15:04:05.999999"

func (f *Field) noCivil() error {
	what := "no day of the years 1 to 9999, as 2006-01-02 is"
	if f.Civil == TimeOfDay {
		what = "no time of day, as 15:04:05 is"
	}
	return fault.New(fault.ErrInvalid, f.modelName(), f.Name, "the column is type="+f.DBType+" and the value is "+what+": make the field a pointer where it may be absent")
}

// settleClock brings the time of day in a row to the microsecond.
func (f *Field) settleClock(row unsafe.Pointer) error {
	v, err := f.Load(row)
	if err != nil || v.Kind() != StringValue {
		return err
	}
	text := v.Str()
	if point := strings.IndexByte(text, '.'); point < 0 || strings.Trim(text[min(point+7, len(text)):], "0") == "" {
		return nil
	}
	kept, ok := f.civilText(text, false)
	if !ok {
		return f.noCivil()
	}
	return f.Store(row, StringOf(kept))
}

func (f *Field) notMidnight() error {
	return fault.New(fault.ErrInvalid, f.modelName(), f.Name, notMidnight)
}

// settle gives a time of the column as databases keep it: UTC, to the microsecond or to what the column's form keeps.
func (f *Field) settle(t time.Time) (time.Time, error) {
	t = t.UTC().Truncate(time.Microsecond)
	switch {
	case f.TimeForm != TimeNative && t.Year() >= 1 && t.Year() <= 9999: // others are refused when they are written
		t = time.UnixMicro(f.TimeForm.Cut(t.UnixMicro())).UTC()
	case f.Civil == Day && !t.Equal(t.Truncate(24*time.Hour)):
		return t, f.notMidnight()
	}
	return t, nil
}
