// Package blame finds the fields that a database speaks of when it refuses a write, so that the error names them. It
// goes by tables, columns and names of constraints, which are the schema's; no value of a row gets into an error.
package blame

import (
	"strings"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Kind is the kind of rule that a write breaks.
type Kind uint8

// The kinds of rules.
const (
	Required Kind = iota + 1
	Unique
	Excluded // an exclusion constraint
	Check
	Lost // a foreign key leads nowhere
	Held // other rows refer to the row
	Length
	Range
	Form // a value does not have the form of the column's type
)

// Told is what a database says of a refusal, apart from its words.
type Told struct {
	Kind       Kind
	Table      string   // "" for the statement's own
	Columns    []string // of Table: names, or SQL text in which names stand
	Constraint string
	Suspects   []*model.Field // those whose values may be at fault, where the database does not tell
}

// Locate writes into e what is known of a refusal of a statement about m, which may be nil. models are those of the source.
func Locate(e *fault.Error, m *model.Model, models []*model.Model, t Told) {
	at := tableOf(m, models, t.Table)
	if t.Constraint != "" {
		e.Constraint = t.Constraint
	}
	if t.Kind == Held {
		held(e, at, models, t)
		return
	}
	var fields []*model.Field
	e.Fields = nil
	if at != nil {
		fields = mentioned(at, t.Columns)
		if fields == nil {
			fields = constrained(at, t.Constraint)
		}
		e.Model = at.Name
	}
	if len(fields) > 1 {
		for _, f := range fields {
			e.Fields = append(e.Fields, f.Name)
		}
	}
	if fields == nil {
		fields = t.Suspects
	}
	if len(fields) == 1 {
		e.Field = fields[0].Name
	}
	if e.Constraint == "" && t.Kind == Unique && at != nil {
		e.Constraint = uniqueName(at, fields)
	}
	if s := sentence(t.Kind, at, models, fields); s != "" {
		e.Detail = s
	}
	if at == nil && t.Table != "" {
		e.Detail += "; the table is no model's: a trigger or a cascade wrote into it"
	}
}

// sentence says what is wrong with fields, "" where none is known.
func sentence(k Kind, m *model.Model, models []*model.Model, fields []*model.Field) string {
	if len(fields) == 0 {
		return ""
	}
	switch k {
	case Required:
		return list(fields, " and ") + " must not be NULL: give it a value"
	case Unique:
		return "a row with the same " + list(fields, " and ") + " exists"
	case Excluded:
		return "the row collides with another in " + list(fields, " and ")
	case Check:
		return "a check of " + list(fields, " and ") + " does not allow the row"
	case Lost:
		return lost(m, models, fields)
	case Length:
		return "the text of " + list(fields, " or ") + " is too long for its column"
	case Range:
		return "the number of " + list(fields, " or ") + " is out of its column's range"
	case Form:
		return "the value of " + list(fields, " or ") + " does not have the form of its column's type"
	}
	return ""
}

func list(fields []*model.Field, last string) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	n := len(names) - 1
	if n == 0 {
		return names[0]
	}
	return strings.Join(names[:n], ", ") + last + names[n]
}

// TableOf gives the model of a table, nil where none is known, or more than one.
func TableOf(models []*model.Model, table string) *model.Model {
	if table == "" {
		return nil
	}
	return tableOf(nil, models, table)
}

// tableOf gives the model of a table, nil where none is known.
func tableOf(m *model.Model, models []*model.Model, table string) *model.Model {
	if table == "" || m != nil && strings.EqualFold(m.Table, table) {
		return m
	}
	var found *model.Model
	for _, x := range models {
		if strings.EqualFold(x.Table, table) {
			if found != nil { // the same name in two schemas
				return nil
			}
			found = x
		}
	}
	return found
}

// mentioned gives the fields that columns name: all of them, or none where a name is not known.
func mentioned(m *model.Model, columns []string) (out []*model.Field) {
	for _, c := range columns {
		if f := Column(m, c); f != nil {
			out = append(out, f)
			continue
		}
		found := false
		for _, f := range m.Fields {
			if has(out, f) {
				found = found || holdsName(c, f.Column)
			} else if holdsName(c, f.Column) {
				out, found = append(out, f), true
			}
		}
		if !found {
			return nil
		}
	}
	return out
}

func has(fields []*model.Field, f *model.Field) bool {
	for _, x := range fields {
		if x == f {
			return true
		}
	}
	return false
}

// Column finds a field by its column, nil for none.
func Column(m *model.Model, column string) *model.Field {
	for _, f := range m.Fields {
		if f.Column == column {
			return f
		}
	}
	for _, f := range m.Fields {
		if strings.EqualFold(f.Column, column) {
			return f
		}
	}
	return nil
}

// holdsName reports whether name stands in SQL text as a word, outside of text in quotes.
func holdsName(text, name string) bool {
	word := func(c byte) bool {
		return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
	}
	quoted := false
	for i := 0; i+len(name) <= len(text); i++ {
		if text[i] == '\'' {
			quoted = !quoted
		}
		if quoted || !strings.EqualFold(text[i:i+len(name)], name) {
			continue
		}
		if end := i + len(name); (i == 0 || !word(text[i-1])) && (end == len(text) || !word(text[end])) {
			return true
		}
	}
	return false
}
