package entity

import (
	"unsafe"

	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Fitting leaves out the keys that no row can have in the columns.
func Fitting(columns []*model.Field, keys []model.List) []model.List {
	out := make([]model.List, len(keys))
next:
	for i := range keys[0] {
		row := make([]model.Value, len(columns))
		for c, f := range columns {
			v, ok := f.Key(keys[c][i])
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

// ColumnsOf gives the values of columns, a list for each.
func ColumnsOf(columns []*model.Field, rows *source.Slab) ([]model.List, error) {
	out := make([]model.List, len(columns))
	for i := range rows.Len() {
		for c, f := range columns {
			v, err := f.Load(rows.At(i))
			if err != nil {
				return nil, err
			}
			out[c] = append(out[c], v)
		}
	}
	return out, nil
}

// EqualKeys compares two values as keys are compared.
func EqualKeys(a, b model.Value) bool {
	return string(model.AppendKey(nil, a)) == string(model.AppendKey(nil, b))
}

// Values gives the columns of a row.
func Values(fields []*model.Field, row unsafe.Pointer) ([]model.Value, error) {
	out := make([]model.Value, len(fields))
	for i, x := range fields {
		v, err := x.Load(row)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

// IsZero reports whether a key is the zero value of its type, which stands for one that is not made yet.
func IsZero(v model.Value) bool {
	switch v.Kind() {
	case model.IntValue, model.UintValue:
		return v.Uint() == 0
	case model.UUIDValue:
		return *v.UUID() == [16]byte{}
	}
	return false
}

// RowKey gives the columns of a row as one text by which rows are told apart.
func RowKey(fields []*model.Field, row unsafe.Pointer) (string, error) {
	vs, err := Values(fields, row)
	return KeyText(vs), err
}

// KeyText gives values as one text: equal keys have equal texts.
func KeyText(vs []model.Value) string {
	var b []byte
	for _, v := range vs {
		b = model.AppendKey(b, v)
	}
	return string(b)
}
