package postgres

import (
	"encoding/hex"
	"net/netip"
	"reflect"
	"strconv"
	"strings"
	"unsafe"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/multi-orm/orm/model"
)

// assign decodes v into the field by way of a Go value, for opValue and what comes after it.
func (c *column) assign(row unsafe.Pointer, v []byte) error {
	var x any
	var why reason
	if c.op == opForeign {
		return c.translate(row, v)
	}
	if c.op == opLiteral {
		x, why = c.literal(v)
	} else {
		x, why = value(c.oid, v)
	}
	if why != fine {
		return c.fault(why)
	}
	if c.oid == pgtype.DateOID && c.field.Kind == model.String && c.op == opValue {
		t, _ := date(v)
		x = t.Format("2006-01-02") // a date is no point in time
	}
	return c.field.Assign(row, x)
}

// value turns a binary value into what database/sql drivers give.
func value(oid uint32, v []byte) (any, reason) {
	switch {
	case textual(oid):
		return string(v), fine
	case integral(oid):
		x, ok := integer(oid, v)
		if !ok {
			return nil, malformed
		}
		return x, fine
	case elemOf(oid) != 0:
		return values(oid, v)
	}
	switch oid {
	case pgtype.BoolOID:
		if len(v) != 1 {
			return nil, malformed
		}
		return v[0] != 0, fine
	case pgtype.Float4OID, pgtype.Float8OID:
		x, ok := float(v)
		if !ok {
			return nil, malformed
		}
		return x, fine
	case pgtype.ByteaOID, pgtype.JSONOID:
		return v, fine
	case pgtype.JSONBOID:
		if len(v) == 0 || v[0] != 1 {
			return nil, malformed
		}
		return v[1:], fine
	case pgtype.TimestamptzOID, pgtype.TimestampOID:
		t, why := timestamp(v)
		return t, why
	case pgtype.DateOID:
		t, why := date(v)
		return t, why
	case pgtype.UUIDOID:
		if len(v) != 16 {
			return nil, malformed
		}
		return uuidText([16]byte(v)), fine
	}
	return nil, malformed
}

func uuidText(u [16]byte) string {
	var b [36]byte
	hex.Encode(b[:8], u[:4])
	hex.Encode(b[9:13], u[4:6])
	hex.Encode(b[14:18], u[6:8])
	hex.Encode(b[19:23], u[8:10])
	hex.Encode(b[24:], u[10:])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return string(b[:])
}

// literal turns the text form of a value into a Go value: what value gives where the type is known.
func (c *column) literal(v []byte) (any, reason) {
	text := string(v)
	if c.field.Kind == model.Array {
		return literals(elemOf(c.oid), text)
	}
	switch c.field.Base {
	case reflect.TypeFor[netip.Prefix]():
		return prefixText(text), fine
	case reflect.TypeFor[netip.Addr]():
		return addrText(text), fine
	}
	if c.oid == pgtype.NumericOID && (c.field.Kind == model.Int || c.field.Kind == model.Uint) {
		return wholeText(text), fine
	}
	return scalarText(c.oid, text)
}

// scalarText reads the text form of one value.
func scalarText(oid uint32, text string) (any, reason) {
	switch oid {
	case pgtype.BoolOID:
		return text == "t", fine
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID, pgtype.OIDOID:
		x, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, malformed
		}
		return x, fine
	case pgtype.Float4OID, pgtype.Float8OID:
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, malformed
		}
		return x, fine
	case pgtype.ByteaOID:
		b, err := hex.DecodeString(strings.TrimPrefix(text, `\x`))
		if err != nil || !strings.HasPrefix(text, `\x`) {
			return nil, malformed
		}
		return b, fine
	case pgtype.TimestamptzOID, pgtype.TimestampOID, pgtype.DateOID:
		if text == "infinity" || text == "-infinity" {
			return nil, infinite
		}
	case pgtype.JSONOID, pgtype.JSONBOID:
		return []byte(text), fine
	}
	return text, fine
}

// wholeText takes the fraction off a decimal when it is zero: numeric(10,2) writes 12 as 12.00.
func wholeText(text string) string {
	if whole, fraction, ok := strings.Cut(text, "."); ok && strings.Trim(fraction, "0") == "" {
		return whole
	}
	return text
}

// prefixText completes an address without a length, which is how inet writes a host.
func prefixText(text string) string {
	if strings.Contains(text, "/") {
		return text
	}
	if strings.Contains(text, ":") {
		return text + "/128"
	}
	return text + "/32"
}

// addrText takes the length of a whole address off, which is how cidr writes a host.
func addrText(text string) string {
	if strings.Contains(text, ":") {
		return strings.TrimSuffix(text, "/128")
	}
	return strings.TrimSuffix(text, "/32")
}
