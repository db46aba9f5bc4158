package client

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls/rest/rjson"
	"github.com/multi-orm/orm/source"
)

// Describe says which requests st would send, without any value.
func (d *DataSource) Describe(st *builder.Select) (string, error) {
	text, err := d.describe(st)
	return text, fault.Fill(err, "", st.Model.Name, d.name)
}

func (d *DataSource) describe(st *builder.Select) (string, error) {
	q := *st
	var notes []string
	if g := st.Group; g != nil { // the keys are not known
		columns := g.Columns
		if q.Group, q.Take, q.HasTake = nil, 0, false; g.Link != nil {
			kid := q
			kid.Group = &builder.Group{Skip: g.Skip, Take: g.Take, HasTake: g.HasTake}
			q = builder.Select{Model: g.Link.Model, Columns: g.Link.Local, Scoped: true, Inside: []builder.Inset{{Relation: g.Link, Rows: &kid}}}
			columns = g.Link.Local
		} else if g.Paged() {
			notes = append(notes, "cut here")
		}
		for _, f := range columns {
			q.Where.Add(builder.Expr{Op: builder.OpIn, Field: f, Value: model.ListOf(model.List{model.StringOf(""), model.StringOf("…")})})
		}
		notes = append(notes, "one request for as many keys as MaxURL takes")
	}
	x, err := d.reading(context.Background(), &q, &source.Rows{})
	if err != nil {
		return "", err
	}
	if q.Distinct {
		notes = append(notes, "made distinct here")
	}
	url := strings.TrimSuffix(d.call.Base.EscapedPath(), "/") + x.r.path
	if _, ok := x.keyed(); ok && q.Want != builder.WantCount {
		url += "/{key}"
	}
	sel, err := x.outline()
	if err != nil {
		return "", err
	}
	if sel = masked(sel, true); len(sel.Members) > 0 {
		url += "?select=" + string(sel.Append(nil))
	}
	if d.who != "" {
		notes = append(notes, "as "+d.who)
	}
	out := http.MethodGet + " " + strings.ReplaceAll(url, "'…'", "…")
	if len(notes) > 0 {
		out += fmt.Sprintf(" (%s)", strings.Join(notes, ", "))
	}
	return out, nil
}

// outline gives the select of the first request.
func (x *reading) outline() (rjson.Value, error) {
	st := x.st
	_, byKey := x.keyed()
	where, err := x.words.where(x.r, &x.where)
	if err != nil {
		return where, err
	}
	if byKey && st.Want != builder.WantCount {
		where = object()
	}
	if st.Want == builder.WantCount && !st.Distinct {
		sel := object()
		if len(where.Members) > 0 {
			sel.Members = append(sel.Members, rjson.Member{Name: wordWhere, Value: where})
		}
		sel.Members = append(sel.Members, rjson.Member{Name: wordColumns, Value: boolean(false)})
		return sel, nil
	}
	at := window{paged: true}
	skip, take, limited := x.take()
	switch {
	case byKey:
		at = window{}
	case st.Want == builder.WantExists:
		at = window{limit: 1}
	case limited && take <= x.r.pageMost():
		at = window{limit: take, offset: skip}
	}
	return x.words.selection(&x.level, where, at, func(in *inset) int64 { return x.limits[in] })
}

// masked takes the values out of a select; what says which columns, which order and how many rows stays.
func masked(v rjson.Value, sel bool) rjson.Value {
	out := v
	if !sel {
		switch v.Kind {
		case rjson.Object:
			out.Members = make([]rjson.Member, len(v.Members))
			for i, m := range v.Members {
				out.Members[i] = rjson.Member{Name: m.Name, Value: masked(m.Value, false)}
			}
			return out
		case rjson.Array:
			if len(v.Items) > 0 && v.Items[0].Kind == rjson.Object {
				out.Items = make([]rjson.Value, len(v.Items))
				for i := range v.Items {
					out.Items[i] = masked(v.Items[i], false)
				}
				return out
			}
		}
		return text("…")
	}
	out.Members = make([]rjson.Member, 0, len(v.Members))
	for _, m := range v.Members {
		switch m.Name {
		case wordWhere:
			m.Value = masked(m.Value, false)
		case wordCursor:
			continue
		case wordWith:
			with := m.Value
			m.Value.Members = make([]rjson.Member, len(with.Members))
			for i, x := range with.Members {
				if x.Value.Kind == rjson.Object {
					x.Value = masked(x.Value, x.Name != wordCount)
				}
				m.Value.Members[i] = x
			}
		}
		out.Members = append(out.Members, m)
	}
	return out
}
