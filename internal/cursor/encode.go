package cursor

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/multi-orm/orm/model"
)

// version is the first byte of the sealed part.
const version = 1

const (
	backFlag   = 1
	withinFlag = 2
	fromFlag   = 4
)

func encode(p Place) ([]byte, error) {
	var flags byte
	if p.Back {
		flags |= backFlag
	}
	if p.Within {
		flags |= withinFlag
	}
	if len(p.From) > 0 {
		flags |= fromFlag
	}
	b := binary.AppendUvarint([]byte{version, flags}, uint64(len(p.Values)))
	for _, v := range p.Values {
		switch v.Kind() {
		case model.NullValue:
			b = append(b, 'n')
		case model.BoolValue:
			if v.Bool() {
				b = append(b, 'T')
			} else {
				b = append(b, 'F')
			}
		case model.IntValue:
			b = binary.AppendVarint(append(b, 'i'), v.Int())
		case model.UintValue:
			b = binary.AppendUvarint(append(b, 'u'), v.Uint())
		case model.FloatValue:
			b = binary.BigEndian.AppendUint64(append(b, 'f'), math.Float64bits(v.Float()))
		case model.StringValue:
			b = append(binary.AppendUvarint(append(b, 's'), uint64(len(v.Str()))), v.Str()...)
		case model.BytesValue:
			b = append(binary.AppendUvarint(append(b, 'y'), uint64(len(v.Bytes()))), v.Bytes()...)
		case model.TimeValue:
			b = binary.AppendVarint(append(b, 't'), v.Micros())
		case model.UUIDValue:
			b = append(append(b, 'U'), v.UUID()[:]...)
		default:
			return nil, ErrKind
		}
		if len(b) > MaxText {
			return nil, ErrTooLong
		}
	}
	if len(p.From) > 0 {
		if len(b)+len(p.From) > MaxText {
			return nil, ErrTooLong
		}
		b = append(binary.AppendUvarint(b, uint64(len(p.From))), p.From...)
	}
	return b, nil
}

// decode reads what encode wrote, and fails for anything else: whoever has the key may still have another version.
func decode(b []byte) (Place, error) {
	if len(b) < 2 || b[0] != version || b[1] > backFlag|withinFlag|fromFlag {
		return Place{}, errBad
	}
	p := Place{Back: b[1]&backFlag != 0, Within: b[1]&withinFlag != 0}
	r := reader{b: b[2:]}
	n := r.uvarint()
	for ; n > 0 && !r.bad; n-- {
		p.Values = append(p.Values, r.value())
	}
	if b[1]&fromFlag != 0 {
		p.From = append([]byte(nil), r.take(r.uvarint())...)
	}
	if r.bad || len(r.b) > 0 {
		return Place{}, errBad
	}
	return p, nil
}

type reader struct {
	b   []byte
	bad bool
}

func (r *reader) take(n uint64) []byte {
	if r.bad || n > uint64(len(r.b)) {
		r.bad = true
		return nil
	}
	out := r.b[:n:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.bad = true
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.bad = true
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) value() model.Value {
	kind := r.take(1)
	if r.bad {
		return model.Null()
	}
	switch kind[0] {
	case 'n':
	case 'T', 'F':
		return model.BoolOf(kind[0] == 'T')
	case 'i':
		return model.IntOf(r.varint())
	case 'u':
		return model.UintOf(r.uvarint())
	case 'f':
		if b := r.take(8); !r.bad {
			return model.FloatOf(math.Float64frombits(binary.BigEndian.Uint64(b)))
		}
	case 's':
		return model.StringOf(string(r.take(r.uvarint())))
	case 'y':
		b := r.take(r.uvarint())
		return model.BytesOf(append([]byte{}, b...))
	case 't':
		return model.TimeOf(time.UnixMicro(r.varint()))
	case 'U':
		u := new([16]byte)
		copy(u[:], r.take(16))
		return model.UUIDOf(u)
	default:
		r.bad = true
	}
	return model.Null()
}
