package dialect

import "strings"

// escapeLike makes a LIKE pattern of text with \ as the escape character.
func escapeLike(p Pattern, text string) string {
	if p == Raw {
		return closeEscape(text)
	}
	var b strings.Builder
	b.Grow(len(text) + 2)
	if p != StartsWith {
		b.WriteByte('%')
	}
	for i := range len(text) {
		c := text[i]
		if c == '%' || c == '_' || c == '\\' {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	if p != EndsWith {
		b.WriteByte('%')
	}
	return b.String()
}

// setPattern makes a LIKE pattern of T-SQL, where a character that is special is itself in a set of its own: so no escape is said.
func setPattern(p Pattern, text string) string {
	var b strings.Builder
	b.Grow(len(text) + 2)
	if p == Contains || p == EndsWith {
		b.WriteByte('%')
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case p == Raw && c == '\\' && i+1 < len(text):
			i++
			c = text[i]
		case p == Raw && c != '[':
			b.WriteByte(c)
			continue
		}
		if c == '%' || c == '_' || c == '[' {
			b.WriteString("[" + string(c) + "]")
			continue
		}
		b.WriteByte(c)
	}
	if p == Contains || p == StartsWith {
		b.WriteByte('%')
	}
	return b.String()
}

// closeEscape doubles a lone \ at the end, which PostgreSQL would refuse.
func closeEscape(pattern string) string {
	n := 0
	for n < len(pattern) && pattern[len(pattern)-1-n] == '\\' {
		n++
	}
	if n%2 == 1 {
		return pattern + `\`
	}
	return pattern
}

// globPattern makes a GLOB pattern, SQLite's match that heeds case.
func globPattern(p Pattern, text string) string {
	var b strings.Builder
	b.Grow(len(text) + 2)
	if p == Contains || p == EndsWith {
		b.WriteByte('*')
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		if p == Raw {
			switch {
			case c == '\\' && i+1 < len(text):
				i++
				c = text[i]
			case c == '%':
				b.WriteByte('*')
				continue
			case c == '_':
				b.WriteByte('?')
				continue
			}
		}
		if c == '*' || c == '?' || c == '[' {
			b.WriteByte('[')
			b.WriteByte(c)
			b.WriteByte(']')
			continue
		}
		b.WriteByte(c)
	}
	if p == Contains || p == StartsWith {
		b.WriteByte('*')
	}
	return b.String()
}
