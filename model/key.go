package model

import (
	"database/sql/driver"
	"encoding/binary"

	"math"

	"github.com/multi-orm/orm/internal/identity"
)

// AppendKey appends a form of v that is equal for equal values and tells its own end, so that keys
// of several columns can be joined. Signed and unsigned numbers of the same value are equal.
func AppendKey(b []byte, v Value) []byte {
	switch v.Kind() {
	case NullValue:
		return append(b, 'n')
	case BoolValue:
		return append(b, 'b', byte(v.bits))
	case IntValue:
		sign := byte('i')
		if v.Int() < 0 {
			sign = '-'
		}
		return binary.BigEndian.AppendUint64(append(b, sign), v.bits)
	case UintValue:
		return binary.BigEndian.AppendUint64(append(b, 'i'), v.bits)
	case FloatValue:
		f := v.Float()
		switch {
		case f == 0: // -0 is 0
			f = 0
		case math.IsNaN(f): // one NaN stands for all
			f = math.NaN()
		}
		return binary.BigEndian.AppendUint64(append(b, 'f'), math.Float64bits(f))
	case StringValue:
		return appendSized(append(b, 's'), v.Str())
	case BytesValue:
		return appendSized(append(b, 'y'), v.Bytes())
	case TimeValue:
		return binary.BigEndian.AppendUint64(append(b, 't'), v.bits)
	case UUIDValue:
		return append(append(b, 'u'), v.UUID()[:]...)
	case ListValue:
		l := v.List()
		b = binary.AppendUvarint(append(b, 'l'), uint64(len(l)))
		for i := range l {
			b = AppendKey(b, l[i])
		}
		return b
	}
	if j, ok := v.ref.(JSONText); ok {
		return appendSized(append(b, 'j'), j)
	}
	if x, ok := v.ref.(driver.Valuer); ok { // what the database sees is what is compared
		if stored, err := x.Value(); err == nil {
			return append(append(b, 'v'), identity.Key(nil, stored)...) // not into b, which stays on the caller's stack
		}
	}
	return append(append(b, 'a'), identity.Key(nil, v.ref)...)
}

func appendSized[T string | []byte | JSONText](b []byte, s T) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}
