package decimal

import (
	"math/big"
	"strings"
)

// Number is a decimal number with a number of digits after the point: 7.50 and 7.5 are the same number of another
// scale. The zero Number is 0.
type Number struct {
	digits big.Int // without the point
	scale  int
}

// Parse reads a number with the scale that it is written with.
func Parse(s string) (*Number, bool) {
	p, ok := split(s)
	if !ok {
		return nil, false
	}
	n := &Number{scale: len(p.fraction)}
	if _, after, _ := strings.Cut(s, "."); !strings.ContainsAny(s, "eE") && len(after) <= maxFraction {
		n.scale = len(after)
	}
	text := p.whole + p.fraction + strings.Repeat("0", n.scale-len(p.fraction))
	if text == "" {
		return n, true
	}
	n.digits.SetString(text, 10)
	if p.negative {
		n.digits.Neg(&n.digits)
	}
	return n, true
}

// String writes the number with all digits of its scale.
func (n *Number) String() string {
	text := new(big.Int).Abs(&n.digits).String()
	if short := n.scale + 1 - len(text); short > 0 {
		text = strings.Repeat("0", short) + text
	}
	if n.scale > 0 {
		at := len(text) - n.scale
		text = text[:at] + "." + text[at:]
	}
	if n.digits.Sign() < 0 {
		text = "-" + text
	}
	return text
}

func power(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// at gives the digits of n at a scale that is not smaller than its own.
func (n *Number) at(scale int) *big.Int {
	if scale == n.scale {
		return &n.digits
	}
	return new(big.Int).Mul(&n.digits, power(scale-n.scale))
}

// Add gives a + b with the greater of their scales.
func Add(a, b *Number) *Number {
	out := &Number{scale: max(a.scale, b.scale)}
	out.digits.Add(a.at(out.scale), b.at(out.scale))
	return out
}

// Subtract gives a - b with the greater of their scales.
func Subtract(a, b *Number) *Number {
	out := &Number{scale: max(a.scale, b.scale)}
	out.digits.Sub(a.at(out.scale), b.at(out.scale))
	return out
}

// Multiply gives a * b with the sum of their scales.
func Multiply(a, b *Number) *Number {
	out := &Number{scale: a.scale + b.scale}
	out.digits.Mul(&a.digits, &b.digits)
	if out.scale > maxFraction {
		return out.Round(maxFraction)
	}
	return out
}

// Round gives n with so many digits after the point, halves away from zero.
func (n *Number) Round(scale int) *Number {
	if scale >= n.scale {
		out := &Number{scale: scale}
		out.digits.Set(n.at(scale))
		return out
	}
	return quotient(&n.digits, power(n.scale-scale), scale)
}

// quotient divides, halves away from zero; by is above 0.
func quotient(n, by *big.Int, scale int) *Number {
	out, rest := &Number{scale: scale}, new(big.Int)
	out.digits.QuoRem(n, by, rest)
	if rest.Abs(rest).Lsh(rest, 1).Cmp(by) >= 0 {
		out.digits.Add(&out.digits, big.NewInt(int64(n.Sign())))
	}
	return out
}

// Within reports whether n has no more digits than a column keeps: precision of them in all, scale after the point.
// A precision of 0 means what any column keeps.
func (n *Number) Within(precision, scale int) bool {
	most := maxWhole
	if precision > 0 {
		most = precision - scale
	}
	digits := most + n.scale
	if n.digits.BitLen() <= digits*3 { // 2³ < 10: the power, of a hundred thousand digits where the column keeps all, need not be made
		return true
	}
	return new(big.Int).Abs(&n.digits).Cmp(power(digits)) < 0
}
