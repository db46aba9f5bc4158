package introspect

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/multi-orm/orm/internal/naming"
	"github.com/multi-orm/orm/source/catalogue"
)

// enumOf is a Go type to be, of texts that are listed.
type enumOf struct {
	name    string
	values  []string
	consts  []string
	comment string
	of      string // what lists them, for the comment
}

// enumKey finds the enum of a column: by the name of its type.
func enumKey(c *Column) string { return "type " + c.EnumType }

func checkKey(t *Table, c *Column) string { return "column " + t.FullName() + " " + c.Name }

// nameEnums names the types of enums: those of the schema, then those that checks make.
func (f *file) nameEnums() {
	used := map[string]bool{}
	for i := range f.schema.Tables {
		for j := range f.schema.Tables[i].Columns {
			used[enumKey(&f.schema.Tables[i].Columns[j])] = true
		}
	}
	for _, e := range f.schema.Enums {
		full := catalogue.FullName(e.Schema, e.Name)
		key := enumKey(&Column{EnumType: full})
		if !used[key] {
			f.notes = append(f.notes, Note{Table: full, Text: "is an enum that no column is of"})
			continue
		}
		words := naming.Singular(naming.Words(e.Name))
		f.addEnum(key, &enumOf{values: e.Values, comment: e.Comment, of: "the type " + full,
			name: f.names.Take(naming.Go(words...), naming.Go(append(words, "enum")...), naming.Go(append(naming.Words(e.Schema), words...)...))})
	}
	for _, m := range f.order {
		for i := range m.table.Columns {
			c := &m.table.Columns[i]
			if len(c.Enum) == 0 || c.Type != catalogue.Text || f.enums[enumKey(c)] != nil {
				continue
			}
			words := naming.Words(c.Name)
			f.addEnum(checkKey(m.table, c), &enumOf{values: c.Enum, of: "the column " + m.table.FullName() + "." + c.Name,
				name: f.names.Take(m.name+naming.Go(words...), m.name+naming.Go(append(words, "value")...))})
		}
	}
}

func (f *file) addEnum(key string, e *enumOf) {
	f.enums[key] = e
	f.lists = append(f.lists, e)
}

// enum finds the Go type of a column's values, nil where they are not listed.
func (f *file) enum(t *Table, c *Column) *enumOf {
	if e := f.enums[checkKey(t, c)]; e != nil {
		return e
	}
	if c.EnumType == "" {
		return nil
	}
	return f.enums[enumKey(c)]
}

func (f *file) nameValues(e *enumOf) {
	for i, v := range e.values {
		name := valueName(v)
		if name == "" {
			name = "Value" + strconv.Itoa(i+1)
		}
		e.consts = append(e.consts, f.names.Take(e.name+name, e.name+"Value"+name))
	}
}

// valueName names a value. Short codes keep their capitals.
func valueName(v string) string {
	if v == "" {
		return "Empty"
	}
	words := strings.FieldsFunc(v, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) == 0 {
		return ""
	}
	long := slices.ContainsFunc(words, func(w string) bool { return len(w) > 3 })
	if v == strings.ToUpper(v) && !long {
		return strings.Join(words, "")
	}
	name := naming.Go(naming.Words(v)...)
	if r := rune(v[0]); unicode.IsDigit(r) {
		name = strings.TrimPrefix(name, "N") // it follows the name of the type
	}
	return name
}

// listable reports whether the values fit the word enum= of a tag.
func listable(values []string) bool {
	for _, v := range values {
		if v == "" || v != strings.TrimSpace(v) || strings.ContainsAny(v, "|,") || strings.ContainsFunc(v, unicode.IsControl) {
			return false
		}
	}
	return len(values) > 0
}
