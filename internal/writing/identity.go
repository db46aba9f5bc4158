package writing

import (
	"bytes"
	"encoding/json"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// identifying gives st so that its answer tells whose a row is: with the whole key where the source makes only a part of
// it, and with columns that identify a row where no ascending number can be hoped for.
func identifying(s *engine.Session, st *builder.Insert) *builder.Insert {
	extra := st.Model.Key
	if st.MadeNumber() == nil || dealt(s.Engine, st.Model) == byContent {
		extra = entity.Union(extra, identifiers(st))
	}
	if entity.Subset(extra, st.Returning) {
		return st
	}
	wide := *st
	wide.Returning = entity.Union(st.Returning, extra)
	return &wide
}

// identifiers gives columns among those that st writes by which its rows are known: the key or a unique set, or else all of
// them, since rows that have all of them in common are interchangeable.
func identifiers(st *builder.Insert) []*model.Field {
	if tellsApart(st, st.Model.Key) {
		return st.Model.Key
	}
	for _, u := range st.Model.Uniques {
		if tellsApart(st, u.Fields) {
			return u.Fields
		}
	}
	return st.Fields
}

// tellsApart reports whether st writes all of columns, and no two rows alike in them: a unique set may hold NULL, and
// holds among living rows only.
func tellsApart(st *builder.Insert, columns []*model.Field) bool {
	if !entity.Subset(columns, st.Fields) {
		return false
	}
	seen := make(map[string]bool, st.Rows)
	rows := &newRows{st: st}
	for i := range st.Rows {
		form := contentOf(rows, i, columns)
		if seen[form] {
			return false
		}
		seen[form] = true
	}
	return true
}

// match finds for each row of st the number of the row of back that has the same values in the columns by, nil where
// one has none.
func match(st *builder.Insert, by []*model.Field, back *source.Slab) ([]int, error) {
	if back.Len() != st.Rows {
		return nil, nil
	}
	have := make(map[string][]int, back.Len())
	var buf []byte
	for i := range back.Len() {
		buf = buf[:0]
		for _, f := range by {
			v, err := f.Load(back.At(i))
			if err != nil {
				return nil, err
			}
			buf = appendContent(buf, f, v)
		}
		have[string(buf)] = append(have[string(buf)], i)
	}
	order := make([]int, st.Rows)
	rows := &newRows{st: st}
	for i := range order {
		form := contentOf(rows, i, by)
		same := have[form]
		if len(same) == 0 {
			return nil, nil
		}
		order[i], have[form] = same[0], same[1:]
	}
	return order, nil
}

func contentOf(rows *newRows, i int, columns []*model.Field) string {
	var buf []byte
	for _, f := range columns {
		buf = appendContent(buf, f, rows.Get(i, f))
	}
	return string(buf)
}

// appendContent is model.AppendKey that takes values for one where databases write them otherwise: decimals and documents.
func appendContent(b []byte, f *model.Field, v model.Value) []byte {
	switch {
	case f.Decimal != nil:
		if d, err := f.DecimalValue(v); err == nil {
			v = d
		}
	case f.TimeForm != model.TimeNative:
		v = f.Kept(v)
	case f.Kind == model.JSON && !v.IsNull():
		if text, ok := v.Any().(model.JSONText); ok {
			v = model.AnyOf(canonicalJSON(text))
		}
	}
	return model.AppendKey(b, v)
}

// canonicalJSON writes a document without spaces, its keys in order.
func canonicalJSON(text model.JSONText) model.JSONText {
	var doc any
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	if d.Decode(&doc) != nil {
		return text
	}
	out, err := json.Marshal(doc)
	if err != nil {
		return text
	}
	return model.JSONText(out)
}
