// Package wire names columns and relations as requests and answers of rls/guard do: what serves them and what asks for them
// must agree.
package wire

import (
	"reflect"
	"strings"

	"github.com/multi-orm/orm/model"
)

// Column gives the name of a column in requests and answers: that of its json tag, else the column's. ok is false where the
// tag is json:"-".
func Column(f *model.Field) (name string, ok bool) {
	if sf, found := StructField(f.Model.Type, f.Name); found {
		name, hidden := JSONName(sf)
		if hidden || name != "" {
			return name, !hidden
		}
	}
	return f.Column, f.Column != "" && !withheld(f.Model.Type, f.Name)
}

// withheld reports whether the tag of a part of a prefixed struct, or of the struct, says json:"-".
func withheld(t reflect.Type, path string) bool {
	for name := range strings.SplitSeq(path, ".") {
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			return false
		}
		sf, found := t.FieldByName(name)
		if !found {
			return false
		}
		if _, hidden := JSONName(sf); hidden {
			return true
		}
		t = sf.Type
	}
	return false
}

// Relation gives the name of a relation in requests and answers.
func Relation(r *model.Relation) (name string, ok bool) {
	if sf, found := StructField(r.Model.Type, r.Name); found {
		name, hidden := JSONName(sf)
		if hidden || name != "" {
			return name, !hidden
		}
	}
	return model.Snake(r.Name), true
}

// StructField finds the struct field of a model's field; the parts of a prefixed struct have a name of two words, which
// their json tag alone would not tell apart.
func StructField(t reflect.Type, name string) (reflect.StructField, bool) {
	if strings.Contains(name, ".") {
		return reflect.StructField{}, false
	}
	return t.FieldByName(name)
}

// JSONName reads the json tag of a struct field.
func JSONName(f reflect.StructField) (name string, hidden bool) {
	tag, ok := f.Tag.Lookup("json")
	if !ok {
		return "", false
	}
	if tag == "-" {
		return "", true
	}
	name, _, _ = strings.Cut(tag, ",")
	return name, false
}

// AsText reports whether the json tag of a field says ",string": numbers are then text in answers.
func AsText(f *model.Field) bool {
	sf, ok := StructField(f.Model.Type, f.Name)
	if !ok {
		return false
	}
	_, options, _ := strings.Cut(sf.Tag.Get("json"), ",")
	for o := range strings.SplitSeq(options, ",") {
		if o == "string" {
			return f.Kind == model.Int || f.Kind == model.Uint || f.Kind == model.Float || f.Kind == model.Bool
		}
	}
	return false
}
