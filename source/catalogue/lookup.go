package catalogue

import (
	"cmp"
	"slices"
	"strings"
)

// FullName is "name", or "schema.name" outside the default schema. It is for people and for look-ups, not for SQL.
func FullName(schema, name string) string {
	if schema == "" {
		return name
	}
	return schema + "." + name
}

// FullName is the name of the table, with its schema where that is not the default one.
func (t *Table) FullName() string { return FullName(t.Schema, t.Name) }

// Target is the full name of the table that the key leads to.
func (f *ForeignKey) Target() string { return FullName(f.Schema, f.Table) }

// Table finds a table by schema and name, nil where there is none.
func (s *Schema) Table(schema, name string) *Table {
	for i := range s.Tables {
		if t := &s.Tables[i]; t.Name == name && t.Schema == schema {
			return t
		}
	}
	return nil
}

// Column finds a column by name, nil where there is none.
func (t *Table) Column(name string) *Column {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return &t.Columns[i]
		}
	}
	return nil
}

// Sort brings what a source read into the one order, columns aside.
func (s *Schema) Sort() {
	slices.SortFunc(s.Tables, func(a, b Table) int {
		return cmp.Or(strings.Compare(a.Schema, b.Schema), strings.Compare(a.Name, b.Name))
	})
	slices.SortFunc(s.Enums, func(a, b Enum) int {
		return cmp.Or(strings.Compare(a.Schema, b.Schema), strings.Compare(a.Name, b.Name))
	})
	slices.SortFunc(s.Domains, func(a, b Domain) int {
		return cmp.Or(strings.Compare(a.Schema, b.Schema), strings.Compare(a.Name, b.Name))
	})
	for i := range s.Tables {
		t := &s.Tables[i]
		for _, list := range [][]Index{t.Uniques, t.Indexes} {
			slices.SortFunc(list, func(a, b Index) int {
				return cmp.Or(strings.Compare(a.Name, b.Name), slices.CompareFunc(a.Parts, b.Parts, comparePart))
			})
		}
		slices.SortFunc(t.ForeignKeys, func(a, b ForeignKey) int {
			return cmp.Or(slices.Compare(a.Columns, b.Columns), strings.Compare(a.Target(), b.Target()), slices.Compare(a.References, b.References), strings.Compare(a.Name, b.Name))
		})
		for _, list := range [][]Check{t.Checks, t.Exclusions} {
			slices.SortFunc(list, func(a, b Check) int {
				return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Expression, b.Expression))
			})
		}
		slices.Sort(t.Partitions)
		slices.Sort(t.Inherits)
	}
}

func comparePart(a, b Part) int {
	return cmp.Or(strings.Compare(a.Column, b.Column), strings.Compare(a.Expression, b.Expression))
}
