package sqlserver

import (
	"database/sql/driver"
	"encoding"
	"fmt"
	"math"
	"reflect"
	"strconv"

	"github.com/golang-sql/civil"
	mssql "github.com/microsoft/go-mssqldb"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/decimal"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

func refuse(detail string) *fault.Error { return fault.New(fault.ErrInvalid, "", "", detail) }

// bind gives an argument as the driver takes it, so that its type is the column's: a time of another type would keep an index of
// its column from use.
func bind(v model.Value) (driver.Value, error) {
	switch v.Kind() {
	case model.NullValue:
		return nil, nil
	case model.BoolValue:
		return v.Bool(), nil
	case model.IntValue:
		return v.Int(), nil
	case model.UintValue:
		if v.Uint() > math.MaxInt64 {
			return strconv.FormatUint(v.Uint(), 10), nil // text goes into a decimal whole
		}
		return int64(v.Uint()), nil
	case model.FloatValue:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, refuse("SQL Server holds neither NaN nor the infinities")
		}
		return v.Float(), nil
	case model.StringValue:
		return v.Str(), nil
	case model.BytesValue:
		return v.Bytes(), nil
	case model.TimeValue:
		t := v.Time()
		if t.Year() < 1 || t.Year() > 9999 {
			return nil, refuse("SQL Server holds times of the years 1 to 9999")
		}
		return civil.DateTimeOf(t), nil
	case model.UUIDValue:
		return mssql.UniqueIdentifier(*v.UUID()), nil
	case model.ListValue:
		return listText(v.List())
	}
	switch x := v.Any().(type) {
	case model.JSONText:
		return string(x), nil
	case driver.Valuer:
		return bindValuer(x)
	case encoding.TextMarshaler:
		text, err := x.MarshalText()
		if err != nil {
			return nil, refuse(fmt.Sprintf("the MarshalText of a %T failed", x)).WithCause(err)
		}
		return string(text), nil
	}
	return nil, unknown(v.Any())
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

// reader turns the driver's values into those that model.Field.Assign takes.
func reader(f *model.Field) func(any) (any, error) {
	switch {
	case f.Kind == model.UUID:
		return func(src any) (any, error) {
			b, ok := src.([]byte)
			if !ok || len(b) != 16 {
				return src, nil // Assign words the error
			}
			var u mssql.UniqueIdentifier
			if err := u.Scan(b); err != nil {
				return src, nil //nolint:nilerr // Assign words the error
			}
			return u[:], nil
		}
	case f.Decimal != nil && f.Decimal.Precision == 0: // the zeros are the column's
		return func(src any) (any, error) {
			if b, ok := src.([]byte); ok {
				if text, ok := decimal.Canonical(string(b)); ok {
					return text, nil
				}
			}
			return src, nil
		}
	case f.Kind == model.Uint && f.Bits == 64:
		return func(src any) (any, error) {
			b, ok := src.([]byte)
			if !ok {
				return src, nil
			}
			n, err := strconv.ParseUint(string(b), 10, 64)
			if err != nil {
				return src, nil //nolint:nilerr // Assign words the error
			}
			return n, nil
		}
	}
	return nil
}
