package postgres

import (
	"encoding/binary"
	"math"
	"time"
	"unsafe"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/source"
)

// ownText is the length from which a text gets memory of its own, so that keeping a short text of a row
// does not keep a long one.
const ownText = 1024

// row decodes one row into rows.
func (p *plan) row(values [][]byte, rows *source.Rows) error {
	return p.next(values, rows, new(source.Cells))
}

// next is row for one of many rows, which share cells.
func (p *plan) next(values [][]byte, rows *source.Rows, cells *source.Cells) error {
	row, link := rows.NextRow()
	var joined unsafe.Pointer
	if len(values) != len(p.columns) {
		return fault.New(fault.ErrUpstream, p.model, "", "the server gave a row of another length than it announced")
	}
	text := p.text(values)
	for i := range p.columns {
		c, v, at := &p.columns[i], values[i], row
		if c.aside {
			if c.begins {
				joined = rows.NextJoined(c.join, v != nil)
			}
			if at = link; c.join > 0 {
				at = joined
			}
			if at == nil { // no row was joined
				continue
			}
		}
		if v == nil {
			if err := c.field.SetNull(at); err != nil {
				return err
			}
			continue
		}
		if c.op >= opValue {
			if err := c.assign(at, v); err != nil {
				return err
			}
			continue
		}
		dst := unsafe.Add(at, c.offset)
		if !c.inRow {
			dst = cells.Target(c.field, at)
		}
		switch c.op { // the commonest ways here, the others in store
		case opInt64:
			if len(v) != 8 {
				return c.fault(malformed)
			}
			*(*int64)(dst) = int64(binary.BigEndian.Uint64(v))
		case opText:
			if len(v) < ownText {
				*(*string)(dst), text = text[:len(v)], text[len(v):]
			} else {
				*(*string)(dst) = string(v)
			}
		case opArray:
			if err := c.array(at, dst, v); err != nil {
				return err
			}
		case opFloat64:
			if len(v) != 8 {
				return c.fault(malformed)
			}
			*(*uint64)(dst) = binary.BigEndian.Uint64(v)
		default:
			if why := c.store(dst, v); why != fine {
				return c.refuse(why, at, v)
			}
		}
	}
	return nil
}

// text copies the short texts of a row into one piece of memory, in the order of the columns.
func (p *plan) text(values [][]byte) string {
	n := 0
	for _, i := range p.texts {
		if len(values[i]) < ownText {
			n += len(values[i])
		}
	}
	if n == 0 {
		return ""
	}
	b := make([]byte, 0, n)
	for _, i := range p.texts {
		if len(values[i]) < ownText {
			b = append(b, values[i]...)
		}
	}
	return unsafe.String(unsafe.SliceData(b), n)
}

// reason says why a value did not go into its field.
type reason uint8

const (
	fine reason = iota
	malformed
	tooLarge
	infinite
)

// store decodes v into the Base value at dst, for the ops before opArray.
func (c *column) store(dst unsafe.Pointer, v []byte) reason {
	switch c.op {
	case opText: // an element; columns share the row's buffer
		*(*string)(dst) = string(v)
	case opInt64:
		if len(v) != 8 {
			return malformed
		}
		*(*int64)(dst) = int64(binary.BigEndian.Uint64(v))
	case opInt:
		x, ok := integer(c.oid, v)
		if !ok {
			return malformed
		}
		return storeInt(dst, c.field.Bits, x)
	case opUint:
		x, ok := integer(c.oid, v)
		if !ok {
			return malformed
		}
		return storeUint(dst, c.field.Bits, x)
	case opFloat64:
		if len(v) != 8 {
			return malformed
		}
		*(*float64)(dst) = math.Float64frombits(binary.BigEndian.Uint64(v))
	case opFloat:
		x, ok := float(v)
		if !ok {
			return malformed
		}
		if c.field.Bits == 64 {
			*(*float64)(dst) = x
			return fine
		}
		if math.IsInf(float64(float32(x)), 0) && !math.IsInf(x, 0) {
			return tooLarge
		}
		*(*float32)(dst) = float32(x)
	case opBool:
		if len(v) != 1 {
			return malformed
		}
		*(*bool)(dst) = v[0] != 0
	case opBytes:
		*(*[]byte)(dst) = append(make([]byte, 0, len(v)), v...) // never nil: nil is NULL
	case opTime:
		t, why := timestamp(v)
		if why != fine {
			return why
		}
		*(*time.Time)(dst) = t
	case opDate:
		t, why := date(v)
		if why != fine {
			return why
		}
		*(*time.Time)(dst) = t
	case opUUID:
		if len(v) != 16 {
			return malformed
		}
		*(*[16]byte)(dst) = [16]byte(v)
	default:
		return malformed
	}
	return fine
}

// refuse makes the error for a value that store did not take. The field's own words say what does not fit.
func (c *column) refuse(why reason, row unsafe.Pointer, v []byte) error {
	if why == tooLarge {
		if x, ok := value(c.oid, v); ok == fine {
			if err := c.field.Assign(row, x); err != nil {
				return err
			}
		}
	}
	return c.fault(why)
}

func (c *column) fault(why reason) error {
	name := ""
	if c.field.Model != nil {
		name = c.field.Model.Name
	}
	switch why {
	case infinite:
		return fault.New(fault.ErrInvalid, name, c.field.Name, "the time is infinite, which time.Time cannot be")
	case tooLarge:
		return fault.New(fault.ErrInvalid, name, c.field.Name, "the number does not fit "+c.field.Base.String())
	}
	return fault.New(fault.ErrUpstream, name, c.field.Name, "the server sent a value that is not of the column's type")
}

// integer reads any integer type.
func integer(oid uint32, v []byte) (int64, bool) {
	switch len(v) {
	case 8:
		return int64(binary.BigEndian.Uint64(v)), true
	case 4:
		x := binary.BigEndian.Uint32(v)
		if oid == pgtype.OIDOID {
			return int64(x), true
		}
		return int64(int32(x)), true
	case 2:
		return int64(int16(binary.BigEndian.Uint16(v))), true
	}
	return 0, false
}

func storeInt(dst unsafe.Pointer, bits int, x int64) reason {
	switch bits {
	case 64:
		*(*int64)(dst) = x
		return fine
	case 32:
		if y := int32(x); int64(y) == x {
			*(*int32)(dst) = y
			return fine
		}
	case 16:
		if y := int16(x); int64(y) == x {
			*(*int16)(dst) = y
			return fine
		}
	case 8:
		if y := int8(x); int64(y) == x {
			*(*int8)(dst) = y
			return fine
		}
	}
	return tooLarge
}

func storeUint(dst unsafe.Pointer, bits int, x int64) reason {
	if x < 0 {
		return tooLarge
	}
	switch bits {
	case 64:
		*(*uint64)(dst) = uint64(x)
		return fine
	case 32:
		if y := uint32(x); int64(y) == x {
			*(*uint32)(dst) = y
			return fine
		}
	case 16:
		if y := uint16(x); int64(y) == x {
			*(*uint16)(dst) = y
			return fine
		}
	case 8:
		if y := uint8(x); int64(y) == x {
			*(*uint8)(dst) = y
			return fine
		}
	}
	return tooLarge
}

func float(v []byte) (float64, bool) {
	switch len(v) {
	case 8:
		return math.Float64frombits(binary.BigEndian.Uint64(v)), true
	case 4:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(v))), true
	}
	return 0, false
}

// PostgreSQL counts from the year 2000.
const (
	epochSeconds = 946_684_800
	epochMicros  = epochSeconds * 1_000_000
	epochDays    = epochSeconds / 86_400
)

func timestamp(v []byte) (time.Time, reason) {
	if len(v) != 8 {
		return time.Time{}, malformed
	}
	x := int64(binary.BigEndian.Uint64(v))
	if x == math.MaxInt64 || x == math.MinInt64 {
		return time.Time{}, infinite
	}
	// In seconds, since the last microseconds of PostgreSQL's range overflow when counted from 1970.
	return time.Unix(x/1_000_000+epochSeconds, x%1_000_000*1000).UTC(), fine
}

func date(v []byte) (time.Time, reason) {
	if len(v) != 4 {
		return time.Time{}, malformed
	}
	x := int32(binary.BigEndian.Uint32(v))
	if x == math.MaxInt32 || x == math.MinInt32 {
		return time.Time{}, infinite
	}
	return time.Unix((int64(x)+epochDays)*86_400, 0).UTC(), fine
}
