package blame

import (
	"strings"

	"github.com/multi-orm/orm/model"
)

// constrained gives the fields of a constraint by its name: the key's, a unique set's, or that of a name made by the usual
// rule, table_column_kind.
func constrained(m *model.Model, constraint string) []*model.Field {
	if constraint == "" {
		return nil
	}
	if constraint == m.Table+"_pkey" {
		return m.Key
	}
	for _, x := range m.Uniques {
		if x.Name == constraint {
			return x.Fields
		}
	}
	rest, ok := strings.CutPrefix(constraint, m.Table+"_")
	if !ok {
		return nil
	}
	for _, suffix := range []string{"_key", "_fkey", "_check", "_excl", "_idx"} {
		columns, ok := strings.CutSuffix(rest, suffix)
		if !ok {
			continue
		}
		for _, f := range m.Fields {
			if f.Column == columns {
				return []*model.Field{f}
			}
		}
		for _, x := range m.Uniques {
			if joined(x.Fields) == columns {
				return x.Fields
			}
		}
	}
	return nil
}

func joined(fields []*model.Field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Column
	}
	return strings.Join(names, "_")
}

// uniqueName gives the name that the tags give a unique set, "" for none.
func uniqueName(m *model.Model, fields []*model.Field) string {
	for _, x := range m.Uniques {
		if x.Name != "" && same(x.Fields, fields) {
			return x.Name
		}
	}
	return ""
}

// same reports whether two sets have the same fields, in any order.
func same(a, b []*model.Field) bool {
	if len(a) != len(b) || len(a) == 0 {
		return false
	}
	for _, f := range a {
		if !has(b, f) {
			return false
		}
	}
	return true
}
