package model

import (
	"database/sql"
	"fmt"
	"reflect"
	"slices"
	"time"
)

// embed flattens the fields of a struct under a column prefix.
func (d *draft) embed(sf reflect.StructField, tg tag, at place) error {
	prefix, _ := tg.find("prefix")
	if err := checkName("prefix", prefix); err != nil {
		return err
	}
	pointer := sf.Type.Kind() == reflect.Pointer && flattens(sf.Type.Elem())
	if !pointer && !flattens(sf.Type) {
		return fmt.Errorf("prefix= embeds a struct, not %s", sf.Type)
	}
	at.column += prefix
	if !sf.Anonymous {
		at.name += sf.Name + "."
	}
	if pointer {
		return d.embedPointer(sf, at)
	}
	d.walk(sf.Type, at)
	return nil
}

// embedPointer flattens the fields of a struct that a row points at.
func (d *draft) embedPointer(sf reflect.StructField, at place) error {
	t := sf.Type.Elem()
	if !sf.IsExported() {
		return fmt.Errorf(`a pointer that is not exported cannot be set by others: embed %s by value, export it, or skip it with "-"`, t)
	}
	if slices.Contains(d.open, t) {
		return fmt.Errorf(`%s embeds itself, so there is no end to its columns: make it a relation, or skip it with "-"`, t)
	}
	at.via = newPointer(at.via, at.offset, t)
	at.offset = 0
	d.model.pointers = append(d.model.pointers, at.via)
	d.walk(t, at)
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
