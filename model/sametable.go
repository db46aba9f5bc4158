package model

import (
	"fmt"
	"slices"
	"strings"
)

// Disagreement tells why m and o cannot be models of one table, "" where they can: a rule that one of them leaves out would be gone round
// through it. What may differ is what belongs to a way of using the rows: which columns there are, readonly and the like, relations,
// defaults. The key and the columns that hooks and scopes go by, tenant, owner, scope=, softdelete and version, must be the same,
// a column hidden in one is hidden in the other, and a column's Go types must be of one kind.
func (m *Model) Disagreement(o *Model) string {
	if !sameColumns(m.Key, o.Key) {
		return fmt.Sprintf("their keys differ: %s has %s and %s has %s", m.Name, listColumns(m.Key), o.Name, listColumns(o.Key))
	}
	for _, r := range []struct {
		word string
		m, o *Field
	}{{"tenant", m.Tenant, o.Tenant}, {"owner", m.Owner, o.Owner}, {"softdelete", m.SoftDelete, o.SoftDelete}, {"version", m.Version, o.Version}} {
		if why := sameRole(r.word, m, o, r.m, r.o); why != "" {
			return why
		}
	}
	for _, f := range slices.Concat(m.Scopes, o.Scopes) {
		if why := sameRole("scope="+f.Scope, m, o, m.scoped(f.Scope), o.scoped(f.Scope)); why != "" {
			return why
		}
	}
	for _, f := range m.Fields {
		g := o.columnInAnyCase(f.Column)
		switch {
		case g == nil:
		case f.Hidden != g.Hidden:
			return fmt.Sprintf("column %q is hidden in one and not in the other: tag both hidden", f.Column)
		case !sameKind(f, g):
			return fmt.Sprintf("column %q is %s in %s and %s in %s, which are not kept in one way", f.Column, f.Type, m.Name, g.Type, o.Name)
		}
	}
	return ""
}

func sameRole(word string, m, o *Model, f, g *Field) string {
	switch {
	case f == nil && g == nil, f != nil && g != nil && strings.EqualFold(f.Column, g.Column):
		return ""
	case f != nil && g != nil:
		return fmt.Sprintf("%s is column %q in %s and %q in %s", word, f.Column, m.Name, g.Column, o.Name)
	case f == nil:
		m, o, f = o, m, g
	}
	return fmt.Sprintf("%s tags column %q %s and %s does not: what it keeps would be gone round through %s", m.Name, f.Column, word, o.Name, o.Name)
}

func (m *Model) scoped(name string) *Field {
	for _, f := range m.Scopes {
		if f.Scope == name {
			return f
		}
	}
	return nil
}

func (m *Model) columnInAnyCase(name string) *Field {
	for _, f := range m.Fields {
		if strings.EqualFold(f.Column, name) {
			return f
		}
	}
	return nil
}

func sameKind(f, g *Field) bool {
	if f.Kind != g.Kind || f.TimeForm != g.TimeForm || (f.Decimal == nil) != (g.Decimal == nil) || (f.Elem == nil) != (g.Elem == nil) {
		return false
	}
	return f.Elem == nil || sameKind(f.Elem, g.Elem)
}

func sameColumns(a, b []*Field) bool {
	return slices.EqualFunc(a, b, func(f, g *Field) bool { return strings.EqualFold(f.Column, g.Column) })
}

func listColumns(fs []*Field) string {
	names := make([]string, len(fs))
	for i, f := range fs {
		names[i] = f.Column
	}
	return "(" + strings.Join(names, ", ") + ")"
}
