package introspect

import (
	"database/sql/driver"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"
	"unsafe"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// value makes a value of the column of what a program gives. What records hold can be given again; beside what Go types say, a
// UUID is text too, a time is text as RFC 3339 says, and a document is whatever encoding/json writes.
func (t *table) value(c *model.Field, x any) (model.Value, error) {
	if _, isWord := x.(Word); isWord {
		return model.Value{}, fault.New(fault.ErrInvalid, t.name, c.Column, "a value is needed, not a word of filters")
	}
	if c.Kind == model.JSON && x != nil {
		if b, bytes := x.([]byte); bytes { // what a program has read, not bytes to be wrapped in base64
			x = json.RawMessage(b)
		}
		if rv := reflect.ValueOf(x); rv.Kind() == reflect.Pointer && rv.IsNil() {
			return model.Null(), nil
		}
		if _, raw := x.(json.RawMessage); !raw {
			text, err := json.Marshal(x)
			if err != nil {
				return model.Value{}, fault.New(fault.ErrInvalid, t.name, c.Column, "the value has no JSON form")
			}
			x = json.RawMessage(text)
		}
	}
	x, why := parsed(c.Kind, x)
	if list, ok := x.([]any); ok && c.Kind == model.Array {
		out := slices.Clone(list)
		for i := range out {
			var w string
			if out[i], w = parsed(c.Elem.Kind, out[i]); w != "" {
				why = w
			}
		}
		x = out
	}
	if why != "" {
		return model.Value{}, fault.New(fault.ErrInvalid, t.name, c.Column, why)
	}
	return c.ValueOf(x)
}

// parsed reads a text that stands for a UUID or a time.
func parsed(k model.Kind, x any) (_ any, why string) {
	s, ok := x.(string)
	switch {
	case ok && k == model.UUID:
		u, ok := parseUUID(s)
		if !ok {
			return nil, "the text is no UUID"
		}
		return u, ""
	case ok && k == model.Time:
		at, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			return nil, "a text for a time is as 2006-01-02T15:04:05Z"
		}
		return at, ""
	}
	return x, ""
}

func parseUUID(s string) (u [16]byte, ok bool) {
	if len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' {
		s = strings.ReplaceAll(s, "-", "")
	}
	if len(s) != 32 {
		return u, false
	}
	_, err := hex.Decode(u[:], []byte(s))
	return u, err == nil
}

// load gives the value of a column as records hold it.
func load(c *model.Field, row unsafe.Pointer) (any, error) {
	v, err := c.Load(row)
	if err != nil {
		return nil, err
	}
	return shown(v), nil
}

func shown(v model.Value) any {
	switch v.Kind() {
	case model.UUIDValue:
		return uuidText(*v.UUID())
	case model.ListValue:
		out := make([]any, len(v.List()))
		for i, x := range v.List() {
			out[i] = shown(x)
		}
		return out
	case model.BytesValue:
		return append([]byte{}, v.Bytes()...)
	case model.AnyValue:
		return plain(v.Any())
	}
	return v.Any()
}

func uuidText(u [16]byte) string {
	h := hex.EncodeToString(u[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// plain gives what a type of a program's own stands for.
func plain(x any) any {
	switch x := x.(type) {
	case model.JSONText:
		return json.RawMessage(append([]byte{}, x...))
	case driver.Valuer:
		if v, err := x.Value(); err == nil {
			return v
		}
	case encoding.TextMarshaler:
		if text, err := x.MarshalText(); err == nil {
			return string(text)
		}
	}
	return x
}
