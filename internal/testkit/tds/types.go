package tds

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"strings"
	"time"
)

// Type is the type of a column. The values of its rows are what is said beside it, or nil.
type Type uint32

// Where a Type holds its size in bytes and its digits behind the point; its number stands first.
const (
	sizeAt  = 8
	scaleAt = 24
)

func (t Type) id() byte    { return byte(t) }
func (t Type) size() int   { return int(t >> sizeAt & 0xffff) }
func (t Type) scale() byte { return byte(t >> scaleAt) }

// The types. Money and the old types of dates are left out: what is new does not use them.
const (
	Bit            = Type(typeBit | 1<<sizeAt)                      // bool
	TinyInt        = Type(typeInt | 1<<sizeAt)                      // int64
	SmallInt       = Type(typeInt | 2<<sizeAt)                      // int64
	Int            = Type(typeInt | 4<<sizeAt)                      // int64
	BigInt         = Type(typeInt | 8<<sizeAt)                      // int64
	Real           = Type(typeFloat | 4<<sizeAt)                    // float64
	Float          = Type(typeFloat | 8<<sizeAt)                    // float64
	NVarChar       = Type(typeNVarChar | 8000<<sizeAt)              // string, of 4,000 characters
	NVarCharMax    = Type(typeNVarChar | 0xffff<<sizeAt)            // string
	VarBinary      = Type(typeVarBinary | 8000<<sizeAt)             // []byte
	VarBinaryMax   = Type(typeVarBinary | 0xffff<<sizeAt)           // []byte
	UniqueID       = Type(typeGUID | 16<<sizeAt)                    // [16]byte, in the order that a UUID is written
	Date           = Type(typeDate | 3<<sizeAt)                     // time.Time
	DateTime2      = Type(typeDateTime2 | 8<<sizeAt | 7<<scaleAt)   // time.Time
	DateTimeOffset = Type(typeDateOffset | 10<<sizeAt | 7<<scaleAt) // time.Time
)

// Decimal is a number of 38 digits, of which scale stand behind the point: values are texts such as "-1.50".
func Decimal(scale byte) Type { return typeDecimal | 17<<sizeAt | Type(scale)<<scaleAt }

const (
	typeNull       = 0x1f
	typeGUID       = 0x24
	typeInt        = 0x26
	typeDate       = 0x28
	typeTime       = 0x29
	typeDateTime2  = 0x2a
	typeDateOffset = 0x2b
	typeBit        = 0x68
	typeDecimal    = 0x6a
	typeNumeric    = 0x6c
	typeFloat      = 0x6d
	typeDateTime   = 0x6f
	typeVarBinary  = 0xa5
	typeVarChar    = 0xa7
	typeNVarChar   = 0xe7
)

// Column is a column of a result.
type Column struct {
	Name string
	Type Type
}

// Columns lists columns: names and types by turns.
func Columns(pairs ...any) []Column {
	var out []Column
	for i := 0; i+1 < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		typ, _ := pairs[i+1].(Type)
		out = append(out, Column{name, typ})
	}
	return out
}

const collation = "\x09\x04\xd0\x00\x34" // Latin1, as a fresh server has

// appendMetadata describes columns.
func appendMetadata(b []byte, columns []Column) []byte {
	b = append(b, tokenMetadata)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(columns))) //nolint:gosec // results of tests are narrow
	for _, c := range columns {
		b = binary.LittleEndian.AppendUint32(b, 0)
		b = binary.LittleEndian.AppendUint16(b, 1) // it may be NULL
		b = append(b, c.Type.id())
		switch c.Type.id() {
		case typeDate:
		case typeDateTime2, typeDateOffset:
			b = append(b, c.Type.scale())
		case typeDecimal:
			b = append(b, byte(c.Type.size()), 38, c.Type.scale())
		case typeNVarChar:
			b = binary.LittleEndian.AppendUint16(b, uint16(c.Type.size())) //nolint:gosec // 0xffff at most
			b = append(b, collation...)
		case typeVarBinary:
			b = binary.LittleEndian.AppendUint16(b, uint16(c.Type.size())) //nolint:gosec // 0xffff at most
		default:
			b = append(b, byte(c.Type.size()))
		}
		b = appendShort(b, c.Name)
	}
	return b
}

// appendRow writes a row.
func appendRow(b []byte, columns []Column, row []any) ([]byte, error) {
	if len(row) != len(columns) {
		return b, fmt.Errorf("tds: a row has %d values for %d columns", len(row), len(columns))
	}
	b = append(b, tokenRow)
	var err error
	for i := range columns {
		if b, err = columns[i].Type.append(b, row[i]); err != nil {
			return b, fmt.Errorf("tds: column %s: %w", columns[i].Name, err)
		}
	}
	return b, nil
}

func (t Type) append(b []byte, v any) ([]byte, error) {
	if v == nil {
		switch {
		case t.size() == 0xffff:
			return binary.LittleEndian.AppendUint64(b, math.MaxUint64), nil
		case t.id() == typeNVarChar, t.id() == typeVarBinary:
			return binary.LittleEndian.AppendUint16(b, 0xffff), nil
		}
		return append(b, 0), nil
	}
	data, err := t.encode(v)
	switch {
	case err != nil:
		return b, err
	case t.size() == 0xffff: // in parts: here one, and the empty one that ends it
		b = binary.LittleEndian.AppendUint64(b, uint64(len(data)))
		if len(data) > 0 {
			b = append(binary.LittleEndian.AppendUint32(b, uint32(len(data))), data...) //nolint:gosec // values of tests are short
		}
		return binary.LittleEndian.AppendUint32(b, 0), nil
	case t.id() == typeNVarChar, t.id() == typeVarBinary:
		if len(data) > t.size() {
			return b, fmt.Errorf("%d bytes are too long", len(data))
		}
		return append(binary.LittleEndian.AppendUint16(b, uint16(len(data))), data...), nil //nolint:gosec // t.size() at most
	}
	return append(append(b, byte(len(data))), data...), nil
}

func (t Type) encode(v any) ([]byte, error) {
	bad := fmt.Errorf("a %T does not fit", v)
	switch x := v.(type) {
	case bool:
		if t.id() != typeBit {
			return nil, bad
		}
		if x {
			return []byte{1}, nil
		}
		return []byte{0}, nil
	case int64:
		if t.id() != typeInt {
			return nil, bad
		}
		return binary.LittleEndian.AppendUint64(nil, uint64(x))[:t.size()], nil //nolint:gosec // the bits as they are
	case float64:
		switch {
		case t.id() != typeFloat:
			return nil, bad
		case t.size() == 4:
			return binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(x))), nil
		}
		return binary.LittleEndian.AppendUint64(nil, math.Float64bits(x)), nil
	case string:
		switch t.id() {
		case typeNVarChar:
			return appendUTF16(nil, x), nil
		case typeDecimal:
			return decimalBytes(x, int(t.scale()))
		}
		return nil, bad
	case []byte:
		if t.id() != typeVarBinary {
			return nil, bad
		}
		return x, nil
	case [16]byte:
		if t.id() != typeGUID {
			return nil, bad
		}
		return mixed(x), nil
	case time.Time:
		switch t.id() {
		case typeDate:
			return days(x), nil
		case typeDateTime2:
			return append(clock(x), days(x)...), nil
		case typeDateOffset:
			_, offset := x.Zone()
			u := x.UTC()
			return binary.LittleEndian.AppendUint16(append(clock(u), days(u)...), uint16(offset/60)), nil //nolint:gosec // the bits as they are
		}
	}
	return nil, bad
}

// mixed swaps the first three groups of a UUID, which SQL Server keeps with the small end first.
func mixed(u [16]byte) []byte {
	return []byte{u[3], u[2], u[1], u[0], u[5], u[4], u[7], u[6], u[8], u[9], u[10], u[11], u[12], u[13], u[14], u[15]}
}

func dayOne() time.Time { return time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC) }

// days counts from the first of January of the year 1.
func days(t time.Time) []byte {
	y, m, d := t.Date()
	n := int64(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Sub(dayOne()) / (24 * time.Hour))
	if n == math.MaxInt64/int64(24*time.Hour) { // Sub ends at 292 years: count by the calendar
		n = 0
		for year := 1; year < y; year++ {
			n += int64(time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC).YearDay())
		}
		n += int64(t.YearDay() - 1)
	}
	return []byte{byte(n), byte(n >> 8), byte(n >> 16)}
}

// clock counts steps of 100 ns since midnight.
func clock(t time.Time) []byte {
	n := (int64(t.Hour())*3600+int64(t.Minute())*60+int64(t.Second()))*1e7 + int64(t.Nanosecond())/100
	return binary.LittleEndian.AppendUint64(nil, uint64(n))[:5] //nolint:gosec // a day is not negative
}

func decimalBytes(s string, scale int) ([]byte, error) {
	digits, negative := strings.CutPrefix(s, "-")
	whole, part, _ := strings.Cut(digits, ".")
	if len(part) > scale {
		return nil, fmt.Errorf("%q has more digits behind the point than the type", s)
	}
	n, ok := new(big.Int).SetString(whole+part+strings.Repeat("0", scale-len(part)), 10)
	if !ok || n.BitLen() > 127 {
		return nil, fmt.Errorf("%q is no decimal of 38 digits", s)
	}
	out := make([]byte, 17)
	if !negative {
		out[0] = 1
	}
	for i, c := range n.Bytes() {
		out[len(n.Bytes())-i] = c
	}
	return out, nil
}
