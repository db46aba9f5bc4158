package jsonrow

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// Encode writes v as JSON, as it stands: nothing is escaped for HTML.
func Encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// Normal writes a valid document in one form: without spaces, with the members of objects sorted and each there
// once.
func Normal(v []byte) ([]byte, error) {
	doc, err := Parse(v)
	if err != nil {
		return nil, err
	}
	return Encode(doc)
}

// ErrNotUTF8 is what is wrong with text in another encoding.
var ErrNotUTF8 = errors.New("it is not UTF-8")

// Parse reads one document. Numbers stay text, so that no digit is lost.
func Parse(body []byte) (doc any, err error) {
	if !utf8.Valid(body) {
		return nil, ErrNotUTF8
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if err := dec.Decode(&doc); err != nil { // its words may quote the body
		return nil, fmt.Errorf("near byte %d", dec.InputOffset())
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("more follows after byte %d", dec.InputOffset())
	}
	return doc, nil
}
