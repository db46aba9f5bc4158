package postgres

import (
	"database/sql/driver"
	"encoding"
	"reflect"
	"strconv"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// other gives JSON, what a Valuer says, and what pgx makes of the rest.
func (e *encoder) other(oid uint32, v model.Value) ([]byte, int16, error) {
	switch x := v.Any().(type) {
	case model.JSONText:
		return e.bytes(oid, nonNil(x))
	case driver.Valuer:
		y, err := valueOf(x)
		if err != nil {
			return nil, 0, err
		}
		return e.argument(oid, y)
	default:
		format := e.types.FormatCodeForOID(oid)
		start := len(e.buf)
		buf, err := e.types.Encode(oid, format, x, e.buf)
		if text, ok := x.(encoding.TextMarshaler); ok && err != nil { // a date of a program's own, which no codec knows
			if written, failed := text.MarshalText(); failed == nil {
				return e.argument(oid, model.StringOf(string(written)))
			}
		}
		if err != nil {
			return nil, 0, unsendable{err}
		}
		if buf == nil {
			return nil, format, nil
		}
		e.buf = buf
		return buf[start:len(buf):len(buf)], format, nil
	}
}

// unsendable is an error of the caller's own Valuer, or of pgx. It may quote the value, so it is never printed.
type unsendable struct{ error }

// Unwrap gives the cause to errors.As.
func (u unsendable) Unwrap() error { return u.error }

// valueOf asks a Valuer; one in a nil pointer is NULL, as database/sql has it.
func valueOf(x driver.Valuer) (model.Value, error) {
	if rv := reflect.ValueOf(x); rv.Kind() == reflect.Pointer && rv.IsNil() {
		if rv.Type().Elem().Implements(reflect.TypeFor[driver.Valuer]()) {
			return model.Null(), nil
		}
	}
	y, err := x.Value()
	if err != nil {
		return model.Value{}, unsendable{err}
	}
	if _, again := y.(driver.Valuer); again {
		return model.Value{}, unknownType
	}
	return builder.ValueOf(y), nil
}

// nonNil keeps an empty document from being NULL.
func nonNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// argumentFault names the argument that could not be sent, and never shows it.
func argumentFault(err error, m string, i int) error {
	out := fault.New(fault.ErrInvalid, m, "", argument(i))
	if why, ok := err.(misfit); ok { //nolint:errorlint // made here, never wrapped
		out.Detail += why.Error()
		return out
	}
	out.Detail += unknownType.Error()
	return out.WithCause(err)
}

func argument(i int) string { return "argument " + strconv.Itoa(i+1) + ": " }

func count(n int) string {
	if n == 1 {
		return "1 argument"
	}
	return strconv.Itoa(n) + " arguments"
}
