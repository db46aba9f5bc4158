package openapi

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls/guard"
)

// use says where a value stands.
type use uint8

const (
	shown    use = iota // in an answer
	compared            // in a condition
	given               // in what is written
)

// The patterns of numbers as text.
const (
	wholeText   = `^-?(0|[1-9][0-9]*)$`
	decimalText = `^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`
)

// column is the schema of a column's values that are not null.
func column(c *guard.OutlineColumn, u use, strict bool) object {
	f := c.Field
	switch {
	case f.IsComputed:
		return document(f.Type, u)
	case f.Kind == model.JSON && u == shown:
		return document(f.Base, u)
	case f.Kind == model.JSON:
		return withoutNull(document(f.Base, u))
	}
	s := scalar(f, u)
	if c.Text {
		s = asText(f, s, u, strict)
	}
	if u == given {
		s = sized(f, s)
	}
	return enumerated(f, s)
}

// scalar is the schema of a kind.
func scalar(f *model.Field, u use) object {
	if f.Decimal != nil {
		return decimal(f, u)
	}
	switch f.Kind {
	case model.Bool:
		return typed("boolean")
	case model.Int, model.Uint:
		return integer(f)
	case model.Float:
		if f.Bits == 32 {
			return typed("number").with("format", "float")
		}
		return typed("number").with("format", "double")
	case model.String, model.Text:
		return civil(f)
	case model.Scanner:
		if f.CivilTime() {
			return civil(f)
		}
	case model.Time:
		return typed("string").with("format", "date-time")
	case model.UUID:
		return typed("string").with("format", "uuid")
	case model.Bytes:
		return typed("string").with("format", "byte").with("contentEncoding", "base64")
	case model.Array:
		items := scalar(f.Elem, u)
		if f.NullElements() {
			items = orNull(items)
		}
		out := listOf(items)
		if u != shown {
			out = out.with("maxItems", guard.MaxItems)
		}
		return out
	}
	return document(f.Base, u)
}

// civil is a text, which may be a date. The format of times of day asks for a zone, which these have not.
func civil(f *model.Field) object {
	if f.CivilTime() && f.Civil == model.Day {
		return typed("string").with("format", "date")
	}
	return typed("string")
}

func integer(f *model.Field) object {
	out := typed("integer")
	switch {
	case f.Kind == model.Uint && f.Bits == 64:
		return out.with("format", "uint64").with("minimum", 0)
	case f.Kind == model.Uint:
		return out.with("format", "int64").with("minimum", 0).with("maximum", int64(1)<<f.Bits-1)
	case f.Bits == 64:
		return out.with("format", "int64")
	}
	if f.Bits == 32 {
		return out.with("format", "int32")
	}
	return out.with("format", "int32").with("minimum", -int64(1)<<(f.Bits-1)).with("maximum", int64(1)<<(f.Bits-1)-1)
}

// decimal is a number or its text: text keeps every digit where a reader of numbers would not.
func decimal(f *model.Field, u use) object {
	number, words := typed("number"), typed("string").with("format", "decimal").with("pattern", decimalText)
	if p, scale := f.Decimal.Precision, max(f.Decimal.Scale, 0); p > 0 && u != shown {
		whole := max(p-scale, 0)
		number = number.with("exclusiveMinimum", power(whole, true)).with("exclusiveMaximum", power(whole, false))
		pattern := "0"
		if whole > 0 {
			pattern = fmt.Sprintf("(0|[1-9][0-9]{0,%d})", whole-1)
		}
		if scale > 0 {
			pattern += fmt.Sprintf(`(\.[0-9]{1,%d})?`, scale)
		}
		number, words = number.with("multipleOf", power(-scale, false)), words.with("pattern", "^-?"+pattern+"$")
	}
	if u == shown && f.Kind != model.Scanner {
		return words
	}
	return anyOf(number, words)
}

// power is a power of ten, in digits.
func power(n int, negative bool) json.Number {
	sign := ""
	if negative {
		sign = "-"
	}
	if n < 0 {
		return json.Number(sign + "0." + strings.Repeat("0", -n-1) + "1")
	}
	return json.Number(sign + "1" + strings.Repeat("0", n))
}

// asText is a number or boolean that answers hold as text. A request may write it so too, unless the shape is strict.
func asText(f *model.Field, s object, u use, strict bool) object {
	var words object
	switch f.Kind {
	case model.Int:
		words = typed("string").with("format", "int64").with("pattern", wholeText)
	case model.Uint:
		words = typed("string").with("format", "uint64").with("pattern", `^(0|[1-9][0-9]*)$`)
	case model.Float:
		words = typed("string").with("format", "double").with("pattern", decimalText)
	default:
		words = typed("string").with("enum", []any{"true", "false"})
	}
	switch {
	case u == shown:
		return words
	case strict:
		return s
	}
	return anyOf(s, words)
}

// sized adds what size= says of texts and bytes.
func sized(f *model.Field, s object) object {
	switch {
	case f.Size <= 0:
	case f.Kind == model.String && f.Decimal == nil:
		return s.with("maxLength", f.Size)
	case f.Kind == model.Bytes:
		return s.with("maxLength", (f.Size+2)/3*4).with("description", "At most "+count(f.Size, "byte")+".")
	}
	return s
}

func enumerated(f *model.Field, s object) object {
	if len(f.Enum) == 0 {
		return s
	}
	words := make([]any, len(f.Enum))
	for i, w := range f.Enum {
		words[i] = w
	}
	if f.Kind == model.Array {
		items, _ := s.get("items").(object)
		return s.with("items", items.with("enum", words))
	}
	return s.with("enum", words)
}

// shownColumn is the schema of a column in answers.
func shownColumn(c *guard.OutlineColumn) object {
	s := column(c, shown, false)
	if c.Field.Nullable && !c.Field.IsComputed && !allowsNull(s) {
		return orNull(s)
	}
	return s
}

// texts reports whether a text in a form can be a value of the column.
func texts(c *guard.OutlineInput, strict bool) bool {
	switch f := c.Field; f.Kind {
	case model.String, model.Text, model.Time, model.UUID, model.Bytes:
		return true
	case model.Bool, model.Int, model.Uint, model.Float:
		return !strict
	default:
		return f.Decimal != nil
	}
}
