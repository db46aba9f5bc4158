package openapi

import (
	"slices"

	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest/outline"
	"github.com/multi-orm/orm/rls/rest/rjson"
)

// example is what ?select= may say, as far as the shape has a part for it.
func example(r *outline.Resource, k kind, verb string, c *outline.Caller) string {
	o := c.Shape
	whole := rjson.Value{Kind: rjson.Object}
	add := func(name string, v rjson.Value) {
		whole.Members = append(whole.Members, rjson.Member{Name: name, Value: v})
	}
	object := func(name string, v rjson.Value) rjson.Value {
		return rjson.Value{Kind: rjson.Object, Members: []rjson.Member{{Name: name, Value: v}}}
	}
	yes := rjson.Value{Kind: rjson.True}
	if w, ok := condition(&o.Where); ok && (k == list || k == many) && r.Forbid&outline.ForbidWhere == 0 {
		add("where", w)
	}
	if r.Forbid&outline.ForbidColumns == 0 {
		columns := rjson.Value{Kind: rjson.Object}
		for i := range o.Columns[:min(2, len(o.Columns))] {
			columns.Members = append(columns.Members, rjson.Member{Name: o.Columns[i].Name, Value: yes})
		}
		add("columns", columns)
	}
	if k == list {
		if len(o.OrderBy) > 0 && r.Forbid&outline.ForbidOrderBy == 0 {
			add("orderBy", object(o.OrderBy[0].Name, rjson.Value{Kind: rjson.String, Text: "desc"}))
		}
		if r.Forbid&outline.ForbidLimit == 0 && r.Single != outline.Always {
			add("limit", rjson.Value{Kind: rjson.Number, Text: "1"})
		}
		if o.Skip > 0 && r.Forbid&outline.ForbidOffset == 0 {
			add("offset", rjson.Value{Kind: rjson.Number, Text: "0"})
		}
	}
	if len(o.Relations) > 0 && r.Forbid&outline.ForbidWith == 0 {
		add("with", object(o.Relations[0].Name, yes))
	}
	if len(whole.Members) == 0 {
		return ""
	}
	return string(whole.Append(nil))
}

// condition is one that a shape allows.
func condition(w *guard.OutlineWhere) (out rjson.Value, ok bool) {
	for i := range w.Columns {
		f := &w.Columns[i]
		if v, ok := sample(f.Field); ok && slices.Contains(f.Ops, guard.Eq) {
			return rjson.Value{Kind: rjson.Object, Members: []rjson.Member{{Name: f.Name + ".eq", Value: v}}}, true
		}
	}
	return out, false
}

func sample(f *model.Field) (rjson.Value, bool) {
	word := func(s string) (rjson.Value, bool) { return rjson.Value{Kind: rjson.String, Text: s}, true }
	switch {
	case f.Decimal != nil, f.Kind == model.Int, f.Kind == model.Uint, f.Kind == model.Float:
		return rjson.Value{Kind: rjson.Number, Text: "1"}, true
	case f.Kind == model.Bool:
		return rjson.Value{Kind: rjson.True}, true
	case len(f.Enum) > 0:
		return word(f.Enum[0])
	case f.Kind == model.String:
		return word("text")
	case f.Kind == model.UUID:
		return word("00000000-0000-4000-8000-000000000000")
	case f.Kind == model.Time:
		return word("2024-01-01T00:00:00Z")
	}
	return rjson.Value{}, false
}
