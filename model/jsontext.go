package model

import (
	"bytes"
	"encoding/json"
	"reflect"
	"unicode/utf8"
)

// JSONOf encodes v as a document. Text that not every source could keep is an error, where encoding/json alone would
// write something else in its place.
func JSONOf(v any) (Value, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // the document goes to a database, not into a page
	if err := enc.Encode(v); err != nil {
		return Value{}, err
	}
	text := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	if bytes.Contains(text, []byte(`\ufffd`)) && hasBadText(reflect.ValueOf(v), 0) {
		return Value{}, errNotUTF8
	}
	if err := checkJSON(text); err != nil {
		return Value{}, err
	}
	return AnyOf(JSONText(text)), nil
}

// textError says what is wrong with text inside a document, without the text.
type textError string

const (
	errNotUTF8 textError = "text must be valid UTF-8"
	errNUL     textError = "text must not hold a NUL byte"
)

// Error implements error.
func (e textError) Error() string { return string(e) }

// checkJSON refuses what sources treat differently in valid JSON: bytes that are not UTF-8, an escaped NUL, and half of a
// surrogate pair.
func checkJSON(text []byte) error {
	if !utf8.Valid(text) {
		return errNotUTF8
	}
	for {
		i := bytes.IndexByte(text, '\\')
		if i < 0 || i+1 >= len(text) {
			return nil
		}
		if text[i+1] != 'u' {
			text = text[i+2:]
			continue
		}
		n := unit(text[i:])
		text = text[i+2:]
		switch {
		case n == 0:
			return errNUL
		case n >= 0xdc00 && n < 0xe000:
			return errNotUTF8
		case n >= 0xd800 && n < 0xdc00:
			if low := unit(text[4:]); low < 0xdc00 || low >= 0xe000 {
				return errNotUTF8
			}
			text = text[4+2:]
		}
	}
}

// unit reads an escape of the form \uXXXX at the start of text, -1 for none.
func unit(text []byte) int {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return -1
	}
	n := 0
	for _, c := range text[2:6] {
		switch {
		case c >= '0' && c <= '9':
			n = n<<4 | int(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			n = n<<4 | int(c|0x20-'a'+10)
		default:
			return -1
		}
	}
	return n
}

// hasBadText looks for text that is not UTF-8 in the parts of v that encoding/json writes by itself.
func hasBadText(v reflect.Value, depth int) bool {
	if depth > maxJSONDepth {
		return true
	}
	switch v.Kind() {
	case reflect.String:
		return !utf8.ValidString(v.String())
	case reflect.Pointer, reflect.Interface:
		return !v.IsNil() && hasBadText(v.Elem(), depth+1)
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return false
		}
		for i := range v.Len() {
			if hasBadText(v.Index(i), depth+1) {
				return true
			}
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			if hasBadText(it.Key(), depth+1) || hasBadText(it.Value(), depth+1) {
				return true
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if hasBadText(v.Field(i), depth+1) {
				return true
			}
		}
	}
	return false
}

// maxJSONDepth is how deep encoding/json decodes.
const maxJSONDepth = 10_000
