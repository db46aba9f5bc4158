package tds

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// Call is what a client asks.
type Call struct {
	// Context ends when the client cancels the call or goes away.
	Context context.Context //nolint:containedctx // a call is one message, and this is its life
	Session int             // the number of the connection, from 1
	Login   Login
	Reset   bool   // the client wants its session as it was after the login: the connection comes out of a pool
	Text    string // of the batch, or of what sp_executesql is to run
	Proc    string // the procedure; "" for a batch
	Params  []Param
	Tx      uint64 // the transaction that the connection is in, 0 for none

	Names []string // of a bulk load, the columns; its Text is that of the batch before it, "INSERT BULK …"
	Rows  [][]any  // of a bulk load, values as those of parameters
}

// Param is a parameter, by its declared type.
type Param struct {
	Name  string // with its @
	Type  string // bigint, nvarchar, varbinary, uniqueidentifier, datetimeoffset, …
	Value any    // bool, int64, float64, string, []byte, [16]byte, time.Time or nil; decimals are texts
}

// Value gives the parameter of a name, such as "@p1", nil where there is none.
func (c *Call) Value(name string) any {
	for _, p := range c.Params {
		if p.Name == name {
			return p.Value
		}
	}
	return nil
}

// readBatch reads a batch.
func readBatch(data []byte) (*Call, error) {
	r := reader{data: data}
	r.headers()
	c := &Call{Text: fromUTF16(r.data)}
	if r.bad {
		return nil, fmt.Errorf("tds: the batch is cut off")
	}
	return c, nil
}

// procedure names the procedures that a number stands for.
func procedure(n uint16) string {
	switch n {
	case 10:
		return "sp_executesql"
	case 11:
		return "sp_prepare"
	case 12:
		return "sp_execute"
	case 13:
		return "sp_prepexec"
	case 15:
		return "sp_unprepare"
	}
	return "procedure " + strconv.Itoa(int(n))
}

// readRPC reads a call of a procedure.
func readRPC(data []byte) (*Call, error) {
	r := reader{data: data}
	r.headers()
	c := &Call{}
	if n := r.u16(); n == 0xffff {
		c.Proc = procedure(r.u16())
	} else {
		c.Proc = r.text(int(n))
	}
	r.u16() // flags
	for len(r.data) > 0 && !r.bad {
		p := Param{Name: r.text(int(r.u8()))}
		r.u8() // flags
		if err := p.read(&r); err != nil {
			return nil, err
		}
		c.Params = append(c.Params, p)
	}
	if r.bad {
		return nil, fmt.Errorf("tds: the call is cut off")
	}
	if c.Proc == "sp_executesql" && len(c.Params) > 0 {
		c.Text, _ = c.Params[0].Value.(string)
		c.Params = c.Params[min(2, len(c.Params)):] // behind the text stand the declarations
	}
	return c, nil
}

// read reads a parameter's type and value.
func (p *Param) read(r *reader) error {
	t, err := readType(r)
	if err != nil {
		return fmt.Errorf("%w of parameter %s", err, p.Name)
	}
	p.Type, p.Value = t.value(r)
	return nil
}

// wire is a type as it is declared in a message.
type wire struct {
	id    byte
	scale int
	parts bool // values come in parts
}

func readType(r *reader) (wire, error) {
	t := wire{id: r.u8()}
	switch t.id {
	case typeNull, typeDate:
	case typeInt, typeBit, typeFloat, typeGUID, typeDateTime:
		r.u8() // size
	case typeDecimal, typeNumeric:
		r.take(2)
		t.scale = int(r.u8())
	case typeTime, typeDateTime2, typeDateOffset:
		t.scale = int(r.u8())
	case typeNVarChar, typeVarChar, typeVarBinary:
		t.parts = r.u16() == 0xffff
		if t.id != typeVarBinary {
			r.take(5)
		}
	default:
		return t, fmt.Errorf("tds: the type 0x%x is not known here", t.id)
	}
	return t, nil
}

// value reads a value and names its type.
func (t wire) value(r *reader) (name string, v any) {
	switch t.id {
	case typeNull: // of no type, and without a value
		return "null", nil
	case typeDecimal, typeNumeric:
		return "decimal", decimalText(r.take(int(r.u8())), t.scale)
	case typeDate:
		return "date", moment(r.take(int(r.u8())), 7, t.id)
	case typeTime, typeDateTime2, typeDateOffset:
		return map[byte]string{typeTime: "time", typeDateTime2: "datetime2", typeDateOffset: "datetimeoffset"}[t.id], moment(r.take(int(r.u8())), t.scale, t.id)
	case typeNVarChar, typeVarChar, typeVarBinary:
		data, null := lengthy(r, t.parts)
		name = map[byte]string{typeNVarChar: "nvarchar", typeVarChar: "varchar", typeVarBinary: "varbinary"}[t.id]
		switch {
		case null:
			return name, nil
		case t.id == typeNVarChar:
			return name, fromUTF16(data)
		case t.id == typeVarChar:
			return name, string(data)
		}
		return name, append([]byte{}, data...)
	}
	return fixed(t.id, r.take(int(r.u8())))
}

// lengthy reads a value behind its length, or in parts.
func lengthy(r *reader, parts bool) (data []byte, null bool) {
	if !parts {
		n := r.u16()
		if n == 0xffff {
			return nil, true
		}
		return r.take(int(n)), false
	}
	if r.u64() == math.MaxUint64 {
		return nil, true
	}
	for {
		n := r.u32()
		if n == 0 || r.bad {
			return data, false
		}
		data = append(data, r.take(int(n))...)
	}
}

func fixed(id byte, b []byte) (string, any) {
	var wide [8]byte
	copy(wide[:], b)
	n := binary.LittleEndian.Uint64(wide[:])
	switch id {
	case typeBit:
		if len(b) == 0 {
			return "bit", nil
		}
		return "bit", b[0] != 0
	case typeInt:
		name := map[int]string{1: "tinyint", 2: "smallint", 4: "int", 8: "bigint"}[len(b)]
		switch len(b) {
		case 0:
			return "bigint", nil
		case 2:
			return name, int64(int16(n)) //nolint:gosec // the bits as they are
		case 4:
			return name, int64(int32(n)) //nolint:gosec // the bits as they are
		}
		return name, int64(n) //nolint:gosec // the bits as they are
	case typeFloat:
		switch len(b) {
		case 0:
			return "float", nil
		case 4:
			return "real", float64(math.Float32frombits(uint32(n))) //nolint:gosec // the bits as they are
		}
		return "float", math.Float64frombits(n)
	case typeGUID:
		if len(b) != 16 {
			return "uniqueidentifier", nil
		}
		return "uniqueidentifier", [16]byte(mixed([16]byte(b)))
	}
	return "datetime", nil
}

func decimalText(b []byte, scale int) any {
	if len(b) == 0 {
		return nil
	}
	big := new(big.Int)
	for i := len(b) - 1; i > 0; i-- {
		big.Lsh(big, 8).Or(big, bigByte(b[i]))
	}
	s := big.String()
	if scale > 0 {
		if len(s) <= scale {
			s = strings.Repeat("0", scale+1-len(s)) + s
		}
		s = s[:len(s)-scale] + "." + s[len(s)-scale:]
	}
	if b[0] == 0 {
		s = "-" + s
	}
	return s
}

func bigByte(b byte) *big.Int { return big.NewInt(int64(b)) }

// moment reads a date, a time of day, or both.
func moment(b []byte, scale int, id byte) any {
	if len(b) == 0 {
		return nil
	}
	var offset int16
	if id == typeDateOffset {
		offset = int16(binary.LittleEndian.Uint16(b[len(b)-2:])) //nolint:gosec // the bits as they are
		b = b[:len(b)-2]
	}
	t := dayOne()
	if id != typeTime {
		d := b[len(b)-3:]
		t = t.AddDate(0, 0, int(d[0])|int(d[1])<<8|int(d[2])<<16)
		b = b[:len(b)-3]
	}
	var wide [8]byte
	copy(wide[:], b)
	n := int64(binary.LittleEndian.Uint64(wide[:])) //nolint:gosec // five bytes at most
	for ; scale < 9; scale++ {
		n *= 10
	}
	t = t.Add(time.Duration(n))
	if id == typeDateOffset {
		t = t.In(time.FixedZone("", int(offset)*60))
	}
	return t
}
