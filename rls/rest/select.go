package rest

import (
	"math"
	"strconv"
	"time"

	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest/rjson"
)

// The words of ?select=.
const (
	wordWhere   = "where"
	wordColumns = "columns"
	wordOrder   = "orderBy"
	wordLimit   = "limit"
	wordOffset  = "offset"
	wordCursor  = "cursor"
	wordWith    = "with"
)

// selection turns what ?select= says into a request of package guard. rowless is true for columns:F, which asks for numbers only.
// Names are checked by the shape; what is checked here is the grammar.
func selection(v *rjson.Value, o *guard.Outline, at string, root bool) (out guard.Node, rowless bool, err error) {
	out.Kind = guard.Object
	if v.Kind != rjson.Object {
		return out, false, refuse(at, "it is an object: (where:(…),columns:~T(…)~,orderBy:(…),limit:10,offset:0,with:(…))")
	}
	var columns, with *rjson.Value
	add := func(name string, n guard.Node) { out.Members = append(out.Members, guard.Member{Name: name, Value: n}) }
	for i := range v.Members {
		m := &v.Members[i]
		path := join(at, m.Name)
		switch m.Name {
		case wordWhere:
			n, err := where(&m.Value, &o.Where, path)
			if err != nil {
				return out, false, err
			}
			add("where", n)
		case wordColumns:
			columns = &m.Value
		case wordOrder:
			n, err := order(&m.Value, path)
			if err != nil {
				return out, false, err
			}
			add("orderBy", n)
		case wordLimit:
			add("take", node(&m.Value))
		case wordOffset:
			add("skip", node(&m.Value))
		case wordCursor:
			if !root {
				return out, false, refuse(path, "pages are of the resource's own rows")
			}
			add("cursor", node(&m.Value))
		case wordWith:
			with = &m.Value
		default:
			return out, false, refuse(join(at, plain(m.Name)), "select does not know it: it knows where, columns, orderBy, limit, offset, cursor and with")
		}
	}
	chosen, rowless, err := shown(columns, with, o, at)
	if err != nil {
		return out, false, err
	}
	if rowless && !root {
		return out, false, refuse(join(at, wordColumns), "it is of the resource's own rows: leave the relation out")
	}
	if chosen.Name != "" {
		out.Members = append(out.Members, chosen)
	}
	return out, rowless, nil
}

func join(at, name string) string {
	switch {
	case at == "":
		return name
	case name == "":
		return at
	}
	return at + "." + name
}

// shown makes the select or include of guard from columns and with. Without both it has no name.
func shown(columns, with *rjson.Value, o *guard.Outline, at string) (chosen guard.Member, rowless bool, err error) {
	path := join(at, wordColumns)
	var names []guard.Member
	listed := false
	if columns != nil {
		switch columns.Kind {
		case rjson.True:
		case rjson.False:
			return chosen, true, nil
		case rjson.Object:
			listed = true
			if names, err = picked(columns, o, path); err != nil {
				return chosen, false, err
			}
		default:
			return chosen, false, refuse(path, "it is T, F, or an object such as ~T(id,title)~")
		}
	}
	relations, err := related(with, o, join(at, wordWith))
	switch {
	case err != nil:
		return chosen, false, err
	case listed:
		return guard.Member{Name: "select", Value: guard.Node{Kind: guard.Object, Members: append(names, relations...)}}, false, nil
	case with != nil:
		return guard.Member{Name: "include", Value: guard.Node{Kind: guard.Object, Members: relations}}, false, nil
	}
	return chosen, false, nil
}

// picked reads the columns that are named: those with T, or all but those with F.
func picked(v *rjson.Value, o *guard.Outline, at string) ([]guard.Member, error) {
	yes := guard.Node{Kind: guard.True}
	var names []guard.Member
	without := false
	for i := range v.Members {
		m := &v.Members[i]
		if m.Value.Kind != rjson.True && m.Value.Kind != rjson.False {
			return nil, refuse(join(at, plain(m.Name)), "it is T or F")
		}
		if i > 0 && without != (m.Value.Kind == rjson.False) {
			return nil, refuse(at, "T and F exclude each other: name the columns to read, or those to leave out")
		}
		without = m.Value.Kind == rjson.False
		names = append(names, guard.Member{Name: m.Name, Value: yes})
	}
	if !without {
		return names, nil
	}
	var rest []guard.Member
	left := 0
	for _, c := range o.Columns {
		if v.Member(c.Name) != nil {
			left++
			continue
		}
		rest = append(rest, guard.Member{Name: c.Name, Value: yes})
	}
	if left < len(v.Members) { // one of the names is none: the shape says which
		return names, nil
	}
	return rest, nil
}

// related reads with: relations, and _count.
func related(v *rjson.Value, o *guard.Outline, at string) ([]guard.Member, error) {
	if v == nil {
		return nil, nil
	}
	if v.Kind != rjson.Object {
		return nil, refuse(at, "it is an object of relations")
	}
	var out []guard.Member
	for i := range v.Members {
		m := &v.Members[i]
		path := join(at, m.Name)
		if m.Name == "_count" {
			n, err := counts(&m.Value, o, path)
			if err != nil {
				return nil, err
			}
			out = append(out, guard.Member{Name: m.Name, Value: n})
			continue
		}
		switch m.Value.Kind {
		case rjson.True:
			out = append(out, guard.Member{Name: m.Name, Value: guard.Node{Kind: guard.True}})
		case rjson.False:
		case rjson.Object:
			of := &guard.Outline{}
			for k := range o.Relations {
				if o.Relations[k].Name == m.Name {
					of = o.Relations[k].Shape
				}
			}
			n, _, err := selection(&m.Value, of, path, false)
			if err != nil {
				return nil, err
			}
			out = append(out, guard.Member{Name: m.Name, Value: n})
		default:
			return nil, refuse(join(at, plain(m.Name)), "it is T, F, or an object as select itself")
		}
	}
	return out, nil
}

func counts(v *rjson.Value, o *guard.Outline, at string) (guard.Node, error) {
	if v.Kind != rjson.Object {
		return node(v), nil
	}
	out := guard.Node{Kind: guard.Object}
	for i := range v.Members {
		m := &v.Members[i]
		n := node(&m.Value)
		if w := m.Value.Member(wordWhere); w != nil && len(m.Value.Members) == 1 {
			of := &guard.OutlineWhere{}
			for k := range o.Counts {
				if o.Counts[k].Name == m.Name {
					of = &o.Counts[k].Where
				}
			}
			x, err := where(w, of, join(join(at, m.Name), wordWhere))
			if err != nil {
				return out, err
			}
			n = guard.Node{Kind: guard.Object, Members: []guard.Member{{Name: "where", Value: x}}}
		}
		out.Members = append(out.Members, guard.Member{Name: m.Name, Value: n})
	}
	return out, nil
}

// order reads orderBy: an object of columns in their order, or a list of such objects. A direction is asc, desc, 1, -1, or an
// object of sort and nulls.
func order(v *rjson.Value, at string) (guard.Node, error) {
	out := guard.Node{Kind: guard.List}
	objects := []rjson.Value{*v}
	if v.Kind == rjson.Array {
		objects = v.Items
	}
	for i := range objects {
		if objects[i].Kind != rjson.Object {
			return out, refuse(at, "it is an object of columns, such as (created_at:desc,id:asc)")
		}
		for k := range objects[i].Members {
			m := &objects[i].Members[k]
			dir := node(&m.Value)
			if dir.Kind == guard.Number {
				switch dir.Text {
				case "1":
					dir = guard.Node{Kind: guard.String, Text: "asc"}
				case "-1":
					dir = guard.Node{Kind: guard.String, Text: "desc"}
				}
			}
			out.Items = append(out.Items, guard.Node{Kind: guard.Object, Members: []guard.Member{{Name: m.Name, Value: dir}}})
		}
	}
	return out, nil
}

// literal gives a value as a request compares it with a column: times may be written as milliseconds since 1970.
func literal(v *rjson.Value, f *model.Field) guard.Node {
	if f == nil || f.Kind != model.Time {
		return node(v)
	}
	switch v.Kind {
	case rjson.Number:
		if ms, err := strconv.ParseInt(v.Text, 10, 64); err == nil && ms > math.MinInt64/2 && ms < math.MaxInt64/2 {
			if t := time.UnixMilli(ms).UTC(); t.Year() >= 0 && t.Year() <= 9999 {
				return guard.Node{Kind: guard.String, Text: t.Format(time.RFC3339Nano)}
			}
		}
	case rjson.Array:
		out := guard.Node{Kind: guard.List, Items: make([]guard.Node, len(v.Items))}
		for i := range v.Items {
			out.Items[i] = literal(&v.Items[i], f)
		}
		return out
	}
	return node(v)
}
