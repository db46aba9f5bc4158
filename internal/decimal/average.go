package decimal

import "math/big"

// Average gives sum / count, rounded as PostgreSQL rounds: to sixteen significant digits at least, and to the scale of
// the sum at least. count is above 0.
func Average(sum *Number, count int64) *Number {
	n, by := big.NewInt(count), &Number{}
	by.digits.SetInt64(count)
	scale := averageScale(sum, by)
	dividend := new(big.Int).Mul(&sum.digits, power(max(0, scale-sum.scale)))
	divisor := n
	if scale < sum.scale {
		divisor = new(big.Int).Mul(n, power(sum.scale-scale))
	}
	return quotient(dividend, divisor, scale)
}

// Of PostgreSQL's numeric.c: how many significant digits a quotient has at least, and how many digits a group holds.
const (
	significant = 16
	groupDigits = 4
	maxScale    = 1000
)

// averageScale is select_div_scale of PostgreSQL's numeric.c.
func averageScale(a, b *Number) int {
	weightA, firstA := a.first()
	weightB, firstB := b.first()
	weight := weightA - weightB
	if firstA <= firstB {
		weight--
	}
	return min(max(significant-weight*groupDigits, a.scale, b.scale, 0), maxScale)
}

// first gives the first group of four digits that is not zero, counted from the point, and its place.
func (n *Number) first() (weight, group int) {
	if n.digits.Sign() == 0 {
		return 0, 0
	}
	text := new(big.Int).Abs(&n.digits).String()
	leading := len(text) - n.scale // digits before the point; below 1 there are zeros behind it
	weight = floorDivide(leading-1, groupDigits)
	taken := leading - weight*groupDigits // digits of the text in the first group, 1 to 4
	for i := range taken {
		group *= 10
		if i < len(text) {
			group += int(text[i] - '0')
		}
	}
	return weight, group
}

func floorDivide(a, b int) int {
	if a < 0 {
		return -((-a + b - 1) / b)
	}
	return a / b
}
