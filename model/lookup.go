package model

import (
	"fmt"

	"github.com/multi-orm/orm/internal/fault"
)

// Field finds a field by Go name or column, computed ones included. The error for an unknown name
// suggests the nearest.
func (m *Model) Field(name string) (*Field, error) {
	if f := m.fields[name]; f != nil {
		return f, nil
	}
	hint := ""
	if m.relations[name] != nil {
		hint = fmt.Sprintf(" (%q is a relation)", name)
	} else {
		hint = suggest(name, m.fieldNames())
	}
	return nil, fault.Say(fault.ErrInvalid, m.Name, name, fmt.Sprintf("%s has no field %q%s", m.Name, name, hint))
}

// Relation finds a relation by Go name. The error for an unknown name suggests the nearest.
func (m *Model) Relation(name string) (*Relation, error) {
	if r := m.relations[name]; r != nil {
		return r, nil
	}
	hint := ""
	if m.fields[name] != nil {
		hint = fmt.Sprintf(" (%q is a column)", name)
	} else {
		names := make([]string, len(m.Relations))
		for i, r := range m.Relations {
			names[i] = r.Name
		}
		hint = suggest(name, names)
	}
	return nil, fault.Say(fault.ErrInvalid, m.Name, name, fmt.Sprintf("%s has no relation %q%s", m.Name, name, hint))
}

// fieldNames lists Go names before columns, so that of two equally near names the Go name is suggested.
func (m *Model) fieldNames() []string {
	var out []string
	for _, fs := range [][]*Field{m.Fields, m.Computed} {
		for _, f := range fs {
			out = append(out, f.Name)
		}
	}
	return append(out, m.columnNames()...)
}
