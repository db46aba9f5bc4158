package model

import (
	"strconv"
	"time"
	"unsafe"
)

// Assign puts into the row what a database/sql driver gave: nil, bool, int64, float64, string, []byte
// or time.Time. Bytes are copied, times come out in UTC, numbers must fit. Text is accepted for every
// kind that has a textual form, since drivers return decimals, times and UUIDs that way.
func (f *Field) Assign(row unsafe.Pointer, src any) error {
	if src == nil {
		return f.SetNull(row)
	}
	p, done := f.prepare(row)
	if err := f.assignBase(p, src); err != nil {
		return f.explain(err, src)
	}
	done(f, row, p)
	return nil
}

// AssignBase is Assign for a value of type Base at p; src is not nil.
func (f *Field) AssignBase(p unsafe.Pointer, src any) error {
	if src == nil {
		return f.invalid(nullHere, nil)
	}
	if err := f.assignBase(p, src); err != nil {
		return f.explain(err, src)
	}
	return nil
}

func (f *Field) assignBase(p unsafe.Pointer, src any) error {
	switch f.Kind {
	case Bool:
		return assignBool(p, src)
	case Int:
		return assignInt(p, f.Bits, src)
	case Uint:
		return assignUint(p, f.Bits, src)
	case Float:
		return assignFloat(p, f.Bits, src)
	case String:
		if t, ok := src.(time.Time); ok && f.Civil == Day { // SQLite's driver makes times of the texts of such columns
			src = t.Format(time.DateOnly)
		}
		return assignString(p, src)
	case Bytes:
		return assignBytes(p, src)
	case Time:
		return f.assignTime(p, src)
	case UUID:
		return assignUUID(p, src)
	}
	return f.decode(p, src)
}

func assignBool(p unsafe.Pointer, src any) error {
	switch x := src.(type) {
	case bool:
		*(*bool)(p) = x
		return nil
	case int64:
		if x != 0 && x != 1 {
			return outOfRange
		}
		*(*bool)(p) = x == 1
		return nil
	case string:
		b, err := strconv.ParseBool(x)
		if err != nil {
			return badText
		}
		*(*bool)(p) = b
		return nil
	case []byte:
		return assignBool(p, string(x))
	case uint64, float64: // no driver says a boolean so
		return wrongType
	}
	if y, ok := plain(src); ok {
		return assignBool(p, y)
	}
	return wrongType
}
