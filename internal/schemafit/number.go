package schemafit

import (
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source/catalogue"
)

// bits is how many bits a column of whole numbers holds besides the sign, 0 for another.
func bits(k catalogue.Kind) (n int, signed bool) {
	switch k {
	case catalogue.Int16:
		return 15, true
	case catalogue.Int32:
		return 31, true
	case catalogue.Int64:
		return 63, true
	case catalogue.Uint8:
		return 8, false
	case catalogue.Uint32:
		return 32, false
	case catalogue.Uint64:
		return 64, false
	}
	return 0, false
}

// whole judges a field of whole numbers.
func whole(f *model.Field, c *catalogue.Column) Misfit {
	mine := f.Bits
	if f.Kind == model.Int {
		mine--
	}
	theirs, signed := bits(c.Type)
	switch {
	case c.Type == catalogue.Decimal && (c.Scale > 0 || c.Digits == 0 && f.Kind == model.Int):
		return fault("the column is %s, whose numbers may have digits behind the point, and the field is %s", is(c), goes(f))
	case c.Type == catalogue.Decimal:
		return digitsOf(f, c, mine)
	case theirs == 0 && f.Kind == model.Int && f.Bits == 64 && goes(f) == "time.Duration":
		return fault("the column is %s and the field is time.Duration, which is kept as a bigint of nanoseconds", is(c))
	case theirs == 0:
		return unfit(f, c, "")
	case !signed && f.Kind == model.Int && theirs < mine:
		return advice("the column is %s and the field is %s: what lies outside the column's range is refused", is(c), goes(f))
	case theirs < mine && f.Auto: // the database makes no number that does not fit
	case theirs < mine:
		return advice("the column is %s and the field is %s: larger numbers are refused", is(c), goes(f))
	case theirs > mine && !(signed && theirs == narrowest(f)):
		return fault("the column is %s and the field is %s: larger numbers cannot be read", is(c), goes(f))
	}
	return Misfit{}
}

// narrowest is the signed column that holds all numbers of a field and is what orm.CreateTables makes where the database has no narrower one:
// there is none of 8 bits with a sign.
func narrowest(f *model.Field) int {
	switch {
	case f.Bits <= 8:
		return 15
	case f.Bits <= 16 && f.Kind == model.Uint:
		return 31
	case f.Kind == model.Uint:
		return 63
	}
	return f.Bits - 1
}

// digitsOf judges a column of decimals without digits behind the point, as numeric(20) for uint64.
func digitsOf(f *model.Field, c *catalogue.Column, mine int) Misfit {
	full := map[int]int{7: 3, 8: 3, 15: 5, 16: 5, 31: 10, 32: 10, 63: 19, 64: 20}[mine] // of the largest number
	switch {
	case c.Digits == 0 || c.Digits > full:
		return fault("the column is %s and the field is %s: larger numbers cannot be read", is(c), goes(f))
	case c.Digits < full:
		return advice("the column is %s and the field is %s: numbers of more digits are refused", is(c), goes(f))
	}
	return Misfit{}
}

func floats(f *model.Field, c *catalogue.Column) Misfit {
	switch {
	case c.Type == catalogue.Float64 && f.Bits == 64, c.Type == catalogue.Float32 && f.Bits == 32:
		return Misfit{}
	case c.Type == catalogue.Float32:
		return fault("the column is %s, which keeps 6 digits, and the field is %s: the others would be lost", is(c), goes(f))
	case c.Type == catalogue.Float64:
		return fault("the column is %s and the field is %s: digits would be lost when it is read", is(c), goes(f))
	case c.Type == catalogue.Decimal && c.Digits > 0 && (f.Bits == 64 && c.Digits <= 15 || c.Digits <= 6):
		return advice("the column is %s and the field is %s, whose sums and products are not exact", is(c), goes(f))
	case c.Type == catalogue.Decimal:
		return fault("the column is %s and the field is %s, which rounds its numbers: use a string or a decimal type with type=%s", is(c), goes(f), is(c))
	}
	return unfit(f, c, "fractions would be lost")
}

// decimals judges a field of decimal numbers, of whatever Go type.
func decimals(f *model.Field, c *catalogue.Column) Misfit {
	d := f.Decimal
	switch {
	case c.Type != catalogue.Decimal:
		return unfit(f, c, "decimal numbers need a numeric column")
	case c.Digits == 0, c.Digits == 38 && d.Precision == 0: // the most that SQL Server keeps
		return Misfit{}
	case d.Precision == 0:
		return advice("the column is %s and the tag says no digits: further digits behind the point are rounded by the database; say type=%s", is(c), is(c))
	case d.Scale > c.Scale:
		return fault("the tag says type=%s and the column is %s, which keeps fewer digits behind the point and rounds to them", f.DBType, is(c))
	case d.Precision-d.Scale > c.Digits-c.Scale:
		return fault("the tag says type=%s and the column is %s: larger numbers are refused", f.DBType, is(c))
	case d.Scale != c.Scale || d.Precision != c.Digits:
		return advice("the tag says type=%s and the column is %s", f.DBType, is(c))
	}
	return Misfit{}
}
