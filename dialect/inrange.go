package dialect

import "strconv"

// shifted makes the cast fail that a number outside of t would need: the range of t is moved onto that of the engine's
// own signed type, and back. Types that have no such range are left alone.
func shifted(expr string, t Type, cast func(expr, typ string) string) string {
	switch {
	case t.Kind == Int && t.Bits == 8:
		return "(" + cast("("+expr+") * 256", "smallint") + " / 256)"
	case t.Kind == Int && t.Bits == 16:
		return cast(expr, "smallint")
	case t.Kind == Int && t.Bits == 32:
		return cast(expr, "integer")
	case t.Kind == Int:
		return cast(expr, "bigint")
	case t.Kind == Uint && t.Bits == 8:
		return "(" + cast("(("+expr+") - 128) * 256", "smallint") + " / 256 + 128)"
	case t.Kind == Uint && t.Bits == 16:
		return "(" + cast("("+expr+") - 32768", "smallint") + " + 32768)"
	case t.Kind == Uint && t.Bits == 32:
		return "(" + cast("("+expr+") - 2147483648", "integer") + " + 2147483648)"
	case t.Kind == Uint:
		return "(" + cast("("+expr+") - 9223372036854775808", "bigint") + " + 9223372036854775808)"
	}
	return expr
}

// InRange casts, which fails where the number does not fit. Floats fail by themselves.
func (Postgres) InRange(expr string, t Type) string {
	switch {
	case t.Kind == Float && t.Bits == 32:
		return "(" + expr + ")::real"
	case t.Kind == Float:
		return "(" + expr + ")::double precision"
	}
	return shifted(expr, t, func(e, typ string) string { return "(" + e + ")::" + typ })
}

// InRange casts, which fails where the number does not fit.
func (SQLServer) InRange(expr string, t Type) string {
	return shifted(expr, t, func(e, typ string) string { return "CAST(" + e + " AS " + typ + ")" })
}

// InRange fails as the absolute value of the smallest integer does: SQLite has no other error of an expression, and keeps
// whatever number it is given.
func (SQLite) InRange(expr string, t Type) string {
	low, high := "-1.7976931348623157e308", "1.7976931348623157e308"
	whole := "typeof(orm_v) = 'integer' AND "
	if t.Decimal {
		return "orm_decimal_fit(" + expr + ", " + strconv.Itoa(t.Precision) + ", " + strconv.Itoa(t.Scale) + ")"
	}
	switch t.Kind {
	case Int:
		n := max(8, min(t.Bits, 64))
		low, high = strconv.FormatInt(-1<<(n-1), 10), strconv.FormatInt(1<<(n-1)-1, 10)
		if n == 64 {
			low = "(-9223372036854775807 - 1)"
		}
	case Uint:
		low, high = "0", strconv.FormatInt(1<<min(t.Bits, 63)-1, 10)
		if t.Bits >= 63 {
			high = "9223372036854775807"
		}
	case Float:
		whole = ""
		if t.Bits == 32 {
			low, high = "-3.4028234663852886e38", "3.4028234663852886e38"
		}
	default:
		return expr
	}
	return "(SELECT CASE WHEN orm_v IS NULL OR " + whole + "orm_v BETWEEN " + low + " AND " + high +
		" THEN orm_v ELSE abs(-9223372036854775807 - 1) END FROM (SELECT " + expr + " AS orm_v))"
}
