package sqlite

import (
	"slices"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// ForeignTimes says that columns of times hold other forms than the library writes, and will go on to: texts with T, Z or
// an offset, without seconds, several beside each other. They are then compared, sorted, grouped and paged as the times
// they are, by a function that no index of the column serves. A column is named by model and field ("Event.At") or by
// table and column ("events.at"); without names all columns of times are meant. A name that is none fails at Open.
//
// Where nobody else writes the file any more, RewriteTimes makes this needless.
func ForeignTimes(columns ...string) Option {
	return func(d *DataSource) {
		d.foreign.named = append(d.foreign.named, columns...)
		d.foreign.All = d.foreign.All || len(columns) == 0
	}
}

// foreign are the columns that ForeignTimes named.
type foreign struct {
	dialect.ForeignTimes
	named []string
}

// resolve finds the columns.
func (f *foreign) resolve(models []*model.Model) error {
	f.Columns = make(map[string]bool, len(f.named))
	known := map[string]string{}
	for _, c := range timeColumns(models) {
		known[c.table+"."+c.column] = c.table + "." + c.column
		if c.field != nil {
			known[c.model+"."+c.field.Name] = c.table + "." + c.column
		}
	}
	for _, name := range f.named {
		column, ok := known[name]
		if !ok {
			detail := "ForeignTimes names \"" + name + "\", which is no column of times of the models"
			names := make([]string, 0, len(known))
			for n := range known {
				names = append(names, n)
			}
			slices.Sort(names)
			if near := model.Nearest(name, names); near != "" {
				detail += " (did you mean \"" + near + "\"?)"
			}
			return fault.New(fault.ErrInvalid, "", "", detail)
		}
		f.Columns[column] = true
	}
	return nil
}

// timeColumn is a column of times of a model, or of a link table that has none; then field is nil.
type timeColumn struct {
	model, schema, table, column string
	field                        *model.Field
	form                         model.TimeForm
}

func timeColumns(models []*model.Model) (out []timeColumn) {
	seen := map[[3]string]bool{}
	add := func(c timeColumn) {
		if key := [3]string{c.schema, c.table, c.column}; !seen[key] {
			seen[key] = true
			out = append(out, c)
		}
	}
	for _, m := range models {
		for _, f := range m.Fields {
			if f.Kind == model.Time {
				add(timeColumn{m.Name, m.Schema, m.Table, f.Column, f, f.TimeForm})
			}
		}
	}
	for _, m := range models {
		for _, r := range m.Relations {
			if r.Unsaid() != nil || r.Through == nil { // keys that are not read yet
				continue
			}
			for i, f := range r.Local {
				if f.Kind == model.Time {
					add(timeColumn{m.Name, r.Through.Schema, r.Through.Table, r.Through.Local[i], nil, f.TimeForm})
				}
			}
			for i, f := range r.Remote {
				if f.Kind == model.Time {
					add(timeColumn{m.Name, r.Through.Schema, r.Through.Table, r.Through.Remote[i], nil, f.TimeForm})
				}
			}
		}
	}
	return out
}
