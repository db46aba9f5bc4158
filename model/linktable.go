package model

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/internal/identity"
)

// LinkTable gives a model of the link table of a many-to-many relation that no struct describes: its link
// columns, which are its key. A column that stands on both sides is there once.
func LinkTable(r *Relation) *Model {
	t := r.Through
	ends := append(append([]*Field{}, r.Local...), r.Remote...)
	columns := append(append([]string{}, t.Local...), t.Remote...)
	var fields []reflect.StructField
	var from []*Field
	var names []string
	for i, c := range columns {
		if at := indexOf(names, c); at >= 0 {
			continue
		}
		// the tag makes the type of this link table and no other
		tag := `through:` + strconv.Quote(string(identity.Key(nil, t.Schema, t.Table, c)))
		fields = append(fields, reflect.StructField{Name: "C" + strconv.Itoa(len(names)), Type: ends[i].Base, Tag: reflect.StructTag(tag)})
		from, names = append(from, ends[i]), append(names, c)
	}
	typ := reflect.StructOf(fields)
	for {
		seen := registry.Load()
		var known map[reflect.Type]*Model
		if seen != nil {
			known = *seen
		}
		if m := known[typ]; m != nil {
			return m
		}
		m := &Model{Name: strings.TrimPrefix(t.Schema+"."+t.Table, "."), Type: typ, Slice: reflect.SliceOf(typ), Table: t.Table, Schema: t.Schema,
			fields: map[string]*Field{}, relations: map[string]*Relation{}}
		for i, f := range from {
			c := &Field{Model: m, Name: names[i], Column: names[i], Index: i, Type: f.Base, Base: f.Base, offset: typ.Field(i).Offset,
				Kind: f.Kind, Bits: f.Bits, Elem: f.Elem, Size: f.Size, DBType: f.DBType, Decimal: f.Decimal, Primary: true}
			if f.Nulls == Inside {
				c.Nulls = Inside
			}
			m.Fields = append(m.Fields, c)
			m.fields[c.Name] = c
		}
		m.Key = m.Fields
		if publish(seen, known, []*Model{m}) {
			return m
		}
	}
}

func indexOf(list []string, s string) int {
	for i := range list {
		if list[i] == s {
			return i
		}
	}
	return -1
}
