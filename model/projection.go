package model

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"github.com/multi-orm/orm/internal/fault"
)

// Projection copies rows of a model into structs of another type, whose fields have the same names.
type Projection struct {
	From      *Model
	Columns   []*Field // the stored columns that the copy reads; never empty
	Relations []*ProjectedRelation

	to     reflect.Type
	fields []projectedField
}

// ProjectedRelation is a relation whose rows are copied too.
type ProjectedRelation struct {
	Relation *Relation
	Of       *Projection // of its rows

	typ      reflect.Type // of the field in the copy
	to       target
	pointers bool
}

type projectedField struct {
	from         *Field
	to           target
	intoAPointer bool
}

// target is a place in the copy.
type target struct {
	via    *pointer
	offset uintptr
}

// at gives the address of the place; structs embedded by pointer are made.
func (t target) at(dst unsafe.Pointer) unsafe.Pointer {
	if t.via != nil {
		dst = t.via.make(dst)
	}
	return unsafe.Add(dst, t.offset)
}

// further is a place that lies at a further offset.
func (t target) further(offset uintptr) target { return target{t.via, t.offset + offset} }

// ProjectionOf reads the struct type to, whose exported fields name columns and relations of m: by Go name, or by the
// column in an orm tag. Fields tagged "-" are left alone.
func ProjectionOf(m *Model, to reflect.Type) (*Projection, error) {
	return projectionOf(m, to, nil)
}

func projectionOf(m *Model, to reflect.Type, within []reflect.Type) (*Projection, error) {
	if to.Kind() != reflect.Struct {
		return nil, fault.New(fault.ErrInvalid, to.String(), "", "rows are read into a struct")
	}
	for _, t := range within {
		if t == to {
			return nil, fault.New(fault.ErrInvalid, to.Name(), "", "it holds itself, so there is no end to what would be read: name another struct there")
		}
	}
	p := &Projection{From: m, to: to}
	if err := p.walk(to, target{}, append(within[:len(within):len(within)], to)); err != nil {
		return nil, err
	}
	if len(p.fields) == 0 && len(p.Relations) == 0 {
		return nil, fault.New(fault.ErrInvalid, to.Name(), "", "it has no exported field to read into")
	}
	if len(p.Columns) == 0 {
		p.Columns = m.Key
	}
	return p, nil
}

func (p *Projection) walk(t reflect.Type, at target, within []reflect.Type) error {
	for i := range t.NumField() {
		sf := t.Field(i)
		tag, tagged, err := ormTag(sf.Tag)
		if err != nil {
			return fault.New(fault.ErrInvalid, p.to.Name(), sf.Name, err.Error())
		}
		switch {
		case tag == "-":
			continue
		case sf.Anonymous && !tagged && flattens(sf.Type):
			if err := p.walk(sf.Type, at.further(sf.Offset), within); err != nil {
				return err
			}
			continue
		case sf.Anonymous && !tagged && sf.Type.Kind() == reflect.Pointer && flattens(sf.Type.Elem()):
			if err := p.walkPointer(sf, at.further(sf.Offset), within); err != nil {
				return err
			}
			continue
		case !sf.IsExported():
			continue
		}
		name := sf.Name
		if column, _, _ := strings.Cut(tag, ","); column != "" {
			name = column
		}
		if err := p.add(sf, name, at.further(sf.Offset), within); err != nil {
			return err
		}
	}
	return nil
}

// walkPointer is walk for a struct that the copy embeds by pointer, which is made for every row.
func (p *Projection) walkPointer(sf reflect.StructField, at target, within []reflect.Type) error {
	t := sf.Type.Elem()
	if !sf.IsExported() || slices.Contains(within, t) {
		return fault.New(fault.ErrInvalid, p.to.Name(), sf.Name, fmt.Sprintf(`a pointer to %s is not embedded: it is not exported, or embeds itself; skip it with "-"`, t))
	}
	return p.walk(t, target{via: newPointer(at.via, at.offset, t)}, append(within[:len(within):len(within)], t))
}

func (p *Projection) add(sf reflect.StructField, name string, at target, within []reflect.Type) error {
	bad := func(detail string) error { return fault.New(fault.ErrInvalid, p.to.Name(), sf.Name, detail) }
	if r := p.From.relations[name]; r != nil {
		return p.addRelation(r, sf, at, within)
	}
	f := p.From.fields[name]
	if f == nil {
		_, err := p.From.Field(name)
		if target, _, _ := relationTarget(sf.Type); target != nil && new(Field).classify(sf.Type, false) != nil {
			_, err = p.From.Relation(name)
		}
		return err
	}
	c := projectedField{from: f, to: at}
	switch {
	case sf.Type == f.Type:
	case sf.Type.Kind() == reflect.Pointer && sf.Type.Elem() == f.Type:
		c.intoAPointer = true
	default:
		return bad(fmt.Sprintf("%s.%s holds %s, which does not go into %s", p.From.Name, f.Name, f.Type, sf.Type))
	}
	p.fields = append(p.fields, c)
	if !f.IsComputed {
		p.Columns = append(p.Columns, f)
	}
	return nil
}

func (p *Projection) addRelation(r *Relation, sf reflect.StructField, at target, within []reflect.Type) error {
	target, many, pointers := relationTarget(sf.Type)
	if target == nil || many != r.Many {
		want := "a pointer to a struct"
		if r.Many {
			want = "a slice of structs"
		}
		return fault.New(fault.ErrInvalid, p.to.Name(), sf.Name, fmt.Sprintf("%s.%s is a relation: read it into %s", p.From.Name, r.Name, want))
	}
	for _, x := range p.Relations {
		if x.Relation == r {
			return fault.New(fault.ErrInvalid, p.to.Name(), sf.Name, "the relation "+r.Name+" is read by another field already")
		}
	}
	of, err := projectionOf(r.Target, target, within)
	if err != nil {
		return err
	}
	p.Relations = append(p.Relations, &ProjectedRelation{Relation: r, Of: of, typ: sf.Type, to: at, pointers: pointers})
	return nil
}

// Copy fills the struct at dst, which is zero, from the row at src.
func (p *Projection) Copy(dst, src unsafe.Pointer) {
	for i := range p.fields {
		c := &p.fields[i]
		typ := c.from.Type
		from := reflect.NewAt(typ, c.from.Peek(src))
		if c.intoAPointer {
			to := reflect.New(typ)
			to.Elem().Set(from.Elem())
			reflect.NewAt(reflect.PointerTo(typ), c.to.at(dst)).Elem().Set(to)
			continue
		}
		reflect.NewAt(typ, c.to.at(dst)).Elem().Set(from.Elem())
	}
	for _, r := range p.Relations {
		r.copy(dst, src)
	}
}

func (r *ProjectedRelation) copy(dst, src unsafe.Pointer) {
	from := reflect.NewAt(r.Relation.Type, unsafe.Add(src, r.Relation.Offset)).Elem()
	to := reflect.NewAt(r.typ, r.to.at(dst)).Elem()
	if from.IsNil() {
		return
	}
	if !r.Relation.Many {
		to.Set(r.one(from.UnsafePointer()))
		return
	}
	n := from.Len()
	out := reflect.MakeSlice(r.typ, n, n)
	for i := range n {
		row := from.Index(i)
		if r.Relation.Pointers {
			row = row.Elem()
		}
		at := row.Addr().UnsafePointer()
		if r.pointers {
			out.Index(i).Set(r.one(at))
		} else {
			r.Of.Copy(out.Index(i).Addr().UnsafePointer(), at)
		}
	}
	to.Set(out)
}

// one makes a copy of one related row.
func (r *ProjectedRelation) one(row unsafe.Pointer) reflect.Value {
	v := reflect.New(r.Of.to)
	r.Of.Copy(v.UnsafePointer(), row)
	return v
}
