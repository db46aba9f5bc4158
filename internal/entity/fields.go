package entity

import (
	"slices"

	"github.com/multi-orm/orm/model"
)

// Subset reports whether all of fs are among the others.
func Subset(fs, of []*model.Field) bool {
	for _, f := range fs {
		if !slices.Contains(of, f) {
			return false
		}
	}
	return true
}

// Union is a followed by what b has besides.
func Union(a, b []*model.Field) []*model.Field {
	out := a[:len(a):len(a)]
	for _, f := range b {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// ByColumn gives the fields that columns are stored in, nil where one has none.
func ByColumn(m *model.Model, columns []string) []*model.Field {
	out := make([]*model.Field, len(columns))
	for i, c := range columns {
		f, err := m.Field(c)
		if err != nil || f.IsComputed {
			return nil
		}
		out[i] = f
	}
	return out
}
