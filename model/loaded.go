package model

import (
	"errors"
	"reflect"
	"unsafe"
)

// Loaded is a field of a model's struct that tells with which columns its row was read, so that a Save writes no column
// that Select or Omit left out. Its zero value stands for all of them. It is no column; tag it json:"-" where rows are
// encoded.
type Loaded struct{ columns *[]*Field }

// All reports whether the row was read whole, or was never read.
func (l Loaded) All() bool { return l.columns == nil }

// Has reports whether the field called name was read.
func (l Loaded) Has(name string) bool {
	if l.columns == nil {
		return true
	}
	for _, f := range *l.columns {
		if f.Name == name {
			return true
		}
	}
	return false
}

// Fields gives the columns that were read, nil for all.
func (l Loaded) Fields() []*Field {
	if l.columns == nil {
		return nil
	}
	return *l.columns
}

// LoadedWith is a Loaded of some columns.
func LoadedWith(columns []*Field) Loaded { return Loaded{&columns} }

// Loaded gives the Loaded of the row at p, nil where the type has none.
func (m *Model) Loaded(p unsafe.Pointer) *Loaded {
	if !m.tells {
		return nil
	}
	return (*Loaded)(unsafe.Add(p, m.loaded))
}

var loadedType = reflect.TypeFor[Loaded]()

// addLoaded takes note of where rows tell what they were read with.
func (d *draft) addLoaded(sf reflect.StructField, at place) error {
	if at.via != nil {
		return errors.New("a row tells itself what it was read with, not a struct embedded by pointer")
	}
	if d.model.tells {
		return errors.New("a row tells once what it was read with")
	}
	if raw := sf.Tag.Get("orm"); raw != "" && raw != "-" {
		return errors.New("the field is no column, so it takes no words")
	}
	d.model.tells, d.model.loaded = true, at.offset+sf.Offset
	return nil
}
