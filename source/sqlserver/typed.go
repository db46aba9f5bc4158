package sqlserver

import (
	"database/sql"
	"database/sql/driver"
	"slices"
	"strconv"
	"strings"
	"unicode"

	mssql "github.com/microsoft/go-mssqldb"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/decimal"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// typed gives an argument the type of its column where the driver would choose another. Text for a column of single bytes goes as such,
// since an index serves no wider one; beyond ASCII it stays wide, since the server would put question marks for what the column
// cannot hold. Numbers for columns of decimals go as text, of no more digits than the column keeps: the server would round the rest.
func typed(f *model.Field, arg model.Value, v driver.Value) (driver.Value, error) {
	if v == nil || f == nil {
		if v == nil {
			v = null(f)
		}
		return v, nil
	}
	scale, ok := digits(f)
	if arg.Kind() == model.UintValue && !ok { // a list of rows has one type for all
		return strconv.FormatUint(arg.Uint(), 10), nil
	}
	if !ok {
		if text, is := v.(string); keeps(f) && (is && strings.HasSuffix(text, " ") || endsBlank(arg)) {
			return nil, fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "a text that keeps rows apart must not end in a blank: SQL Server takes it for the text without")
		}
		if text, is := v.(string); is && dialect.Narrow(f.DBType) && !strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) {
			return mssql.VarChar(text), nil
		}
		return v, nil
	}
	if arg.Kind() == model.ListValue {
		return decimalList(f, arg.List(), scale)
	}
	text, ok := decimalText(arg)
	if !ok {
		return v, nil
	}
	if !decimal.Fits(text, dialect.MostDigits, scale) {
		return nil, tooFine(f, scale)
	}
	return text, nil
}

func decimalList(f *model.Field, list model.List, scale int) (driver.Value, error) {
	out := make(model.List, len(list))
	for i, item := range list {
		out[i] = item
		if text, ok := decimalText(item); ok {
			if !decimal.Fits(text, dialect.MostDigits, scale) {
				return nil, tooFine(f, scale)
			}
			out[i] = model.StringOf(text)
		}
	}
	return listText(out)
}

func tooFine(f *model.Field, scale int) error {
	return fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "the number has more digits than its column keeps on SQL Server, "+strconv.Itoa(scale)+" of them behind the point")
}

// picky reports a column for which the driver's choice of a type is not good enough.
func picky(f *model.Field) bool {
	_, ok := digits(f)
	return ok || dialect.Narrow(f.DBType) || keeps(f) || f.Kind == model.Uint && f.Bits == 64
}

// keeps reports a column of texts that scopes go by.
func keeps(f *model.Field) bool {
	m := f.Model
	return m != nil && (f == m.Tenant || f == m.Owner || slices.Contains(m.Scopes, f))
}

// endsBlank reports a text, or a list of texts, in which blanks at the end count.
func endsBlank(v model.Value) bool {
	switch v.Kind() {
	case model.StringValue:
		return strings.HasSuffix(v.Str(), " ")
	case model.ListValue:
		return slices.ContainsFunc(v.List(), endsBlank)
	}
	return false
}

// digits gives those that a column of decimals keeps behind the point; where the tag does not say, the table has those that
// orm.CreateTables gives it. Too many before the point the server refuses itself.
func digits(f *model.Field) (scale int, ok bool) {
	d := f.Decimal
	if d == nil && f.Kind == model.Float {
		d = model.DecimalType(f.DBType)
	}
	switch {
	case d == nil:
		return 0, false
	case d.Precision == 0:
		return dialect.DigitsBehind, true
	}
	return d.Scale, true
}

// decimalText gives the digits of a number.
func decimalText(v model.Value) (string, bool) {
	switch v.Kind() {
	case model.StringValue:
		return v.Str(), true
	case model.FloatValue:
		return strconv.FormatFloat(v.Float(), 'f', -1, v.Bits()), true
	case model.IntValue:
		return strconv.FormatInt(v.Int(), 10), true
	case model.UintValue:
		return strconv.FormatUint(v.Uint(), 10), true
	}
	return "", false
}

// null gives NULL with the type of a column: one without a type is refused by columns of bytes and UUIDs, and by some servers everywhere.
func null(f *model.Field) driver.Value {
	if f == nil {
		return sql.NullString{}
	}
	if _, ok := digits(f); ok || f.Kind == model.Uint && f.Bits == 64 { // as its numbers go
		return sql.NullString{}
	}
	switch f.Kind {
	case model.Bool:
		return sql.NullBool{}
	case model.Int, model.Uint:
		return sql.NullInt64{}
	case model.Float:
		return sql.NullFloat64{}
	case model.Bytes, model.UUID: // the driver's own NULL of a uniqueidentifier says 16 bytes and sends none
		return []byte(nil)
	case model.Time:
		return mssql.NullDateTime{}
	}
	if name := strings.ToLower(f.DBType); strings.HasPrefix(name, "uniqueidentifier") || strings.HasPrefix(name, "varbinary") || strings.HasPrefix(name, "binary") {
		return []byte(nil)
	}
	return sql.NullString{}
}
