package guard

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/model"
)

// document reads a value of a JSON column. One that a struct describes must not hold more than the struct, nor its names in
// other letter case.
func document(f *model.Field, n *Node) (v model.Value, why string) {
	const what = "it is no document that the column can hold"
	switch {
	case !shallow(n, 0):
		return v, "it nests too deep"
	case !moderate(n):
		return v, "a number in it is out of range"
	case !exactNames(f.Base, n):
		return v, what
	}
	p := reflect.New(f.Base)
	d := json.NewDecoder(strings.NewReader(string(n.appendJSON(nil))))
	d.DisallowUnknownFields()
	d.UseNumber()
	if err := d.Decode(p.Interface()); err != nil {
		return v, what
	}
	v, err := f.LoadValue(p.UnsafePointer())
	if err != nil {
		return v, what
	}
	return v, ""
}

func shallow(n *Node, depth int) bool {
	if depth > MaxDepth {
		return false
	}
	for i := range n.Items {
		if !shallow(&n.Items[i], depth+1) {
			return false
		}
	}
	for i := range n.Members {
		if !shallow(&n.Members[i].Value, depth+1) {
			return false
		}
	}
	return true
}

// moderate reports whether no number of a document has an exponent beyond those of float64. PostgreSQL writes the digits of
// jsonb out: 1e131000 would be 128 KiB in every answer.
func moderate(n *Node) bool {
	if n.Kind == Number {
		i := strings.IndexAny(n.Text, "eE")
		if i < 0 {
			return true
		}
		e, err := strconv.Atoi(strings.TrimPrefix(n.Text[i+1:], "+"))
		return err == nil && e >= -324 && e <= 308
	}
	for i := range n.Items {
		if !moderate(&n.Items[i]) {
			return false
		}
	}
	for i := range n.Members {
		if !moderate(&n.Members[i].Value) {
			return false
		}
	}
	return true
}

var (
	jsonForm = reflect.TypeFor[json.Unmarshaler]()
	textForm = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// exactNames reports whether the names of a document that structs describe are written as their tags say. encoding/json heeds
// no letter case, so it would take a name twice, the last one counting.
func exactNames(t reflect.Type, n *Node) bool {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if p := reflect.PointerTo(t); p.Implements(jsonForm) || p.Implements(textForm) {
		return true
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Array:
		for i := range n.Items {
			if !exactNames(t.Elem(), &n.Items[i]) {
				return false
			}
		}
	case reflect.Map:
		for i := range n.Members {
			if !exactNames(t.Elem(), &n.Members[i].Value) {
				return false
			}
		}
	case reflect.Struct:
		for i := range n.Members {
			of := memberType(t, n.Members[i].Name)
			if of == nil || !exactNames(of, &n.Members[i].Value) {
				return false
			}
		}
	}
	return true
}

// memberType gives the type of the struct's field of that name in JSON, nil where there is none.
func memberType(t reflect.Type, name string) reflect.Type {
	for _, f := range reflect.VisibleFields(t) {
		own, hidden := jsonName(f)
		if own == "" {
			own = f.Name
		}
		if !hidden && own == name {
			return f.Type
		}
	}
	return nil
}
