package dialect

import (
	"strconv"
	"strings"
)

// KeyRows unnests the arrays in step. Texts travel as text, whose cast to another type is seen by the comparison.
func (d Postgres) KeyRows(types []Type, as []string) (text string, ok bool) {
	var cols, args, names strings.Builder
	for i, t := range types {
		n := strconv.Itoa(i + 1)
		typ := d.castType(t)
		cols.WriteString(", u.c" + n)
		if as != nil && as[i] != "" {
			typ = "text"
			cols.WriteString("::" + as[i])
		}
		cols.WriteString(" AS " + d.Quote(KeyColumn+n))
		if i > 0 {
			args.WriteString(", ")
			names.WriteString(", ")
		}
		args.WriteString(Arg + "::" + typ + "[]")
		names.WriteString("c" + n)
	}
	return "SELECT u.ord + " + Arg + "::bigint - 1 AS " + d.Quote(KeyNumber) + cols.String() + " FROM unnest(" + args.String() + ") WITH ORDINALITY AS u(" + names.String() + ", ord)", true
}

// KeyRows joins the lists by position. A column is compared by its own collation, which stands on the left.
func (d SQLite) KeyRows(types []Type, _ []string) (text string, ok bool) {
	var cols, from strings.Builder
	for i, t := range types {
		j := "j" + strconv.Itoa(i)
		cols.WriteString(", " + sqliteListItem(j+".value", t) + " AS " + d.Quote(KeyColumn+strconv.Itoa(i+1)))
		if i > 0 {
			from.WriteString(" JOIN ")
		}
		from.WriteString("json_each(" + Arg + ") AS " + j)
		if i > 0 {
			from.WriteString(" ON " + j + ".key = j0.key")
		}
	}
	return "SELECT j0.key + " + Arg + " AS " + d.Quote(KeyNumber) + cols.String() + " FROM " + from.String(), true
}

// KeyRows is not to be had yet: no source asks for it.
func (SQLServer) KeyRows([]Type, []string) (text string, ok bool) { return "", false }
