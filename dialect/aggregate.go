package dialect

import "strconv"

// Aggregate is an aggregate function.
type Aggregate uint8

// The aggregate functions. Count of "*" counts rows.
const (
	Count Aggregate = iota + 1
	CountDistinct
	Sum
	Avg
	Min
	Max
)

// plain gives the functions that every dialect writes alike.
func (a Aggregate) plain(expr string) string {
	switch a {
	case Count:
		return "COUNT(" + expr + ")"
	case CountDistinct:
		return "COUNT(DISTINCT " + expr + ")"
	case Sum:
		return "SUM(" + expr + ")"
	case Avg:
		return "AVG(" + expr + ")"
	case Min:
		return "MIN(" + expr + ")"
	}
	return "MAX(" + expr + ")"
}

// Aggregate sums integers to bigint, failing where they do not fit, and divides for the average in double precision,
// where PostgreSQL's own is a numeric.
func (Postgres) Aggregate(a Aggregate, expr string, t Type) string {
	if a != Sum && a != Avg || t.Decimal {
		return a.plain(expr)
	}
	sum := "CAST(SUM(" + expr + ") AS bigint)"
	if t.Kind == Float {
		sum = "SUM(CAST(" + expr + " AS double precision))"
	}
	if a == Sum {
		return sum
	}
	if t.Kind != Float {
		sum = "CAST(SUM(" + expr + ") AS double precision)"
	}
	return "(" + sum + " / NULLIF(COUNT(" + expr + "), 0))"
}

// Aggregate sums integers to an integer, failing where they do not fit; the average is real. Decimals are text, which
// functions of the source compute with.
func (d SQLite) Aggregate(a Aggregate, expr string, t Type) string {
	switch {
	case t.Decimal && a == Sum:
		return "orm_decimal_sum(" + expr + ", " + strconv.Itoa(t.Scale) + ")"
	case t.Decimal && a == Avg:
		return "orm_decimal_avg(" + expr + ", " + strconv.Itoa(t.Scale) + ")"
	case a == Count && expr == "*":
		return a.plain(expr)
	}
	return a.plain(d.Comparable(expr, t))
}

// Aggregate counts and sums as bigint, and divides for the average as float: the plain functions keep the column's type.
// An average of decimals would be rounded to six digits.
func (SQLServer) Aggregate(a Aggregate, expr string, t Type) string {
	switch {
	case t.Decimal && a == Avg:
		return ""
	case t.Decimal && a == Sum:
		return a.plain(expr)
	case a == Count || a == CountDistinct:
		return "COUNT_BIG" + a.plain(expr)[len("COUNT"):]
	case a == Avg || a == Sum && t.Kind == Float:
		return a.plain("CAST(" + expr + " AS float)")
	case a == Sum:
		return a.plain("CAST(" + expr + " AS bigint)")
	}
	return a.plain(expr)
}
