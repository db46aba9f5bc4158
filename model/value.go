package model

import (
	"database/sql/driver"
	"math"
	"time"
	"unsafe"

	"github.com/multi-orm/orm/internal/fault"
)

// Value is one argument or column value without an allocation for scalars, in the manner of
// slog.Value: numbers sit in bits, strings and bytes as a pointer and a length.
type Value struct {
	bits uint64
	ref  any
}

type (
	nullRef   struct{}
	boolRef   struct{}
	intRef    struct{}
	uintRef   struct{}
	floatRef  struct{}
	singleRef struct{} // a float that was a float32
	timeRef   struct{}
	stringPtr *byte
	bytesPtr  *byte
	uuidPtr   *[16]byte
	listPtr   *Value
)

// List is a value that holds many scalars of one kind, the operand of In and of array columns.
type List []Value

// ValueKind tells what a Value holds.
type ValueKind uint8

// The value kinds.
const (
	NullValue ValueKind = iota
	BoolValue
	IntValue
	UintValue
	FloatValue
	StringValue
	BytesValue
	TimeValue
	UUIDValue
	ListValue
	AnyValue // handed to the driver as it is: a Valuer, a text marshaler or JSON text
)

// JSONText is a document already encoded; sources bind it as JSON.
type JSONText []byte

// Null is the value NULL. The zero Value is also NULL.
func Null() Value { return Value{ref: nullRef{}} }

// BoolOf makes a boolean value.
func BoolOf(b bool) Value {
	if b {
		return Value{bits: 1, ref: boolRef{}}
	}
	return Value{ref: boolRef{}}
}

// IntOf makes a signed integer value.
func IntOf(i int64) Value { return Value{bits: uint64(i), ref: intRef{}} }

// UintOf makes an unsigned integer value.
func UintOf(u uint64) Value { return Value{bits: u, ref: uintRef{}} }

// FloatOf makes a floating-point value.
func FloatOf(f float64) Value { return Value{bits: math.Float64bits(f), ref: floatRef{}} }

// SingleOf makes a floating-point value of single precision: where it becomes decimal digits, those of a float32.
func SingleOf(f float32) Value {
	return Value{bits: math.Float64bits(float64(f)), ref: singleRef{}}
}

// Bits gives the precision of a floating-point value: 32 or 64.
func (v Value) Bits() int {
	if _, single := v.ref.(singleRef); single {
		return 32
	}
	return 64
}

// StringOf makes a text value.
func StringOf(s string) Value {
	return Value{bits: uint64(len(s)), ref: stringPtr(unsafe.StringData(s))}
}

// BytesOf makes a binary value that shares b; a nil b is NULL.
func BytesOf(b []byte) Value {
	if b == nil {
		return Null()
	}
	return Value{bits: uint64(len(b)), ref: bytesPtr(unsafe.SliceData(b))}
}

// TimeOf makes a point in time. It is kept in UTC to the microsecond, the finest unit all sources share.
// A year before 1 or after 9999 fails when it is bound: not every source can hold or sort it.
func TimeOf(t time.Time) Value {
	if s := t.Unix(); s < firstSecond || s > lastSecond {
		return AnyOf(farTime{})
	}
	return Value{bits: uint64(t.UnixMicro()), ref: timeRef{}}
}

// The first and last second that all sources hold: of the years 1 to 9999.
const firstSecond, lastSecond = -62135596800, 253402300799

// farTime is a time that no source can hold.
type farTime struct{}

// Value fails the statement instead of letting the time wrap around.
func (farTime) Value() (driver.Value, error) {
	return nil, fault.New(fault.ErrInvalid, "", "", "the time lies before the year 1 or after 9999, which not every source can hold")
}

// UUIDOf makes a UUID value that shares u.
func UUIDOf(u *[16]byte) Value { return Value{ref: uuidPtr(u)} }

// ListOf makes a list value that shares l.
func ListOf(l List) Value {
	return Value{bits: uint64(len(l)), ref: listPtr(unsafe.SliceData(l))}
}

// AnyOf wraps a value that only the driver understands; nil is NULL.
func AnyOf(v any) Value {
	if v == nil {
		return Null()
	}
	return Value{ref: v}
}

// Kind tells what v holds.
func (v Value) Kind() ValueKind {
	switch v.ref.(type) {
	case nil, nullRef:
		return NullValue
	case boolRef:
		return BoolValue
	case intRef:
		return IntValue
	case uintRef:
		return UintValue
	case floatRef, singleRef:
		return FloatValue
	case stringPtr:
		return StringValue
	case bytesPtr:
		return BytesValue
	case timeRef:
		return TimeValue
	case uuidPtr:
		return UUIDValue
	case listPtr:
		return ListValue
	}
	return AnyValue
}

// IsNull reports whether v is NULL.
func (v Value) IsNull() bool { return v.Kind() == NullValue }

// Bool gives the boolean; v must hold one.
func (v Value) Bool() bool { return v.bits != 0 }

// Int gives the signed integer; v must hold one.
func (v Value) Int() int64 { return int64(v.bits) }

// Uint gives the unsigned integer; v must hold one.
func (v Value) Uint() uint64 { return v.bits }

// Float gives the floating-point number; v must hold one.
func (v Value) Float() float64 { return math.Float64frombits(v.bits) }

// Str gives the text; v must hold text.
func (v Value) Str() string {
	p, ok := v.ref.(stringPtr)
	if !ok {
		return ""
	}
	return unsafe.String(p, int(v.bits))
}

// Bytes gives the binary value, shared; v must hold one.
func (v Value) Bytes() []byte {
	p, ok := v.ref.(bytesPtr)
	if !ok {
		return nil
	}
	if v.bits == 0 {
		return []byte{}
	}
	return unsafe.Slice(p, int(v.bits))
}

// Micros gives the time as microseconds since 1970 UTC; v must hold a time.
func (v Value) Micros() int64 { return int64(v.bits) }

// Time gives the point in time in UTC; v must hold one.
func (v Value) Time() time.Time { return time.UnixMicro(int64(v.bits)).UTC() }

// UUID gives the sixteen bytes, shared; v must hold a UUID.
func (v Value) UUID() *[16]byte {
	p, _ := v.ref.(uuidPtr)
	return p
}

// List gives the elements; v must hold a list.
func (v Value) List() List {
	p, ok := v.ref.(listPtr)
	if !ok {
		return nil
	}
	return unsafe.Slice((*Value)(p), int(v.bits))
}

// Any gives v as a plain Go value: nil, bool, int64, uint64, float64, string, []byte, time.Time,
// [16]byte, []any or whatever AnyOf was given.
func (v Value) Any() any {
	switch v.Kind() {
	case NullValue:
		return nil
	case BoolValue:
		return v.Bool()
	case IntValue:
		return v.Int()
	case UintValue:
		return v.Uint()
	case FloatValue:
		return v.Float()
	case StringValue:
		return v.Str()
	case BytesValue:
		return v.Bytes()
	case TimeValue:
		return v.Time()
	case UUIDValue:
		return *v.UUID()
	case ListValue:
		l := v.List()
		out := make([]any, len(l))
		for i := range l {
			out[i] = l[i].Any()
		}
		return out
	}
	return v.ref
}
