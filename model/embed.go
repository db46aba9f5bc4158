package model

import (
	"database/sql"
	"fmt"
	"reflect"
	"time"
)

// embed flattens the fields of a struct under a column prefix.
func (d *draft) embed(sf reflect.StructField, tg tag, at place) error {
	prefix, _ := tg.find("prefix")
	if err := checkName("prefix", prefix); err != nil {
		return err
	}
	if sf.Type.Kind() == reflect.Pointer && sf.Type.Elem().Kind() == reflect.Struct {
		return fmt.Errorf("an embedded pointer may be nil: use %s by value", sf.Type.Elem())
	}
	if sf.Type.Kind() != reflect.Struct || opaque(sf.Type) {
		return fmt.Errorf("prefix= embeds a struct, not %s", sf.Type)
	}
	at.column += prefix
	if !sf.Anonymous {
		at.name += sf.Name + "."
	}
	d.walk(sf.Type, at)
	return nil
}

// flattens tells an embedded struct of fields from an embedded value such as time.Time.
func flattens(t reflect.Type) bool { return t.Kind() == reflect.Struct && !opaque(t) }

// opaque reports whether a struct is one value and not a group of columns. Methods alone don't tell:
// embedding promotes them.
func opaque(t reflect.Type) bool {
	if t == reflect.TypeFor[time.Time]() {
		return true
	}
	if _, _, ok := nullShape(t); ok {
		return implements[sql.Scanner](t)
	}
	for i := range t.NumField() {
		if t.Field(i).IsExported() {
			return false
		}
	}
	return special(t) != Invalid
}
