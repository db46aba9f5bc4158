package rjson

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"reflect"
	"strconv"
)

// Unmarshal reads a text into what v points at, by the rules of encoding/json and its tags, but strictly: names match letter by
// letter, a name that a struct does not have, a value that the target cannot hold and null for what has no nil are errors.
// Numbers in an any are json.Number, so that no digit is lost; NaN and the infinities are float64. What is undefined leaves
// the target as it is. A Value takes the tree.
func Unmarshal(text []byte, v any) error {
	parsed, err := Parse(text)
	if err != nil {
		return err
	}
	return parsed.Decode(v)
}

// Decode puts the tree into what target points at, as Unmarshal does.
func (v *Value) Decode(target any) error {
	to := reflect.ValueOf(target)
	if to.Kind() != reflect.Pointer || to.IsNil() {
		return fmt.Errorf("rjson: the target is a %T, not a pointer", target)
	}
	return v.into(to.Elem(), "")
}

// Decoder reads one text from a stream.
type Decoder struct {
	r    io.Reader
	most int64
}

// NewDecoder reads from r, at most the given number of bytes.
func NewDecoder(r io.Reader, most int64) *Decoder { return &Decoder{r, most} }

// Decode reads all of the stream as one text and puts it into v, as Unmarshal does. A longer stream is an error.
func (d *Decoder) Decode(v any) error {
	text, err := io.ReadAll(io.LimitReader(d.r, d.most+1))
	if err != nil {
		return fmt.Errorf("rjson: %w", err)
	}
	if int64(len(text)) > d.most {
		return fmt.Errorf("rjson: the text is longer than %d bytes", d.most)
	}
	return Unmarshal(text, v)
}

// unfit says that a value does not fit its place.
func unfit(path string, v *Value, t reflect.Type) error {
	if path == "" {
		path = "the text"
	}
	return fmt.Errorf("rjson: %s is %s, which %s does not hold", path, v.Kind.what(), t)
}

func (k Kind) what() string {
	return [...]string{"undefined", "null", "false", "true", "a number", "a string", "an array", "an object"}[k]
}

func (v *Value) into(to reflect.Value, path string) error {
	t := to.Type()
	if v.Kind == Undefined {
		return nil
	}
	if t == reflect.TypeFor[Value]() {
		to.Set(reflect.ValueOf(*v))
		return nil
	}
	if v.Kind == Null {
		switch t.Kind() {
		case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Interface:
			to.SetZero()
			return nil
		}
	}
	if t.Kind() == reflect.Pointer {
		if to.IsNil() {
			to.Set(reflect.New(t.Elem()))
		}
		return v.into(to.Elem(), path)
	}
	if done, err := v.byMethod(to, path); done || err != nil {
		return err
	}
	switch t.Kind() {
	case reflect.Interface:
		if t.NumMethod() > 0 {
			return unfit(path, v, t)
		}
		to.Set(reflect.ValueOf(v.plain()))
		return nil
	case reflect.Struct:
		return v.intoStruct(to, path)
	case reflect.Map:
		return v.intoMap(to, path)
	case reflect.Slice, reflect.Array:
		return v.intoList(to, path)
	}
	return v.intoScalar(to, path)
}

// byMethod uses the target's own UnmarshalJSON or UnmarshalText.
func (v *Value) byMethod(to reflect.Value, path string) (done bool, err error) {
	if !to.CanAddr() {
		return false, nil
	}
	switch x := to.Addr().Interface().(type) {
	case json.Unmarshaler:
		text, err := v.json(nil)
		if err == nil {
			err = x.UnmarshalJSON(text)
		}
		if err != nil {
			return true, fmt.Errorf("rjson: %s: %w", path, err)
		}
		return true, nil
	case encoding.TextUnmarshaler:
		if v.Kind != String {
			return true, unfit(path, v, to.Type())
		}
		if err := x.UnmarshalText([]byte(v.Text)); err != nil {
			return true, fmt.Errorf("rjson: %s: %w", path, err)
		}
		return true, nil
	}
	return false, nil
}

// plain gives a value for an any.
func (v *Value) plain() any {
	switch v.Kind {
	case False, True:
		return v.Kind == True
	case Number:
		if x, ok := v.special(); ok {
			return x
		}
		return json.Number(v.Text)
	case String:
		return v.Text
	case Array:
		out := make([]any, len(v.Items))
		for i := range v.Items {
			if v.Items[i].Kind != Null {
				out[i] = v.Items[i].plain()
			}
		}
		return out
	case Object:
		out := make(map[string]any, len(v.Members))
		for i := range v.Members {
			m := &v.Members[i]
			if m.Value.Kind == Null {
				out[m.Name] = nil
				continue
			}
			out[m.Name] = m.Value.plain()
		}
		return out
	}
	return nil
}

// special gives NaN and the infinities.
func (v *Value) special() (float64, bool) {
	switch v.Text {
	case nan:
		return math.NaN(), true
	case infinity:
		return math.Inf(1), true
	case negInfinity:
		return math.Inf(-1), true
	}
	return 0, false
}

func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func (v *Value) intoStruct(to reflect.Value, path string) error {
	if v.Kind != Object {
		return unfit(path, v, to.Type())
	}
	fields := fieldsOf(to.Type())
	for i := range v.Members {
		m := &v.Members[i]
		at := below(path, m.Name)
		found := false
		for _, f := range fields {
			if f.name != m.Name {
				continue
			}
			found = true
			x := to
			for k, i := range f.index {
				if k > 0 && x.Kind() == reflect.Pointer {
					if x.IsNil() {
						x.Set(reflect.New(x.Type().Elem()))
					}
					x = x.Elem()
				}
				x = x.Field(i)
			}
			value := &m.Value
			if f.quoted && value.Kind == String {
				value = &Value{Kind: Number, Text: value.Text}
			}
			if err := value.into(x, at); err != nil {
				return err
			}
		}
		if !found {
			return fmt.Errorf("rjson: %s is no field of a %s", at, to.Type())
		}
	}
	return nil
}

func (v *Value) intoMap(to reflect.Value, path string) error {
	t := to.Type()
	if v.Kind != Object || t.Key().Kind() != reflect.String {
		return unfit(path, v, t)
	}
	if to.IsNil() {
		to.Set(reflect.MakeMapWithSize(t, len(v.Members)))
	}
	for i := range v.Members {
		m := &v.Members[i]
		x := reflect.New(t.Elem()).Elem()
		if err := m.Value.into(x, below(path, m.Name)); err != nil {
			return err
		}
		to.SetMapIndex(reflect.ValueOf(m.Name).Convert(t.Key()), x)
	}
	return nil
}

func (v *Value) intoList(to reflect.Value, path string) error {
	t := to.Type()
	if t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8 && v.Kind == String {
		b, err := base64.StdEncoding.DecodeString(v.Text)
		if err != nil {
			return unfit(path, v, t)
		}
		to.SetBytes(b)
		return nil
	}
	if v.Kind != Array || t.Kind() == reflect.Array && t.Len() != len(v.Items) {
		return unfit(path, v, t)
	}
	if t.Kind() == reflect.Slice {
		to.Set(reflect.MakeSlice(t, len(v.Items), len(v.Items)))
	}
	for i := range v.Items {
		if err := v.Items[i].into(to.Index(i), path+"["+strconv.Itoa(i)+"]"); err != nil {
			return err
		}
	}
	return nil
}

func (v *Value) intoScalar(to reflect.Value, path string) error {
	t := to.Type()
	switch t.Kind() {
	case reflect.Bool:
		if v.Kind == True || v.Kind == False {
			to.SetBool(v.Kind == True)
			return nil
		}
	case reflect.String:
		if v.Kind == String || v.Kind == Number && t == reflect.TypeFor[json.Number]() {
			to.SetString(v.Text)
			return nil
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if n, err := strconv.ParseInt(v.Text, 10, t.Bits()); v.Kind == Number && err == nil && v.Text != "-0" {
			to.SetInt(n)
			return nil
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if n, err := strconv.ParseUint(v.Text, 10, t.Bits()); v.Kind == Number && err == nil {
			to.SetUint(n)
			return nil
		}
	case reflect.Float32, reflect.Float64:
		if v.Kind != Number {
			break
		}
		if x, ok := v.special(); ok {
			to.SetFloat(x)
			return nil
		}
		if x, err := strconv.ParseFloat(v.Text, t.Bits()); err == nil {
			to.SetFloat(x)
			return nil
		}
	}
	return unfit(path, v, t)
}
