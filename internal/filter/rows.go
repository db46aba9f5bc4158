package filter

import (
	"unsafe"

	"github.com/multi-orm/orm/model"
)

// Distinct keeps the first of the rows that agree in every one of fields; NULL agrees with NULL.
func Distinct(rows []unsafe.Pointer, fields []*model.Field) ([]unsafe.Pointer, error) {
	seen := make(map[string]struct{}, len(rows))
	out := rows[:0:0]
	var b []byte
	for _, row := range rows {
		var err error
		if b, err = AppendKey(b[:0], fields, row); err != nil {
			return nil, err
		}
		if _, again := seen[string(b)]; again {
			continue
		}
		seen[string(b)] = struct{}{}
		out = append(out, row)
	}
	return out, nil
}

// AppendKey appends the key that the columns of a row make; rows that agree in every column have one key.
func AppendKey(b []byte, fields []*model.Field, row unsafe.Pointer) ([]byte, error) {
	for _, f := range fields {
		v, err := Load(f, row)
		if err != nil {
			return b, err
		}
		b = model.AppendKey(b, v)
	}
	return b, nil
}

// Key is AppendKey for values that belong to the columns; whole is false where one is NULL, which equals nothing.
func Key(b []byte, fields []*model.Field, values []model.Value) (key []byte, whole bool, err error) {
	for i, f := range fields {
		v, err := normal(f, values[i])
		if err != nil || v.IsNull() {
			return b, false, err
		}
		b = model.AppendKey(b, v)
	}
	return b, true, nil
}

// Page cuts rows to those after skip, and at most take of them when limited.
func Page[T any](rows []T, skip, take int64, limited bool) []T {
	if skip >= int64(len(rows)) {
		return rows[:0]
	}
	rows = rows[max(skip, 0):]
	if limited && take < int64(len(rows)) {
		rows = rows[:max(take, 0)]
	}
	return rows
}

// PagePerGroup pages inside each run of equal groups; the rows must be sorted by group.
func PagePerGroup(rows []unsafe.Pointer, groups []int, skip, take int64, limited bool) []unsafe.Pointer {
	out := rows[:0:0]
	for from := 0; from < len(rows); {
		to := from + 1
		for to < len(rows) && groups[to] == groups[from] {
			to++
		}
		out = append(out, Page(rows[from:to], skip, take, limited)...)
		from = to
	}
	return out
}
