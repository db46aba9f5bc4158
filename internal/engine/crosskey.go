package engine

import (
	"fmt"

	"github.com/multi-orm/orm/model"
)

// incomparable tells why the database that holds both ends of r cannot compare their keys; "" where it can, or is not
// the one that does. A text that stands for a number or a UUID is compared by the library alone: databases refuse to,
// or take "007" for 7 on one path and not on the other.
func (e *Engine) incomparable(r *model.Relation) string {
	if e.bound[r.Model] == nil || e.bound[r.Target] == nil || e.apart(r) || r.Through != nil {
		return ""
	}
	for i, f := range r.Local {
		if o := r.Remote[i]; model.Written(f, o) {
			return fmt.Sprintf("%s.%s (%s) cannot be compared with %s.%s (%s) inside one database, which has no sound rule for it: give both the same type", f.Model.Name, f.Name, f.Type, o.Model.Name, o.Name, o.Type)
		}
	}
	return ""
}

// fitting leaves out the keys that no row can have in the columns.
func fitting(columns []*model.Field, keys []model.List) []model.List {
	out := make([]model.List, len(keys))
next:
	for i := range keys[0] {
		row := make([]model.Value, len(columns))
		for c, f := range columns {
			v, ok := f.Key(keys[c][i])
			if !ok {
				continue next
			}
			row[c] = v
		}
		for c := range row {
			out[c] = append(out[c], row[c])
		}
	}
	return out
}
