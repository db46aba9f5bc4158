package dialect

import (
	"strconv"
	"strings"
)

// RowsByTable is what a dialect can that gives values in bulk the types of the columns that they are for.
type RowsByTable interface {
	// UnnestInto is UnnestRows for columns of a table, whose name is quoted; ok is false where it is UnnestRows.
	UnnestInto(table string, columns []string, types []Type) (text string, ok bool)
}

// UnnestInto reads the arrays in step and keeps their order.
func (d Postgres) UnnestInto(table string, columns []string, types []Type) (text string, ok bool) {
	if !d.ByTable {
		return "", false
	}
	names := make([]string, len(types))
	for i := range types {
		names[i] = "c" + strconv.Itoa(i+1)
	}
	return d.typed(table, columns, types, names, "ord", false) + " ORDER BY u.ord", true
}

// mostPairs bounds the columns of one JSON object: a function takes a hundred arguments.
const mostPairs = 40

// typed is the SELECT of arrays in step, called u, whose columns have the names and the types of the table's: texts and
// times are read as the table's own columns would read them. ordered adds the position of the row.
func (d Postgres) typed(table string, columns []string, types []Type, names []string, order string, ordered bool) string {
	cols, args := make([]string, len(types)), make([]string, len(types))
	var records, pairs []string
	in := map[string]bool{}
	begun := func() string { return "r" + strconv.Itoa(len(records)+1) }
	end := func() {
		if len(pairs) > 0 {
			records = append(records, " CROSS JOIN LATERAL json_populate_record(NULL::"+table+", json_build_object("+strings.Join(pairs, ", ")+")) AS "+begun())
			pairs = nil
			clear(in)
		}
	}
	for i, t := range types {
		from := "u." + names[i]
		if !d.follows(t) {
			cols[i], args[i] = from, Arg+"::"+d.castType(t)+"[]"
			if t.Kind == Array { // unnest would flatten nested arrays, so they travel as text
				cols[i], args[i] = from+"::"+d.castType(t), Arg+"::text[]"
			}
			continue
		}
		if in[columns[i]] || len(pairs) == mostPairs {
			end()
		}
		in[columns[i]] = true
		args[i] = Arg + "::text[]"
		if t.Kind == Array {
			from += "::text[]"
		}
		pairs = append(pairs, literal(columns[i])+", "+from)
		cols[i] = begun() + "." + d.Quote(columns[i])
	}
	end()
	for i := range cols {
		cols[i] += " AS " + names[i]
	}
	if ordered {
		cols = append(cols, "u."+order)
	}
	return "SELECT " + strings.Join(cols, ", ") + " FROM unnest(" + strings.Join(args, ", ") + ") WITH ORDINALITY AS u(" +
		strings.Join(names, ", ") + ", " + order + ")" + strings.Join(records, "")
}

// follows reports whether a value of the type is text or a time, so that what it becomes is the column's to say.
func (d Postgres) follows(t Type) bool {
	switch t.Kind {
	case String, Text, Time, Scanner:
		return true
	case Array:
		return t.Elem != nil && d.follows(*t.Elem)
	}
	return false
}

// literal writes a text constant.
func literal(s string) string {
	s = "'" + strings.ReplaceAll(s, "'", "''") + "'"
	if strings.Contains(s, `\`) {
		s = " E" + strings.ReplaceAll(s, `\`, `\\`)
	}
	return s
}
