package dialect

import "strings"

// escapeLike makes a LIKE pattern of text with \ as the escape character; extra lists further
// characters that are special in the dialect.
func escapeLike(p Pattern, text, extra string) string {
	if p == Raw {
		return escapeIn(text, extra)
	}
	var b strings.Builder
	b.Grow(len(text) + 2)
	if p != StartsWith {
		b.WriteByte('%')
	}
	for i := range len(text) {
		c := text[i]
		if c == '%' || c == '_' || c == '\\' || strings.IndexByte(extra, c) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	if p != EndsWith {
		b.WriteByte('%')
	}
	return b.String()
}

// escapeIn escapes the dialect's own specials in a pattern whose %, _ and \ are meant.
func escapeIn(pattern, extra string) string {
	if extra == "" || !strings.ContainsAny(pattern, extra) {
		return closeEscape(pattern)
	}
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		if c == '\\' && i+1 < len(pattern) {
			b.WriteByte(c)
			i++
			b.WriteByte(pattern[i])
			continue
		}
		if strings.IndexByte(extra, c) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return closeEscape(b.String())
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
