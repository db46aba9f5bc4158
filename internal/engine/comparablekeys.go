package engine

import (
	"fmt"

	"github.com/multi-orm/orm/model"
)

// incomparable tells why the database that holds both ends of r cannot compare their keys; "" where it can, or is not
// the one that does. A text that stands for a number or a UUID is compared by the library alone: databases refuse to,
// or take "007" for 7 on one path and not on the other.
func (e *Engine) incomparable(r *model.Relation) string {
	if e.Bound[r.Model] == nil || e.Bound[r.Target] == nil || e.Apart(r) || r.Through != nil {
		return ""
	}
	for i, f := range r.Local {
		if o := r.Remote[i]; model.Written(f, o) {
			return fmt.Sprintf("%s.%s (%s) cannot be compared with %s.%s (%s) inside one database, which has no sound rule for it: give both the same type", f.Model.Name, f.Name, f.Type, o.Model.Name, o.Name, o.Type)
		}
	}
	return ""
}
