package orm

import (
	"context"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/reading"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Counts counts related rows of rows that were read before, by their keys, in one statement: the result has a list for each
// count, in step with rows. Scopes hold for what is counted as they hold for a read. A row that is not there any more, or
// that the actor may not see, has 0. Where the rows are still to be read, With and [RelationCount.Into] count them
// with the same statement.
//
//	numbers, err := users.Counts(ctx, rows, Users.Orders.Count(), Users.Posts.Count(Posts.Public.Eq(true)))
func (r Repo[T]) Counts(ctx context.Context, rows []*T, counts ...RelationCount[T]) ([][]int64, error) {
	const name = "Counts"
	q := r.Query()
	if q.st.Err != nil {
		return nil, fault.Fill(q.st.Err, name, modelName(q.st.Model), "")
	}
	m := q.st.Model
	out := make([][]int64, len(counts))
	for i := range out {
		out[i] = make([]int64, len(rows))
	}
	if len(rows) == 0 || len(counts) == 0 {
		return out, nil
	}
	places, keys, err := placesOf(m, rows)
	if err != nil {
		return nil, fault.Fill(err, name, m.Name, "")
	}
	terms := make([]*builder.Term, len(counts))
	for i, c := range counts {
		if terms[i], err = builder.TermOf(c.Expression); err != nil {
			return nil, fault.Fill(err, name, m.Name, "")
		}
	}
	t, fields, ok := builder.Beside(terms)
	if !ok {
		return nil, fault.New(ErrInvalid, m.Name, "", "it is no count")
	}
	q.st.Columns = m.Key
	if len(m.Key) == 1 {
		q.st.Where.Add(builder.Within(m.Key[0], false, keys[0]))
	} else {
		q.st.Where.Add(builder.WithinTuples(m.Key, keys))
	}
	for i, term := range terms {
		q.st.Extra = &builder.Extra{Field: fields[i], Term: term, Beside: true, Before: q.st.Extra}
	}
	c, err := q.start(name, len(keys[0]))
	if err != nil {
		return nil, err
	}
	beside := source.NewSlab(t)
	c.Rows.Links = &beside
	if err := reading.ReadCall(ctx, r.s, name, c); err != nil {
		return nil, err
	}
	if beside.Len() != c.Rows.Len() {
		return nil, &Error{Op: name, Model: m.Name, Err: ErrDenied, Detail: "a hook took rows away whose related rows are counted"}
	}
	for k := range c.Rows.Len() {
		key, err := keyOf(m, c.Rows.At(k), nil)
		if err != nil {
			return nil, err
		}
		for i, f := range fields {
			v, err := f.Load(beside.At(k))
			if err != nil {
				return nil, err
			}
			for _, place := range places[string(key)] {
				out[i][place] = v.Int()
			}
		}
	}
	return out, nil
}

// placesOf gives the places of each key among rows, and the keys that differ, a list for each of the key's columns.
func placesOf[T any](m *model.Model, rows []*T) (places map[string][]int, keys []model.List, err error) {
	if len(m.Key) == 0 {
		return nil, nil, fault.New(ErrInvalid, m.Name, "", "the model has no key to find the rows by")
	}
	places, keys = make(map[string][]int, len(rows)), make([]model.List, len(m.Key))
	for i, row := range rows {
		if row == nil {
			return nil, nil, fault.New(ErrInvalid, m.Name, "", "a row is a nil pointer")
		}
		values := make([]model.Value, len(m.Key))
		key, err := keyOf(m, unsafe.Pointer(row), values)
		if err != nil {
			return nil, nil, err
		}
		if places[string(key)] == nil {
			for k, v := range values {
				if v.IsNull() {
					return nil, nil, fault.New(ErrInvalid, m.Name, m.Key[k].Name, "a row has no key: read it with its key")
				}
				keys[k] = append(keys[k], v)
			}
		}
		places[string(key)] = append(places[string(key)], i)
	}
	return places, keys, nil
}

// keyOf gives an injective form of a row's key, and its parts where values has room for them.
func keyOf(m *model.Model, row unsafe.Pointer, values []model.Value) (b []byte, err error) {
	for i, f := range m.Key {
		v, err := f.Load(row)
		if err != nil {
			return nil, err
		}
		b = model.AppendKey(b, v)
		if values != nil {
			values[i] = v
		}
	}
	return b, nil
}
