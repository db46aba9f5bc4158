package model

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Snake gives the column or table form of a Go name: HTTPServer is http_server, UserIDs is user_ids.
func Snake(name string) string {
	rs := []rune(name)
	var b strings.Builder
	for i, r := range rs {
		if unicode.IsUpper(r) && i > 0 && rs[i-1] != '_' && startsWord(rs, i) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func startsWord(rs []rune, i int) bool {
	if !unicode.IsUpper(rs[i-1]) {
		return true
	}
	if i+1 == len(rs) || !unicode.IsLower(rs[i+1]) {
		return false
	}
	// The s of IDs and URLs is a plural, not the start of a word.
	plural := rs[i+1] == 's' && (i+2 == len(rs) || unicode.IsUpper(rs[i+2]))
	return !plural
}

// plural knows the regular rules only; TableName or table= says the rest.
func plural(s string) string {
	switch {
	case s == "":
		return s
	case strings.HasSuffix(s, "y") && len(s) > 1 && !strings.ContainsRune("aeiou", rune(s[len(s)-2])):
		return s[:len(s)-1] + "ies"
	case strings.HasSuffix(s, "s"), strings.HasSuffix(s, "x"), strings.HasSuffix(s, "z"),
		strings.HasSuffix(s, "ch"), strings.HasSuffix(s, "sh"):
		return s + "es"
	}
	return s + "s"
}

// typeName is the type's name without type arguments.
func typeName(name string) string {
	if i := strings.IndexByte(name, '['); i > 0 {
		return name[:i]
	}
	return name
}

// checkName checks an identifier. Quotes, dots and spaces are legal: sources quote every name.
func checkName(what, s string) error {
	switch {
	case s == "":
		return fmt.Errorf("the %s is empty", what)
	case len(s) > 128:
		return fmt.Errorf("the %s is longer than 128 bytes", what)
	case strings.IndexFunc(s, unicode.IsControl) >= 0 || !utf8.ValidString(s):
		return fmt.Errorf("the %s %q holds a control character or is not UTF-8", what, s)
	}
	return nil
}

// DefaultTable is the table of a model of that name that says none: the plural of its words in small letters.
func DefaultTable(name string) string { return plural(Snake(name)) }
