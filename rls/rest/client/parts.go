package client

import (
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/filter"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest/rjson"
)

// part is what one list of requests asks for: all of the rows, or those of some keys of a list that is too long for one URL.
type part struct {
	where rjson.Value
	// from and to are the keys of the statement's Group that the part asks for.
	from, to int
}

// maxTuples bounds the composite keys of one request: each is a comparison for every column, of which a request has few.
const maxTuples = 30

// parts cuts a reading into requests that fit into URLs.
func (x *reading) parts() ([]part, error) {
	if g := x.st.Group; g != nil && len(g.Columns) > 0 {
		return x.groupParts()
	}
	base, err := x.words.where(x.r, &x.where)
	if err != nil {
		return nil, err
	}
	at := x.longest()
	if n := x.measure(base); n <= x.d.maxURL && (at < 0 || !crowded(&x.kids()[at])) {
		return []part{{where: base}}, nil
	}
	if at < 0 {
		return nil, fault.New(fault.ErrLimit, x.st.Model.Name, "", tooLong)
	}
	kids := x.kids()
	long := kids[at]
	rest := joined(both, append(append([]node(nil), kids[:at]...), kids[at+1:]...))
	one := func(n node) (rjson.Value, error) {
		all := joined(both, []node{rest, n})
		return x.words.where(x.r, &all)
	}
	values, most, cut := len(long.kids), maxTuples, func(from, to int) node {
		n := long
		n.kids = long.kids[from:to]
		if to-from == 1 {
			n = long.kids[from]
		}
		return n
	}
	if long.kind == leaf {
		l := distinct(long.value.List())
		values, most, cut = len(l), guard.MaxItems, func(from, to int) node {
			n := long
			n.value = model.ListOf(l[from:to])
			return n
		}
	}
	return x.cut(values, most, long.field, func(from, to int) (rjson.Value, error) { return one(cut(from, to)) })
}

// cut makes parts of as many values as fit.
func (x *reading) cut(values, most int, f *model.Field, where func(from, to int) (rjson.Value, error)) ([]part, error) {
	var out []part
	size := min(values, most)
	for from := 0; from < values; {
		to := min(from+size, values)
		w, err := where(from, to)
		if err != nil {
			return nil, err
		}
		if over := x.measure(w); over > x.d.maxURL {
			if to-from == 1 {
				name := ""
				if f != nil {
					name = f.Name
				}
				return nil, fault.New(fault.ErrLimit, x.st.Model.Name, name, tooLong)
			}
			size = max(1, min(to-from-1, (to-from)*x.d.maxURL/over))
			continue
		}
		out = append(out, part{where: w, from: from, to: to})
		from = to
	}
	return out, nil
}

// kids gives the conditions that are joined with AND.
func (x *reading) kids() []node {
	if x.where.kind == both {
		return x.where.kids
	}
	return []node{x.where}
}

// longest finds the condition whose values can be asked for in parts, -1 for none.
func (x *reading) longest() int {
	at, most := -1, 1
	for i, n := range x.kids() {
		k := 0
		switch {
		case n.kind == leaf && n.op == builder.OpIn && !n.fold:
			k = len(n.value.List())
		case n.kind == either && n.tuples:
			k = len(n.kids)
		}
		if k > most {
			at, most = i, k
		}
	}
	return at
}

// crowded reports whether a list has more values than a request may.
func crowded(n *node) bool {
	return n.kind == leaf && len(n.value.List()) > guard.MaxItems || n.kind == either && len(n.kids) > maxTuples
}

// measure gives the length of the query with the condition.
func (x *reading) measure(where rjson.Value) int {
	sel, err := x.words.selection(&x.level, where, window{limit: maxLimit, cursor: longCursor, paged: true}, func(*inset) int64 { return maxLimit })
	if err != nil {
		return 0 // the request itself will say so
	}
	return len(x.d.query(&sel))
}

// longCursor stands for a cursor where a request is measured.
const longCursor = "................................................................................................................................"

// groupParts asks for the rows of the keys of a Group.
func (x *reading) groupParts() ([]part, error) {
	g := x.st.Group
	n := len(g.Keys[0])
	return x.cut(n, guard.MaxItems, g.Columns[0], func(from, to int) (rjson.Value, error) {
		kids := []node{x.where}
		for c, f := range g.Columns {
			kid, err := conditioner{x.st.Model}.among(node{kind: leaf, field: f, op: builder.OpIn, value: model.ListOf(distinct(g.Keys[c][from:to]))}, isTrue)
			if err != nil {
				return rjson.Value{}, err
			}
			kids = append(kids, kid)
		}
		all := joined(both, kids)
		return x.words.where(x.r, &all)
	})
}

// places gives every key of the Group its place.
func (x *reading) places() (map[string]int, error) {
	g := x.st.Group
	out := make(map[string]int, len(g.Keys[0]))
	row := make([]model.Value, len(g.Columns))
	var b []byte
	for i := range g.Keys[0] {
		for c := range g.Columns {
			row[c] = g.Keys[c][i]
		}
		key, whole, err := filter.Key(b[:0], g.Columns, row)
		if err != nil {
			return nil, err
		}
		if whole {
			if _, again := out[string(key)]; !again {
				out[string(key)] = i
			}
		}
		b = key
	}
	return out, nil
}

// distinct leaves out what the list has already.
func distinct(l model.List) model.List {
	seen := make(map[string]bool, len(l))
	out := make(model.List, 0, len(l))
	var b []byte
	for _, v := range l {
		b = model.AppendKey(b[:0], v)
		if !seen[string(b)] {
			seen[string(b)] = true
			out = append(out, v)
		}
	}
	return out
}
