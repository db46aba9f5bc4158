package rjson

import (
	"reflect"
	"strings"
)

// field is a field of a struct as its json tag names it.
type field struct {
	name      string
	index     []int
	omitEmpty bool
	omitZero  bool
	quoted    bool
}

// fieldsOf lists the fields of a struct, those of embedded structs too, by the rules of encoding/json: the json tag names
// a field, "-" skips it, and of two with one name the one that lies less deep counts.
func fieldsOf(t reflect.Type) []field {
	var out []field
	at := map[string]int{}
	for _, sf := range reflect.VisibleFields(t) {
		tag, tagged := sf.Tag.Lookup("json")
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case tag == "-", !sf.IsExported():
			continue
		case sf.Anonymous && (!tagged || name == ""):
			if e := sf.Type; e.Kind() == reflect.Struct || e.Kind() == reflect.Pointer && e.Elem().Kind() == reflect.Struct {
				continue
			}
		}
		if name == "" {
			name = sf.Name
		}
		f := field{name: name, index: sf.Index}
		for o := range strings.SplitSeq(options, ",") {
			f.omitEmpty = f.omitEmpty || o == "omitempty"
			f.omitZero = f.omitZero || o == "omitzero"
			f.quoted = f.quoted || o == "string"
		}
		if i, twice := at[name]; twice {
			if len(f.index) < len(out[i].index) {
				out[i] = f
			}
			continue
		}
		at[name] = len(out)
		out = append(out, f)
	}
	return out
}
