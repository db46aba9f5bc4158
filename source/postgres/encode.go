package postgres

import (
	"bytes"
	"strings"
	"unsafe"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// encoder writes arguments in wire form. Texts and bytes are shared with the caller until they are sent; the
// rest is written into buf, whose earlier parts stay valid when it grows, for nothing writes to them again.
type encoder struct {
	buf   []byte
	types *pgtype.Map // of the connection, for values that only pgx knows
}

// misfit says why a value is no argument of its type.
type misfit uint8

const (
	noBinary   misfit = iota // it has no binary form here, but text will do
	outOfRange               // a number, or a time
	inexact
	holdsNUL
	unitless // a number for an interval
	notScalar
	unknownType
)

// Error says it without the value.
func (m misfit) Error() string {
	return [...]string{
		"it has no binary form",
		"it does not fit the column's type",
		"it has no exact form in the column's type",
		"text must not hold a NUL byte",
		"a number does not say how long an interval is: give a string, as '90 seconds', or keep a time.Duration in a bigint column",
		"a list was given for a single value, or the other way round",
		"its type cannot be sent",
	}[m]
}

// maxArguments is what the protocol can count.
const maxArguments = 65535

// encode fills c with the wire form of args.
func (c *scratch) encode(types *pgtype.Map, oids []uint32, args []model.Value, m string) error {
	if len(oids) != len(args) {
		return fault.New(fault.ErrInvalid, m, "", "the statement takes "+count(len(oids))+", not "+count(len(args)))
	}
	if len(args) > maxArguments {
		return fault.New(fault.ErrLimit, m, "", "the protocol takes "+count(maxArguments)+" at most: send lists")
	}
	c.values, c.formats, c.bad = c.values[:0], c.formats[:0], 0
	e := encoder{buf: c.buf[:0], types: types}
	defer func() { c.buf = e.buf }()
	for i := range args {
		v, format, err := e.argument(oids[i], args[i])
		if err != nil {
			c.bad = i + 1
			return argumentFault(err, m, i)
		}
		c.values, c.formats = append(c.values, v), append(c.formats, format)
	}
	return nil
}

// argument gives one value in wire form; nil is NULL.
func (e *encoder) argument(oid uint32, v model.Value) ([]byte, int16, error) {
	switch v.Kind() {
	case model.NullValue:
		return nil, textFormat, nil
	case model.StringValue:
		s := v.Str()
		if oid == pgtype.ByteaOID {
			return share(s), binaryFormat, nil
		}
		if strings.IndexByte(s, 0) >= 0 {
			return nil, 0, holdsNUL
		}
		return share(s), textFormat, nil
	case model.BytesValue:
		return e.bytes(oid, v.Bytes())
	case model.ListValue:
		return e.list(oid, v.List())
	case model.AnyValue:
		return e.other(oid, v)
	}
	if oid == pgtype.IntervalOID && numeric(v) { // the server would take the text of a number for seconds
		return nil, 0, unitless
	}
	start := len(e.buf)
	buf, err := appendBinary(e.buf, oid, v)
	format := binaryFormat
	if err == noBinary {
		buf, err = appendText(e.buf[:start], v)
		format = textFormat
	}
	if err != nil {
		return nil, 0, err
	}
	e.buf = buf
	return buf[start:len(buf):len(buf)], format, nil
}

func (e *encoder) bytes(oid uint32, b []byte) ([]byte, int16, error) {
	if oid == pgtype.ByteaOID || oid == pgtype.UUIDOID && len(b) == 16 {
		return b, binaryFormat, nil
	}
	if bytes.IndexByte(b, 0) >= 0 {
		return nil, 0, holdsNUL
	}
	return b, textFormat, nil
}

func numeric(v model.Value) bool {
	switch v.Kind() {
	case model.IntValue, model.UintValue, model.FloatValue:
		return true
	}
	return false
}

// share gives the bytes of s without a copy; pgx only reads them. It is never nil, which would be NULL.
func share(s string) []byte {
	if s == "" {
		return []byte{}
	}
	return unsafe.Slice(unsafe.StringData(s), len(s))
}
