package client

import (
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls/rest/rjson"
)

// window is which rows of a list a request asks for.
type window struct {
	limit  int64 // 0 for the service's own
	offset int64
	cursor string
	paged  bool // cursor counts; an empty one asks for the first page
}

// selection writes a level as the value of select. where is that of the request, which may hold a part of the level's only.
func (w wording) selection(l *level, where rjson.Value, at window, limits func(*inset) int64) (rjson.Value, error) {
	var out rjson.Value
	out.Kind = rjson.Object
	add := func(name string, v rjson.Value) {
		out.Members = append(out.Members, rjson.Member{Name: name, Value: v})
	}
	if len(where.Members) > 0 {
		add(wordWhere, where)
	}
	columns, err := columnsOf(l.r, l.fields)
	if err != nil {
		return out, err
	}
	add(wordColumns, columns)
	if l.asks {
		v, err := orderOf(l)
		if err != nil {
			return out, err
		}
		add(wordOrder, v)
	}
	if at.limit > 0 {
		add(wordLimit, number(at.limit))
	}
	if at.offset > 0 {
		add(wordOffset, number(at.offset))
	}
	if at.paged {
		add(wordCursor, text(at.cursor))
	}
	with, err := w.with(l, limits)
	if len(with.Members) > 0 {
		add(wordWith, with)
	}
	return out, err
}

func columnsOf(r *resource, fields []*model.Field) (rjson.Value, error) {
	out := object()
	for _, f := range fields {
		name, err := r.column(f)
		if err != nil {
			return out, err
		}
		out.Members = append(out.Members, rjson.Member{Name: name, Value: boolean(true)})
	}
	return out, nil
}

// orderOf writes the order. Where the service sorts by no key, the keys at its end are left out: it breaks ties by its own key,
// and the rows are looked at.
func orderOf(l *level) (rjson.Value, error) {
	out := object()
	n := l.st.Order.Len()
	if l.r.is(&l.r.noKey) {
		n = untied(l.st)
	}
	for i := range n {
		k := l.st.Order.At(i)
		name, err := l.r.column(k.Field)
		if err != nil {
			return out, err
		}
		if out.Member(name) != nil { // a column sorts once
			continue
		}
		v := text("asc")
		if k.Desc {
			v = text("desc")
		}
		switch k.Nulls {
		case builder.NullsFirst:
			v = object(rjson.Member{Name: "sort", Value: v}, rjson.Member{Name: "nulls", Value: text("first")})
		case builder.NullsLast:
			v = object(rjson.Member{Name: "sort", Value: v}, rjson.Member{Name: "nulls", Value: text("last")})
		}
		out.Members = append(out.Members, rjson.Member{Name: name, Value: v})
	}
	return out, nil
}

// untied gives how many sort keys stand before those that only break ties by the key, all of them where there is nothing else.
func untied(st *builder.Select) int {
	n := st.Order.Len()
	for n > 0 {
		if k := st.Order.At(n - 1); k.Desc || !k.Field.Primary {
			return n
		}
		n--
	}
	return st.Order.Len()
}

func (w wording) with(l *level, limits func(*inset) int64) (rjson.Value, error) {
	out := object()
	for _, x := range l.insets {
		where, err := w.where(x.r, &x.where)
		if err != nil {
			return out, err
		}
		at := window{}
		if x.relation.Many {
			at.limit = limits(x)
			if g := x.st.Group; g != nil {
				at.offset = g.Skip
			}
		}
		v, err := w.selection(&x.level, where, at, limits)
		if err != nil {
			return out, err
		}
		out.Members = append(out.Members, rjson.Member{Name: x.name, Value: v})
	}
	if len(l.counts) == 0 {
		return out, nil
	}
	counts := object()
	for i := len(l.counts) - 1; i >= 0; i-- { // in the order they were asked for
		c := &l.counts[i]
		to, err := w.of(c.extra.Term.Rel.Target)
		if err != nil {
			return out, err
		}
		where, err := w.where(to, &c.where)
		if err != nil {
			return out, err
		}
		v := boolean(true)
		if len(where.Members) > 0 {
			v = object(rjson.Member{Name: wordWhere, Value: where})
		}
		counts.Members = append(counts.Members, rjson.Member{Name: c.name, Value: v})
	}
	out.Members = append(out.Members, rjson.Member{Name: wordCount, Value: counts})
	return out, nil
}
