// Package named turns :name arguments of SQL text into a dialect's placeholders. It reads the text as
// SQL is read: quotes, dollar quotes, bracketed names, comments and :: casts are left as they are.
package named

import (
	"strings"
	"unicode/utf8"

	"github.com/multi-orm/orm/internal/fault"
)

// Bind gives the text with placeholders, and the names in the order of their numbers. A name used twice
// has one number.
func Bind(text string, placeholder func(n int) string) (string, []string, error) {
	var b strings.Builder
	var names []string
	number := map[string]int{}
	subscripts := 0 // open brackets of PostgreSQL's arrays, which hold code
	for i := 0; i < len(text); {
		switch {
		case text[i] == '[' && (subscripts > 0 || i > 0 && (isName(text[i-1], true) || text[i-1] == ']' || text[i-1] == ')' || text[i-1] == '"')):
			subscripts++
			b.WriteByte('[')
			i++
			continue
		case text[i] == ']' && subscripts > 0:
			subscripts--
		}
		end, err := opaque(text, i)
		if err != nil {
			return "", nil, err
		}
		if end > i {
			b.WriteString(text[i:end])
			i = end
			continue
		}
		if text[i] != ':' {
			b.WriteByte(text[i])
			i++
			continue
		}
		if strings.HasPrefix(text[i:], "::") || strings.HasPrefix(text[i:], ":=") {
			b.WriteString(text[i : i+2])
			i += 2
			continue
		}
		j := i + 1
		for j < len(text) && isName(text[j], j > i+1) {
			j++
		}
		if j == i+1 { // an array slice such as a[1:2]
			b.WriteByte(':')
			i++
			continue
		}
		name := text[i+1 : j]
		n, seen := number[name]
		if !seen {
			names = append(names, name)
			n = len(names)
			number[name] = n
		}
		b.WriteString(placeholder(n))
		i = j
	}
	return b.String(), names, nil
}

func isName(c byte, digits bool) bool {
	return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || digits && c >= '0' && c <= '9' || c >= utf8.RuneSelf
}

// opaque gives the end of a quote or comment that starts at i, or i when there is none.
func opaque(text string, i int) (int, error) {
	rest := text[i:]
	switch {
	case strings.HasPrefix(rest, "--"):
		if n := strings.IndexByte(rest, '\n'); n >= 0 {
			return i + n + 1, nil
		}
		return len(text), nil
	case strings.HasPrefix(rest, "/*"):
		return comment(text, i)
	case rest[0] == '\'' && i > 0 && text[i-1]|0x20 == 'e' && (i == 1 || !isName(text[i-2], true)):
		return quoted(text, i, '\'', true)
	case rest[0] == '\'', rest[0] == '"', rest[0] == '`':
		return quoted(text, i, rest[0], false)
	case rest[0] == '[': // a name of SQL Server or SQLite
		return quoted(text, i, ']', false)
	case rest[0] == '$' && (i == 0 || text[i-1] != '$' && !isName(text[i-1], true)): // else the $ is part of a name
		return dollar(text, i), nil
	}
	return i, nil
}

func quoted(text string, i int, q byte, backslash bool) (int, error) {
	for j := i + 1; j < len(text); j++ {
		switch {
		case backslash && text[j] == '\\':
			j++
		case text[j] == q && j+1 < len(text) && text[j+1] == q:
			j++ // a doubled quote; it must not end the run, since the next would have forgotten its E
		case text[j] == q:
			return j + 1, nil
		}
	}
	if q == ']' {
		return 0, fault.New(fault.ErrInvalid, "", "", "SQL text: a bracket is not closed")
	}
	return 0, fault.New(fault.ErrInvalid, "", "", "SQL text: a quote is not closed")
}

// comment honours nesting, as PostgreSQL and SQL Server do.
func comment(text string, i int) (int, error) {
	depth := 0
	for j := i; j+1 < len(text); j++ {
		switch text[j : j+2] {
		case "/*":
			depth++
			j++
		case "*/":
			depth--
			j++
			if depth == 0 {
				return j + 1, nil
			}
		}
	}
	return 0, fault.New(fault.ErrInvalid, "", "", "SQL text: a comment is not closed")
}

func dollar(text string, i int) int {
	j := i + 1
	for j < len(text) && isName(text[j], j > i+1) {
		j++
	}
	if j >= len(text) || text[j] != '$' {
		return i
	}
	tag := text[i : j+1]
	if n := strings.Index(text[j+1:], tag); n >= 0 {
		return j + 1 + n + len(tag)
	}
	return i
}
