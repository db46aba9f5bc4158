package jsonrow

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strconv"
	"time"
	"unsafe"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/jsonstream"
	"github.com/multi-orm/orm/model"
)

// What KindOf says of objects and arrays.
const AnObject, AnArray = "an object", "an array"

// KindOf names the type of a JSON value.
func KindOf(v []byte) string {
	switch v[0] {
	case 'n':
		return "null"
	case 't', 'f':
		return "a boolean"
	case '"':
		return "text"
	case '[':
		return AnArray
	case '{':
		return AnObject
	}
	return "a number"
}

// put writes a value into the field of a row. The common kinds go there without a box around them.
func (r *Reader) put(f *model.Field, v []byte, row unsafe.Pointer) (err error) {
	if r.texted != nil && r.texted[f.Index] {
		if v, err = untexted(f, v); err != nil {
			return err
		}
	}
	c := v[0]
	switch {
	case r.whole && f.Kind == model.Scanner && c != 'n' && (f.Decimal == nil || ownJSON(f)):
		if json.Unmarshal(v, reflect.NewAt(f.Base, f.Target(row)).Interface()) != nil {
			return misfit(f, v)
		}
		return nil
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
	case f.Kind == model.Float && f.Bits == 64 && KindOf(v) == "a number":
		if x, wrong := strconv.ParseFloat(View(v), 64); wrong == nil {
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

// ownJSON reports whether values of f have a JSON form of their own.
func ownJSON(f *model.Field) bool {
	_, own := reflect.Zero(reflect.PointerTo(f.Base)).Interface().(json.Marshaler)
	return own
}

// untexted takes the quotes off a number or boolean that the wire writes as text.
func untexted(f *model.Field, v []byte) ([]byte, error) {
	if v[0] != '"' {
		return v, nil
	}
	inner := v[1 : len(v)-1]
	switch kind := f.Kind; {
	case kind == model.Bool && (string(inner) == "true" || string(inner) == "false"), kind != model.Bool && json.Valid(inner) && KindOf(inner) == "a number":
		return inner, nil
	}
	return nil, misfit(f, v)
}

// assign is put for the kinds that the model's own codecs read.
func (r *Reader) assign(f *model.Field, v []byte, row unsafe.Pointer) error {
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
		return View(v)
	}
	if v = v[1 : len(v)-1]; !model.PlainNumber(v) {
		return ""
	}
	return View(v)
}

// upstream is what the API did wrong with model m; f is nil where it is no column's.
func upstream(m *model.Model, f *model.Field, detail string) *fault.Error {
	field := ""
	if f != nil {
		field = f.Name
	}
	return fault.New(fault.ErrUpstream, m.Name, field, detail)
}

func misfit(f *model.Field, v []byte) error {
	return upstream(f.Model, f, "the reply has "+KindOf(v)+" where "+wanted(f)+" belongs")
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
		text, err := Normal(v)
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
		return TextOf(v), true
	case model.Time:
		return timeOf(v)
	case model.Bytes:
		b, err := base64.StdEncoding.DecodeString(TextOf(v))
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
	t, err := time.Parse(time.RFC3339Nano, View(text))
	return t.UTC().Truncate(time.Microsecond), err == nil
}

// TextOf gives what a value in quotes says.
func TextOf(v []byte) string {
	if v = v[1 : len(v)-1]; jsonstream.Plain(v) {
		return string(v)
	}
	return string(jsonstream.AppendText(nil, v))
}

// View is b as a string, for callees that keep no part of it.
func View(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
