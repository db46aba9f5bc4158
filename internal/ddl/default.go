package ddl

import (
	"math"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/model"
)

// defaultOf is the DEFAULT of a column: what dbdefault= says, or else the literal of default=, which other programs find then.
func defaultOf(d dialect.Dialect, f *model.Field) string {
	switch {
	case strings.Contains(strings.ToLower(f.DBType), " default "): // the tag says it with the type
	case f.Default == model.FillDatabase:
		if f.DBDefault != "" {
			return "(" + f.DBDefault + ")"
		}
	case f.Default == model.FillLiteral:
		text, _ := LiteralDefault(d, f)
		return text
	}
	return ""
}

// LiteralDefault is the literal of default= as SQL; ok is false where there is none, or none that is what the library itself writes.
func LiteralDefault(d dialect.Dialect, f *model.Field) (text string, ok bool) {
	v := f.DefaultValue()
	switch f.Kind {
	case model.Bool:
		switch {
		case v.Kind() != model.BoolValue:
			return "", false
		case d.Name() == (dialect.Postgres{}).Name():
			return strconv.FormatBool(v.Bool()), true
		case v.Bool():
			return "1", true
		}
		return "0", true
	case model.Int, model.Uint:
		if v.Kind() == model.UintValue {
			return strconv.FormatUint(v.Uint(), 10), true
		}
		return strconv.FormatInt(v.Int(), 10), v.Kind() == model.IntValue
	case model.Float:
		x := v.Float()
		return strconv.FormatFloat(x, 'g', -1, v.Bits()), !math.IsNaN(x) && !math.IsInf(x, 0)
	}
	if f.Decimal != nil {
		stored, err := f.StoredDecimal(v)
		if err != nil {
			return "", false
		}
		v = stored
	}
	switch json, isJSON := v.Any().(model.JSONText); {
	case f.Kind == model.JSON && isJSON:
		return Literal(d, string(json)), true
	case v.Kind() == model.StringValue && (f.Decimal != nil || f.Kind == model.String || f.Kind == model.Text):
		return Literal(d, v.Str()), true
	}
	return "", false
}
