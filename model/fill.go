package model

import (
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"
	"unsafe"
)

// fills reads default= and update=.
func (f *Field) fills(tg tag) error {
	if v, ok := tg.find("update"); ok {
		if v != "now" {
			return fmt.Errorf(`word %q: the only value is "now"`, "update="+v)
		}
		if f.Kind != Time {
			return fmt.Errorf(`"update=now" needs a time, not %s`, f.Type)
		}
		f.Update = FillNow
	}
	typ := " " + strings.ToLower(f.DBType) + " "
	if f.Expression != "" && (strings.Contains(typ, " generated ") || strings.Contains(typ, " as (")) {
		return fmt.Errorf("word %q says by what the column is generated, and so does generated=: say it once", "type="+f.DBType)
	}
	if v, ok := tg.find("dbdefault"); ok {
		if v != "" && strings.Contains(typ, " default ") {
			return fmt.Errorf("word %q says a DEFAULT, and so does dbdefault=: say it once", "type="+f.DBType)
		}
		f.Default, f.DBDefault = FillDatabase, v
		return nil
	}
	v, ok := tg.find("default")
	if !ok {
		return nil
	}
	if f.Auto {
		return fmt.Errorf(`words "auto" and "default" exclude each other`)
	}
	switch {
	case v == "now":
		if f.Kind != Time {
			return fmt.Errorf(`"default=now" needs a time, not %s`, f.Type)
		}
		f.Default = FillNow
	case v == "uuid":
		if f.Kind != String && f.Kind != UUID {
			return fmt.Errorf(`"default=uuid" needs a string or [16]byte, not %s`, f.Type)
		}
		f.Default = FillUUID
	default:
		return f.SetDefault(v)
	}
	return nil
}

// SetDefault has new rows filled with what text says, as default= does. It is for models that are being made; a text that the column cannot
// hold fails here and not at an insert.
func (f *Field) SetDefault(text string) error {
	f.Default, f.Literal = FillLiteral, text
	p := reflect.New(f.Base).UnsafePointer()
	if err := f.AssignBase(p, text); err != nil {
		return fmt.Errorf("word %q is not a valid %s", "default="+text, f.Base)
	}
	v, err := f.LoadValue(p)
	if err != nil {
		return fmt.Errorf("word %q is not a valid %s", "default="+text, f.Base)
	}
	if f.Decimal != nil {
		if _, err := f.StoredDecimal(v); err != nil {
			return fmt.Errorf("word %q is no number that the column keeps", "default="+text)
		}
		v = StringOf(text)
	}
	if f.civil() != NotCivil {
		if _, err := f.StoredCivil(v, false); err != nil {
			return fmt.Errorf("word %q is nothing that the column keeps: type=%s", "default="+text, f.DBType)
		}
	}
	if f.Size > 0 && (v.Kind() == StringValue && utf8.RuneCountInString(v.Str()) > f.Size || v.Kind() == BytesValue && len(v.Bytes()) > f.Size) {
		return fmt.Errorf("word %q is longer than size=%d", "default="+text, f.Size)
	}
	if f.Enum != nil && f.CheckEnum(v) != nil {
		return fmt.Errorf("word %q is not among %s", "default="+text, strings.Join(f.Enum, ", "))
	}
	f.literal = v
	return nil
}

// DefaultValue gives the value of default=<literal>, parsed; NULL for a field without one.
func (f *Field) DefaultValue() Value {
	if f.Default != FillLiteral {
		return Null()
	}
	return f.literal
}

// LeftOut reports whether a new row leaves the field to the source: it is auto or has a DEFAULT, and the row says nothing.
func (f *Field) LeftOut(row unsafe.Pointer) bool {
	return (f.Auto || f.Default == FillDatabase) && f.IsZero(row)
}
