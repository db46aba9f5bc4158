package blame

import (
	"unicode/utf8"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// Computed gives the fields that st gives what the database computes, whose range only it can know.
func Computed(st builder.Statement) (out []*model.Field) {
	each := func(sets []builder.Set) {
		for i := range sets {
			switch sets[i].Op {
			case builder.SetInc, builder.SetMul, builder.SetText, builder.SetCopy:
				if x := sets[i].Ext; x == nil || !x.Keeps {
					out = append(out, sets[i].Field)
				}
			}
		}
	}
	switch q := st.(type) {
	case *builder.Insert:
		if q.Conflict != nil {
			each(q.Conflict.Set)
		}
	case *builder.Update:
		each(q.Set)
	}
	return without(out, st.Root().Version)
}

// without leaves out f, unless it is alone.
func without(fields []*model.Field, f *model.Field) (out []*model.Field) {
	for _, x := range fields {
		if x != f {
			out = append(out, x)
		}
	}
	if len(out) == 0 {
		return fields
	}
	return out
}

// Values calls fn with each value that st writes into f.
func Values(st builder.Statement, f *model.Field, fn func(model.Value)) {
	each := func(sets []builder.Set) {
		for i := range sets {
			if sets[i].Field == f && sets[i].Op == builder.SetValue {
				fn(sets[i].Value)
			}
		}
	}
	switch q := st.(type) {
	case *builder.Insert:
		for i, v := range q.Values {
			if q.Fields[i%len(q.Fields)] == f {
				fn(v)
			}
		}
		if q.Conflict != nil {
			each(q.Conflict.Set)
		}
	case *builder.Update:
		each(q.Set)
		if q.From != nil {
			var buf []builder.Set
			for i := range q.From.Rows {
				buf = q.From.Sets(i, buf)
				each(buf)
			}
		}
	}
}

// Longest gives the number of characters of the longest text, or bytes, that st writes into f; -1 where it writes none.
func Longest(st builder.Statement, f *model.Field) int {
	most := -1
	Values(st, f, func(v model.Value) {
		switch v.Kind() {
		case model.StringValue:
			most = max(most, utf8.RuneCountInString(v.Str()))
		case model.BytesValue:
			most = max(most, len(v.Bytes()))
		}
	})
	return most
}
