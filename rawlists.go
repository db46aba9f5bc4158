package orm

import (
	"unicode/utf8"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/named"
	"github.com/multi-orm/orm/model"
)

// lists tells how the dialect tests membership in those of the arguments that are lists.
func (a Args) lists(dialect string) named.Lists {
	return named.Lists{
		Is: func(name string) bool { return builder.ValueOf(a[name]).Kind() == model.ListValue },
		In: func(name, placeholder string, not bool) (string, error) {
			list := builder.ValueOf(a[name]).List()
			null, bytes := 0, 0
			for _, v := range list {
				switch v.Kind() {
				case model.NullValue:
					null++
				case model.BytesValue:
					bytes++
				}
			}
			op := map[bool]string{false: "IN", true: "NOT IN"}[not]
			switch {
			case not && null > 0:
				return "", &Error{Err: ErrInvalid, Detail: "the list :" + name + " holds NULL: NOT IN would give no row"}
			case dialect == "postgres" && not:
				return "<> ALL(" + placeholder + ")", nil
			case dialect == "postgres":
				return "= ANY(" + placeholder + ")", nil
			case dialect == "sqlserver":
				item, ok := openJSONItem(list)
				if !ok {
					return "", &Error{Err: ErrInvalid, Detail: "the list :" + name + " holds values of several kinds, or of one that cannot be listed"}
				}
				return op + " (SELECT [value]" + item.collate + " FROM OPENJSON(" + placeholder + ") WITH ([value] " + item.typ + " '$'))", nil
			case bytes == 0:
				return op + " (SELECT value FROM json_each(" + placeholder + "))", nil
			case bytes+null == len(list): // JSON holds bytes as hexadecimal text
				return op + " (SELECT unhex(value) FROM json_each(" + placeholder + "))", nil
			}
			return "", &Error{Err: ErrInvalid, Detail: "the list :" + name + " holds bytes and other values"}
		},
	}
}

// item is how SQL Server reads the elements of a list.
type item struct{ typ, collate string }

// openJSONItem gives the type of a list's elements, so that an index of the column they are compared with serves. Text is compared byte by
// byte, as everywhere. ok is false where they have several.
func openJSONItem(list model.List) (of item, ok bool) {
	kinds := map[model.ValueKind]item{
		model.BoolValue: {typ: "bit"}, model.IntValue: {typ: "bigint"}, model.UintValue: {typ: "decimal(20)"}, model.FloatValue: {typ: "float"},
		model.StringValue: {"nvarchar(4000)", " COLLATE Latin1_General_100_BIN2"}, model.BytesValue: {typ: "varbinary(max)"},
		model.TimeValue: {typ: "datetime2(6)"}, model.UUIDValue: {typ: "uniqueidentifier"},
	}
	of = kinds[model.StringValue]
	found := model.NullValue
	for _, v := range list {
		switch k := v.Kind(); {
		case k == model.NullValue:
		case found != model.NullValue && k != found:
			return of, false
		default:
			found = k
			if of, ok = kinds[k]; !ok {
				return of, false
			}
			if k == model.StringValue && utf8.RuneCountInString(v.Str()) > 2000 { // 4,000 units of two bytes at most
				of.typ = "nvarchar(max)"
				kinds[k] = of
			}
		}
	}
	return of, true
}
