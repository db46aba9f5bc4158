package postgres

import (
	"bytes"
	"math"
	"strconv"
	"time"

	"github.com/multi-orm/orm/model"
)

// appendText writes the text form of v.
func appendText(b []byte, v model.Value) ([]byte, error) {
	switch v.Kind() {
	case model.BoolValue:
		return strconv.AppendBool(b, v.Bool()), nil
	case model.IntValue:
		return strconv.AppendInt(b, v.Int(), 10), nil
	case model.UintValue:
		return strconv.AppendUint(b, v.Uint(), 10), nil
	case model.FloatValue:
		return appendFloatText(b, v.Float(), v.Bits()), nil
	case model.TimeValue:
		return appendTimeText(b, v.Time()), nil
	case model.UUIDValue:
		return append(b, uuidText(*v.UUID())...), nil
	case model.StringValue:
		return appendPlain(b, share(v.Str()))
	case model.BytesValue:
		return appendPlain(b, v.Bytes())
	case model.ListValue:
		return appendLiteral(b, v.List())
	case model.AnyValue:
		if doc, ok := v.Any().(model.JSONText); ok {
			return appendPlain(b, doc)
		}
	}
	return b, unknownType
}

func appendPlain(b, text []byte) ([]byte, error) {
	if bytes.IndexByte(text, 0) >= 0 {
		return b, holdsNUL
	}
	return append(b, text...), nil
}

// appendFloatText writes the fewest digits that mean x in its own precision.
func appendFloatText(b []byte, x float64, bits int) []byte {
	switch {
	case math.IsInf(x, 1):
		return append(b, "Infinity"...)
	case math.IsInf(x, -1):
		return append(b, "-Infinity"...)
	}
	return strconv.AppendFloat(b, x, 'g', -1, bits)
}

// appendTimeText writes the years before 1 as PostgreSQL does.
func appendTimeText(b []byte, t time.Time) []byte {
	if t.Year() > 0 {
		return t.AppendFormat(b, "2006-01-02 15:04:05.999999Z07:00")
	}
	b = strconv.AppendInt(b, int64(10_000+1-t.Year()), 10) // the year 0 is 1 BC
	b[len(b)-5] = '0'
	b = t.AppendFormat(b, "-01-02 15:04:05.999999Z07:00")
	return append(b, " BC"...)
}
