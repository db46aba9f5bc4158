package postgres

import (
	"database/sql/driver"
	"encoding/binary"
	"encoding/hex"
	"slices"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/multi-orm/orm/model"
)

// list gives an array: binary where all elements are, else as a literal.
func (e *encoder) list(oid uint32, l model.List) ([]byte, int16, error) {
	if plainScalar(oid) {
		return nil, 0, notScalar
	}
	l, err := settle(l)
	if err != nil {
		return nil, 0, err
	}
	if oid == pgtype.IntervalArrayOID && slices.ContainsFunc(l, numeric) {
		return nil, 0, unitless
	}
	start, format := len(e.buf), binaryFormat
	buf := e.buf
	err = noBinary
	if elem := elemOf(oid); elem != 0 {
		buf, err = appendArray(buf, elem, l)
	}
	if err == noBinary {
		buf, err = appendLiteral(buf[:start], l)
		format = textFormat
	}
	if err != nil {
		return nil, 0, err
	}
	e.buf = buf
	return buf[start:len(buf):len(buf)], format, nil
}

func appendArray(b []byte, elem uint32, l model.List) ([]byte, error) {
	put := binary.BigEndian
	if len(l) == 0 {
		b = put.AppendUint64(b, 0) // no dimensions, no NULLs
		return put.AppendUint32(b, elem), nil
	}
	head := len(b)
	b = put.AppendUint32(b, 1) // dimensions
	b = put.AppendUint32(b, 0) // NULLs, written below
	b = put.AppendUint32(b, elem)
	b = put.AppendUint32(b, uint32(len(l)))
	b = put.AppendUint32(b, 1) // lower bound
	for i := range l {
		at := len(b)
		if l[i].IsNull() {
			b = put.AppendUint32(b, 1<<32-1)
			b[head+7] = 1
			continue
		}
		b = append(b, 0, 0, 0, 0)
		var err error
		if b, err = appendBinary(b, elem, l[i]); err != nil {
			return b, err
		}
		put.PutUint32(b[at:], uint32(len(b)-at-4))
	}
	return b, nil
}

// appendLiteral writes {1,"two",NULL}. Everything but NULL may stand in quotes, so everything does.
func appendLiteral(b []byte, l model.List) ([]byte, error) {
	b = append(b, '{')
	for i := range l {
		if i > 0 {
			b = append(b, ',')
		}
		if l[i].IsNull() {
			b = append(b, "NULL"...)
			continue
		}
		b = append(b, '"')
		var err error
		if b, err = appendItem(b, l[i]); err != nil {
			return b, err
		}
		b = append(b, '"')
	}
	return append(b, '}'), nil
}

func appendItem(b []byte, v model.Value) ([]byte, error) {
	if v.Kind() == model.BytesValue { // only bytea has byte strings for elements
		b = append(b, `\\x`...)
		return hex.AppendEncode(b, v.Bytes()), nil
	}
	at := len(b)
	b, err := appendText(b, v)
	if err != nil {
		return b, err
	}
	special := 0
	for _, c := range b[at:] {
		if c == '"' || c == '\\' {
			special++
		}
	}
	if special == 0 {
		return b, nil
	}
	text := string(b[at:])
	b = b[:at]
	for i := range len(text) {
		if text[i] == '"' || text[i] == '\\' {
			b = append(b, '\\')
		}
		b = append(b, text[i])
	}
	return b, nil
}

// settle asks the Valuers among the elements.
func settle(l model.List) (model.List, error) {
	out, copied := l, false
	for i := range l {
		if l[i].Kind() != model.AnyValue {
			continue
		}
		x, ok := l[i].Any().(driver.Valuer)
		if !ok {
			continue
		}
		if !copied {
			out, copied = append(model.List(nil), l...), true
		}
		var err error
		if out[i], err = valueOf(x); err != nil {
			return nil, err
		}
	}
	return out, nil
}
