package dialect

import (
	"fmt"
	"strconv"
	"strings"
)

// DatePart reads a part: a timestamp without a zone is taken as UTC, as the source reads it.
func (d Postgres) DatePart(expr string, t Type, p DatePart) string {
	if zoned(t) {
		expr += " AT TIME ZONE 'UTC'"
	}
	return clockPart(expr, p)
}

// zoned reports whether a column of times keeps points in time, and no clock's reading.
func zoned(t Type) bool {
	name := lowerASCII(t.Name)
	return t.Name == "" || strings.Contains(name, "timestamptz") || strings.Contains(name, "with time zone")
}

// clockPart reads a part of a timestamp without a zone.
func clockPart(expr string, p DatePart) string {
	switch p {
	case YearMonth:
		return "(to_char(" + expr + ", 'YYYY-MM') COLLATE \"C\")"
	case Date:
		return "(to_char(" + expr + ", 'YYYY-MM-DD') COLLATE \"C\")"
	}
	word := [...]string{Year: "YEAR", Month: "MONTH", Day: "DAY", Hour: "HOUR", Minute: "MINUTE", Weekday: "DOW"}[p]
	return "CAST(EXTRACT(" + word + " FROM " + expr + ") AS integer)"
}

// Zone is a name, or an offset as POSIX counts it: west of UTC.
func (Postgres) Zone(z Zone) (string, bool) {
	if z.Name != "" {
		return z.Name, true
	}
	return clock(-z.Seconds), true
}

// ZonePart takes a timestamp without a zone as UTC first, as the source reads it.
func (d Postgres) ZonePart(expr string, t Type, p DatePart) string {
	if !zoned(t) {
		expr = "CAST(" + expr + " AS timestamp) AT TIME ZONE 'UTC'"
	}
	return clockPart("("+expr+") AT TIME ZONE "+Arg+"::text", p)
}

// clock writes seconds as +hh:mm, or +hh:mm:ss.
func clock(seconds int) string {
	sign := "+"
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	text := fmt.Sprintf("%s%02d:%02d", sign, seconds/3600, seconds/60%60)
	if s := seconds % 60; s != 0 {
		text += fmt.Sprintf(":%02d", s)
	}
	return text
}

// Parameter casts; text is compared byte by byte.
func (d Postgres) Parameter(t Type) string {
	text := Arg + "::" + d.castType(t)
	if t.Kind == String {
		text = "(" + text + ` COLLATE "C")`
	}
	return text
}

// Real casts.
func (Postgres) Real(expr string) string { return "(" + expr + ")::double precision" }

// TextLength is char_length.
func (Postgres) TextLength(expr string) string { return "char_length(" + expr + ")" }

// ArrayLength is cardinality.
func (Postgres) ArrayLength(expr string) string { return "cardinality(" + expr + ")" }

// Array is && or @>, which a GIN index serves.
func (d Postgres) Array(expr string, _ Type, test ArrayTest) (string, bool) {
	if test == ArrayAny {
		return expr + " && " + Arg, true
	}
	return expr + " @> " + Arg, true
}

// ArrayAppend is ||.
func (d Postgres) ArrayAppend(expr string, t Type) (string, bool) {
	return "COALESCE(" + expr + ", '{}') || " + Arg + "::" + d.castType(t), true
}

// JSONPath is strict, so that a key is never looked for in the elements of an array.
func (Postgres) JSONPath(path []any) string { return "strict " + jsonPath(path) }

// JSON asks for the one item of the path; what strict mode calls an error is NULL.
func (Postgres) JSON(expr string, p JSONPart) (string, int, bool) {
	v := "jsonb_path_query_first(" + expr + "::jsonb, " + Arg + "::jsonpath, '{}', TRUE)"
	typed := func(name, then string) (string, int, bool) {
		return "CASE jsonb_typeof(" + v + ") WHEN '" + name + "' THEN " + then + " END", 2, true
	}
	switch p {
	case JSONText:
		text, n, ok := typed("string", v+" #>> '{}'")
		return "(" + text + `) COLLATE "C"`, n, ok
	case JSONNumber:
		return typed("number", v+"::numeric")
	case JSONBool:
		return typed("boolean", v+"::boolean")
	case JSONAny:
		return "NULLIF(jsonb_typeof(" + v + "), 'null')", 1, true
	}
	return "jsonb_typeof(" + v + ")", 1, true
}

// JSONContains is @>, which a GIN index serves.
func (Postgres) JSONContains(expr string) (string, bool) {
	return expr + "::jsonb @> " + Arg + "::jsonb", true
}

// JSONTarget is an array of texts.
func (Postgres) JSONTarget(path []any) (text string, list []string, isList bool) {
	for _, e := range path {
		switch x := e.(type) {
		case int:
			list = append(list, strconv.Itoa(x))
		case string:
			list = append(list, x)
		}
	}
	return "", list, true
}

// JSONEdit checks the path in strict mode first: an array of texts does not tell keys from positions.
func (Postgres) JSONEdit(expr string, e JSONEdit) (string, bool) {
	doc := expr + "::jsonb"
	there := "jsonb_typeof(jsonb_path_query_first(" + doc + ", " + Arg + "::jsonpath, '{}', TRUE))"
	switch e {
	case JSONSetKey:
		return "CASE WHEN " + there + " = 'object' THEN jsonb_set(" + doc + ", " + Arg + "::text[], " + Arg + "::jsonb, TRUE) ELSE " + doc + " END", true
	case JSONSetElement:
		return "CASE WHEN " + there + " IS NOT NULL THEN jsonb_set(" + doc + ", " + Arg + "::text[], " + Arg + "::jsonb, FALSE) ELSE " + doc + " END", true
	}
	return "CASE WHEN " + there + " IS NOT NULL THEN " + doc + " #- " + Arg + "::text[] ELSE " + doc + " END", true
}

// Scalar is the sub-select itself.
func (Postgres) Scalar(sub string) string { return sub }
