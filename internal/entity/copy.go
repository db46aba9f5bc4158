package entity

import (
	"reflect"
	"unsafe"

	"github.com/multi-orm/orm/model"
)

// CopyRelation copies the field of a relation from one row to another.
func CopyRelation(r *model.Relation, dst, src unsafe.Pointer) {
	reflect.NewAt(r.Type, unsafe.Add(dst, r.Offset)).Elem().Set(reflect.NewAt(r.Type, unsafe.Add(src, r.Offset)).Elem())
}

// maxCopyDepth bounds what is copied of values that point at each other.
const maxCopyDepth = 64

// OwnCopy writes to dst what src holds, and shares no memory that the public fields of either let somebody change.
// Types that hide what they hold are copied as an assignment would.
func OwnCopy(dst, src reflect.Value) {
	dst.Set(src)
	part(dst, 0)
}

// RowCopier is OwnCopy for many rows of one struct type: it knows which fields can share memory at all.
type RowCopier struct {
	elem reflect.Type
	deep []int
}

// NewRowCopier readies copies of rows of a struct type: nothing that one may change is shared with the other.
func NewRowCopier(elem reflect.Type) RowCopier {
	c := RowCopier{elem: elem}
	for i := range elem.NumField() {
		if holds(elem.Field(i).Type) {
			c.deep = append(c.deep, i)
		}
	}
	return c
}

// holds reports whether values of t may hold memory that assignments share.
func holds(t reflect.Type) bool {
	switch {
	case flat(t.Kind()):
		return false
	case t.Kind() == reflect.Array:
		return holds(t.Elem())
	case t.Kind() == reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); (f.IsExported() || f.Anonymous) && holds(f.Type) {
				return true
			}
		}
		return false
	}
	return true
}

// Copy copies a row.
func (c *RowCopier) Copy(dst, src unsafe.Pointer) {
	v := reflect.NewAt(c.elem, dst).Elem()
	v.Set(reflect.NewAt(c.elem, src).Elem())
	for _, i := range c.deep {
		part(v.Field(i), 0)
	}
}

// part gives v memory of its own.
func part(v reflect.Value, depth int) {
	if depth > maxCopyDepth || !v.CanSet() && v.Kind() != reflect.Struct { // an embedded struct may have exported fields
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		p := reflect.New(v.Type().Elem())
		p.Elem().Set(v.Elem())
		part(p.Elem(), depth+1)
		v.Set(p.Convert(v.Type()))
	case reflect.Slice:
		if v.IsNil() {
			return
		}
		s := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(s, v)
		if !flat(v.Type().Elem().Kind()) {
			for i := range s.Len() {
				part(s.Index(i), depth+1)
			}
		}
		v.Set(s)
	case reflect.Array:
		if !flat(v.Type().Elem().Kind()) {
			for i := range v.Len() {
				part(v.Index(i), depth+1)
			}
		}
	case reflect.Map:
		if v.IsNil() {
			return
		}
		m := reflect.MakeMapWithSize(v.Type(), v.Len())
		for it := v.MapRange(); it.Next(); {
			e := reflect.New(v.Type().Elem()).Elem()
			e.Set(it.Value())
			part(e, depth+1)
			m.SetMapIndex(it.Key(), e)
		}
		v.Set(m)
	case reflect.Interface:
		if v.IsNil() || flat(v.Elem().Kind()) {
			return
		}
		e := reflect.New(v.Elem().Type()).Elem()
		e.Set(v.Elem())
		part(e, depth+1)
		v.Set(e)
	case reflect.Struct:
		for i := range v.NumField() {
			part(v.Field(i), depth+1)
		}
	}
}

func flat(k reflect.Kind) bool { return k <= reflect.Complex128 || k == reflect.String }
