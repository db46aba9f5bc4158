package postgres

import (
	"unicode/utf8"
	"unsafe"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// foreign readies the columns that got, while the statement ran, a type of which we would have asked for text. What a
// write gives back comes once only, so it is read as well as can be.
func (p *plan) foreign(types *pgtype.Map) error {
	for i := range p.columns {
		c := &p.columns[i]
		if c.op != opForeign {
			continue
		}
		if _, ok := types.TypeForOID(c.oid); !ok && c.field.Kind == model.Array {
			return fault.New(fault.ErrUpstream, p.model, c.field.Name, "the column got another type while the statement ran, so what it gave back cannot be read")
		}
		c.types = types
	}
	return nil
}

// translate decodes what pgx knows, and takes the rest for text, which enums are.
func (c *column) translate(row unsafe.Pointer, v []byte) error {
	if c.types == nil {
		return c.fault(malformed)
	}
	t, ok := c.types.TypeForOID(c.oid)
	if !ok {
		if !legible(v) {
			return c.fault(malformed)
		}
		return c.say(row, v)
	}
	x, err := t.Codec.DecodeDatabaseSQLValue(c.types, c.oid, binaryFormat, v)
	if err != nil {
		return c.fault(malformed)
	}
	if text, ok := x.(string); ok {
		return c.say(row, []byte(text))
	}
	return c.field.Assign(row, x)
}

// say decodes the text form of a value.
func (c *column) say(row unsafe.Pointer, text []byte) error {
	x, why := c.literal(text)
	if why != fine {
		return c.fault(why)
	}
	return c.field.Assign(row, x)
}

// legible reports whether the binary form of an unknown type can be nothing but text: lengths and flags are control
// characters.
func legible(v []byte) bool {
	for _, b := range v {
		if b < ' ' && b != '\t' && b != '\n' && b != '\r' {
			return false
		}
	}
	return utf8.Valid(v)
}
