package guard

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"time"
	"unicode/utf8"
	"unsafe"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/model"
)

// encoder appends the JSON of one column of the row at p.
type encoder func(b []byte, p unsafe.Pointer) ([]byte, error)

// encoderOf gives the encoder of a column: numbers with every digit, times as RFC 3339 in UTC, UUIDs as text, bytes as
// base64. Types with a JSON form of their own keep it.
func encoderOf(f *model.Field) encoder {
	if f.IsComputed || f.Kind == model.Scanner {
		return marshaling(f)
	}
	plain := func(b []byte, p unsafe.Pointer) ([]byte, error) {
		v, err := f.Load(p)
		if err != nil {
			return b, err
		}
		return appendValue(b, f, v)
	}
	return texted(plain, f)
}

// texted writes numbers and booleans as text where the json tag of f asks for it.
func texted(plain encoder, f *model.Field) encoder {
	if !asText(f) {
		return plain
	}
	return func(b []byte, p unsafe.Pointer) ([]byte, error) {
		from := len(b)
		b, err := plain(append(b, '"'), p)
		if err != nil || string(b[from+1:]) == "null" {
			return append(b[:from], b[from+1:]...), err
		}
		return append(b, '"'), nil
	}
}

// marshaling gives the encoder of a column whose type has a JSON form of its own, or none: then a decimal is a number, and a date or a
// time of day the text that requests give.
func marshaling(f *model.Field) encoder {
	_, own := reflect.Zero(reflect.PointerTo(f.Base)).Interface().(json.Marshaler)
	return func(b []byte, p unsafe.Pointer) ([]byte, error) {
		if !f.IsComputed {
			v, err := f.Load(p)
			if err != nil || v.IsNull() {
				return append(b, "null"...), err
			}
			switch {
			case own:
			case f.Decimal != nil && v.Kind() == model.StringValue && number(v.Str()):
				return append(b, v.Str()...), nil
			case f.Civil != model.NotCivil:
				return appendCivil(b, f, v)
			}
		}
		out, err := json.Marshal(held(f, p).Interface())
		if err != nil {
			return b, unencodable(f)
		}
		return append(b, out...), nil
	}
}

// appendCivil writes a date or a time of day as requests give them.
func appendCivil(b []byte, f *model.Field, v model.Value) ([]byte, error) {
	if v.Kind() == model.TimeValue {
		form := time.DateOnly
		if f.Civil == model.TimeOfDay {
			form = "15:04:05.999999"
		}
		v = model.StringOf(v.Time().Format(form))
	}
	return appendValue(b, f, v)
}

// held gives what a field of the row at p holds, without its sql.Null; it is not NULL.
func held(f *model.Field, p unsafe.Pointer) reflect.Value {
	if f.Nulls == model.SQLNull {
		return reflect.NewAt(f.Base, unsafe.Add(f.Peek(p), f.ValueOffset)).Elem()
	}
	return reflect.NewAt(f.Type, f.Peek(p)).Elem()
}

func unencodable(f *model.Field) error {
	return &orm.Error{Op: "guard", Model: f.Model.Name, Field: f.Name, Err: orm.ErrUnsupported, Detail: "the value has no JSON form"}
}

func appendValue(b []byte, f *model.Field, v model.Value) ([]byte, error) {
	switch v.Kind() {
	case model.NullValue:
		return append(b, "null"...), nil
	case model.BoolValue:
		return strconv.AppendBool(b, v.Bool()), nil
	case model.IntValue:
		return strconv.AppendInt(b, v.Int(), 10), nil
	case model.UintValue:
		return strconv.AppendUint(b, v.Uint(), 10), nil
	case model.FloatValue:
		return appendFloat(b, f, v)
	case model.StringValue:
		return appendString(b, v.Str()), nil
	case model.BytesValue:
		b = append(b, '"')
		b = base64.StdEncoding.AppendEncode(b, v.Bytes())
		return append(b, '"'), nil
	case model.TimeValue:
		b = append(b, '"')
		b = v.Time().AppendFormat(b, time.RFC3339Nano)
		return append(b, '"'), nil
	case model.UUIDValue:
		return appendUUID(b, v.UUID()), nil
	case model.ListValue:
		var err error
		b = append(b, '[')
		for i, e := range v.List() {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = appendValue(b, f, e); err != nil {
				return b, err
			}
		}
		return append(b, ']'), nil
	}
	if text, ok := v.Any().(model.JSONText); ok {
		return append(b, text...), nil
	}
	out, err := json.Marshal(v.Any())
	if err != nil {
		return b, unencodable(f)
	}
	return append(b, out...), nil
}

// appendFloat writes a number as ECMAScript does, like encoding/json.
func appendFloat(b []byte, f *model.Field, v model.Value) ([]byte, error) {
	x := v.Float()
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return b, unencodable(f)
	}
	format := byte('f')
	if abs := math.Abs(x); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(b, x, format, -1, v.Bits()), nil
}

func appendUUID(b []byte, u *[16]byte) []byte {
	b = append(b, '"')
	for i, from := range [...]int{0, 4, 6, 8, 10} {
		if i > 0 {
			b = append(b, '-')
		}
		to := [...]int{4, 6, 8, 10, 16}[i]
		b = hex.AppendEncode(b, u[from:to])
	}
	return append(b, '"')
}

const hexDigits = "0123456789abcdef"

// appendString writes a string as encoding/json does: what HTML or JavaScript would take for its own is escaped.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= 0x20 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&' {
				i++
				continue
			}
			b = append(b, s[from:i]...)
			switch c {
			case '"', '\\':
				b = append(b, '\\', c)
			case '\n':
				b = append(b, '\\', 'n')
			case '\r':
				b = append(b, '\\', 'r')
			case '\t':
				b = append(b, '\\', 't')
			default:
				b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			}
			i++
			from = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 || r == '\u2028' || r == '\u2029' {
			b = append(b, s[from:i]...)
			b = append(b, fmt.Sprintf(`\u%04x`, r)...)
			i += size
			from = i
			continue
		}
		i += size
	}
	b = append(b, s[from:]...)
	return append(b, '"')
}

// nameOf gives a name as it stands in an object.
func nameOf(wire string) []byte { return append(appendString(nil, wire), ':') }
