package rest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/rls/guard"
)

// CSV reads a list of values with commas between, where \, is a comma of a value: it is for [Decode]. V is a string, a bool, an
// integer or a float.
func CSV[V any](text string) ([]V, error) {
	parts := splitCommas(text)
	out := make([]V, len(parts))
	for i, s := range parts {
		if err := scan(reflect.ValueOf(&out[i]).Elem(), strings.TrimSpace(s)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func scan(v reflect.Value, s string) error {
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
		return nil
	case reflect.Bool:
		b, err := strconv.ParseBool(s)
		v.SetBool(b)
		return err
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, err := strconv.ParseInt(s, 10, v.Type().Bits())
		v.SetInt(n)
		return err
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n, err := strconv.ParseUint(s, 10, v.Type().Bits())
		v.SetUint(n)
		return err
	case reflect.Float32, reflect.Float64:
		n, err := strconv.ParseFloat(s, v.Type().Bits())
		v.SetFloat(n)
		return err
	}
	return fmt.Errorf("rest: a list of %s cannot be read", v.Type())
}

// decoded runs a function of the program's on the text of a parameter.
func decoded[V any](fn func(string) (V, error), text string) (n guard.Node, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("rest: Decode panicked: %v", p)
		}
	}()
	v, err := fn(text)
	if err != nil {
		return n, err
	}
	b, err := json.Marshal(v)
	if err != nil {
		return n, err
	}
	return guard.ParseNode(b)
}
