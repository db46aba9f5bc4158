// Package identity writes any Go value as bytes that no other value shares: kind, type, length, content. Keys of what
// is shared between callers (an actor's kept replies, credentials, cursors) are made of it; text made by formatting
// would let two values share one, since types format themselves as they like and %q folds what is no character.
package identity

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"math"
	"reflect"
	"slices"
	"time"
)

const (
	maxDepth = 32      // of nested values; a value that holds itself ends here
	maxBytes = 1 << 20 // of one value
)

// Append appends the identity of v, its type included, to b. ok is false where v holds what cannot be told apart for
// good (a function, a channel, an address), nests too deeply or is too large: such a value equals no other.
func Append(b []byte, v any) (_ []byte, ok bool) {
	e := encoder{b: b, from: len(b)}
	e.any(reflect.ValueOf(v), 0)
	return e.b, !e.failed
}

// Key is Append for several values; what has no identity gets one that is never made again.
func Key(b []byte, values ...any) []byte {
	for _, v := range values {
		from := len(b)
		var ok bool
		if b, ok = Append(b, v); !ok {
			b = appendText(append(b[:from], '?'), rand.Text())
		}
	}
	return b
}

// Equal reports whether two values have one identity.
func Equal(a, b any) bool {
	var x, y [64]byte
	p, ok := Append(x[:0], a)
	if !ok {
		return false
	}
	q, ok := Append(y[:0], b)
	return ok && bytes.Equal(p, q)
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

type encoder struct {
	b      []byte
	from   int
	failed bool
}

func (e *encoder) byte(c byte)     { e.b = append(e.b, c) }
func (e *encoder) number(n uint64) { e.b = binary.BigEndian.AppendUint64(e.b, n) }
func (e *encoder) text(s string)   { e.b = appendText(e.b, s) }

// any writes the type beside the value: an interface may hold one of any type.
func (e *encoder) any(v reflect.Value, depth int) {
	if !v.IsValid() {
		e.byte('n')
		return
	}
	e.typ(v.Type(), depth)
	e.value(v, depth)
}

// typ writes a type: its full name, for an unnamed one what it is made of.
func (e *encoder) typ(t reflect.Type, depth int) {
	if e.over(depth) {
		return
	}
	e.byte(byte(t.Kind()))
	if t.Name() != "" {
		e.text(t.PkgPath())
		e.text(t.Name())
		return
	}
	e.text("")
	switch t.Kind() {
	case reflect.Array:
		e.number(uint64(t.Len()))
		e.typ(t.Elem(), depth+1)
	case reflect.Slice, reflect.Pointer:
		e.typ(t.Elem(), depth+1)
	case reflect.Map:
		e.typ(t.Key(), depth+1)
		e.typ(t.Elem(), depth+1)
	default:
		e.text(t.String())
	}
}

func (e *encoder) over(depth int) bool {
	if depth > maxDepth || len(e.b)-e.from > maxBytes {
		e.failed = true
	}
	return e.failed
}

var timeType = reflect.TypeFor[time.Time]()

func (e *encoder) value(v reflect.Value, depth int) {
	if e.over(depth) {
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		if v.Bool() {
			e.byte(1)
		} else {
			e.byte(0)
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		e.number(uint64(v.Int()))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		e.number(v.Uint())
	case reflect.Float32, reflect.Float64:
		e.number(math.Float64bits(v.Float()))
	case reflect.Complex64, reflect.Complex128:
		e.number(math.Float64bits(real(v.Complex())))
		e.number(math.Float64bits(imag(v.Complex())))
	case reflect.String:
		e.text(v.String())
	case reflect.Interface, reflect.Pointer:
		e.reference(v, depth)
	case reflect.Slice, reflect.Array:
		e.list(v, depth)
	case reflect.Map:
		e.entries(v, depth)
	case reflect.Struct:
		e.fields(v, depth)
	default: // a function, a channel, an address: nil ones alone are told apart for good
		if v.IsNil() {
			e.byte(0)
			return
		}
		e.failed = true
	}
}

func (e *encoder) reference(v reflect.Value, depth int) {
	switch {
	case v.IsNil():
		e.byte(0)
	case v.Kind() == reflect.Interface:
		e.byte(1)
		e.any(v.Elem(), depth+1)
	default:
		e.byte(1)
		e.value(v.Elem(), depth+1)
	}
}

func (e *encoder) list(v reflect.Value, depth int) {
	if v.Kind() == reflect.Slice && v.IsNil() {
		e.byte(0)
		return
	}
	e.byte(1)
	e.number(uint64(v.Len()))
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
		e.b = append(e.b, v.Bytes()...)
		e.over(depth)
		return
	}
	for i := range v.Len() {
		e.value(v.Index(i), depth+1)
	}
}

// entries writes a map's entries sorted by what they are written as.
func (e *encoder) entries(v reflect.Value, depth int) {
	if v.IsNil() {
		e.byte(0)
		return
	}
	e.byte(1)
	e.number(uint64(v.Len()))
	all := make([][]byte, 0, v.Len())
	for it := v.MapRange(); it.Next(); {
		one := encoder{from: -(len(e.b) - e.from)} // what is written already counts
		one.value(it.Key(), depth+1)
		one.value(it.Value(), depth+1)
		if one.failed {
			e.failed = true
			return
		}
		all = append(all, one.b)
	}
	slices.SortFunc(all, bytes.Compare)
	for _, b := range all {
		e.text(string(b))
	}
	e.over(depth)
}

func (e *encoder) fields(v reflect.Value, depth int) {
	if v.Type() == timeType && v.CanInterface() {
		t := v.Interface().(time.Time)
		zone, offset := t.Zone()
		e.number(uint64(t.Unix()))
		e.number(uint64(t.Nanosecond()))
		e.text(t.Location().String())
		e.text(zone)
		e.number(uint64(offset))
		return
	}
	for i := range v.NumField() {
		e.value(v.Field(i), depth+1)
	}
}
