package model

import "fmt"

// columns finds stored fields by column, or else by Go name.
func (m *Model) columns(names []string) ([]*Field, error) {
	out := make([]*Field, 0, len(names))
	for _, n := range names {
		f := m.column(n)
		if f == nil {
			f = m.fields[n]
		}
		if f == nil {
			return nil, fmt.Errorf("%s has no column %q%s", m.Name, n, suggest(n, m.columnNames()))
		}
		if f.IsComputed {
			return nil, fmt.Errorf("%s.%s is computed, not stored", m.Name, f.Name)
		}
		for _, before := range out {
			if before == f {
				return nil, fmt.Errorf("column %q is said twice on one side", n)
			}
		}
		out = append(out, f)
	}
	return out, nil
}

func (m *Model) column(name string) *Field {
	for _, f := range m.Fields {
		if f.Column == name {
			return f
		}
	}
	return nil
}

func (m *Model) columnNames() []string {
	out := make([]string, len(m.Fields))
	for i, f := range m.Fields {
		out[i] = f.Column
	}
	return out
}

// fits checks that both ends have the same number of columns and that these can be compared.
func (r *Relation) fits() error {
	if t := r.Through; t != nil {
		if len(t.Local) != len(r.Local) || len(t.Remote) != len(r.Remote) {
			return fmt.Errorf("the link table's columns (%d and %d) do not match the ends they hold (%d of %s, %d of %s)",
				len(t.Local), len(t.Remote), len(r.Local), r.Model.Name, len(r.Remote), r.Target.Name)
		}
		return nil
	}
	if len(r.Local) != len(r.Remote) {
		return fmt.Errorf("%d columns of %s stand against %d of %s", len(r.Local), r.Model.Name, len(r.Remote), r.Target.Name)
	}
	for i, l := range r.Local {
		if o := r.Remote[i]; !matches(l, o) {
			return fmt.Errorf("%s.%s (%s) cannot be compared with %s.%s (%s)", r.Model.Name, l.Name, l.Type, r.Target.Name, o.Name, o.Type)
		}
	}
	return nil
}

// matches reports whether the keys of two columns can be equal.
func matches(a, b *Field) bool {
	switch class(a.Kind) {
	case JSON, Array, Invalid:
		return false
	case Scanner:
		return b.Kind == Scanner && a.Base == b.Base // what it stands for is known to the type alone
	}
	return class(a.Kind) == class(b.Kind) || Written(a, b)
}

func class(k Kind) Kind {
	switch k {
	case Uint:
		return Int
	case Text:
		return String
	}
	return k
}

// Comparable reports whether the keys of two columns can be equal, whichever sources they are in.
func Comparable(a, b *Field) bool { return matches(a, b) }

// Written reports whether one of two columns is a text and the other a whole number or a UUID: their keys are equal where
// the text is how the other is written (see Key). Databases do not compare them so, and the library does where it is the
// one that compares: across sources.
func Written(a, b *Field) bool {
	if a.Kind != String {
		a, b = b, a
	}
	return a.Kind == String && a.Decimal == nil && (class(b.Kind) == Int || b.Kind == UUID)
}
