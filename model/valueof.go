package model

import (
	"encoding/json"
	"reflect"
	"time"
)

// ValueOf turns dynamic input into a value of the column. It takes the field's own type, a pointer to
// it (nil is NULL), a sql.Null of it, other types of the same kind, and numbers of another width that
// lose nothing. Text and Scanner columns also take a string, for text operators, and decimals any
// number. The error names the type that was given and the one that is wanted, never the value.
func (f *Field) ValueOf(v any) (Value, error) {
	x, err := f.valueOf(v)
	if err != nil {
		return Value{}, f.explain(err, v)
	}
	if f.Enum != nil {
		if err := f.CheckEnum(x); err != nil {
			return Value{}, err
		}
	}
	return x, nil
}

func (f *Field) valueOf(v any) (Value, error) {
	switch x := v.(type) { // the common types need no reflection
	case nil:
		return Null(), nil
	case string:
		if f.Kind == String {
			return StringOf(x), nil
		}
	case int:
		if f.Kind == Int {
			return f.intValue(int64(x))
		}
	case int64:
		if f.Kind == Int {
			return f.intValue(x)
		}
	case bool:
		if f.Kind == Bool {
			return BoolOf(x), nil
		}
	case time.Time:
		if f.Kind == Time {
			return TimeOf(x), nil
		}
	}
	return f.convert(reflect.ValueOf(v))
}

// convert takes pointers and sql.Null off and hands the rest to the kind.
func (f *Field) convert(rv reflect.Value) (Value, error) {
	t := rv.Type()
	absent := t.Kind() == reflect.Pointer && rv.IsNil()
	if t == f.Base || f.Kind == JSON && f.Base.Kind() == reflect.Interface && t.AssignableTo(f.Base) && !absent {
		p := reflect.New(f.Base)
		p.Elem().Set(rv)
		return f.LoadValue(p.UnsafePointer())
	}
	if t.Kind() == reflect.Pointer {
		return f.unwrap(absent, t.Elem(), rv.Elem)
	}
	if value, valid, ok := nullShape(t); ok && (f.Kind != JSON || t == f.Type) {
		return f.unwrap(!rv.FieldByIndex(valid.Index).Bool(), value.Type, func() reflect.Value { return rv.FieldByIndex(value.Index) })
	}
	return f.convertKind(rv, t)
}

// unwrap goes on with what a pointer or sql.Null holds. An absent one is NULL only where its type would do.
func (f *Field) unwrap(absent bool, t reflect.Type, inner func() reflect.Value) (Value, error) {
	if t.Kind() == reflect.Pointer {
		return Value{}, wrongType
	}
	if !absent {
		return f.convert(inner())
	}
	if t != f.Base && t != f.Type {
		if _, err := f.convert(reflect.Zero(t)); err == wrongType { //nolint:errorlint // made here, never wrapped
			return Value{}, wrongType
		}
	}
	return Null(), nil
}

func (f *Field) convertKind(rv reflect.Value, t reflect.Type) (Value, error) {
	switch f.Kind {
	case Bool:
		if t.Kind() == reflect.Bool {
			return BoolOf(rv.Bool()), nil
		}
	case Int, Uint, Float:
		return f.number(rv)
	case String, Text, Scanner:
		if t.Kind() == reflect.String {
			return StringOf(rv.String()), nil
		}
		if f.Decimal != nil {
			return numberOf(rv)
		}
	case Bytes:
		if t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8 {
			return BytesOf(rv.Bytes()), nil
		}
	case Time, UUID:
		if y, ok := plain(rv.Interface()); ok {
			rv = reflect.ValueOf(y)
		}
		switch x := rv.Interface().(type) {
		case time.Time:
			if f.Kind == Time {
				return TimeOf(x), nil
			}
		case [16]byte:
			if f.Kind == UUID {
				return UUIDOf(&x), nil
			}
		}
	case JSON:
		switch x := rv.Interface().(type) {
		case json.RawMessage:
			return rawJSON(x)
		case JSONText:
			return rawJSON(x)
		}
	case Array:
		return f.list(rv, t)
	}
	return Value{}, wrongType
}

func rawJSON(text []byte) (Value, error) {
	if text == nil {
		return Null(), nil
	}
	if !json.Valid(text) {
		return Value{}, badText
	}
	return AnyOf(JSONText(text)), nil
}

func (f *Field) list(rv reflect.Value, t reflect.Type) (Value, error) {
	if t.Kind() != reflect.Slice || t.Elem().Kind() == reflect.Uint8 && f.Elem.Kind != Uint {
		return Value{}, wrongType
	}
	if rv.IsNil() {
		return Null(), nil
	}
	l := make(List, rv.Len())
	for i := range l {
		v, err := f.Elem.valueOf(rv.Index(i).Interface())
		if err != nil {
			return Value{}, err
		}
		if v.IsNull() && !f.NullElements() {
			return Value{}, nullElement
		}
		l[i] = v
	}
	return ListOf(l), nil
}
