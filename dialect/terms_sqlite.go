package dialect

import (
	"encoding/json"
	"strconv"
	"strings"
)

// Parameter is the argument.
func (SQLite) Parameter(Type) string { return Arg }

// Real casts.
func (SQLite) Real(expr string) string { return "CAST(" + expr + " AS REAL)" }

// TextLength is length.
func (SQLite) TextLength(expr string) string { return "length(" + expr + ")" }

// ArrayLength counts the elements of the JSON that arrays are kept as.
func (SQLite) ArrayLength(expr string) string { return "json_array_length(" + expr + ")" }

// Array looks into the JSON that arrays are kept as; NULL stays unknown.
func (SQLite) Array(expr string, _ Type, test ArrayTest) (string, bool) {
	text := "EXISTS (SELECT 1 FROM json_each(" + expr + ") AS orm_e WHERE orm_e.value IN (SELECT value FROM json_each(" + Arg + ")))"
	if test == ArrayAll {
		text = "NOT EXISTS (SELECT 1 FROM json_each(" + Arg + ") AS orm_w WHERE orm_w.value IS NULL OR orm_w.value NOT IN " +
			"(SELECT orm_e.value FROM json_each(" + expr + ") AS orm_e WHERE orm_e.value IS NOT NULL))"
	}
	return "CASE WHEN " + expr + " IS NOT NULL THEN " + text + " END", true
}

// ArrayAppend joins the texts of the two lists, which keeps every digit of a number. What is no list makes text that is
// no JSON, which json refuses.
func (SQLite) ArrayAppend(expr string, _ Type) (string, bool) {
	list := "json(" + expr + ")"
	return "json(CASE WHEN " + expr + " IS NULL OR " + list + " = '[]' THEN '[' ELSE substr(" + list + ", 1, length(" + list + ") - 1) || ',' END || substr(" + Arg + ", 2))", true
}

// JSONPath quotes every key.
func (SQLite) JSONPath(path []any) string { return jsonPath(path) }

// JSON is json_extract, guarded by json_type.
func (SQLite) JSON(expr string, p JSONPart) (string, int, bool) {
	typ, value := "json_type("+expr+", "+Arg+")", "json_extract("+expr+", "+Arg+")"
	switch p {
	case JSONText:
		return "CASE " + typ + " WHEN 'text' THEN " + value + " END", 2, true
	case JSONNumber:
		return "CASE WHEN " + typ + " IN ('integer', 'real') THEN " + value + " END", 2, true
	case JSONBool:
		return "CASE " + typ + " WHEN 'true' THEN 1 WHEN 'false' THEN 0 END", 1, true
	case JSONAny:
		return "NULLIF(" + typ + ", 'null')", 1, true
	}
	return typ, 1, true
}

// JSONContains is written part by part.
func (SQLite) JSONContains(string) (string, bool) { return "", false }

// jsonPath writes $."key"[0], with keys as JSON strings.
func jsonPath(path []any) string {
	var b strings.Builder
	b.WriteByte('$')
	for _, e := range path {
		switch x := e.(type) {
		case int:
			b.WriteString("[" + strconv.Itoa(x) + "]")
		case string:
			b.WriteByte('.')
			b.WriteString(jsonString(x))
		}
	}
	return b.String()
}

// jsonString quotes s as JSON does.
func jsonString(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(s) != nil { // text always has a JSON form
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// JSONTarget is a path.
func (SQLite) JSONTarget(path []any) (text string, list []string, isList bool) {
	return jsonPath(path), nil, false
}

// JSONEdit checks the path first: json_set would make the objects on the way.
func (SQLite) JSONEdit(expr string, e JSONEdit) (string, bool) {
	there := "json_type(" + expr + ", " + Arg + ")"
	switch e {
	case JSONSetKey:
		return "CASE WHEN " + there + " = 'object' THEN json_set(" + expr + ", " + Arg + ", json(" + Arg + ")) ELSE " + expr + " END", true
	case JSONSetElement:
		return "CASE WHEN " + there + " IS NOT NULL THEN json_replace(" + expr + ", " + Arg + ", json(" + Arg + ")) ELSE " + expr + " END", true
	}
	return "CASE WHEN " + there + " IS NOT NULL THEN json_remove(" + expr + ", " + Arg + ") ELSE " + expr + " END", true
}

// Scalar is the sub-select itself.
func (SQLite) Scalar(sub string) string { return sub }
