package sqlserver

import (
	"database/sql/driver"
	"math"
	"unicode"
	"unicode/utf16"

	"github.com/golang-sql/civil"
	mssql "github.com/microsoft/go-mssqldb"

	"github.com/multi-orm/orm/internal/decimal"
	"github.com/multi-orm/orm/model"
)

// loads gives a value as the driver loads it into the column, false where it does not fit whole: text that is too long or beyond what a column
// of single bytes holds, numbers out of range or of more digits, times that are finer than the column.
func (t *target) loads(f *model.Field, v model.Value) (any, bool) {
	arg, err := bind(v)
	if err == nil && arg != nil && picky(f) {
		arg, err = typed(f, v, arg)
	}
	if err != nil {
		return nil, false
	}
	switch x := arg.(type) {
	case nil:
		return nil, t.Nullable
	case bool:
		return x, t.Type == "bit"
	case int64:
		return x, t.holdsInt(x)
	case float64:
		return x, t.Type == "float" || t.Type == "real" && f.Kind == model.Float && f.Bits == 32
	case mssql.VarChar:
		return string(x), t.holdsText(string(x))
	case string:
		if t.Type == "decimal" || t.Type == "numeric" {
			text, ok := decimal.Canonical(x)
			return text, ok && decimal.Fits(text, t.Precision, t.Scale)
		}
		return x, t.holdsText(x)
	case []byte:
		if x == nil {
			return nil, t.Nullable
		}
		return x, t.Type == "varbinary" && t.fits(len(x)) || t.Type == "binary" && t.Length == len(x)
	case civil.DateTime:
		return v.Time().UTC(), (t.Type == "datetime2" || t.Type == "datetimeoffset") && t.Scale >= 6
	case mssql.UniqueIdentifier:
		b, err := driver.Valuer(x).Value()
		return b, err == nil && t.Type == "uniqueidentifier"
	}
	return nil, false
}

// fits reports whether the column takes n bytes.
func (t *target) fits(n int) bool { return t.Length < 0 || n <= t.Length }

func (t *target) holdsInt(x int64) bool {
	switch t.Type {
	case "bigint":
		return true
	case "int":
		return x >= math.MinInt32 && x <= math.MaxInt32
	case "smallint":
		return x >= math.MinInt16 && x <= math.MaxInt16
	case "tinyint":
		return x >= 0 && x <= math.MaxUint8
	}
	return false
}

func (t *target) holdsText(s string) bool {
	wide, ascii := 0, true
	for _, r := range s {
		if r == unicode.ReplacementChar {
			return false // what is no UTF-8 the statement refuses
		}
		wide += max(1, utf16.RuneLen(r))
		ascii = ascii && r <= unicode.MaxASCII
	}
	switch t.Type {
	case "nvarchar":
		return t.fits(2 * wide)
	case "varchar":
		return ascii && t.fits(len(s))
	}
	return false
}
