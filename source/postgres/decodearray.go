package postgres

import (
	"encoding/binary"
	"reflect"
	"strings"
	"unsafe"

	"github.com/multi-orm/orm/internal/fault"
)

// elements walks the elements of a binary array; a nil slice is a NULL.
type elements struct {
	n    int
	rest []byte
}

// arrayHeader is ndim, flags and the element type, then length and lower bound of each dimension.
const arrayHeader = 12

func openArray(v []byte) (elements, reason) {
	if len(v) < arrayHeader {
		return elements{}, malformed
	}
	switch binary.BigEndian.Uint32(v) {
	case 0:
		return elements{}, fine
	case 1:
	default:
		return elements{}, malformed // more dimensions than a slice has
	}
	if len(v) < arrayHeader+8 {
		return elements{}, malformed
	}
	e := elements{n: int(int32(binary.BigEndian.Uint32(v[arrayHeader:]))), rest: v[arrayHeader+8:]}
	if e.n < 0 || e.n > len(e.rest)/4 { // each has its length before it, so a lie cannot make us allocate
		return elements{}, malformed
	}
	return e, fine
}

func (e *elements) next() ([]byte, reason) {
	if len(e.rest) < 4 {
		return nil, malformed
	}
	n := int(int32(binary.BigEndian.Uint32(e.rest)))
	e.rest = e.rest[4:]
	if n == -1 {
		return nil, fine
	}
	if n < 0 || n > len(e.rest) {
		return nil, malformed
	}
	v := e.rest[:n:n]
	e.rest = e.rest[n:]
	return v, fine
}

// array decodes v into the slice at dst, element by element in place.
func (c *column) array(row, dst unsafe.Pointer, v []byte) error {
	e, why := openArray(v)
	if why != fine {
		return c.arrayFault(v)
	}
	s := reflect.MakeSlice(c.field.Base, e.n, e.n)
	base, size := s.UnsafePointer(), c.field.Elem.Type.Size()
	var text string // all elements in one piece of memory
	if c.elem.op == opText {
		text = string(v)
	}
	for i := range e.n {
		x, why := e.next()
		if why != fine {
			return c.fault(why)
		}
		nulls := c.field.NullElements()
		if x == nil && nulls { // an element is zero, which is NULL
			continue
		}
		if x == nil { // the field's own words say that it holds no NULL
			if err := c.field.Assign(row, []any{nil}); err != nil {
				return err
			}
			return c.fault(malformed)
		}
		at := unsafe.Add(base, uintptr(i)*size)
		if nulls {
			at = c.field.Elem.Target(at)
		}
		if c.elem.op == opText {
			end := len(v) - len(e.rest)
			*(*string)(at) = text[end-len(x) : end]
			continue
		}
		switch why := c.elem.store(at, x); why {
		case fine:
		case tooLarge:
			if x, ok := value(c.elem.oid, x); ok == fine {
				if err := c.field.Assign(row, []any{x}); err != nil {
					return err
				}
			}
			return c.fault(why)
		default:
			return c.fault(why)
		}
	}
	reflect.NewAt(c.field.Base, dst).Elem().Set(s)
	return nil
}

func (c *column) arrayFault(v []byte) error {
	if len(v) >= arrayHeader && binary.BigEndian.Uint32(v) > 1 {
		err := c.fault(malformed).(*fault.Error) //nolint:errorlint // made by fault
		err.Err, err.Detail = fault.ErrInvalid, "the array has more than one dimension"
		return err
	}
	return c.fault(malformed)
}

// values turns a binary array into Go values.
func values(oid uint32, v []byte) (any, reason) {
	e, why := openArray(v)
	if why != fine {
		return nil, why
	}
	out := make([]any, e.n)
	for i := range out {
		x, why := e.next()
		if why != fine {
			return nil, why
		}
		if x == nil {
			continue
		}
		if out[i], why = value(elemOf(oid), x); why != fine {
			return nil, why
		}
	}
	return out, fine
}

// literals reads an array literal of one dimension: {1,"two",NULL}.
func literals(elem uint32, text string) (any, reason) {
	if strings.HasPrefix(text, "[") { // bounds that do not begin at 1
		_, after, ok := strings.Cut(text, "=")
		if !ok {
			return nil, malformed
		}
		text = after
	}
	if len(text) < 2 || text[0] != '{' || text[len(text)-1] != '}' {
		return nil, malformed
	}
	out := []any{}
	for rest := text[1 : len(text)-1]; rest != ""; {
		item, quoted, after, ok := nextLiteral(rest)
		if !ok {
			return nil, malformed
		}
		if !quoted && item == "NULL" {
			out = append(out, nil)
		} else {
			x, why := scalarText(elem, item)
			if why != fine {
				return nil, why
			}
			out = append(out, x)
		}
		rest = after
	}
	return out, fine
}

// nextLiteral cuts one item off an array literal.
func nextLiteral(s string) (item string, quoted bool, rest string, ok bool) {
	var b strings.Builder
	i := 0
	if s[0] == '"' {
		quoted = true
		for i = 1; i < len(s) && s[i] != '"'; i++ {
			if s[i] == '\\' {
				if i++; i == len(s) {
					return "", false, "", false
				}
			}
			b.WriteByte(s[i])
		}
		if i == len(s) {
			return "", false, "", false
		}
		i++
	} else {
		for ; i < len(s) && s[i] != ','; i++ {
			if s[i] == '{' || s[i] == '}' || s[i] == '"' {
				return "", false, "", false
			}
			if s[i] == '\\' {
				if i++; i == len(s) {
					return "", false, "", false
				}
			}
			b.WriteByte(s[i])
		}
	}
	if i == len(s) {
		return b.String(), quoted, "", true
	}
	if s[i] != ',' || i+1 == len(s) {
		return "", false, "", false
	}
	return b.String(), quoted, s[i+1:], true
}
