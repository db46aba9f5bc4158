package engine

import (
	"github.com/multi-orm/orm/model"
)

// fits gives v as a value of the column f; false where no value of f can equal it. Sources differ in the width and
// the sign of their numbers: a key too large for f belongs to no row.
func fits(f *model.Field, v model.Value) (model.Value, bool) {
	switch f.Kind {
	case model.Int:
		switch v.Kind() {
		case model.UintValue:
			if v.Uint() > 1<<63-1 {
				return v, false
			}
			v = model.IntOf(int64(v.Uint()))
		case model.IntValue:
		default:
			return v, false
		}
		return v, f.Bits >= 64 || v.Int()>>(f.Bits-1) == 0 || v.Int()>>(f.Bits-1) == -1
	case model.Uint:
		switch v.Kind() {
		case model.IntValue:
			if v.Int() < 0 {
				return v, false
			}
			v = model.UintOf(uint64(v.Int()))
		case model.UintValue:
		default:
			return v, false
		}
		return v, f.Bits >= 64 || v.Uint()>>f.Bits == 0
	}
	return v, true
}

// fitting leaves out the keys that no row can have in the columns.
func fitting(columns []*model.Field, keys []model.List) []model.List {
	out := make([]model.List, len(keys))
next:
	for i := range keys[0] {
		row := make([]model.Value, len(columns))
		for c, f := range columns {
			v, ok := fits(f, keys[c][i])
			if !ok {
				continue next
			}
			row[c] = v
		}
		for c := range row {
			out[c] = append(out[c], row[c])
		}
	}
	return out
}
