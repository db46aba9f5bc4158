package dialect

import (
	"strconv"
	"strings"
)

// Operation is what an update computes from a column and an argument.
type Operation uint8

// The operations.
const (
	Add Operation = iota
	Multiply
)

func (o Operation) plain(expr string) string {
	if o == Multiply {
		return expr + " * " + Arg
	}
	return expr + " + " + Arg
}

// DecimalCollation is the collation by which SQLite compares decimals, which are text there. The source brings it.
const DecimalCollation = "orm_decimal"

// sqliteDecimalType has the affinity of text: any other would make floating-point numbers of decimals.
const sqliteDecimalType = "TEXT COLLATE " + DecimalCollation

// afterType gives what a column's type says behind numeric(10,2): a default, a check.
func afterType(ddl string) string {
	ddl = strings.TrimSpace(ddl)
	end := strings.IndexAny(ddl, " (")
	if end < 0 {
		return ""
	}
	rest := strings.TrimSpace(ddl[end:])
	if strings.HasPrefix(rest, "(") {
		if _, after, ok := strings.Cut(rest, ")"); ok {
			rest = strings.TrimSpace(after)
		}
	}
	if rest == "" {
		return ""
	}
	return " " + rest
}

// Comparable is expr: columns compare as their types do.
func (base) Comparable(expr string, _ Type) string { return expr }

// Comparable says the collation of decimals, which columns of other programs' tables do not have, and makes one form of
// times where other programs write them.
func (d SQLite) Comparable(expr string, t Type) string {
	if t.Decimal {
		return expr + " COLLATE " + DecimalCollation
	}
	return d.oneForm(expr, t)
}

// Comparable is expr.
func (SQLServer) Comparable(expr string, _ Type) string { return expr }

// Arithmetic is an operator.
func (base) Arithmetic(o Operation, expr string, _ Type) (string, bool) { return o.plain(expr), true }

// Arithmetic is a function of the source for decimals.
func (SQLite) Arithmetic(o Operation, expr string, t Type) (string, bool) {
	switch {
	case t.Decimal && o == Multiply:
		return "orm_decimal_mul(" + expr + ", " + Arg + ")", true
	case t.Decimal:
		return "orm_decimal_add(" + expr + ", " + Arg + ")", true
	}
	return o.plain(expr), true
}

// Arithmetic of decimals adds: SQL Server rounds what takes more than 38 digits in between, so that a product is not to be had.
func (d SQLServer) Arithmetic(o Operation, expr string, t Type) (string, bool) {
	if !t.Decimal {
		return o.plain(expr), true
	}
	precision, scale := t.Precision, t.Scale
	if precision == 0 {
		precision, scale = MostDigits, DigitsBehind
	}
	typ := "decimal(" + strconv.Itoa(min(precision, MostDigits-1)) + ", " + strconv.Itoa(scale) + ")"
	return "CAST(" + expr + " AS " + typ + ") + CAST(" + Arg + " AS " + typ + ")", o == Add
}

// multiplied joins factors, each of them as its cast.
func multiplied(factors []string, typ string) string {
	casts := make([]string, len(factors))
	for i, f := range factors {
		casts[i] = "CAST(" + f + " AS " + typ + ")"
	}
	return "(" + strings.Join(casts, " * ") + ")"
}

// Product multiplies as the widest type of its kind.
func (Postgres) Product(factors []string, t Type) (string, bool) {
	switch {
	case t.Decimal:
		return "(" + strings.Join(factors, " * ") + ")", true
	case t.Kind == Float:
		return multiplied(factors, "double precision"), true
	}
	return multiplied(factors, "bigint"), true
}

// Product is a function of the source for decimals; a product of integers that is none is found by its type.
func (d SQLite) Product(factors []string, t Type) (string, bool) {
	if !t.Decimal {
		return d.InRange(strings.Join(factors, " * "), t), true
	}
	text := factors[0]
	for _, f := range factors[1:] {
		text = "orm_decimal_mul(" + text + ", " + f + ")"
	}
	return text, true
}

// Product of decimals is rounded to 38 digits.
func (SQLServer) Product(factors []string, t Type) (string, bool) {
	if t.Kind == Float {
		return multiplied(factors, "float"), true
	}
	return multiplied(factors, "bigint"), !t.Decimal
}
