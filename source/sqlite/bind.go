package sqlite

import (
	"database/sql/driver"
	"encoding"
	"encoding/hex"
	"fmt"
	"math"
	"reflect"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

func refuse(detail string) *fault.Error { return fault.New(fault.ErrInvalid, "", "", detail) }

// bind gives an argument as the driver takes it. What SQLite cannot hold is refused, never bent.
func bind(v model.Value) (driver.Value, error) {
	switch v.Kind() {
	case model.NullValue:
		return nil, nil
	case model.BoolValue:
		if v.Bool() {
			return int64(1), nil
		}
		return int64(0), nil
	case model.IntValue:
		return v.Int(), nil
	case model.UintValue:
		if v.Uint() > math.MaxInt64 {
			return nil, refuse("SQLite holds no integer above the largest int64")
		}
		return int64(v.Uint()), nil
	case model.FloatValue:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, refuse("SQLite keeps NaN as NULL, so neither it nor the infinities are taken")
		}
		return v.Float(), nil
	case model.StringValue:
		return v.Str(), nil
	case model.BytesValue:
		return v.Bytes(), nil
	case model.TimeValue:
		return timeText(v.Time())
	case model.UUIDValue:
		return uuidText(v.UUID()), nil
	case model.ListValue:
		return listText(v.List())
	}
	return bindAny(v.Any())
}

// bindAny binds what only its own type understands.
func bindAny(v any) (driver.Value, error) {
	switch x := v.(type) {
	case model.JSONText:
		return string(x), nil
	case driver.Valuer:
		return bindValuer(x)
	case encoding.TextMarshaler:
		text, err := x.MarshalText()
		if err != nil {
			return nil, refuse(fmt.Sprintf("the MarshalText of a %T failed", v)).WithCause(err)
		}
		return string(text), nil
	}
	return nil, unknown(v)
}

func unknown(v any) error {
	return refuse(fmt.Sprintf("a %T cannot be stored: give it a driver.Valuer", v))
}

// bindValuer binds what a Valuer says; one in a nil pointer is NULL, as database/sql has it.
func bindValuer(x driver.Valuer) (driver.Value, error) {
	if rv := reflect.ValueOf(x); rv.Kind() == reflect.Pointer && rv.IsNil() && rv.Type().Elem().Implements(reflect.TypeFor[driver.Valuer]()) {
		return nil, nil
	}
	y, err := x.Value()
	if err != nil {
		if ours, ok := err.(*fault.Error); ok { //nolint:errorlint // made by this library's own values, not wrapped
			return nil, ours
		}
		return nil, refuse(fmt.Sprintf("the Valuer of a %T failed", x)).WithCause(err)
	}
	if _, again := y.(driver.Valuer); again {
		return nil, unknown(y)
	}
	return bind(builder.ValueOf(y))
}

// uuidText is the canonical form.
func uuidText(u *[16]byte) string {
	var b [36]byte
	hex.Encode(b[:8], u[:4])
	hex.Encode(b[9:13], u[4:6])
	hex.Encode(b[14:18], u[6:8])
	hex.Encode(b[19:23], u[8:10])
	hex.Encode(b[24:], u[10:])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return string(b[:])
}
