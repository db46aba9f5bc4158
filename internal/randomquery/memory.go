package randomquery

import (
	"context"
	"reflect"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/reading"
	"github.com/multi-orm/orm/internal/truth"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Memory is every row of a graph. It answers queries by itself, and knows nothing of SQL or of sources.
type Memory struct {
	rows map[*model.Model][]reflect.Value
	far  map[*model.Relation]map[string][]reflect.Value // related rows by the local key
}

// Remember reads every row.
func Remember(ctx context.Context, s *engine.Session) (*Memory, error) {
	w := &Memory{map[*model.Model][]reflect.Value{}, map[*model.Relation]map[string][]reflect.Value{}}
	for _, m := range s.Models() {
		rows := source.Rows{Slab: source.NewSlab(m.Type)}
		if err := reading.Read(ctx, s, "All", &builder.Select{Model: m}, &rows); err != nil {
			return nil, err
		}
		all := rows.Slab.Slice()
		for i := range all.Len() {
			w.rows[m] = append(w.rows[m], all.Index(i))
		}
	}
	return w, nil
}

func load(row reflect.Value, f *model.Field) model.Value {
	return must(f.Load(row.Addr().UnsafePointer()))
}

// Answer gives what a query gives, as text.
func (w *Memory) Answer(st *builder.Select) string {
	where := st.Where.Expr()
	var found []reflect.Value
	for _, row := range w.rows[st.Model] {
		if w.truth(&where, row) == truth.Yes {
			found = append(found, row)
		}
	}
	var out any
	switch st.Want {
	case builder.WantCount:
		out = []int64{int64(len(found))}
	case builder.WantExists:
		out = []int64{}
		if len(found) > 0 {
			out = []int64{1}
		}
	default:
		var order []builder.SortKey
		for i := range st.Order.Len() {
			order = append(order, *st.Order.At(i))
		}
		sortBy(found, st.Model, order)
		out = w.with(cut(found, st.Skip, st.Take, st.HasTake), st.Model, st.Includes).Interface()
	}
	return textOf(out)
}

// with copies rows and gives them their related rows.
func (w *Memory) with(rows []reflect.Value, m *model.Model, incs []*builder.Include) reflect.Value {
	out := reflect.MakeSlice(reflect.SliceOf(m.Type), len(rows), len(rows))
	for i, row := range rows {
		out.Index(i).Set(row)
		for _, inc := range incs {
			r := inc.Relation
			where := builder.AllOf(inc.Where...)
			var found []reflect.Value
			for _, x := range w.related(r, row) {
				if w.truth(&where, x) == truth.Yes {
					found = append(found, x)
				}
			}
			sortBy(found, r.Target, inc.Order)
			kids := w.with(cut(found, inc.Skip, inc.Take, inc.HasTake), r.Target, inc.Includes)
			at := out.Index(i).FieldByName(r.Name)
			switch {
			case r.Many:
				at.Set(kids)
			case kids.Len() > 0:
				at.Set(kids.Index(0).Addr())
			}
		}
	}
	return out
}

func cut(rows []reflect.Value, skip, take int64, limited bool) []reflect.Value {
	rows = rows[min(int(skip), len(rows)):]
	if limited {
		rows = rows[:min(int(take), len(rows))]
	}
	return rows
}

// related gives the rows of a relation, once for each link.
func (w *Memory) related(r *model.Relation, row reflect.Value) []reflect.Value {
	far := w.far[r]
	if far == nil {
		far = w.follow(r)
		w.far[r] = far
	}
	key := keyOf(row, r.Local)
	if key == "" {
		return nil
	}
	return far[key]
}

// follow gives the related rows for every local key there is.
func (w *Memory) follow(r *model.Relation) map[string][]reflect.Value {
	out, targets := map[string][]reflect.Value{}, map[string][]reflect.Value{}
	for _, x := range w.rows[r.Target] {
		key := keyOf(x, r.Remote)
		targets[key] = append(targets[key], x)
	}
	if r.Through == nil {
		return targets
	}
	for lm, links := range w.rows {
		if lm.Table != r.Through.Table {
			continue
		}
		for _, link := range links {
			near, far := keyOf(link, columns(lm, r.Through.Local)), keyOf(link, columns(lm, r.Through.Remote))
			if near != "" && far != "" {
				out[near] = append(out[near], targets[far]...)
			}
		}
	}
	return out
}

func columns(m *model.Model, names []string) (out []*model.Field) {
	for _, n := range names {
		out = append(out, must(m.Field(n)))
	}
	return out
}

// keyOf gives the values as text, "" where one is NULL.
func keyOf(row reflect.Value, fields []*model.Field) string {
	var b []byte
	for _, f := range fields {
		v := load(row, f)
		if v.IsNull() {
			return ""
		}
		b = model.AppendKey(b, v)
	}
	return string(b)
}
