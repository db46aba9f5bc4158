package model

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/internal/decimal"
	"github.com/multi-orm/orm/internal/fault"
)

// Decimal says how many digits a column of decimal numbers keeps: Precision in all, Scale of them after the point.
// A Precision of 0 keeps every digit.
type Decimal struct{ Precision, Scale int }

// Holds reports whether every number of a column with the digits of other, nil for one that is not known to hold numbers, is one of d's.
func (d *Decimal) Holds(other *Decimal) bool {
	switch {
	case other == nil:
		return false
	case d.Precision == 0:
		return true
	}
	return other.Precision > 0 && other.Scale <= d.Scale && other.Precision-other.Scale <= d.Precision-d.Scale
}

// decimals settles whether the column holds decimal numbers: its tag says type=numeric or type=decimal over a Go type
// that gives text, or it says no type and the Go type, a Scanner and Valuer, reads and gives numbers alone.
func (f *Field) decimals() {
	switch f.Kind {
	case Scanner, String, Text:
	default:
		return
	}
	if f.DBType != "" {
		f.Decimal = DecimalType(f.DBType)
	} else if f.Kind == Scanner && f.Size == 0 && readsNumbers(f.Base) {
		f.Decimal = &Decimal{}
	}
}

// maxDigits is what PostgreSQL's numeric takes; other databases take fewer, and refuse the table.
const maxDigits = 1000

// digits reads decimal=12.2, which is type=numeric(12,2) over a type that holds decimal numbers and nothing else.
func (f *Field) digits(tg tag) error {
	v, ok := tg.find("decimal")
	if !ok {
		return nil
	}
	whole, after, scaled := strings.Cut(v, ".")
	p, err := strconv.Atoi(whole)
	s := 0
	if err == nil && scaled {
		s, err = strconv.Atoi(after)
	}
	switch {
	case f.DBType != "":
		return errors.New(`words "decimal" and "type" exclude each other`)
	case err != nil || p < 1 || p > maxDigits || s < 0 || s > p:
		return fmt.Errorf("word %q: say the digits in all and those behind the point, as in decimal=12.2", "decimal="+v)
	case f.Kind == Int || f.Kind == Uint:
		return fmt.Errorf("word %q: %s holds whole numbers, such as cents: leave the word out, or give the field a type of decimal numbers", "decimal="+v, f.Base)
	case f.Kind != Scanner && f.Kind != String && f.Kind != Text:
		return fmt.Errorf("word %q: %s holds no exact decimal numbers: use a type with Scan and Value, or a string", "decimal="+v, f.Base)
	}
	f.DBType = fmt.Sprintf("numeric(%d,%d)", p, s)
	return nil
}

// DecimalType reads a column type: numeric(10,2) and its like, nil for another.
func DecimalType(ddl string) *Decimal {
	name, digits := typeWords(ddl)
	switch name {
	case "numeric", "decimal", "dec":
	default:
		return nil
	}
	if digits == "" {
		return &Decimal{}
	}
	whole, after, scaled := strings.Cut(digits, ",")
	d := &Decimal{}
	var err error
	if d.Precision, err = strconv.Atoi(strings.TrimSpace(whole)); err != nil || d.Precision < 1 {
		return &Decimal{}
	}
	if scaled {
		if d.Scale, err = strconv.Atoi(strings.TrimSpace(after)); err != nil || d.Scale < 0 {
			return &Decimal{}
		}
	}
	return d
}

// readsNumbers asks a Scanner and Valuer: one of numbers reads 007 as 7 and refuses letters. A type of codes keeps the
// zeros, one of text takes the letters.
func readsNumbers(t reflect.Type) (yes bool) {
	defer func() {
		if recover() != nil {
			yes = false
		}
	}()
	for _, letters := range []string{"a", "x"} {
		if reflect.New(t).Interface().(sql.Scanner).Scan(letters) == nil {
			return false
		}
	}
	p := reflect.New(t).Interface()
	if p.(sql.Scanner).Scan("007") != nil {
		return false
	}
	v, err := p.(driver.Valuer).Value()
	if err != nil {
		return false
	}
	text, ok := numberText(scalarOf(v))
	return ok && decimal.Compare(text, "7") == 0 && text[0] == '7'
}

// KeepsNull reports whether a Scanner and Valuer that reads NULL gives NULL back.
func KeepsNull(t reflect.Type) (yes bool) {
	defer func() {
		if recover() != nil {
			yes = false
		}
	}()
	p := reflect.New(t).Interface()
	s, scans := p.(sql.Scanner)
	v, gives := p.(driver.Valuer)
	if !scans || !gives || s.Scan(nil) != nil {
		return false
	}
	x, err := v.Value()
	return err == nil && x == nil
}

// numberText gives a number as text, floats with the fewest digits that read back as the same.
func numberText(v Value) (string, bool) {
	switch v.Kind() {
	case IntValue:
		return strconv.FormatInt(v.Int(), 10), true
	case UintValue:
		return strconv.FormatUint(v.Uint(), 10), true
	case FloatValue:
		x := v.Float()
		return strconv.FormatFloat(x, 'f', -1, v.Bits()), !math.IsNaN(x) && !math.IsInf(x, 0)
	case StringValue:
		return v.Str(), true
	case BytesValue:
		return string(v.Bytes()), true
	}
	return "", false
}

const noDecimal = "the value is no decimal number"

// DecimalValue gives v, or each element of a list, as the one text of its number, so that equal numbers are equal
// texts. NULL stays NULL. What is no number is ErrInvalid.
func (f *Field) DecimalValue(v Value) (Value, error) {
	return f.decimalValue(v, decimal.Canonical, noDecimal)
}

// StoredDecimal is DecimalValue for a value to be written: ErrInvalid where the column would lose digits.
func (f *Field) StoredDecimal(v Value) (Value, error) {
	d := f.Decimal
	return f.decimalValue(v, func(text string) (string, bool) {
		if !decimal.Fits(text, d.Precision, d.Scale) {
			return "", false
		}
		return decimal.Canonical(text)
	}, "the value is no decimal number, or has more digits than "+f.DBType+" keeps")
}

func (f *Field) decimalValue(v Value, form func(string) (string, bool), why string) (Value, error) {
	switch v.Kind() {
	case NullValue:
		return v, nil
	case ListValue:
		l := v.List()
		out := make(List, len(l)) // l is the caller's, and may be in use elsewhere
		for i := range l {
			var err error
			if out[i], err = f.decimalValue(l[i], form, why); err != nil {
				return v, err
			}
		}
		return ListOf(out), nil
	}
	if text, ok := numberText(v); ok {
		if text, ok = form(text); ok {
			return StringOf(text), nil
		}
	}
	if f.Decimal.Precision == 0 {
		why = noDecimal
	}
	return v, fault.New(fault.ErrInvalid, f.modelName(), f.Name, why)
}

// numberOf takes a number of any Go type for a decimal.
func numberOf(rv reflect.Value) (Value, error) {
	var v Value
	switch {
	case rv.CanInt():
		v = IntOf(rv.Int())
	case rv.CanUint():
		v = UintOf(rv.Uint())
	case rv.Kind() == reflect.Float32:
		v = SingleOf(float32(rv.Float()))
	case rv.CanFloat():
		v = FloatOf(rv.Float())
	default:
		return v, wrongType
	}
	text, ok := numberText(v)
	if !ok {
		return v, outOfRange
	}
	return StringOf(text), nil
}

// canonical gives the text of a number in its one form, so that keys of equal numbers are equal. Where the tag does not
// say that the column is a decimal, an API may care how its numbers are written. Anything else stays as it is.
func (f *Field) canonical(v Value) Value {
	if f.Decimal == nil || f.DBType == "" {
		return v
	}
	if k := v.Kind(); k == StringValue || k == BytesValue {
		if x, err := f.DecimalValue(v); err == nil {
			return x
		}
	}
	return v
}
