package model

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/multi-orm/orm/internal/fault"
)

// draft is a model whose columns are read and whose relations are not linked yet.
type draft struct {
	model     *Model
	relations []*relationDraft
	said      map[string]string // table=, schema= and datasource= as the tags give them
	open      []reflect.Type    // the struct being read, and those that it is embedded in
	needed    []need
	ranked    []ranked // what order= says
	errs      []error  // every mistake, so that all are told at once
}

// read reads one struct. Relations stay unresolved: their targets may not be read yet. What is wrong is in the draft.
func read(name string, t reflect.Type) *draft {
	d := &draft{
		model: &Model{Name: name, Type: t, Slice: reflect.SliceOf(t), fields: map[string]*Field{}, relations: map[string]*Relation{}},
		said:  map[string]string{},
	}
	d.walk(t, place{})
	if len(d.errs) == 0 {
		if err := d.finish(); err != nil {
			d.errs = append(d.errs, err)
		}
	}
	return d
}

// place is where an embedded struct sits in the model.
type place struct {
	offset uintptr
	via    *pointer // what the offset counts from; nil for the row
	column string   // prefix of the columns
	name   string   // prefix of the Go names
}

func (d *draft) walk(t reflect.Type, at place) {
	d.open = append(d.open, t)
	defer func() { d.open = d.open[:len(d.open)-1] }()
	for i := range t.NumField() {
		sf := t.Field(i)
		raw, err := d.visit(sf, at)
		if err == nil {
			continue
		}
		for _, err := range fault.All(err) {
			detail := err.Error()
			if raw != "" {
				detail = fmt.Sprintf("tag %q: %s", raw, detail)
			}
			d.errs = append(d.errs, fault.New(fault.ErrInvalid, d.model.Name, at.name+sf.Name, detail))
		}
	}
}

// visit reads one struct field and gives its tag back for the error.
func (d *draft) visit(sf reflect.StructField, at place) (string, error) {
	raw, tagged, err := ormTag(sf.Tag)
	if err != nil {
		return raw, err
	}
	if sf.Type == loadedType && sf.Name != "_" {
		return raw, d.addLoaded(sf, at)
	}
	embedded := sf.Anonymous && flattens(sf.Type)
	pointer := sf.Anonymous && sf.Type.Kind() == reflect.Pointer && flattens(sf.Type.Elem())
	switch {
	case sf.Name == "_":
		return raw, d.modelTag(raw)
	case !sf.IsExported() && !embedded && !pointer:
		if tagged && raw != "-" {
			return raw, errors.New(`the field is not exported: export it, or skip it with "-"`)
		}
		return raw, nil
	}
	target, many, pointers := relationTarget(sf.Type)
	tg, err := parseTag(raw, target != nil)
	if err != nil || tg.skip {
		return raw, err
	}
	at.offset += sf.Offset
	switch {
	case tg.isRelation():
		return raw, d.addRelation(sf, tg, at, target, many, pointers)
	case tg.has("prefix"):
		return raw, d.embed(sf, tg, at)
	case embedded && !tg.has("json") && !tg.has("computed"):
		if err := tg.only("an embedded struct"); err != nil {
			return raw, err
		}
		d.walk(sf.Type, at)
		return raw, nil
	case pointer && !tg.has("json") && !tg.has("computed"):
		if err := tg.only("an embedded struct"); err != nil {
			return raw, err
		}
		return raw, d.embedPointer(sf, at)
	}
	return raw, d.addColumn(sf, tg, at)
}

// nameColumns finishes the lookup map: Go names win over columns of the same spelling.
func (d *draft) nameColumns() error {
	m := d.model
	columns := map[string]*Field{}
	for _, fs := range [][]*Field{m.Fields, m.Computed} {
		for _, f := range fs {
			if other := columns[f.Column]; other != nil {
				return fault.New(fault.ErrInvalid, m.Name, f.Name, fmt.Sprintf("tag %q: column %q belongs to field %s already", f.Tag, f.Column, other.Name))
			}
			columns[f.Column] = f
			if m.fields[f.Column] == nil {
				m.fields[f.Column] = f
			}
		}
	}
	return nil
}

// take reserves a Go name for a field or relation.
func (d *draft) take(name string) error {
	if d.model.fields[name] != nil || d.model.relations[name] != nil {
		return fmt.Errorf(`two fields are named %q once embedded structs are flattened: rename one, or skip it with "-"`, name)
	}
	return nil
}
