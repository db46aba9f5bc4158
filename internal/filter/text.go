package filter

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// Lower lowers text letter by letter, whatever the language.
func Lower(s string) string { return strings.Map(unicode.ToLower, s) }

func lowered(v model.Value) model.Value {
	if v.Kind() != model.StringValue {
		return v
	}
	return model.StringOf(Lower(v.Str()))
}

// matcher gives the test of a text operator against the operand.
func matcher(op builder.Op, operand string) func(string) bool {
	switch op {
	case builder.OpContains:
		return func(s string) bool { return strings.Contains(s, operand) }
	case builder.OpStartsWith:
		return func(s string) bool { return strings.HasPrefix(s, operand) }
	case builder.OpEndsWith:
		return func(s string) bool { return strings.HasSuffix(s, operand) }
	}
	p := pattern(operand)
	return func(s string) bool { return like(p, s) }
}

// token is one element of a LIKE pattern: a character, any one character, or any number of them.
type token struct {
	r    rune
	wild byte // 0, '_' or '%'
}

// pattern reads a LIKE pattern, whose escape is the backslash.
func pattern(text string) []token {
	var out []token
	rs := []rune(text)
	for i := 0; i < len(rs); i++ {
		switch r := rs[i]; {
		case r == '\\' && i+1 < len(rs):
			i++
			out = append(out, token{r: rs[i]})
		case r == '_':
			out = append(out, token{wild: '_'})
		case r == '%':
			if n := len(out); n > 0 && out[n-1].wild == '%' {
				continue
			}
			out = append(out, token{wild: '%'})
		default:
			out = append(out, token{r: r})
		}
	}
	return out
}

// like matches in time that grows with the product of the lengths at worst: it goes back to the last % only.
func like(p []token, s string) bool {
	i, star, mark := 0, -1, 0
	for at := 0; at < len(s); {
		r, size := utf8.DecodeRuneInString(s[at:])
		switch {
		case i < len(p) && p[i].wild == '%':
			star, mark = i, at
			i++
		case i < len(p) && (p[i].wild == '_' || p[i].wild == 0 && p[i].r == r):
			i++
			at += size
		case star >= 0:
			_, step := utf8.DecodeRuneInString(s[mark:])
			mark += step
			i, at = star+1, mark
		default:
			return false
		}
	}
	for i < len(p) && p[i].wild == '%' {
		i++
	}
	return i == len(p)
}
