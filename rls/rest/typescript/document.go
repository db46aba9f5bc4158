package typescript

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"
)

// deepest is how far the types of documents go; below it they are Json.
const deepest = 4

// document is the type of what encoding/json makes of a Go type, or takes for it. Types that write themselves are Json.
func document(t reflect.Type, answered bool) string { return goType(t, answered, deepest) }

func goType(t reflect.Type, answered bool, depth int) string {
	if s, ok := special(t, answered); ok {
		return s
	}
	if depth == 0 {
		return "Json"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return nullIf(goType(t.Elem(), answered, depth), true)
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64, reflect.Uintptr:
		return "Int64"
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Float32, reflect.Float64:
		return "number"
	case reflect.String:
		return "string"
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "string | null"
		}
		return nullIf(list(goType(t.Elem(), answered, depth-1), answered), true)
	case reflect.Array:
		return list(goType(t.Elem(), answered, depth-1), answered)
	case reflect.Map:
		return nullIf("{ [name: string]: "+goType(t.Elem(), answered, depth-1)+" }", true)
	case reflect.Struct:
		var m members
		whole := fields(t, func(name string, f reflect.StructField, options []string) {
			of := "Json"
			if !slices.Contains(options, "string") {
				of = goType(f.Type, answered, depth-1)
			}
			omitted := slices.Contains(options, "omitempty") || slices.Contains(options, "omitzero")
			m.add(name, of, answered && !omitted)
		})
		if whole {
			return m.line()
		}
	}
	return "Json"
}

// fields visits the fields of a struct under their names in JSON. It gives false for one that embeds others: which of their names
// count is for encoding/json to say.
func fields(t reflect.Type, visit func(name string, f reflect.StructField, options []string)) bool {
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case tag == "-":
			continue
		case f.Anonymous && name == "":
			return false
		case !f.IsExported():
			continue
		}
		if name == "" {
			name = f.Name
		}
		visit(name, f, strings.Split(options, ","))
	}
	return true
}

var (
	marshaler   = reflect.TypeFor[json.Marshaler]()
	unmarshaler = reflect.TypeFor[json.Unmarshaler]()
	textual     = reflect.TypeFor[encoding.TextMarshaler]()
	untextual   = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// special is the type of what has a form of its own.
func special(t reflect.Type, answered bool) (string, bool) {
	p, own, words := reflect.PointerTo(t), unmarshaler, untextual
	if answered {
		own, words = marshaler, textual
	}
	switch {
	case t == reflect.TypeFor[time.Time]():
		if answered {
			return "Time", true
		}
		return "TimeInput", true
	case t == reflect.TypeFor[json.Number]():
		return "Decimal", true
	case t.Kind() == reflect.Interface, p.Implements(own):
		return "Json", true
	case p.Implements(words):
		return "string", true
	}
	return "", false
}

// documentForm is how the numbers of a document are read.
func documentForm(t reflect.Type, depth int) string {
	if t == reflect.TypeFor[json.Number]() {
		return `"d"`
	}
	if _, ok := special(t, true); ok || depth == 0 {
		return ""
	}
	switch t.Kind() {
	case reflect.Pointer:
		return documentForm(t.Elem(), depth)
	case reflect.Float32, reflect.Float64:
		return `"f"`
	case reflect.Slice, reflect.Array:
		return documentForm(t.Elem(), depth-1)
	case reflect.Map:
		if of := documentForm(t.Elem(), depth-1); of != "" {
			return `members(["*", ` + of + "])"
		}
	case reflect.Struct:
		var parts []string
		fields(t, func(name string, f reflect.StructField, _ []string) {
			if of := documentForm(f.Type, depth-1); of != "" {
				parts = append(parts, "["+literal(name)+", "+of+"]")
			}
		})
		if len(parts) > 0 {
			return "members(" + strings.Join(parts, ", ") + ")"
		}
	}
	return ""
}
