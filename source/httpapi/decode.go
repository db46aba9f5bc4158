package httpapi

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"time"
	"unsafe"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/jsonstream"
	"github.com/multi-orm/orm/model"
)

// What kindOf says of objects and arrays.
const anObject, anArray = "an object", "an array"

// kindOf names the type of a JSON value.
func kindOf(v []byte) string {
	switch v[0] {
	case 'n':
		return "null"
	case 't', 'f':
		return "a boolean"
	case '"':
		return "text"
	case '[':
		return anArray
	case '{':
		return anObject
	}
	return "a number"
}

// put writes a value into the field of a row. The common kinds go there without a box around them.
func (r *rowReader) put(f *model.Field, v []byte, row unsafe.Pointer) (err error) {
	c := v[0]
	switch {
	case c == 'n':
		if err := f.SetNull(row); err != nil {
			return upstream(f.Model, f, "the reply has null, which the column cannot hold").WithCause(err)
		}
		return nil
	case f.Kind == model.String && c == '"':
		*(*string)(f.Target(row)) = r.string(v)
		return nil
	case f.Kind == model.Int:
		n, wrong := strconv.ParseInt(numeral(v), 10, 64)
		if wrong != nil {
			return misfit(f, v)
		}
		err = f.Store(row, model.IntOf(n))
	case f.Kind == model.Time && c == '"':
		t, ok := timeOf(v)
		if !ok {
			return misfit(f, v)
		}
		*(*time.Time)(f.Target(row)) = t
		return nil
	case f.Kind == model.Bool && (c == 't' || c == 'f'):
		err = f.Store(row, model.BoolOf(c == 't'))
	case f.Kind == model.Float && f.Bits == 64 && kindOf(v) == "a number":
		if x, wrong := strconv.ParseFloat(view(v), 64); wrong == nil {
			err = f.Store(row, model.FloatOf(x))
			break
		}
		fallthrough
	default:
		return r.assign(f, v, row)
	}
	if err != nil {
		return upstream(f.Model, f, "the reply has a value that does not fit the column").WithCause(err)
	}
	return nil
}

// assign is put for the kinds that the model's own codecs read.
func (r *rowReader) assign(f *model.Field, v []byte, row unsafe.Pointer) error {
	if f.Kind == model.JSON || f.Kind == model.Array {
		if err := r.count(f, v); err != nil {
			return err
		}
	}
	src, ok := sourceOf(f, v)
	if !ok {
		return misfit(f, v)
	}
	if err := f.Assign(row, src); err != nil {
		return upstream(f.Model, f, "the reply has a value that does not fit the column").WithCause(err)
	}
	return nil
}

// numeral gives the digits of a whole number. Many APIs write those that JavaScript would round as texts; such a text is
// taken where it is how the number is written and nothing else, and is no number otherwise.
func numeral(v []byte) string {
	if v[0] != '"' {
		return view(v)
	}
	if v = v[1 : len(v)-1]; !model.PlainNumber(v) {
		return ""
	}
	return view(v)
}

func misfit(f *model.Field, v []byte) error {
	return upstream(f.Model, f, "the reply has "+kindOf(v)+" where "+wanted(f)+" belongs")
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
func sourceOf(f *model.Field, v []byte) (src any, ok bool) {
	if f.Kind == model.JSON {
		text, err := normalJSON(v)
		return model.JSONText(text), err == nil
	}
	switch v[0] {
	case 't', 'f':
		return v[0] == 't', f.Kind == model.Bool || f.Kind == model.Scanner
	case '"':
		return textSource(f, v)
	case '[':
		if f.Kind != model.Array {
			return nil, false
		}
		each := jsonstream.ElementsOf(v)
		for e, more := each.Next(); more; e, more = each.Next() {
			if _, ok := sourceOf(f.Elem, e); !ok && (e[0] != 'n' || !f.NullElements()) {
				return nil, false
			}
		}
		return model.JSONText(bytes.Clone(v)), true
	case '{', 'n':
		return nil, false
	}
	return numberOf(f, string(v))
}

func numberOf(f *model.Field, x string) (any, bool) {
	switch f.Kind {
	case model.Int:
		n, err := strconv.ParseInt(x, 10, 64)
		return n, err == nil
	case model.Uint:
		n, err := strconv.ParseUint(x, 10, 64)
		return n, err == nil
	case model.Float:
		return x, true
	case model.Scanner: // a decimal keeps its digits
		if n, err := strconv.ParseInt(x, 10, 64); err == nil {
			return n, true
		}
		return x, true
	}
	return nil, false
}

func textSource(f *model.Field, v []byte) (any, bool) {
	switch f.Kind {
	case model.Int, model.Uint:
		return numberOf(f, numeral(v))
	case model.String, model.Text, model.Scanner, model.UUID:
		return textOfJSON(v), true
	case model.Time:
		return timeOf(v)
	case model.Bytes:
		b, err := base64.StdEncoding.DecodeString(textOfJSON(v))
		return b, err == nil
	}
	return nil, false
}

// timeOf reads a time in quotes, to the finest unit that all sources share.
func timeOf(v []byte) (time.Time, bool) {
	text := v[1 : len(v)-1]
	if !jsonstream.Plain(text) {
		text = jsonstream.AppendText(nil, text)
	}
	t, err := time.Parse(time.RFC3339Nano, view(text))
	return t.UTC().Truncate(time.Microsecond), err == nil
}

// textOfJSON gives what a value in quotes says.
func textOfJSON(v []byte) string {
	if v = v[1 : len(v)-1]; jsonstream.Plain(v) {
		return string(v)
	}
	return string(jsonstream.AppendText(nil, v))
}

// view is b as a string, for callees that keep no part of it.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func encodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// normalJSON writes a valid document in one form: without spaces, with the members of objects sorted and each there
// once.
func normalJSON(v []byte) ([]byte, error) {
	doc, err := parseJSON(v)
	if err != nil {
		return nil, err
	}
	return encodeJSON(doc)
}

// items gives the rows in a reply.
func (f *found) items() (items, error) {
	e := f.ep
	if e.items == nil {
		item, err := f.item()
		if item == nil || err != nil {
			return items{}, err
		}
		return items{list: [][]byte{item}}, nil
	}
	if !f.rep.body {
		return items{}, upstream(e.model, nil, e.role+": the reply is empty where a list of rows belongs")
	}
	l, err := f.values(&e.at.items)
	if err != nil || !single(e.items) {
		return l, err
	}
	if l.len() == 0 {
		return items{}, upstream(e.model, nil, e.role+": the reply has nothing at "+e.items.String())
	}
	list := l.list[0]
	if kind := kindOf(list); kind != anArray {
		return items{}, upstream(e.model, nil, e.role+": the reply has "+kind+" where a list of rows belongs, at "+e.items.String())
	}
	if e.at.items.streamed {
		return arrayItems(list, f.at.Count, nil), nil
	}
	l = arrayItems(list, 0, nil)
	for range l.all() {
		l.n++
	}
	return l, nil
}

// item gives the one row in a reply, nil for none.
func (f *found) item() ([]byte, error) {
	e := f.ep
	if e.item == nil || !f.rep.body {
		return nil, nil
	}
	l, err := f.values(&e.at.item)
	switch {
	case err != nil || l.len() == 0: // an envelope without a row
		return nil, err
	case l.len() > 1:
		return nil, upstream(e.model, nil, e.role+": the reply has several values at "+e.item.String())
	}
	for v := range l.all() {
		if v[0] != 'n' {
			return v, nil
		}
	}
	return nil, nil
}

// total gives the number of all rows; ok is false where the endpoint maps none.
func (f *found) total() (n int64, ok bool, err error) {
	e := f.ep
	if e.total == nil {
		return 0, false, nil
	}
	l, err := f.values(&e.at.total)
	if err != nil {
		return 0, false, err
	}
	if l.len() == 1 {
		for v := range l.all() {
			if n, err := strconv.ParseInt(view(v), 10, 64); err == nil && n >= 0 {
				return n, true, nil
			}
		}
	}
	return 0, false, fault.New(fault.ErrUpstream, e.model.Name, "", e.role+": the reply has no whole number at "+e.total.String())
}

// next gives what leads to the next page, "" for nothing.
func (f *found) next() (string, error) {
	e := f.ep
	l, err := f.values(&e.at.next)
	if err != nil {
		return "", err
	}
	for v := range l.all() {
		switch v[0] {
		case 'n', 'f':
			return "", nil
		case '"':
			return textOfJSON(v), nil
		case '{', '[', 't':
			return "", upstream(e.model, nil, e.role+": the reply has "+kindOf(v)+" at "+e.next.String()+", where the next page belongs")
		}
		return string(v), nil
	}
	return "", nil
}
