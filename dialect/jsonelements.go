package dialect

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/internal/decimal"
)

// JSONKind is a kind of a part of a document.
type JSONKind uint8

// The kinds.
const (
	JSONIsNull JSONKind = iota
	JSONIsBool
	JSONIsNumber
	JSONIsString
	JSONIsArray
	JSONIsObject
)

// JSONElements is a dialect that has no test of what a document contains, but gives the parts of a document as rows: the test is
// written part by part.
type JSONElements interface {
	// JSONElements gives the elements of an array, or the members of an object, as rows called alias.
	JSONElements(doc, alias string) string
	// JSONAlone gives an array whose one element is the document expr.
	JSONAlone(expr string) string
	// JSONInner gives the array or the object that a row holds, NULL where it is another part.
	JSONInner(alias string) string
	// JSONMember tests whether a row is the member of a key; JSONKey makes the argument of the key.
	JSONMember(alias string) string
	JSONKey(key string) string
	// JSONIs tests the kind of a row, and whether a string, a number or a boolean is the argument.
	JSONIs(alias string, k JSONKind) string
	// JSONScalar makes that argument of a string, a json.Number or a bool: a string, an int64 or a float64. ok is false for a number
	// that cannot be compared exactly.
	JSONScalar(v any) (arg any, ok bool)
}

// JSONElements is json_each.
func (SQLite) JSONElements(doc, alias string) string { return "json_each(" + doc + ") AS " + alias }

// JSONAlone joins texts.
func (SQLite) JSONAlone(expr string) string { return "'[' || " + expr + " || ']'" }

// JSONInner guards the value, which json_each would refuse where it is text.
func (SQLite) JSONInner(alias string) string {
	return "CASE WHEN " + alias + ".type IN ('array', 'object') THEN " + alias + ".value END"
}

// JSONMember compares the key.
func (SQLite) JSONMember(alias string) string { return alias + ".key = " + Arg }

// JSONKey is the key.
func (SQLite) JSONKey(key string) string { return key }

// JSONIs goes by json_each's type.
func (SQLite) JSONIs(alias string, k JSONKind) string {
	switch typ := alias + ".type"; k {
	case JSONIsNull:
		return typ + " = 'null'"
	case JSONIsBool:
		return typ + " = " + Arg
	case JSONIsNumber:
		return typ + " IN ('integer', 'real') AND " + alias + ".value = " + Arg
	case JSONIsString:
		return typ + " = 'text' AND " + alias + ".value = " + Arg
	case JSONIsArray:
		return typ + " = 'array'"
	}
	return alias + ".type = 'object'"
}

// JSONScalar keeps integers of 64 bits, and the numbers whose shortest digits a float has.
func (SQLite) JSONScalar(v any) (arg any, ok bool) {
	switch x := v.(type) {
	case string:
		return x, true
	case bool:
		return strconv.FormatBool(x), true
	case json.Number:
		text, ok := decimal.Canonical(x.String())
		if !ok {
			return nil, false
		}
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n, true
		}
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, false
		}
		shortest, ok := decimal.Canonical(strconv.FormatFloat(f, 'f', -1, 64))
		return f, ok && shortest == text
	}
	return nil, false
}

// JSONElements is OPENJSON.
func (SQLServer) JSONElements(doc, alias string) string { return "OPENJSON(" + doc + ") AS " + alias }

// JSONAlone joins texts.
func (SQLServer) JSONAlone(expr string) string { return "N'[' + " + expr + " + N']'" }

// JSONInner guards the value, which OPENJSON would refuse where it is text.
func (SQLServer) JSONInner(alias string) string {
	return "CASE WHEN " + alias + ".[type] IN (4, 5) THEN " + alias + ".[value] END"
}

// JSONMember compares the key with a point behind it, so that blanks at its end count.
func (SQLServer) JSONMember(alias string) string {
	return alias + ".[key] COLLATE " + sqlServerBinary + " + N'.' = " + Arg
}

// JSONKey puts the point behind.
func (SQLServer) JSONKey(key string) string { return key + "." }

// JSONIs goes by OPENJSON's type.
func (SQLServer) JSONIs(alias string, k JSONKind) string {
	value := alias + ".[value]"
	test := alias + ".[type] = " + strconv.Itoa(map[JSONKind]int{JSONIsNull: 0, JSONIsString: 1, JSONIsNumber: 2, JSONIsBool: 3, JSONIsArray: 4, JSONIsObject: 5}[k])
	switch k {
	case JSONIsString:
		return test + " AND " + value + " COLLATE " + sqlServerBinary + " + N'.' = " + Arg
	case JSONIsBool:
		return test + " AND " + value + " = " + Arg
	case JSONIsNumber:
		return test + " AND " + value + " NOT LIKE N'%." + strings.Repeat("[0-9]", 19) + "%' AND CASE WHEN " + value + " LIKE N'%[eE]%' THEN TRY_CAST(TRY_CAST(" + value + " AS float) AS " + jsonDecimal + ") ELSE TRY_CAST(" + value + " AS " + jsonDecimal +
			") END = CAST(" + Arg + " AS " + jsonDecimal + ")"
	}
	return test
}

// JSONScalar keeps numbers of twenty digits before the point and eighteen behind.
func (SQLServer) JSONScalar(v any) (arg any, ok bool) {
	switch x := v.(type) {
	case string:
		return x + ".", true
	case bool:
		return strconv.FormatBool(x), true
	case json.Number:
		text, ok := decimal.Canonical(x.String())
		whole, fraction, _ := strings.Cut(strings.TrimPrefix(text, "-"), ".")
		return text, ok && len(whole) <= 20 && len(fraction) <= 18
	}
	return nil, false
}
