package httpapi

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"time"
	"unsafe"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// decodeRow puts the columns of one item into a row. JSON types are taken strictly: text is no number.
func decodeRow(m *model.Model, fields []*model.Field, item any, row unsafe.Pointer) error {
	object, ok := item.(map[string]any)
	if !ok {
		return upstream(m, nil, "the reply has "+kindOf(item)+" where a row, an object, belongs")
	}
	for _, f := range fields {
		v, there := object[f.Column]
		if !there && !f.Nullable {
			return upstream(m, f, "the reply has no "+strconv.Quote(f.Column))
		}
		if err := decodeField(f, v, row); err != nil {
			return err
		}
	}
	return nil
}

func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case string:
		return "text"
	case json.Number:
		return "a number"
	case []any:
		return "an array"
	}
	return "an object"
}

func decodeField(f *model.Field, v any, row unsafe.Pointer) error {
	if v == nil {
		if err := f.SetNull(row); err != nil {
			return upstream(f.Model, f, "the reply has null, which the column cannot hold").WithCause(err)
		}
		return nil
	}
	src, ok := sourceOf(f, v)
	if !ok {
		return upstream(f.Model, f, "the reply has "+kindOf(v)+" where "+wanted(f)+" belongs")
	}
	if err := f.Assign(row, src); err != nil {
		return upstream(f.Model, f, "the reply has a value that does not fit the column").WithCause(err)
	}
	return nil
}

func wanted(f *model.Field) string {
	switch f.Kind {
	case model.Bool:
		return "a boolean"
	case model.Int, model.Uint:
		return "a whole number"
	case model.Float:
		return "a number"
	case model.Time:
		return "a time as in RFC 3339"
	case model.Bytes:
		return "text in base64"
	case model.Array:
		return "an array of the column's type"
	}
	return "text"
}

// sourceOf gives v in a form that Assign reads exactly; ok is false where the JSON type is not the column's.
func sourceOf(f *model.Field, v any) (src any, ok bool) {
	if f.Kind == model.JSON {
		text, err := encodeJSON(v)
		return model.JSONText(text), err == nil
	}
	switch x := v.(type) {
	case bool:
		return x, f.Kind == model.Bool || f.Kind == model.Scanner
	case json.Number:
		return numberOf(f, x)
	case string:
		return textSource(f, x)
	case []any:
		if f.Kind != model.Array {
			return nil, false
		}
		for _, e := range x {
			if _, ok := sourceOf(f.Elem, e); !ok || e == nil {
				return nil, false
			}
		}
		text, err := encodeJSON(x)
		return model.JSONText(text), err == nil
	}
	return nil, false
}

func numberOf(f *model.Field, x json.Number) (any, bool) {
	switch f.Kind {
	case model.Int:
		n, err := strconv.ParseInt(string(x), 10, 64)
		return n, err == nil
	case model.Uint:
		n, err := strconv.ParseUint(string(x), 10, 64)
		return n, err == nil
	case model.Float:
		return string(x), true
	case model.Scanner: // a decimal keeps its digits
		if n, err := strconv.ParseInt(string(x), 10, 64); err == nil {
			return n, true
		}
		return string(x), true
	}
	return nil, false
}

func textSource(f *model.Field, x string) (any, bool) {
	switch f.Kind {
	case model.String, model.Text, model.Scanner, model.UUID:
		return x, true
	case model.Time:
		t, err := time.Parse(time.RFC3339Nano, x)
		return t.UTC().Truncate(time.Microsecond), err == nil // the finest unit that all sources share
	case model.Bytes:
		b, err := base64.StdEncoding.DecodeString(x)
		return b, err == nil
	}
	return nil, false
}

func encodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// itemsOf gives the rows in a reply.
func (e *endpoint) itemsOf(rep *reply) ([]any, error) {
	if e.items == nil {
		item, err := e.itemOf(rep)
		if item == nil || err != nil {
			return nil, err
		}
		return []any{item}, nil
	}
	if !rep.body {
		return nil, upstream(e.model, nil, e.role+": the reply is empty where a list of rows belongs")
	}
	found := e.items.Get(rep.doc)
	if !e.items.Normal() && !single(e.items) {
		return found, nil
	}
	if len(found) == 0 {
		return nil, upstream(e.model, nil, e.role+": the reply has nothing at "+e.items.String())
	}
	list, ok := found[0].([]any)
	if !ok {
		return nil, upstream(e.model, nil, e.role+": the reply has "+kindOf(found[0])+" where a list of rows belongs, at "+e.items.String())
	}
	return list, nil
}

// itemOf gives the one row in a reply, nil for none.
func (e *endpoint) itemOf(rep *reply) (any, error) {
	if e.item == nil || !rep.body {
		return nil, nil
	}
	found := e.item.Get(rep.doc)
	switch len(found) {
	case 0: // an envelope without a row
		return nil, nil
	case 1:
		return found[0], nil
	}
	return nil, upstream(e.model, nil, e.role+": the reply has several values at "+e.item.String())
}

// totalOf gives the number of all rows; ok is false where the endpoint maps none.
func (e *endpoint) totalOf(rep *reply) (n int64, ok bool, err error) {
	if e.total == nil {
		return 0, false, nil
	}
	found := e.total.Get(rep.doc)
	if len(found) == 1 {
		if x, is := found[0].(json.Number); is {
			if n, err := strconv.ParseInt(string(x), 10, 64); err == nil && n >= 0 {
				return n, true, nil
			}
		}
	}
	return 0, false, fault.New(fault.ErrUpstream, e.model.Name, "", e.role+": the reply has no whole number at "+e.total.String())
}
