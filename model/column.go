package model

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/multi-orm/orm/internal/fault"
	"strconv"
	"strings"
)

// addColumn reads a field that is no relation and no group.
func (d *draft) addColumn(sf reflect.StructField, tg tag, at place) error {
	m := d.model
	f := &Field{Model: m, Name: at.name + sf.Name, Column: tg.column, Tag: tg.raw, offset: at.offset, via: at.via, IsComputed: tg.has("computed")}
	if err := tg.mistaken(Snake(sf.Name)); err != nil {
		return err
	}
	if f.Column == "" {
		f.Column = Snake(sf.Name)
	}
	f.Column = at.column + f.Column
	if err := checkName("column", f.Column); err != nil {
		return err
	}
	if err := d.take(f.Name); err != nil {
		return err
	}
	if err := f.classify(sf.Type, tg.has("json")); err != nil && !f.IsComputed {
		return err
	}
	if f.Elem != nil {
		f.Elem.Model, f.Elem.Name = m, f.Name // for its errors
	}
	m.fields[f.Name] = f
	f.Hidden, f.ReadOnly, f.NoQuery = tg.has("hidden"), tg.has("readonly"), tg.has("noquery")
	f.CreateOnly, f.UpdateOnly = tg.has("createonly"), tg.has("updateonly")
	if f.IsComputed {
		f.Index = len(m.Computed)
		m.Computed = append(m.Computed, f)
		return d.needs(f, tg)
	}
	f.Index = len(m.Fields)
	m.Fields = append(m.Fields, f)
	return fault.Join([]error{d.modelWords(tg), d.aggregate(f, sf, tg), f.key(tg), d.roles(f, tg), f.storage(tg), f.fills(tg), f.scope(tg), f.filters(tg), d.orders(f, tg), d.needs(f, tg), d.indexes(f, tg)})
}

// key reads id and auto, and settles nullability.
func (f *Field) key(tg tag) error {
	f.Primary = tg.has("id") || f.Column == "id"
	f.Expression, f.Generated = tg.find("generated")
	f.Auto = f.Generated || tg.has("auto")
	f.ReadOnly = f.ReadOnly || f.Generated
	f.Nullable = f.Nulls != NotNull
	if tg.has("notnull") {
		switch f.Nulls {
		case NotNull:
			return fmt.Errorf(`word "notnull": type %s has no NULL, so the column is NOT NULL without it`, f.Type)
		case Pointer, SQLNull:
			return fmt.Errorf(`word "notnull": type %s is there for NULL: use %s instead`, f.Type, f.Base)
		}
		f.Nullable, f.nilIsEmpty = false, f.emptied()
	}
	if f.Auto || tg.has("dbdefault") {
		f.Model.Made = append(f.Model.Made, f)
	} else {
		f.Model.Given = append(f.Model.Given, f)
	}
	if !f.Primary {
		return nil
	}
	if f.Nulls == Pointer || f.Nulls == SQLNull {
		return fmt.Errorf("a primary key cannot be NULL: use %s instead of %s", f.Base, f.Type)
	}
	if f.Kind == JSON || f.Kind == Array {
		return fmt.Errorf("type %s cannot be a primary key", f.Type)
	}
	if f.Generated && (f.Expression != "" || f.Kind != Int && f.Kind != Uint) {
		return errors.New("a generated key is a number that the database always makes (GENERATED ALWAYS AS IDENTITY): an integer without an expression")
	}
	for _, w := range []string{"version", "softdelete", "update", "updateonly", "noquery"} { // the column "id" implies the word
		if tg.has(w) {
			return fmt.Errorf("word %q does not belong on the primary key", w)
		}
	}
	f.Nullable = false
	f.Model.Key = append(f.Model.Key, f)
	return nil
}

// roles reads the words that hooks and scopes act on.
func (d *draft) roles(f *Field, tg tag) error {
	m := d.model
	for _, r := range []struct {
		word string
		slot **Field
		fits bool
		want string
	}{
		{"tenant", &m.Tenant, f.Kind != JSON && f.Kind != Array, "a plain value"},
		{"owner", &m.Owner, f.Kind != JSON && f.Kind != Array, "a plain value"},
		{"softdelete", &m.SoftDelete, f.Kind == Time && f.Nullable, "a nullable time: *time.Time or sql.Null[time.Time]"},
		{"version", &m.Version, (f.Kind == Int || f.Kind == Uint) && !f.Nullable, "an integer that is not nullable"},
	} {
		if !tg.has(r.word) {
			continue
		}
		if !r.fits {
			return fmt.Errorf("%q needs %s, not %s", r.word, r.want, f.Type)
		}
		if *r.slot != nil {
			return fmt.Errorf("%q is on field %s already", r.word, (*r.slot).Name)
		}
		*r.slot = f
	}
	if !tg.has("shardkey") {
		return nil
	}
	if m.Tenant != f || f.Nullable {
		return errors.New(`"shardkey" belongs on the tenant column, beside the word tenant, which may not be NULL`)
	}
	m.ShardKey = f
	return nil
}

// storage reads enum, size and type.
func (f *Field) storage(tg tag) error {
	f.DBType, _ = tg.find("type")
	if f.Comment, _ = tg.find("comment"); len(f.Comment) > 1 && strings.HasPrefix(f.Comment, "'") && strings.HasSuffix(f.Comment, "'") {
		f.Comment = strings.ReplaceAll(f.Comment[1:len(f.Comment)-1], "''", "'")
	}
	if err := f.digits(tg); err != nil {
		return err
	}
	defer f.decimals()
	if err := f.timeForms(); err != nil {
		return err
	}
	if err := f.unitless(); err != nil {
		return err
	}
	if v, ok := tg.find("size"); ok {
		n, err := strconv.Atoi(v)
		if err != nil || n <= 0 {
			return fmt.Errorf("word %q: a size is a whole number above 0", "size="+v)
		}
		switch f.Kind {
		case String, Bytes, Text, Scanner:
		default:
			return fmt.Errorf(`"size" needs text or bytes, not %s`, f.Type)
		}
		f.Size = n
	}
	v, ok := tg.find("enum")
	if !ok {
		return nil
	}
	if f.Kind != String {
		return fmt.Errorf(`"enum" needs a string, not %s`, f.Type)
	}
	for s := range strings.SplitSeq(v, "|") {
		if s == "" {
			return fmt.Errorf("word %q has an empty value between bars", "enum="+v)
		}
		for _, before := range f.Enum {
			if s == before {
				return fmt.Errorf("word %q says %q twice", "enum="+v, s)
			}
		}
		f.Enum = append(f.Enum, s)
	}
	return nil
}

// indexes reads unique and index; columns that share a name form one index.
func (d *draft) indexes(f *Field, tg tag) error {
	m := d.model
	for _, w := range tg.words {
		mine, other := &m.Uniques, &m.Indexes
		switch w.key {
		case "unique":
		case "index":
			mine, other = other, mine
		default:
			continue
		}
		if f.Kind == JSON || f.Kind == Array {
			return fmt.Errorf("%q does not fit a column of type %s", w.key, f.Type)
		}
		x := Index{Name: w.value, Fields: []*Field{f}, Where: w.where, said: include{w.include}}
		if w.value == "" {
			*mine = append(*mine, x)
			continue
		}
		if err := checkName("index name", w.value); err != nil {
			return err
		}
		if at := indexNamed(*other, w.value); at >= 0 {
			return fmt.Errorf("%q is the name of a unique set and of an index", w.value)
		}
		if at := indexNamed(*mine, w.value); at >= 0 {
			if err := (*mine)[at].join(f, &w); err != nil {
				return err
			}
			continue
		}
		*mine = append(*mine, x)
	}
	return nil
}

func indexNamed(list []Index, name string) int {
	for i := range list {
		if list[i].Name == name {
			return i
		}
	}
	return -1
}
