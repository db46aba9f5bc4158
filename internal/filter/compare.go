package filter

import (
	"bytes"
	"cmp"
	"math"
	"strings"
	"unsafe"

	"github.com/multi-orm/orm/internal/decimal"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Load takes the column's value out of a row in the form that comparisons and keys use.
func Load(f *model.Field, row unsafe.Pointer) (model.Value, error) {
	v, err := f.Load(row)
	if err != nil {
		return v, err
	}
	return normal(f, v)
}

// normal gives v in the one form that values of column f have: numbers of a float column are floats, whole ones
// elsewhere signed where they fit.
func normal(f *model.Field, v model.Value) (model.Value, error) {
	if f.Decimal != nil {
		x, err := f.DecimalValue(v)
		if err != nil && f.DBType == "" { // what the Go type gives for nothing, perhaps
			return v, nil
		}
		return x, err
	}
	wrong := func() (model.Value, error) {
		return v, fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "the value is of another type than the column")
	}
	switch k := v.Kind(); k {
	case model.NullValue:
		return v, nil
	case model.IntValue:
		if f.Kind == model.Float {
			return model.FloatOf(float64(v.Int())), nil
		}
	case model.UintValue:
		if f.Kind == model.Float {
			return model.FloatOf(float64(v.Uint())), nil
		}
		if v.Uint() <= math.MaxInt64 {
			return model.IntOf(int64(v.Uint())), nil
		}
	}
	k, fits := v.Kind(), true
	switch f.Kind {
	case model.Bool:
		fits = k == model.BoolValue
	case model.Int, model.Uint:
		fits = k == model.IntValue || k == model.UintValue
	case model.Float:
		fits = k == model.FloatValue
	case model.String, model.Text:
		fits = k == model.StringValue
	case model.Bytes:
		fits = k == model.BytesValue
	case model.Time:
		fits = k == model.TimeValue
	case model.UUID:
		fits = k == model.UUIDValue
	}
	if !fits {
		return wrong()
	}
	return v, nil
}

func equal(f *model.Field, a, b model.Value) (bool, error) {
	if a.Kind() != b.Kind() && (f.Kind == model.Int || f.Kind == model.Uint) { // one is above what signed numbers hold
		return false, nil
	}
	c, err := compare(f, a, b)
	return c == 0, err
}

// compare orders two values of column f that are not NULL: numbers, decimals too, by size, text and bytes byte by byte.
func compare(f *model.Field, a, b model.Value) (int, error) {
	ka, kb := a.Kind(), b.Kind()
	if ka != kb {
		switch {
		case ka == model.UintValue && kb == model.IntValue:
			return 1, nil
		case ka == model.IntValue && kb == model.UintValue:
			return -1, nil
		}
		return 0, mixed(f)
	}
	switch ka {
	case model.BoolValue:
		return b2i(a.Bool()) - b2i(b.Bool()), nil
	case model.IntValue:
		return cmp.Compare(a.Int(), b.Int()), nil
	case model.UintValue:
		return cmp.Compare(a.Uint(), b.Uint()), nil
	case model.FloatValue:
		return compareFloats(a.Float(), b.Float()), nil
	case model.StringValue:
		if f.Decimal != nil {
			return decimal.Compare(a.Str(), b.Str()), nil
		}
		return strings.Compare(a.Str(), b.Str()), nil
	case model.BytesValue:
		return bytes.Compare(a.Bytes(), b.Bytes()), nil
	case model.TimeValue:
		return cmp.Compare(a.Micros(), b.Micros()), nil
	case model.UUIDValue:
		return bytes.Compare(a.UUID()[:], b.UUID()[:]), nil
	}
	return 0, mixed(f)
}

func mixed(f *model.Field) error {
	return fault.New(fault.ErrUnsupported, f.Model.Name, f.Name, "the column's own codec gives values that cannot be compared here")
}

// compareFloats places NaN above every number and equal to itself, as PostgreSQL does.
func compareFloats(a, b float64) int {
	switch an, bn := math.IsNaN(a), math.IsNaN(b); {
	case an || bn:
		return b2i(an) - b2i(bn)
	}
	return cmp.Compare(a, b)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
