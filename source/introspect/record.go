package introspect

import (
	"bytes"
	"encoding/json"
	"iter"
)

// Record is a row: its columns in the order of the table, then the relations that were asked for, by name. It is read only.
//
// A column holds nil for NULL, bool, int64, uint64, float64, string, []byte, time.Time (UTC), json.RawMessage or []any, as
// its type says; decimals, UUIDs, times of day and types without a form of their own are text. A relation to one row holds a
// Record, or nil; one to many holds a []Record that is never nil.
type Record struct{ r *record }

type record struct {
	names  []string
	values []any
	at     map[string]int // shared by the rows of a read
}

// Get gives the value of a column or relation, nil where the record has none of that name; see Has.
func (r Record) Get(name string) any {
	if at, ok := r.index(name); ok {
		return r.r.values[at]
	}
	return nil
}

// Has reports whether the record has a column or relation of that name.
func (r Record) Has(name string) bool {
	_, ok := r.index(name)
	return ok
}

func (r Record) index(name string) (int, bool) {
	if r.r == nil {
		return 0, false
	}
	at, ok := r.r.at[name]
	return at, ok
}

// Len is the number of columns and relations.
func (r Record) Len() int {
	if r.r == nil {
		return 0
	}
	return len(r.r.names)
}

// Names gives the names in order.
func (r Record) Names() []string {
	if r.r == nil {
		return nil
	}
	return append([]string(nil), r.r.names...)
}

// All walks over names and values in order.
func (r Record) All() iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		for i := range r.Len() {
			if !yield(r.r.names[i], r.r.values[i]) {
				return
			}
		}
	}
}

// MarshalJSON writes an object with its members in order. Bytes are base64 text; whole numbers are written in full.
func (r Record) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i := range r.Len() {
		if i > 0 {
			b.WriteByte(',')
		}
		for j, v := range []any{r.r.names[i], r.r.values[i]} {
			text, err := json.Marshal(v)
			if err != nil {
				return nil, err
			}
			if j == 1 {
				b.WriteByte(':')
			}
			b.Write(text)
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
