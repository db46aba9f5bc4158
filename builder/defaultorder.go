package builder

import "github.com/multi-orm/orm/model"

// Default appends the default order of m behind the keys that are there already, of which a column keeps its direction.
// What comes behind the whole primary key changes nothing and is left out. among, where it is not nil, are the only columns
// that may be sorted by.
func (s *Sorting) Default(m *model.Model, among []*model.Field) {
	for _, o := range m.Order {
		if s.total(m) {
			return
		}
		if !s.Has(o.Field) && (among == nil || has(among, o.Field)) {
			s.Add(SortKey{Field: o.Field, Desc: o.Desc})
		}
	}
}

// total reports whether no two rows are equal to the keys.
func (s *Sorting) total(m *model.Model) bool {
	for _, f := range m.Key {
		if !s.Has(f) {
			return false
		}
	}
	return len(m.Key) > 0
}
