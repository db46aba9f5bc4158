package openapi

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"
)

// deepest is how far the schemas of Go types go; below it anything passes.
const deepest = 8

// document is the schema of what encoding/json makes of a Go type, or takes for it. Types that write themselves are anything.
func document(t reflect.Type, u use) object { return goType(t, u, deepest) }

func goType(t reflect.Type, u use, depth int) object {
	if s, ok := special(t, u); ok {
		return s
	}
	if depth == 0 {
		return object{}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return orNull(goType(t.Elem(), u, depth))
	case reflect.Bool:
		return typed("boolean")
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return bounded("int64", t.Bits(), true)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return bounded("uint64", t.Bits(), false)
	case reflect.Float32:
		return typed("number").with("format", "float")
	case reflect.Float64:
		return typed("number").with("format", "double")
	case reflect.String:
		return typed("string")
	case reflect.Array:
		return listOf(goType(t.Elem(), u, depth-1)).with("minItems", t.Len()).with("maxItems", t.Len())
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return orNull(typed("string").with("format", "byte").with("contentEncoding", "base64"))
		}
		return orNull(listOf(goType(t.Elem(), u, depth-1)))
	case reflect.Map:
		out := typed("object")
		if t.Key().Kind() == reflect.String {
			out = out.with("additionalProperties", goType(t.Elem(), u, depth-1))
		}
		return orNull(out)
	case reflect.Struct:
		return goStruct(t, u, depth)
	}
	return object{}
}

var (
	marshaler   = reflect.TypeFor[json.Marshaler]()
	unmarshaler = reflect.TypeFor[json.Unmarshaler]()
	textual     = reflect.TypeFor[encoding.TextMarshaler]()
	untextual   = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// special is the schema of types with a form of their own.
func special(t reflect.Type, u use) (object, bool) {
	p, own, words := reflect.PointerTo(t), unmarshaler, untextual
	if u == shown {
		own, words = marshaler, textual
	}
	switch {
	case t == reflect.TypeFor[time.Time]():
		return typed("string").with("format", "date-time"), true
	case t == reflect.TypeFor[json.Number]():
		return typed("number"), true
	case t.Kind() == reflect.Interface, p.Implements(own):
		return object{}, true
	case p.Implements(words):
		return typed("string"), true
	}
	return nil, false
}

func bounded(format string, bits int, signed bool) object {
	out := typed("integer")
	switch {
	case bits == 64 && signed:
		return out.with("format", format)
	case signed:
		return out.with("format", format).with("minimum", -int64(1)<<(bits-1)).with("maximum", int64(1)<<(bits-1)-1)
	case bits == 64:
		return out.with("format", format).with("minimum", 0)
	}
	return out.with("format", format).with("minimum", 0).with("maximum", int64(1)<<bits-1)
}

// goStruct is the schema of a struct. One that embeds others is any object: which of their names count is for encoding/json to say.
func goStruct(t reflect.Type, u use, depth int) object {
	properties := object{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Tag.Get("json") == "-", !f.IsExported() && !f.Anonymous:
			continue
		case f.Anonymous && name == "":
			return typed("object")
		case !f.IsExported():
			continue
		}
		if name == "" {
			name = f.Name
		}
		s := goType(f.Type, u, depth-1)
		if slices.Contains(strings.Split(options, ","), "string") {
			s = object{}
		}
		properties = properties.with(name, s)
	}
	if u == shown {
		return structure(properties, nil)
	}
	return closed(properties)
}

// allowsNull reports whether null passes.
func allowsNull(s object) bool {
	switch t := s.get("type").(type) {
	case string:
		return t == "null"
	case []string:
		return slices.Contains(t, "null")
	}
	if any, ok := s.get("anyOf").([]object); ok {
		return slices.ContainsFunc(any, allowsNull)
	}
	return len(s) == 0
}

// withoutNull takes null away.
func withoutNull(s object) object {
	if len(s) == 0 {
		return object{{"type", []string{"object", "array", "string", "number", "boolean"}}}
	}
	switch t := s.get("type").(type) {
	case []string:
		kept := slices.DeleteFunc(slices.Clone(t), func(w string) bool { return w == "null" })
		if len(kept) == 1 {
			return s.with("type", kept[0])
		}
		return s.with("type", kept)
	}
	if list, ok := s.get("anyOf").([]object); ok {
		return anyOf(slices.DeleteFunc(slices.Clone(list), allowsNull)...)
	}
	return s
}
