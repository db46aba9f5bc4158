package blame

import (
	"strings"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// lost says which relation leads nowhere.
func lost(m *model.Model, models []*model.Model, fields []*model.Field) string {
	if m == nil {
		return ""
	}
	for _, r := range m.Relations {
		if !r.Many && r.Through == nil && same(r.Local, fields) {
			return "relation " + r.Name + " leads to no row of " + r.Target.Name
		}
	}
	for _, x := range models {
		for _, r := range x.Relations {
			if r.Through == nil && r.Target == m && same(r.Remote, fields) {
				return list(fields, " and ") + " leads to no row of " + x.Name + " (relation " + x.Name + "." + r.Name + ")"
			}
		}
	}
	return list(fields, " and ") + " leads to a row that is not there"
}

// held says whose rows refer to the row.
func held(e *fault.Error, by *model.Model, models []*model.Model, t Told) {
	if by == nil {
		e.Detail = "rows of a table that is no model's still refer to the row"
		if r := through(models, t.Table); r != nil {
			e.Detail = "links of the relation " + r.Model.Name + "." + r.Name + " still refer to the row"
		}
		return
	}
	e.Detail = "rows of " + by.Name + " still refer to the row"
	fields := mentioned(by, t.Columns)
	if fields == nil {
		fields = constrained(by, t.Constraint)
	}
	if len(fields) > 0 {
		e.Detail += " by " + list(fields, " and ")
	}
}

// through gives a relation whose links a table holds.
func through(models []*model.Model, table string) *model.Relation {
	for _, m := range models {
		for _, r := range m.Relations {
			if r.Through != nil && strings.EqualFold(r.Through.Table, table) {
				return r
			}
		}
	}
	return nil
}

// Holds reports whether a key of m leads from fields to another row, rather than being the key of m itself.
func Holds(m *model.Model, columns []string) bool {
	fields := mentioned(m, columns)
	return fields != nil && !same(fields, m.Key)
}
