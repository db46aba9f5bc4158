package sqlite

import (
	"strconv"
	"strings"

	"github.com/multi-orm/orm/model"
)

// The text of a time to the second, in GLOB's words.
const wholePattern = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9] [0-9][0-9]:[0-9][0-9]:[0-9][0-9]"

// The bounds of the years 1 to 9999 in seconds since 1970, and in milliseconds of Julian days.
const (
	firstSecond, lastSecond = -62135596800, 253402300799
	firstJulian, lastJulian = 148731163200000, 464269060799999
)

// canonical is a condition, in SQL of SQLite's own, that expr holds a time just as the library writes it. It is false, never
// unknown, of anything else but NULL.
func canonical(expr string, form model.TimeForm) string {
	between := func(low, high int64) string {
		return expr + " BETWEEN " + strconv.FormatInt(low, 10) + " AND " + strconv.FormatInt(high, 10)
	}
	whole := "(typeof(" + expr + ") = 'integer' OR typeof(" + expr + ") = 'real' AND " + expr + " = CAST(" + expr + " AS INTEGER))" // real where the column makes it so
	switch form {
	case model.TimeSeconds:
		return whole + " AND " + between(firstSecond, lastSecond)
	case model.TimeMillis:
		return whole + " AND " + between(firstSecond*1000, lastSecond*1000+999)
	case model.TimeMicros:
		return whole + " AND " + between(firstSecond*1_000_000, lastSecond*1_000_000+999_999)
	case model.TimeJulian:
		return "typeof(" + expr + ") IN ('integer', 'real') AND " + expr + " = round(" + expr + " * 86400000.0) / 86400000.0 AND round(" +
			expr + " * 86400000.0)" + strings.TrimPrefix(between(firstJulian, lastJulian), expr)
	}
	// Only what is added to makes SQLite count on from 31 April and from 24:00.
	return "typeof(" + expr + ") = 'text' AND " + expr + " >= '0001' AND (" + expr + " GLOB '" + wholePattern + "' OR length(" + expr + ") <= " + strconv.Itoa(len(timeFormat)) +
		" AND " + expr + " GLOB '" + wholePattern + ".*[1-9]' AND substr(" + expr + ", 21) NOT GLOB '*[^0-9]*') AND datetime(substr(" + expr + ", 1, 19), '+0 seconds') IS substr(" + expr + ", 1, 19)"
}

// otherForms is a condition that expr holds something else than canonical asks for.
func otherForms(expr string, form model.TimeForm) string {
	return expr + " IS NOT NULL AND NOT (" + canonical(expr, form) + ")"
}
