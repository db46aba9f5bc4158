package model

import (
	"database/sql"
	"reflect"
	"time"
	"unsafe"
)

// Target gives the place for a value of type Base in the row at row, ready to be written: a pointer
// field gets a new value, a sql.Null becomes valid.
func (f *Field) Target(row unsafe.Pointer) unsafe.Pointer {
	p := f.Place(row)
	switch f.Nulls {
	case Pointer:
		q := f.alloc()
		*(*unsafe.Pointer)(p) = q
		return q
	case SQLNull:
		*(*bool)(unsafe.Add(p, f.ValidOffset)) = true
		return unsafe.Add(p, f.ValueOffset)
	}
	return p
}

// alloc makes a Base. A value behind an old pointer is never reused: someone may hold it.
func (f *Field) alloc() unsafe.Pointer {
	switch f.Kind {
	case String:
		return unsafe.Pointer(new(string))
	case Time:
		return unsafe.Pointer(new(time.Time))
	case Bool:
		return unsafe.Pointer(new(bool))
	case Int, Uint, Float:
		if f.Bits == 64 {
			return unsafe.Pointer(new(int64))
		}
	}
	return reflect.New(f.Base).UnsafePointer()
}

// SettleTime brings the time in a row to what its column keeps: UTC, to the microsecond or to the column's unit. A time that is not the
// midnight of a day is refused by a column of days. A time of day is brought to the microsecond too. One behind a pointer may be somebody else's too, so the row gets another.
func (f *Field) SettleTime(row unsafe.Pointer) error {
	if f.Kind != Time {
		return f.settleClock(row)
	}
	p := f.locate(row)
	if p == nil {
		return nil
	}
	t := (*time.Time)(p)
	settled, err := f.settle(*t)
	switch {
	case err != nil:
		return err
	case settled == *t:
	case f.Nulls == Pointer:
		own := new(time.Time) // allocated here alone, not for every time that is settled
		*own = settled
		*(*unsafe.Pointer)(f.Place(row)) = unsafe.Pointer(own)
	default:
		*t = settled
	}
	return nil
}

// SetNull makes the field NULL. A field that cannot hold NULL gives an error that says what could.
func (f *Field) SetNull(row unsafe.Pointer) error {
	if f.Nulls == NotNull {
		return f.invalid(nullHere, nil)
	}
	p := f.Place(row)
	switch f.Nulls {
	case Pointer:
		*(*unsafe.Pointer)(p) = nil
		return nil
	case Inside:
		if f.Kind == Scanner {
			if err := reflect.NewAt(f.Base, p).Interface().(sql.Scanner).Scan(nil); err != nil {
				return f.invalid(decodeFault, err)
			}
			return nil
		}
	}
	reflect.NewAt(f.Type, p).Elem().SetZero()
	return nil
}

// Store puts v into the field. Kinds must be compatible and numbers must fit; nothing is rounded or cut.
func (f *Field) Store(row unsafe.Pointer, v Value) error {
	if v.IsNull() {
		return f.SetNull(row)
	}
	p, done := f.prepare(row)
	if err := f.storeBase(p, v); err != nil {
		return f.explain(err, v.Any())
	}
	done(f, row, p)
	return nil
}

// prepare gives a place to write to and what makes it part of the row once the value is good, so that
// a failed write does not leave a pointer to a zero value.
func (f *Field) prepare(row unsafe.Pointer) (p unsafe.Pointer, done func(f *Field, row, p unsafe.Pointer)) {
	p = f.Place(row)
	switch f.Nulls {
	case Pointer:
		return f.alloc(), setPointer
	case SQLNull:
		return unsafe.Add(p, f.ValueOffset), setValid
	}
	return p, setNothing
}

func setPointer(f *Field, row, p unsafe.Pointer) { *(*unsafe.Pointer)(f.Place(row)) = p }

func setValid(f *Field, row, _ unsafe.Pointer) {
	*(*bool)(unsafe.Add(f.Place(row), f.ValidOffset)) = true
}

func setNothing(*Field, unsafe.Pointer, unsafe.Pointer) {}

// storeBase is stricter than assignBase: text does not become a number.
func (f *Field) storeBase(p unsafe.Pointer, v Value) error {
	k := v.Kind()
	fits := false
	switch f.Kind {
	case Bool:
		fits = k == BoolValue
	case Int, Uint:
		fits = k == IntValue || k == UintValue
	case Float:
		fits = k == FloatValue || k == IntValue || k == UintValue
	case String:
		fits = k == StringValue || k == UUIDValue
	case Bytes:
		fits = k == BytesValue
	case Time:
		fits = k == TimeValue
	case UUID:
		fits = k == UUIDValue
	case Array:
		fits = k == ListValue
	default:
		fits = true
	}
	if !fits {
		return wrongType
	}
	switch { // no boxing for the common kinds
	case f.Kind == Int && k == IntValue:
		return setInt(p, f.Bits, v.Int())
	case f.Kind == Float && k == FloatValue:
		return setFloat(p, f.Bits, v.Float())
	case f.Kind == Bool:
		*(*bool)(p) = v.Bool()
		return nil
	case f.Kind == String && k == StringValue:
		*(*string)(p) = v.Str()
		return nil
	case f.Kind == Time:
		*(*time.Time)(p) = v.Time()
		return nil
	case f.Kind == UUID:
		*(*[16]byte)(p) = *v.UUID()
		return nil
	case f.Kind == Array:
		return f.storeArray(p, v.List())
	}
	return f.assignBase(p, v.Any())
}

func (f *Field) storeArray(p unsafe.Pointer, l List) error {
	return f.fillArray(p, len(l), func(at unsafe.Pointer, i int) error {
		if l[i].IsNull() {
			return f.nullAt()
		}
		p, done := f.Elem.prepare(at)
		if err := f.Elem.storeBase(p, l[i]); err != nil {
			return err
		}
		done(f.Elem, at, p)
		return nil
	})
}
