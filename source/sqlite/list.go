package sqlite

import (
	"bytes"
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"github.com/multi-orm/orm/model"
)

// listText writes a list as a JSON array, for json_each and for columns that hold arrays. Elements are as they
// would be stored alone; bytes, which JSON cannot hold, are hexadecimal.
func listText(l model.List) (driver.Value, error) {
	out := make([]byte, 0, 2+12*len(l))
	out = append(out, '[')
	for i := range l {
		if i > 0 {
			out = append(out, ',')
		}
		if l[i].Kind() == model.ListValue {
			return nil, refuse("lists do not nest")
		}
		v, err := bind(l[i])
		if err != nil {
			return nil, err
		}
		switch x := v.(type) {
		case nil:
			out = append(out, "null"...)
		case int64:
			out = strconv.AppendInt(out, x, 10)
		case float64:
			out = strconv.AppendFloat(out, x, 'g', -1, 64)
		case []byte:
			out = append(out, '"')
			out = hex.AppendEncode(out, x)
			out = append(out, '"')
		case string:
			if out, err = appendText(out, x); err != nil {
				return nil, err
			}
		default:
			return nil, unknown(x)
		}
	}
	return string(append(out, ']')), nil
}

// appendText writes text as JSON. Text that no JSON can hold is refused: it would match other text, or none.
func appendText(out []byte, s string) ([]byte, error) {
	if !utf8.ValidString(s) {
		return nil, refuse("a list holds text that is not UTF-8")
	}
	simple := true
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' {
			simple = false
			break
		}
	}
	if simple {
		out = append(out, '"')
		out = append(out, s...)
		return append(out, '"'), nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return nil, refuse("a list holds text that has no JSON form").WithCause(err)
	}
	return append(out, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...), nil
}

// reader undoes the hexadecimal form of byte strings in arrays, which Assign would take for base64.
func reader(f *model.Field) func(any) (any, error) {
	if f.Kind != model.Array || f.Elem == nil || f.Elem.Kind != model.Bytes {
		return nil
	}
	return func(src any) (any, error) {
		var text []byte
		switch x := src.(type) {
		case string:
			text = []byte(x)
		case []byte:
			text = x
		default:
			return src, nil // Assign words the error
		}
		var items []*string
		if json.Unmarshal(text, &items) != nil {
			return src, nil // Assign words the error
		}
		out := make(model.List, len(items))
		for i, s := range items {
			if s == nil {
				out[i] = model.Null()
				continue // Assign refuses it where elements are never NULL
			}
			b, err := hex.DecodeString(*s)
			if err != nil {
				return nil, refuse("the stored array of bytes is not hexadecimal")
			}
			out[i] = model.BytesOf(b)
		}
		return out, nil
	}
}
