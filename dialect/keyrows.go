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

// KeyRows joins the lists by position. A text that is too long for the type it is compared as equals none of the column; cut off it might.
func (d SQLServer) KeyRows(types []Type, as []string) (text string, ok bool) {
	var cols, from, where strings.Builder
	for i, t := range types {
		if t.Kind == Bytes { // a cast reads no base64
			return "", false
		}
		j := "[orm_j" + strconv.Itoa(i) + "]"
		typ, collate := d.listType(t)
		if as != nil && as[i] != "" {
			typ, collate = as[i], ""
			if at := strings.Index(lowerASCII(typ), " collate "); at >= 0 {
				typ, collate = typ[:at], typ[at:]
			}
		}
		cols.WriteString(", CAST(" + j + ".[value] AS " + typ + ")" + collate + " AS " + d.Quote(KeyColumn+strconv.Itoa(i+1)))
		if i > 0 {
			from.WriteString(" JOIN ")
		}
		from.WriteString("OPENJSON(" + Arg + ") AS " + j)
		if i > 0 {
			from.WriteString(" ON " + j + ".[key] = [orm_j0].[key]")
		}
		if typ == "nvarchar(4000)" {
			where.WriteString(" AND DATALENGTH(" + j + ".[value]) <= 8000")
		}
	}
	if where.Len() > 0 {
		from.WriteString(" WHERE" + strings.TrimPrefix(where.String(), " AND"))
	}
	return "SELECT CAST([orm_j0].[key] AS bigint) + " + Arg + " AS " + d.Quote(KeyNumber) + cols.String() + " FROM " + from.String(), true
}
