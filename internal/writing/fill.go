package writing

import (
	"encoding/hex"
	"slices"
	"time"
	"unsafe"

	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// now is the time written by default=now and update=now: UTC to the microsecond, as every source keeps it.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

func uuidText(u [16]byte) string {
	var b [36]byte
	hex.Encode(b[0:8], u[0:4])
	hex.Encode(b[9:13], u[4:6])
	hex.Encode(b[14:18], u[6:8])
	hex.Encode(b[19:23], u[8:10])
	hex.Encode(b[24:36], u[10:16])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return string(b[:])
}

// Made gives the value of a fill.
func Made(e *engine.Engine, f *model.Field, fill model.Fill) model.Value {
	switch fill {
	case model.FillNow:
		return f.Kept(model.TimeOf(now()))
	case model.FillUUID:
		u := e.IDs.Next()
		if f.Kind == model.UUID {
			return model.UUIDOf(&u)
		}
		return model.StringOf(uuidText(u))
	case model.FillLiteral:
		return f.DefaultValue()
	}
	return model.Null()
}

// settleTimes brings the times of the struct at row to what a database keeps, so that the struct and the row say the same. What an
// API keeps is its own business.
func settleTimes(e *engine.Engine, m *model.Model, row unsafe.Pointer) error {
	if _, sql := e.BoundTo(m).(source.SQL); !sql {
		return nil
	}
	for _, f := range m.Fields {
		if f.Kind != model.Time && (f.Civil != model.TimeOfDay || f.Elem != nil) {
			continue
		}
		if err := f.SettleTime(row); err != nil {
			return err
		}
	}
	return nil
}

// fillNew fills the zero fields of a new row that say default= or update=, in the caller's struct, but for those whose zero
// is what was said.
func fillNew(e *engine.Engine, m *model.Model, row unsafe.Pointer, said []*model.Field) error {
	if err := settleTimes(e, m, row); err != nil {
		return err
	}
	var at time.Time // one moment for all of the row
	for _, f := range m.Fields {
		fill := f.Default
		if fill == model.NoFill && !f.UpdateOnly {
			fill = f.Update
		}
		if fill == model.NoFill || fill == model.FillDatabase || !f.IsZero(row) || slices.Contains(said, f) {
			continue
		}
		var v model.Value
		switch {
		case fill != model.FillNow:
			v = Made(e, f, fill)
		case at.IsZero():
			at = now()
			fallthrough
		default:
			v = f.Kept(model.TimeOf(at))
		}
		if err := f.Store(row, v); err != nil {
			return err
		}
	}
	return nil
}

// madeUp gives the columns that fillNew will fill in every one of rows.
func madeUp(m *model.Model, rows *source.Slab, said []*model.Field) (out []*model.Field) {
	for _, f := range m.Fields {
		if f.Default == model.FillDatabase || f.Default == model.NoFill && (f.Update == model.NoFill || f.UpdateOnly) || slices.Contains(said, f) {
			continue
		}
		all := true
		for i := 0; i < rows.Len() && all; i++ {
			all = f.IsZero(rows.At(i))
		}
		if all {
			out = append(out, f)
		}
	}
	return out
}

// loadNew reads the values of a row to be inserted, checking enums.
func loadNew(fields []*model.Field, row unsafe.Pointer, out []model.Value) error {
	for i, f := range fields {
		v, err := f.Load(row)
		if err != nil {
			return err
		}
		if len(f.Enum) > 0 {
			if err := f.CheckEnum(v); err != nil {
				return err
			}
		}
		if err := oversized(f, v); err != nil {
			return err
		}
		out[i] = v
	}
	return nil
}

// oversized refuses a value that is longer than size= allows: text in characters, others in bytes.
func oversized(f *model.Field, v model.Value) error {
	if f.Size == 0 || !(v.Kind() == model.StringValue && tooLong(v.Str(), f.Size) || v.Kind() == model.BytesValue && len(v.Bytes()) > f.Size) {
		return nil
	}
	return fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "the value is longer than size= allows")
}

// tooLong reports whether s has more than n characters.
func tooLong(s string, n int) bool {
	if len(s) <= n {
		return false
	}
	for range s {
		if n--; n < 0 {
			return true
		}
	}
	return false
}
