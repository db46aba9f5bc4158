package model

import (
	"bytes"
	"database/sql"
	"encoding"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strconv"
	"time"
	"unsafe"
)

// decode assigns the kinds after UUID.
func (f *Field) decode(p unsafe.Pointer, src any) error {
	switch f.Kind {
	case JSON:
		return f.decodeJSON(p, src)
	case Array:
		return f.decodeArray(p, src)
	case Text:
		to := reflect.NewAt(f.Base, p).Interface().(encoding.TextUnmarshaler)
		if t, ok := src.(time.Time); ok {
			return f.decodeClock(to, t)
		}
		text, ok := textOf(src)
		if !ok {
			return wrongType
		}
		return to.UnmarshalText(text)
	case Scanner:
		switch x := src.(type) {
		case []byte:
			src = bytes.Clone(x) // the driver's buffer lives until the next row only
		case JSONText:
			src = []byte(x)
		}
		return reflect.NewAt(f.Base, p).Interface().(sql.Scanner).Scan(src)
	}
	return wrongType
}

// decodeClock gives a type that marshals to text the time that a driver made of a column of dates, times of day or both: in the form that says
// all there is to say, where the type takes it.
func (f *Field) decodeClock(to encoding.TextUnmarshaler, t time.Time) (err error) {
	t = t.UTC()
	forms := []string{"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", time.RFC3339Nano}
	y, mo, d := t.Date()
	h, mi, s := t.Clock()
	switch {
	case y == 1 && mo == 1 && d == 1 && f.Civil != Day: // SQL Server's driver gives a time of day the first of all days
		forms = append([]string{"15:04:05.999999999"}, forms...)
	case h == 0 && mi == 0 && s == 0 && t.Nanosecond() == 0:
		forms = append([]string{time.DateOnly}, forms...)
	}
	for _, form := range forms {
		if err = to.UnmarshalText([]byte(t.Format(form))); err == nil {
			return nil
		}
	}
	return badText
}

// textOf gives text as bytes, shared with src.
func textOf(src any) ([]byte, bool) {
	switch x := src.(type) {
	case []byte:
		return x, true
	case string:
		return []byte(x), true
	case JSONText:
		return x, true
	case json.RawMessage:
		return x, true
	}
	return nil, false
}

func (f *Field) decodeJSON(p unsafe.Pointer, src any) error {
	text, ok := textOf(src)
	if !ok {
		switch x := src.(type) { // SQLite's affinity turns the documents 5 and 1.5 into numbers
		case int64:
			text = strconv.AppendInt(nil, x, 10)
		case float64:
			text = strconv.AppendFloat(nil, x, 'g', -1, 64)
		case bool:
			text = strconv.AppendBool(nil, x)
		default:
			return wrongType
		}
	}
	dst := reflect.NewAt(f.Base, p)
	if raw, ok := dst.Interface().(*json.RawMessage); ok {
		if !json.Valid(text) {
			return badText
		}
		*raw = bytes.Clone(text)
		return nil
	}
	dst.Elem().SetZero() // Unmarshal merges into what is there
	err := f.decodeExactly(text, dst.Interface())
	if err != nil {
		dst.Elem().SetZero() // no half-read document
	}
	return err
}

func (f *Field) decodeArray(p unsafe.Pointer, src any) error {
	if text, ok := textOf(src); ok {
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.UseNumber() // ids above 2^53
		var l []any
		if dec.Decode(&l) != nil || l == nil || dec.More() {
			return badText
		}
		if f.Elem.Kind == Bytes && !unbase64(l) {
			return badText
		}
		src = l
	}
	if l, ok := src.(List); ok {
		return f.storeArray(p, l)
	}
	rv := reflect.ValueOf(src)
	if rv.Kind() != reflect.Slice {
		return wrongType
	}
	return f.fillArray(p, rv.Len(), func(at unsafe.Pointer, i int) error {
		x := rv.Index(i).Interface()
		if x == nil {
			return f.nullAt()
		}
		p, done := f.Elem.prepare(at)
		if err := f.Elem.assignBase(p, x); err != nil {
			return err
		}
		done(f.Elem, at, p)
		return nil
	})
}

// unbase64 decodes byte strings, which JSON can only hold so.
func unbase64(l []any) bool {
	for i, x := range l {
		s, ok := x.(string)
		if !ok {
			continue
		}
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			return false
		}
		l[i] = b
	}
	return true
}

// nullAt leaves an element, which is zero, as NULL where it may be.
func (f *Field) nullAt() error {
	if f.NullElements() {
		return nil
	}
	return nullElement
}

// fillArray makes a slice of n elements, lets set write each, and puts it at p when all are good.
func (f *Field) fillArray(p unsafe.Pointer, n int, set func(at unsafe.Pointer, i int) error) error {
	s := reflect.MakeSlice(f.Base, n, n)
	size := f.Elem.Type.Size()
	for i := range n {
		if err := set(unsafe.Add(s.UnsafePointer(), uintptr(i)*size), i); err != nil {
			return err
		}
	}
	reflect.NewAt(f.Base, p).Elem().Set(s)
	return nil
}
