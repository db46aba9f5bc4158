package guard

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// reading turns values of a request into values of columns. What it accepts loses nothing: not a digit, not a part of a
// second, not a byte.
type reading struct{ strict bool }

// readable reports whether a request can give values of a column at all: those of types whose text or JSON form only the
// program knows are the program's to give.
func readable(f *model.Field) bool {
	switch f.Kind {
	case model.Scanner:
		return f.Decimal != nil || f.Civil != model.NotCivil
	case model.Array:
		return readable(f.Elem)
	case model.Invalid:
		return false
	}
	return true
}

// value reads a value of f; null is for the caller.
func (r reading) value(f *model.Field, n *Node, at *place) (model.Value, error) {
	v, why := r.scalar(f, n)
	if why == "" {
		why = builder.TextFault(v)
	}
	if why != "" {
		return model.Value{}, refusal(at.String(), why)
	}
	if len(f.Enum) > 0 {
		if err := f.CheckEnum(v); err != nil {
			return model.Value{}, refusal(at.String(), "it is none of "+strings.Join(f.Enum, ", "))
		}
	}
	return v, nil
}

func (r reading) text(n *Node, at *place) (model.Value, error) {
	if n.Kind != String {
		return model.Value{}, refusal(at.String(), "it is a text")
	}
	v := model.StringOf(n.Text)
	if why := builder.TextFault(v); why != "" {
		return v, refusal(at.String(), why)
	}
	return v, nil
}

func (r reading) list(f *model.Field, n *Node, at *place) (model.List, error) {
	switch {
	case n.Kind != List:
		return nil, refusal(at.String(), "it is a list")
	case len(n.Items) > MaxItems:
		return nil, beyond(at.String(), fmt.Sprintf("a list holds %d values at most", MaxItems))
	}
	l := make(model.List, len(n.Items))
	for i := range n.Items {
		v, err := r.value(f, &n.Items[i], n.Items[i].place(at.item(i)))
		if err != nil {
			return nil, err
		}
		l[i] = v
	}
	return l, nil
}

// scalar gives the value, or says why it is none of the column's.
func (r reading) scalar(f *model.Field, n *Node) (v model.Value, why string) {
	if f.Decimal != nil {
		return r.decimal(f, n)
	}
	switch f.Kind {
	case model.Bool:
		switch {
		case n.Kind == True, !r.strict && n.Kind == String && n.Text == "true":
			return model.BoolOf(true), ""
		case n.Kind == False, !r.strict && n.Kind == String && n.Text == "false":
			return model.BoolOf(false), ""
		}
		return v, "it is true or false"
	case model.Int, model.Uint:
		return r.integer(f, n)
	case model.Float:
		return r.float(f, n)
	case model.String:
		if n.Kind != String {
			return v, "it is a text"
		}
		return model.StringOf(n.Text), ""
	case model.Time:
		return moment(f, n)
	case model.UUID:
		return uuid(n)
	case model.Bytes:
		if n.Kind == String {
			if b, err := base64.StdEncoding.Strict().DecodeString(n.Text); err == nil {
				return model.BytesOf(b), ""
			}
		}
		return v, "it is bytes in base64"
	case model.Text:
		if n.Kind != String {
			return v, "it is a text"
		}
		return marshaled(f, n.Text)
	case model.Scanner:
		if f.Civil != model.NotCivil {
			return scanned(f, n)
		}
	case model.JSON:
		return document(f, n)
	case model.Array:
		return r.array(f, n)
	}
	return v, "the column takes no values of a request"
}

func (r reading) integer(f *model.Field, n *Node) (v model.Value, why string) {
	const what = "it is a whole number that the column can hold"
	text := n.Text
	switch {
	case n.Kind == Number && (!r.strict || model.PlainNumber(text)):
	case n.Kind == String && !r.strict && model.PlainNumber(text):
	default:
		return v, what
	}
	if f.Kind == model.Uint {
		digits, ok := wholeDigits(text)
		u, err := strconv.ParseUint(digits, 10, f.Bits)
		if !ok || err != nil {
			return v, what
		}
		return model.UintOf(u), ""
	}
	k, ok := wholeNumber(text)
	if !ok || f.Bits < 64 && (k < -1<<(f.Bits-1) || k > 1<<(f.Bits-1)-1) {
		return v, what
	}
	return model.IntOf(k), ""
}

// wholeNumber reads a JSON number that is whole, however it is written: 12, 12.0 and 1.2e1. Nothing is rounded.
func wholeNumber(text string) (int64, bool) {
	digits, ok := wholeDigits(text)
	if !ok {
		return 0, false
	}
	k, err := strconv.ParseInt(digits, 10, 64)
	return k, err == nil
}

// wholeDigits writes a whole number without point and exponent.
func wholeDigits(text string) (string, bool) {
	if !strings.ContainsAny(text, ".eE") {
		return text, true
	}
	mantissa, exponent := text, 0
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		e, err := strconv.Atoi(strings.TrimPrefix(text[i+1:], "+"))
		if err != nil || e < -64 || e > 64 || len(text) > 128 {
			return "", false
		}
		mantissa, exponent = text[:i], e
	}
	whole, part, _ := strings.Cut(mantissa, ".")
	for exponent > 0 {
		exponent--
		if part == "" {
			whole += "0"
			continue
		}
		whole, part = whole+part[:1], part[1:]
	}
	for exponent < 0 {
		exponent++
		last := len(whole) - 1
		if last < 0 || whole[last] == '-' {
			part = "0" + part
			continue
		}
		whole, part = whole[:last], whole[last:]+part
	}
	if strings.Trim(part, "0") != "" {
		return "", false
	}
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		return "0", true
	}
	return sign + whole, true
}

func (r reading) float(f *model.Field, n *Node) (v model.Value, why string) {
	const what = "it is a number that the column can hold"
	if n.Kind != Number && (n.Kind != String || r.strict || !number(n.Text)) {
		return v, what
	}
	x, err := strconv.ParseFloat(n.Text, f.Bits)
	if err != nil || math.IsInf(x, 0) {
		return v, what
	}
	if f.Bits == 32 {
		return model.SingleOf(float32(x)), ""
	}
	return model.FloatOf(x), ""
}

// number reports whether s is a number as JSON writes them.
func number(s string) bool {
	p := parser{s: s}
	var n Node
	return p.number(&n) && p.i == len(s)
}

func (r reading) decimal(f *model.Field, n *Node) (v model.Value, why string) {
	const what = "it is a decimal number that the column can hold"
	if n.Kind != Number && (n.Kind != String || !number(n.Text)) || len(n.Text) > 1000 {
		return v, what
	}
	v, err := f.ValueOf(n.Text)
	if err == nil {
		_, err = f.StoredDecimal(v)
	}
	if err != nil {
		return v, what
	}
	return v, ""
}

// moment reads a time in the form of RFC 3339 with its zone, to the microsecond, which is what every source keeps. A column of days takes
// a day as well.
func moment(f *model.Field, n *Node) (v model.Value, why string) {
	if n.Kind != String {
		return v, "it is a time in the form of RFC 3339"
	}
	if f.Civil == model.Day {
		if day, err := time.Parse(time.DateOnly, n.Text); err == nil && day.Year() > 0 {
			return model.TimeOf(day), ""
		}
	}
	t, err := time.Parse(time.RFC3339Nano, n.Text)
	switch {
	case err != nil || len(n.Text) < len("2006-01-02T15:04:05Z") || n.Text[10] != 'T' || strings.ContainsRune(n.Text, ','):
		return v, "it is a time in the form of RFC 3339"
	case t.Nanosecond()%1000 != 0:
		return v, "it is a time to the microsecond"
	case t.UTC().Year() < 1 || t.UTC().Year() > 9999:
		return v, "it is a time of the years 1 to 9999"
	}
	return model.TimeOf(t), ""
}

func uuid(n *Node) (v model.Value, why string) {
	const what = "it is a UUID"
	s := n.Text
	if n.Kind != String || len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return v, what
	}
	var u [16]byte
	if _, err := hex.Decode(u[:], []byte(s[:8]+s[9:13]+s[14:18]+s[19:23]+s[24:])); err != nil {
		return v, what
	}
	return model.UUIDOf(&u), ""
}

// marshaled reads a text of a type with a text form of its own.
func marshaled(f *model.Field, text string) (v model.Value, why string) {
	p := reflect.New(f.Base)
	u, ok := p.Interface().(interface{ UnmarshalText([]byte) error })
	if !ok {
		return v, "the column takes no values of a request"
	}
	if err := u.UnmarshalText([]byte(text)); err != nil {
		return v, "it is no text that the column can hold"
	}
	v, err := f.LoadValue(p.UnsafePointer())
	if err != nil {
		return v, "it is no text that the column can hold"
	}
	return v, ""
}

// scanned reads a date or a time of day of a type with Scan and Value, in the form of ISO 8601.
func scanned(f *model.Field, n *Node) (v model.Value, why string) {
	why = "it is a date as 2006-01-02"
	if f.Civil == model.TimeOfDay {
		why = "it is a time of day as 15:04:05"
	}
	if n.Kind != String {
		return v, why
	}
	if _, err := f.StoredCivil(model.StringOf(n.Text), true); err != nil {
		return v, why
	}
	p := reflect.New(f.Base).UnsafePointer()
	if err := f.AssignBase(p, n.Text); err != nil {
		return v, why
	}
	v, err := f.LoadValue(p)
	if err != nil {
		return v, why
	}
	return v, ""
}

func (r reading) array(f *model.Field, n *Node) (v model.Value, why string) {
	if n.Kind != List {
		return v, "it is a list"
	}
	if len(n.Items) > MaxItems {
		return v, fmt.Sprintf("a list holds %d values at most", MaxItems)
	}
	l := make(model.List, len(n.Items))
	for i := range n.Items {
		if n.Items[i].Kind == Null {
			if !f.NullElements() {
				return v, "its values must not be null"
			}
			l[i] = model.Null()
			continue
		}
		if l[i], why = r.scalar(f.Elem, &n.Items[i]); why != "" {
			return v, why
		}
	}
	return model.ListOf(l), ""
}
