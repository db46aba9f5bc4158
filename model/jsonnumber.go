package model

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/internal/decimal"
)

// decodeExactly is json.Unmarshal that changes no number on its way into an any: one that float64 does not hold as it is
// written stays a json.Number.
func (f *Field) decodeExactly(text []byte, dst any) error {
	if !f.holdsAny {
		return json.Unmarshal(text, dst)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(dst); err != nil {
		return err
	}
	if dec.More() {
		return badText
	}
	soften(reflect.ValueOf(dst).Elem())
	return nil
}

// holdsAny reports whether a value of t may hold an interface that json.Unmarshal fills.
func holdsAny(t reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	if reflect.PointerTo(t).Implements(unmarshaler) { // it decodes by itself, and knows what it wants
		return false
	}
	switch t.Kind() {
	case reflect.Interface:
		return true
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return holdsAny(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			if holdsAny(t.Field(i).Type, seen) {
				return true
			}
		}
	}
	return false
}

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

// soften makes a float64 of each json.Number in an interface that one holds exactly.
func soften(v reflect.Value) {
	if !v.CanInterface() || reflect.PointerTo(v.Type()).Implements(unmarshaler) {
		return
	}
	switch v.Kind() {
	case reflect.Interface:
		if v.CanSet() && !v.IsNil() {
			v.Set(reflect.ValueOf(softened(v.Elem().Interface())))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			soften(v.Elem())
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			soften(v.Index(i))
		}
	case reflect.Map:
		if !holdsAny(v.Type().Elem(), map[reflect.Type]bool{}) {
			return
		}
		for it := v.MapRange(); it.Next(); {
			e := reflect.New(v.Type().Elem()).Elem()
			e.Set(it.Value())
			soften(e)
			v.SetMapIndex(it.Key(), e)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			soften(v.Field(i))
		}
	}
}

// softened is soften of what stands in an interface.
func softened(x any) any {
	switch x := x.(type) {
	case json.Number:
		if f, ok := exactFloat(string(x)); ok {
			return f
		}
	case map[string]any:
		for k, e := range x {
			x[k] = softened(e)
		}
	case []any:
		for i, e := range x {
			x[i] = softened(e)
		}
	}
	return x
}

// exactFloat gives the float64 that is written like s; ok is false where none is.
func exactFloat(s string) (f float64, ok bool) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, false
	}
	if len(s) <= 15 && !strings.ContainsAny(s, "eE") {
		return f, true // so many digits are never too many
	}
	a, ok := decimal.Canonical(s)
	if !ok {
		return 0, false
	}
	b, ok := decimal.Canonical(strconv.FormatFloat(f, 'g', -1, 64))
	return f, ok && a == b
}
