package jsonrow

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Invalid is what is wrong with a value of f, nil where it is of none.
func Invalid(f *model.Field, detail string) error {
	if f == nil {
		return fault.New(fault.ErrInvalid, "", "", detail)
	}
	return fault.New(fault.ErrInvalid, f.Model.Name, f.Name, detail)
}

// Text writes a value of f for a path, a query, a header or a form.
func Text(f *model.Field, v model.Value) (string, error) {
	if why := builder.TextFault(v); why != "" {
		return "", Invalid(f, why)
	}
	switch v.Kind() {
	case model.NullValue:
		return "", Invalid(f, "NULL has no form in a request's parameters")
	case model.BoolValue:
		return strconv.FormatBool(v.Bool()), nil
	case model.IntValue:
		return strconv.FormatInt(v.Int(), 10), nil
	case model.UintValue:
		return strconv.FormatUint(v.Uint(), 10), nil
	case model.FloatValue:
		return number(f, v.Float())
	case model.StringValue:
		return v.Str(), nil
	case model.BytesValue:
		return base64.StdEncoding.EncodeToString(v.Bytes()), nil
	case model.TimeValue:
		return v.Time().Format(time.RFC3339Nano), nil
	case model.UUIDValue:
		return uuidText(v.UUID()), nil
	case model.ListValue:
		return listText(f, v.List())
	}
	if text, ok := v.Any().(model.JSONText); ok {
		return string(text), nil
	}
	return "", Invalid(f, "the value has no form in a request")
}

// listText joins values with commas, which the values themselves must not hold.
func listText(f *model.Field, l model.List) (string, error) {
	parts := make([]string, 0, len(l))
	for _, v := range l {
		text, err := Text(f, v)
		if err != nil {
			return "", err
		}
		if strings.IndexByte(text, ',') >= 0 {
			return "", Invalid(f, `a value holds a comma, which the list is joined with: end the parameter's name in "[]", or send the list in a body`)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ","), nil
}

func number(f *model.Field, x float64) (string, error) {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "", Invalid(f, "the number is not finite")
	}
	return strconv.FormatFloat(x, 'g', -1, 64), nil
}

// JSON gives a value of f as encoding/json is to write it.
func JSON(f *model.Field, v model.Value) (any, error) {
	if why := builder.TextFault(v); why != "" {
		return nil, Invalid(f, why)
	}
	switch v.Kind() {
	case model.NullValue:
		return nil, nil
	case model.BoolValue:
		return v.Bool(), nil
	case model.IntValue:
		if textual(f) {
			return strconv.FormatInt(v.Int(), 10), nil
		}
		return v.Int(), nil
	case model.UintValue:
		if textual(f) {
			return strconv.FormatUint(v.Uint(), 10), nil
		}
		return v.Uint(), nil
	case model.FloatValue:
		text, err := number(f, v.Float())
		return json.Number(text), err
	case model.ListValue:
		l := v.List()
		out := make([]any, len(l))
		for i := range l {
			var err error
			if out[i], err = JSON(f, l[i]); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	if text, ok := v.Any().(model.JSONText); ok {
		return json.RawMessage(text), nil
	}
	return Text(f, v)
}

// textual reports a whole number that the API writes as text, as type=text in its tag says.
func textual(f *model.Field) bool {
	return (f.Kind == model.Int || f.Kind == model.Uint) && f.DBType == "text"
}

func uuidText(u *[16]byte) string {
	const hex = "0123456789abcdef"
	b := make([]byte, 0, 36)
	for i, x := range u {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			b = append(b, '-')
		}
		b = append(b, hex[x>>4], hex[x&15])
	}
	return string(b)
}
