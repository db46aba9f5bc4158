package engine

import (
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// numericTimes refuses columns of times that keep numbers where the source knows of no such thing.
func numericTimes(m *model.Model, src source.Source) (errs []error) {
	if src.Capabilities().NumericTimes {
		return nil
	}
	for _, f := range m.Fields {
		if f.TimeForm != model.TimeNative {
			errs = append(errs, &fault.Error{Op: "open", Model: m.Name, Field: f.Name, Source: src.Name(), Err: fault.ErrUnsupported,
				Detail: "type=" + f.DBType + " keeps a time as a number, which only SQLite's columns do: leave it out, or make the field an integer"})
		}
	}
	return errs
}

// sameTimes says why the columns of a relation cannot be compared by the database: times of two forms. Across sources
// their values are.
func (e *Engine) sameTimes(r *model.Relation) string {
	if e.Bound[r.Model] != e.Bound[r.Target] || r.Through != nil {
		return ""
	}
	for i, f := range r.Local {
		if g := r.Remote[i]; f.TimeForm != g.TimeForm {
			return "the columns " + f.Name + " and " + g.Name + " keep times in two forms: give both the same type= in their tags"
		}
	}
	return ""
}
