package migrate

import (
	"slices"
	"strings"

	"github.com/multi-orm/orm/source/catalogue"
)

// knownAs is the one name of a type that has several. Texts of every length are text.
func knownAs(typ string) string {
	known, ok := map[string]string{
		"character varying": "text", "varchar": "text", "character": "text", "char": "text", "bpchar": "text", "citext": "text", "name": "text",
		"timestamp with time zone": "timestamptz", "timestamp without time zone": "timestamp", "time with time zone": "timetz", "time without time zone": "time",
		"bool": "boolean", "int2": "smallint", "int4": "integer", "int": "integer", "int8": "bigint", "float4": "real", "float8": "double precision", "decimal": "numeric", "bit varying": "varbit",
	}[typ]
	if !ok {
		return typ
	}
	return known
}

// casts are the types that a type is cast to beside itself and text, which is cast to and from every type.
func casts(typ string) string {
	return map[string]string{
		"smallint": " integer bigint real double numeric oid ", "integer": " smallint bigint real double numeric boolean oid money bit ", "bigint": " smallint integer real double numeric oid money bit ",
		"real": " smallint integer bigint double numeric ", "double precision": " smallint integer bigint real numeric ", "numeric": " smallint integer bigint real double money ",
		"boolean": " integer ", "oid": " integer bigint ", "money": " numeric ", "bit": " varbit integer bigint ", "varbit": " bit ",
		"json": " jsonb ", "jsonb": " json boolean smallint integer bigint real double numeric ",
		"timestamptz": " timestamp date time timetz ", "timestamp": " timestamptz date time ", "date": " timestamp timestamptz ",
		"time": " timetz interval ", "timetz": " time ", "interval": " time ", "inet": " cidr ", "cidr": " inet ", `"char"`: " integer ",
	}[typ]
}

// postgresType is the one name of a type, without its size; list tells that it is an array of it.
func postgresType(typ string) (name string, list bool) {
	if open, end := strings.IndexByte(typ, '('), strings.IndexByte(typ, ')'); open > 0 && end > open {
		typ = typ[:open] + typ[end+1:]
	}
	typ = strings.Join(strings.Fields(strings.ToLower(typ)), " ")
	for strings.HasSuffix(typ, "[]") {
		typ, list = strings.TrimSuffix(typ, "[]"), true
	}
	return knownAs(typ), list
}

// castable reports whether a cast leads from one type to another, whatever the values.
func castable(from, to string) bool {
	a, lists := postgresType(from)
	b, list := postgresType(to)
	if a == "text" && !lists || b == "text" && !list {
		return true
	}
	first, _, _ := strings.Cut(b, " ") // of double precision
	return lists == list && (a == b || a == "text" || b == "text" || strings.Contains(casts(a), " "+first+" "))
}

// castTo is the expression that a column's values come into another type by. Times without a zone are of UTC, as the library writes them, whatever
// the session that runs the step.
func castTo(column, from, to string) string {
	a, lists := postgresType(from)
	b, list := postgresType(to)
	switch days := []string{"date", "timestamp"}; {
	case lists || list:
	case b == "timestamptz" && slices.Contains(days, a):
		column = "(" + column + "::timestamp AT TIME ZONE 'UTC')"
	case a == "timestamptz" && (slices.Contains(days, b) || b == "time"):
		column = "(" + column + " AT TIME ZONE 'UTC')"
	}
	return column + "::" + to
}

// serial is the sequence that numbers a column by its default, as SQL names it; "" where there is none. That of an identity goes with its column.
func serial(c *catalogue.Column) string {
	text, ok := strings.CutPrefix(c.Default, "nextval('")
	if text, _, _ = strings.Cut(text, "'::regclass)"); !ok || c.Identity == catalogue.NoIdentity {
		return ""
	}
	return strings.ReplaceAll(text, "''", "'")
}

// family groups types that compare with each other, and with the values that conditions of the others name; "" is a family by itself.
func family(typ string) string {
	name, list := postgresType(typ)
	if list {
		return ""
	}
	switch name {
	case "smallint", "integer", "bigint", "real", "double precision", "numeric":
		return "number"
	case "timestamptz", "timestamp", "date":
		return "time"
	case "text", "jsonb":
		return name
	}
	return ""
}

// refers reports whether a foreign key goes between columns of the two types, the first of which holds it.
func refers(from, to string) bool {
	a, lists := postgresType(from)
	b, list := postgresType(to)
	kin := func(names ...string) bool { return slices.Contains(names, a) && slices.Contains(names, b) }
	return lists == list && (a == b || kin("smallint", "integer", "bigint") || kin("real", "double precision") || kin("date", "timestamp", "timestamptz"))
}
