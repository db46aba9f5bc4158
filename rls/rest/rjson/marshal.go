package rjson

import (
	"bytes"
	"encoding"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"sort"
	"strconv"
)

// Marshal writes v, by the rules of encoding/json and its tags. NaN and the infinities have a text here. Values that have
// none, such as functions, and what nests deeper than [MaxDepth] are errors.
func Marshal(v any) ([]byte, error) {
	out, err := ValueOf(v)
	if err != nil {
		return nil, err
	}
	return out.Append(nil), nil
}

// ValueOf gives the tree of what Marshal would write.
func ValueOf(v any) (Value, error) { return valueOf(reflect.ValueOf(v), 0) }

func valueOf(x reflect.Value, depth int) (Value, error) {
	if !x.IsValid() {
		return Value{Kind: Null}, nil
	}
	if depth > MaxDepth {
		return Value{}, fmt.Errorf("rjson: it nests deeper than %d levels", MaxDepth)
	}
	switch x.Kind() {
	case reflect.Pointer, reflect.Interface:
		if x.IsNil() {
			return Value{Kind: Null}, nil
		}
	}
	if v, done, err := byMarshaler(x, depth); done || err != nil {
		return v, err
	}
	switch x.Kind() {
	case reflect.Pointer, reflect.Interface:
		return valueOf(x.Elem(), depth+1)
	case reflect.Bool:
		if x.Bool() {
			return Value{Kind: True}, nil
		}
		return Value{Kind: False}, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return Value{Kind: Number, Text: strconv.FormatInt(x.Int(), 10)}, nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return Value{Kind: Number, Text: strconv.FormatUint(x.Uint(), 10)}, nil
	case reflect.Float32, reflect.Float64:
		return Value{Kind: Number, Text: floatText(x.Float(), x.Type().Bits())}, nil
	case reflect.String:
		if x.Type() == reflect.TypeFor[json.Number]() {
			return numberOf(x.String())
		}
		return Value{Kind: String, Text: x.String()}, nil
	case reflect.Slice, reflect.Array:
		return listOf(x, depth)
	case reflect.Map:
		return mapOf(x, depth)
	case reflect.Struct:
		return structOf(x, depth)
	}
	return Value{}, fmt.Errorf("rjson: a %s has no text", x.Type())
}

// numberOf checks the text of a json.Number.
func numberOf(text string) (Value, error) {
	if v, err := Parse([]byte(text)); err == nil && v.Kind == Number && v.Text == text {
		return v, nil
	}
	return Value{}, errors.New("rjson: a json.Number holds no number")
}

func floatText(f float64, bits int) string {
	switch {
	case math.IsNaN(f):
		return nan
	case math.IsInf(f, 1):
		return infinity
	case math.IsInf(f, -1):
		return negInfinity
	}
	format := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	return strconv.FormatFloat(f, format, -1, bits)
}

// byMarshaler uses the value's own MarshalJSON or MarshalText.
func byMarshaler(x reflect.Value, depth int) (v Value, done bool, err error) {
	if x.Type() == reflect.TypeFor[Value]() {
		return x.Interface().(Value), true, nil
	}
	if !x.CanInterface() {
		return v, false, nil
	}
	i := x.Interface()
	if x.CanAddr() && x.Kind() != reflect.Pointer && x.Kind() != reflect.Interface {
		i = x.Addr().Interface()
	}
	switch m := i.(type) {
	case json.Marshaler:
		text, err := m.MarshalJSON()
		if err != nil {
			return v, true, fmt.Errorf("rjson: %w", err)
		}
		v, err = FromJSON(text)
		return v, true, err
	case encoding.TextMarshaler:
		text, err := m.MarshalText()
		if err != nil {
			return v, true, fmt.Errorf("rjson: %w", err)
		}
		return Value{Kind: String, Text: string(text)}, true, nil
	}
	return v, false, nil
}

func listOf(x reflect.Value, depth int) (Value, error) {
	if x.Kind() == reflect.Slice {
		if x.IsNil() {
			return Value{Kind: Null}, nil
		}
		if x.Type().Elem().Kind() == reflect.Uint8 {
			return Value{Kind: String, Text: base64.StdEncoding.EncodeToString(x.Bytes())}, nil
		}
	}
	out := Value{Kind: Array, Items: make([]Value, x.Len())}
	for i := range out.Items {
		var err error
		if out.Items[i], err = valueOf(x.Index(i), depth+1); err != nil {
			return Value{}, err
		}
	}
	return out, nil
}

func mapOf(x reflect.Value, depth int) (Value, error) {
	if x.Type().Key().Kind() != reflect.String {
		return Value{}, fmt.Errorf("rjson: a %s has no names", x.Type())
	}
	if x.IsNil() {
		return Value{Kind: Null}, nil
	}
	out := Value{Kind: Object}
	keys := x.MapKeys()
	sort.Slice(keys, func(i, k int) bool { return keys[i].String() < keys[k].String() })
	for _, k := range keys {
		v, err := valueOf(x.MapIndex(k), depth+1)
		if err != nil {
			return Value{}, err
		}
		out.Members = append(out.Members, Member{k.String(), v})
	}
	return out, nil
}

func structOf(x reflect.Value, depth int) (Value, error) {
	out := Value{Kind: Object}
	for _, f := range fieldsOf(x.Type()) {
		at, err := x.FieldByIndexErr(f.index)
		if err != nil || f.omitZero && at.IsZero() || f.omitEmpty && empty(at) { // err: a nil embedded pointer
			continue
		}
		v, err := valueOf(at, depth+1)
		if err != nil {
			return Value{}, err
		}
		if f.quoted && v.Kind == Number {
			v.Kind = String
		}
		out.Members = append(out.Members, Member{f.name, v})
	}
	return out, nil
}

// empty is what omitempty leaves out.
func empty(x reflect.Value) bool {
	switch x.Kind() {
	case reflect.Slice, reflect.Map, reflect.String, reflect.Array:
		return x.Len() == 0
	case reflect.Struct:
		return false
	}
	return x.IsZero()
}

// FromJSON gives the tree of a JSON text, with its order and its digits.
func FromJSON(text []byte) (Value, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	v, err := fromJSON(d, 0)
	if err == nil {
		if _, end := d.Token(); !errors.Is(end, io.EOF) {
			err = errors.New("there is more behind the value")
		}
	}
	if err != nil {
		return Value{}, fmt.Errorf("rjson: the JSON: %w", err)
	}
	return v, nil
}

func fromJSON(d *json.Decoder, depth int) (v Value, err error) {
	if depth > MaxDepth {
		return v, fmt.Errorf("it nests deeper than %d levels", MaxDepth)
	}
	token, err := d.Token()
	if err != nil {
		return v, err
	}
	switch x := token.(type) {
	case nil:
		v.Kind = Null
	case bool:
		if v.Kind = False; x {
			v.Kind = True
		}
	case json.Number:
		v.Kind, v.Text = Number, x.String()
	case string:
		v.Kind, v.Text = String, x
	case json.Delim:
		v.Kind = Array
		if x == '{' {
			v.Kind = Object
		}
		seen := map[string]bool{}
		for d.More() {
			var m Member
			if v.Kind == Object {
				name, err := d.Token()
				if err != nil {
					return v, err
				}
				m.Name, _ = name.(string)
				if seen[m.Name] {
					return v, errors.New("a name stands twice in one object")
				}
				seen[m.Name] = true
			}
			if m.Value, err = fromJSON(d, depth+1); err != nil {
				return v, err
			}
			if v.Kind == Object {
				v.Members = append(v.Members, m)
			} else {
				v.Items = append(v.Items, m.Value)
			}
		}
		_, err = d.Token()
	}
	return v, err
}

// JSON gives the tree as JSON. NaN and the infinities, which JSON has no text for, are errors.
func (v *Value) JSON() ([]byte, error) { return v.json(nil) }

func (v *Value) json(b []byte) (_ []byte, err error) {
	switch v.Kind {
	case Undefined, Null:
		return append(b, "null"...), nil
	case False:
		return append(b, "false"...), nil
	case True:
		return append(b, "true"...), nil
	case Number:
		if _, special := v.special(); special {
			return b, errors.New("rjson: JSON has no NaN and no infinity")
		}
		return append(b, v.Text...), nil
	case String:
		text, err := json.Marshal(v.Text)
		return append(b, text...), err
	case Array:
		b = append(b, '[')
		for i := range v.Items {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = v.Items[i].json(b); err != nil {
				return b, err
			}
		}
		return append(b, ']'), nil
	}
	b = append(b, '{')
	for i := range v.Members {
		if i > 0 {
			b = append(b, ',')
		}
		name, err := json.Marshal(v.Members[i].Name)
		if err != nil {
			return b, err
		}
		b = append(append(b, name...), ':')
		if b, err = v.Members[i].Value.json(b); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}
