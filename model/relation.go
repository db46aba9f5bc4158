package model

import (
	"errors"
	"fmt"
	"reflect"
)

// relationDraft is a relation whose target may not be read yet.
type relationDraft struct {
	relation *Relation
	tag      tag
	target   reflect.Type
}

// relationTarget gives the struct behind []T, []*T and *T, or nil where T is no struct of columns.
func relationTarget(t reflect.Type) (target reflect.Type, many, pointers bool) {
	e := t
	if t.Kind() == reflect.Slice {
		many = true
		e = t.Elem()
	}
	if e.Kind() == reflect.Pointer {
		pointers = true
		e = e.Elem()
	}
	if !many && !pointers || e.Kind() != reflect.Struct || opaque(e) {
		return nil, many, pointers
	}
	return e, many, pointers
}

func (d *draft) addRelation(sf reflect.StructField, tg tag, at place, target reflect.Type, many, pointers bool) error {
	switch {
	case at.via != nil:
		return errors.New("a relation belongs to the model itself, not to a struct embedded by pointer: embed it by value")
	case at.column != "":
		return errors.New("a relation belongs to the model itself, not to a struct embedded with prefix=")
	case sf.Anonymous: // it would lend the model its methods, TableName among them
		return errors.New("an embedded struct cannot be a relation: give the field a name")
	case target == nil && sf.Type.Kind() == reflect.Struct:
		return fmt.Errorf("a to-one relation may be absent: use a pointer, *%s", sf.Type)
	case target == nil:
		return fmt.Errorf("a relation is a slice of structs or a pointer to one, not %s", sf.Type)
	}
	r := &Relation{Model: d.model, Name: sf.Name, Index: len(d.relations), Tag: tg.raw, Type: sf.Type, Offset: at.offset, Many: many, Pointers: pointers}
	if err := d.take(r.Name); err != nil {
		return err
	}
	switch v, said := tg.find("strategy"); {
	case !said || v == "lookup":
	case v == "join", v == "pushdown":
		r.Strategy = Join
	default:
		return fmt.Errorf("unknown strategy %q%s: use lookup or join", v, suggest(v, []string{"lookup", "join", "pushdown"}))
	}
	if v, said := tg.find("through"); said {
		if !many {
			return errors.New("through= makes a to-many relation: use a slice")
		}
		th, err := parseThrough(v)
		if err != nil {
			return err
		}
		r.Through = th
	}
	if err := r.foreignKey(tg); err != nil {
		return err
	}
	d.model.Relations = append(d.model.Relations, r)
	d.model.relations[r.Name] = r
	d.relations = append(d.relations, &relationDraft{relation: r, tag: tg, target: target})
	return nil
}
