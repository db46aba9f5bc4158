// Package decimal reads, compares and computes decimal numbers that are kept as text. Nothing is ever rounded but
// where a caller says to how many digits.
package decimal

import (
	"strconv"
	"strings"
)

// What PostgreSQL's numeric holds before and after the point. More is refused, so that a short text with a large
// exponent makes no long one.
const (
	maxWhole    = 131072
	maxFraction = 16383
)

// parts are the digits of a number: whole without leading zeros, fraction without trailing ones.
type parts struct {
	negative        bool
	whole, fraction string
}

// split takes a number apart: an optional sign, digits with an optional point, an optional exponent.
func split(s string) (p parts, ok bool) {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		p.negative = s[0] == '-'
		s = s[1:]
	}
	exponent := 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		if exponent, ok = readExponent(s[i+1:]); !ok {
			return p, false
		}
		s = s[:i]
	}
	whole, fraction, _ := strings.Cut(s, ".")
	if whole == "" && fraction == "" || !digits(whole) || !digits(fraction) {
		return p, false
	}
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	if exponent != 0 && whole+fraction != "" {
		whole, fraction = shift(whole, fraction, exponent)
	}
	if p.whole, p.fraction = whole, fraction; whole == "" && fraction == "" {
		p.negative = false
	}
	return p, len(whole) <= maxWhole && len(fraction) <= maxFraction
}

// readExponent reads what follows e. One that no number could have makes the number too long in any case.
func readExponent(s string) (int, bool) {
	unsigned := s
	if s != "" && (s[0] == '-' || s[0] == '+') {
		unsigned = s[1:]
	}
	if unsigned == "" || !digits(unsigned) {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n <= maxWhole+maxFraction && n >= -maxWhole-maxFraction
}

// shift moves the point by exponent digits to the right.
func shift(whole, fraction string, exponent int) (string, string) {
	if exponent > 0 {
		if short := exponent - len(fraction); short > 0 {
			fraction += strings.Repeat("0", short)
		}
		return strings.TrimLeft(whole+fraction[:exponent], "0"), fraction[exponent:]
	}
	if short := -exponent - len(whole); short > 0 {
		whole = strings.Repeat("0", short) + whole
	}
	at := len(whole) + exponent
	return whole[:at], strings.TrimRight(whole[at:]+fraction, "0")
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// Canonical gives the one text of the number that s writes: no plus, no exponent, no zeros that say nothing, 0 and not
// -0. ok is false where s is no number.
func Canonical(s string) (text string, ok bool) {
	if isCanonical(s) {
		return s, true
	}
	p, ok := split(s)
	if !ok {
		return "", false
	}
	return p.text(0), true
}

// isCanonical spares the common case a new text.
func isCanonical(s string) bool {
	if s == "0" {
		return true
	}
	s = strings.TrimPrefix(s, "-")
	whole, fraction, point := strings.Cut(s, ".")
	if whole == "" || len(whole) > maxWhole || len(fraction) > maxFraction || !digits(whole) || !digits(fraction) {
		return false
	}
	if whole[0] == '0' && (len(whole) > 1 || !point) {
		return false
	}
	return !point || fraction != "" && fraction[len(fraction)-1] != '0'
}

// text writes the number with so many digits after the point at least.
func (p parts) text(scale int) string {
	var b strings.Builder
	b.Grow(len(p.whole) + max(len(p.fraction), scale) + 3)
	if p.negative {
		b.WriteByte('-')
	}
	if p.whole == "" {
		b.WriteByte('0')
	}
	b.WriteString(p.whole)
	if n := max(len(p.fraction), scale); n > 0 {
		b.WriteByte('.')
		b.WriteString(p.fraction)
		b.WriteString(strings.Repeat("0", n-len(p.fraction)))
	}
	return b.String()
}

// Fits reports whether a column of so many digits, scale of them after the point, keeps every digit of s. A precision of
// 0 keeps every number.
func Fits(s string, precision, scale int) bool {
	p, ok := split(s)
	if precision == 0 || !ok {
		return ok
	}
	if len(p.fraction) > scale || len(p.whole) > max(0, precision-scale) {
		return false
	}
	zeros := max(0, min(scale-precision, len(p.fraction)))
	return strings.Trim(p.fraction[:zeros], "0") == ""
}

// Scaled writes the number of s with so many digits after the point at least.
func Scaled(s string, scale int) (text string, ok bool) {
	p, ok := split(s)
	if !ok {
		return "", false
	}
	return p.text(scale), true
}

// Compare orders two texts by the numbers that they write. What is no number comes after all numbers, byte by byte, so
// that any two texts have an order.
func Compare(a, b string) int {
	if a == b {
		return 0
	}
	x, isX := split(a)
	y, isY := split(b)
	switch {
	case !isX && !isY:
		return strings.Compare(a, b)
	case !isX:
		return 1
	case !isY:
		return -1
	case x.negative != y.negative:
		if x.negative {
			return -1
		}
		return 1
	case x.negative:
		x, y = y, x
	}
	if len(x.whole) != len(y.whole) {
		if len(x.whole) < len(y.whole) {
			return -1
		}
		return 1
	}
	if c := strings.Compare(x.whole, y.whole); c != 0 {
		return c
	}
	return strings.Compare(x.fraction, y.fraction) // trailing zeros are off, so the shorter of two alike is the smaller
}
