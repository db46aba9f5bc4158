package postgres

import (
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// op is the way one column is decoded: chosen once from the server's type and the field's.
type op uint8

const (
	opText    op = iota // text into a string, through the row's buffer
	opInt64             // int8 into 64 bits
	opInt               // any integer into any signed one
	opUint              // any integer into any unsigned one
	opFloat64           // float8 into float64
	opFloat             // any float into any float
	opBool
	opBytes
	opTime // timestamps
	opDate
	opUUID
	opArray
	opValue   // binary, by way of a Go value
	opLiteral // text, by way of a Go value
	opForeign // binary of a type that has no binary form here, by way of pgx
)

// column decodes one column of a result into a field.
type column struct {
	field  *model.Field
	offset uintptr
	oid    uint32
	op     op
	aside  bool // the field is not in the row itself but in the link row or in that of a join
	join   int  // the place of the join, from 1
	begins bool // the first column of a join
	inRow  bool // the value sits in the row itself, at the offset
	elem   *column
	types  *pgtype.Map // for opForeign
}

// plan decodes the rows of one result.
type plan struct {
	model   string
	columns []column
	texts   []int // the columns that share the row's buffer
	formats []int16
}

// newPlan chooses a decoder for every column. format says in which format a column comes.
func newPlan(columns []builder.Column, fields []pgconn.FieldDescription, m *model.Model, format func(i int, oid uint32, f *model.Field) int16) (*plan, error) {
	p := &plan{columns: make([]column, len(fields)), formats: make([]int16, len(fields))}
	if m != nil {
		p.model = m.Name
	}
	if len(columns) != len(fields) {
		return nil, fault.New(fault.ErrUpstream, p.model, "", "the server gave another number of columns than it was asked for")
	}
	binary := len(fields) > 0
	for i := range fields {
		f, oid := columns[i].Field, fields[i].DataTypeOID
		p.formats[i] = format(i, oid, f)
		c := newColumn(oid, p.formats[i], f)
		if c.op == opValue && !hasValue(oid) {
			c.op = opForeign
		}
		c.join = columns[i].Join
		c.aside, c.begins = columns[i].Link || c.join > 0, c.join > 0 && (i == 0 || columns[i-1].Join != c.join)
		p.columns[i] = c
		if c.op == opText {
			p.texts = append(p.texts, i)
		}
		binary = binary && p.formats[i] == binaryFormat
	}
	if binary { // one code says it for all columns
		p.formats = []int16{binaryFormat}
	}
	return p, nil
}

func newColumn(oid uint32, format int16, f *model.Field) column {
	c := column{field: f, oid: oid, op: opLiteral}
	c.offset, c.inRow = f.Inline()
	if format != binaryFormat {
		return c
	}
	c.op = direct(oid, f)
	if c.op == opArray {
		e := newColumn(elemOf(oid), binaryFormat, f.Elem)
		e.offset = 0
		c.elem = &e
	}
	return c
}

// fits reports whether the plan was made for a result of these columns.
func (p *plan) fits(fields []pgconn.FieldDescription) bool {
	if len(fields) != len(p.columns) {
		return false
	}
	for i := range fields {
		if fields[i].DataTypeOID != p.columns[i].oid {
			return false
		}
	}
	return true
}

// formatFor is the format to ask for.
func formatFor(oid uint32, f *model.Field) int16 {
	if f.Kind == model.Text && !textual(oid) || f.Kind == model.String && elemOf(oid) != 0 {
		return textFormat // the field reads text
	}
	if direct(oid, f) != opValue || hasValue(oid) {
		return binaryFormat
	}
	return textFormat
}

// direct gives the way from a binary value straight into a field, opValue where there is none.
func direct(oid uint32, f *model.Field) op {
	switch f.Kind {
	case model.Bool:
		if oid == pgtype.BoolOID {
			return opBool
		}
	case model.Int:
		switch {
		case oid == pgtype.Int8OID && f.Bits == 64:
			return opInt64
		case integral(oid):
			return opInt
		}
	case model.Uint:
		if integral(oid) {
			return opUint
		}
	case model.Float:
		switch {
		case oid == pgtype.Float8OID && f.Bits == 64:
			return opFloat64
		case oid == pgtype.Float8OID || oid == pgtype.Float4OID:
			return opFloat
		}
	case model.String:
		if textual(oid) || oid == pgtype.JSONOID {
			return opText
		}
	case model.Bytes:
		if textual(oid) || oid == pgtype.JSONOID || oid == pgtype.ByteaOID {
			return opBytes
		}
	case model.Time:
		switch oid {
		case pgtype.TimestamptzOID, pgtype.TimestampOID:
			return opTime
		case pgtype.DateOID:
			return opDate
		}
	case model.UUID:
		if oid == pgtype.UUIDOID {
			return opUUID
		}
	case model.Array:
		if e := elemOf(oid); e != 0 && direct(e, f.Elem) < opArray {
			return opArray
		}
	}
	return opValue
}

func integral(oid uint32) bool {
	return oid == pgtype.Int8OID || oid == pgtype.Int4OID || oid == pgtype.Int2OID || oid == pgtype.OIDOID
}

// hasValue reports whether a binary value of the type has a Go form here.
func hasValue(oid uint32) bool {
	switch oid {
	case pgtype.BoolOID, pgtype.Float4OID, pgtype.Float8OID, pgtype.ByteaOID, pgtype.JSONOID, pgtype.JSONBOID,
		pgtype.TimestamptzOID, pgtype.TimestampOID, pgtype.DateOID, pgtype.UUIDOID:
		return true
	}
	return integral(oid) || textual(oid) || elemOf(oid) != 0
}
