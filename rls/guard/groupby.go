package guard

import (
	"context"
	"reflect"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// GroupBy gives groups of the rows that pass: {"by": ["status"], "where", "having": {"_count": {"gt": 1}}, "orderBy", "take",
// "skip", "_count": true, "_sum": {"priority": true}}. Without by it gives one group of all rows.
func (c *Compiled[T]) GroupBy(ctx context.Context, repo orm.Repo[T], body []byte) (*Grouped, error) {
	return c.json(body).GroupBy(ctx, repo)
}

// GroupBy is [Compiled.GroupBy].
func (a Ask[T]) GroupBy(ctx context.Context, repo orm.Repo[T]) (*Grouped, error) {
	p, q, err := a.start(ctx)
	if err != nil {
		return nil, err
	}
	if p.groups == nil {
		return nil, refusal("", "the shape has no groups")
	}
	n := &a.r.Root
	if err := only(n, nil, p.groups.words); err != nil {
		return nil, err
	}
	var l list
	l.p = p
	if l.where, err = q.forced(p.filters); err != nil {
		return nil, err
	}
	if w := n.Member(wordWhere); w != nil {
		e, some, err := q.where(p.filters, w, w.place(root(wordWhere)), 0)
		if err != nil {
			return nil, err
		}
		if some {
			l.where = append(l.where, e)
		}
	}
	if err := a.add(&l); err != nil {
		return nil, err
	}
	asked, err := p.groups.asked(n)
	if err != nil {
		return nil, err
	}
	row, err := p.groups.row(asked)
	if err != nil {
		return nil, outside(err, func(string) string { return "" })
	}
	having, err := q.having(p, row, n.Member(wordHaving), root(wordHaving))
	if err != nil {
		return nil, err
	}
	order, err := row.sorting(n.Member(wordOrder), root(wordOrder))
	if err != nil {
		return nil, err
	}
	if err := p.page(&l, n, nil); err != nil {
		return nil, err
	}
	out := reflect.New(reflect.SliceOf(row.t))
	err = orm.AggregateInto(ctx, conditions(repo.Query(), l.where), out.Interface(), func(a *builder.Aggregation) error {
		for _, e := range having {
			a.Having.Add(e)
		}
		for _, k := range order {
			a.Order.Add(k)
		}
		a.Skip, a.Take, a.HasTake = l.skip, l.take, l.bounds
		return nil
	})
	if err != nil {
		return nil, translated(err, &l)
	}
	return &Grouped{row, out.Elem()}, nil
}

// asked reads what the groups are to hold, in the order of the shape.
func (g *grouping) asked(n *Node) (out []*grouped, err error) {
	want := map[*grouped]bool{}
	if by := n.Member(wordBy); by != nil {
		items := by.Items
		if by.Kind == String {
			items = []Node{*by}
		} else if by.Kind != List {
			return nil, refusal(wordBy, "it is a list of columns")
		}
		for i := range items {
			at := root(wordBy).item(i)
			x := (*grouped)(nil)
			if items[i].Kind == String {
				x = g.column(items[i].Text)
			}
			if x == nil {
				return nil, refusal(at.String(), "it is a column that the shape groups by")
			}
			if want[x] {
				return nil, refusal(at.String(), "the column stands twice")
			}
			want[x] = true
		}
	}
	for i := range n.Members {
		m := &n.Members[i]
		if m.Name[:min(1, len(m.Name))] != "_" {
			continue
		}
		at := root(m.Name)
		if m.Name == wordCount {
			if m.Value.Kind != True {
				return nil, refusal(at.String(), "it is true, or left out")
			}
			want[g.aggregate(wordCount, "")] = true
			continue
		}
		if m.Value.Kind != Object || len(m.Value.Members) == 0 {
			return nil, refusal(at.String(), "it is an object of columns")
		}
		for k := range m.Value.Members {
			c := &m.Value.Members[k]
			x := g.aggregate(m.Name, c.Name)
			if x == nil {
				return nil, unknown(at.of(c), c.Name, nil)
			}
			if c.Value.Kind != True {
				return nil, refusal(at.at(c.Name).String(), "it is true, or left out")
			}
			want[x] = true
		}
	}
	aggregates := false
	for _, list := range [][]*grouped{g.by, g.aggs} {
		for _, x := range list {
			if want[x] {
				out = append(out, x)
				aggregates = aggregates || x.fn != 0
			}
		}
	}
	if !aggregates {
		return nil, refusal("", "it computes nothing: ask for _count or another aggregate")
	}
	return sortedAggregates(out), nil
}

// sortedAggregates puts the aggregates of one word side by side, so that an answer has each word once.
func sortedAggregates(in []*grouped) (out []*grouped) {
	done := map[string]bool{}
	for _, x := range in {
		if x.word == "" {
			out = append(out, x)
		}
	}
	for _, x := range in {
		if x.word == "" || done[x.word] {
			continue
		}
		done[x.word] = true
		for _, y := range in {
			if y.word == x.word {
				out = append(out, y)
			}
		}
	}
	return out
}

func (r *groupRow) find(word, wire string) *model.Field {
	for i, x := range r.asked {
		if x.word == word && x.wire == wire {
			return r.m.Fields[i]
		}
	}
	return nil
}

// having reads {"_count": {"gt": 1}, "_sum": {"priority": {"gte": 10}}}: of what the request asks for.
func (q *asking) having(p *plan, r *groupRow, n *Node, at *place) (out []builder.Expr, err error) {
	if n == nil {
		return nil, nil
	}
	if n.Kind != Object {
		return nil, refusal(at.String(), "it is an object of aggregates")
	}
	compare := func(f *model.Field, n *Node, at *place) error {
		if f == nil {
			return refusal(at.String(), "it is no aggregate that the request asks for")
		}
		e, some, err := q.column(&filters{m: r.m, strict: p.strict}, &columnFilter{field: f, ops: suiting(f) &^ opsOf(Contains, StartsWith, EndsWith)}, n, at)
		if some {
			out = append(out, e)
		}
		return err
	}
	for i := range n.Members {
		m := &n.Members[i]
		at := at.at(m.Name)
		if m.Name == wordCount {
			if err := compare(r.find(wordCount, ""), &m.Value, at); err != nil {
				return nil, err
			}
			continue
		}
		if m.Value.Kind != Object || len(m.Name) == 0 || m.Name[0] != '_' {
			return nil, refusal(at.String(), "it is no aggregate that the request asks for")
		}
		for k := range m.Value.Members {
			c := &m.Value.Members[k]
			if err := compare(r.find(m.Name, c.Name), &c.Value, at.at(c.Name)); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// sorting reads the order of groups: [{"status": "asc"}, {"_sum": {"priority": "desc"}}], of what the request asks for.
func (r *groupRow) sorting(n *Node, at *place) (out []builder.SortKey, err error) {
	if n == nil {
		return nil, nil
	}
	items := n.Items
	if n.Kind == Object {
		items = []Node{*n}
	} else if n.Kind != List {
		return nil, refusal(at.String(), "it is an object of one column, or a list of them")
	}
	if len(items) > len(r.asked) {
		return nil, refusal(at.String(), "it names more than there is to sort by")
	}
	for i := range items {
		at := at.item(i)
		if items[i].Kind != Object || len(items[i].Members) != 1 {
			return nil, refusal(at.String(), "it is an object of one column: make a list for several")
		}
		m := &items[i].Members[0]
		word, wire, dir := "", m.Name, &m.Value
		at = at.at(m.Name)
		switch {
		case m.Name == wordCount:
			word, wire = wordCount, ""
		case len(m.Name) > 0 && m.Name[0] == '_' && m.Value.Kind == Object && len(m.Value.Members) == 1:
			word, wire, dir = m.Name, m.Value.Members[0].Name, &m.Value.Members[0].Value
			at = at.at(wire)
		}
		f := r.find(word, wire)
		if f == nil {
			return nil, refusal(at.String(), "it is nothing that the request asks for")
		}
		k := builder.SortKey{Field: f}
		if err := direction(&k, dir, at); err != nil {
			return nil, err
		}
		for _, x := range out {
			if x.Field == f {
				return nil, refusal(at.String(), "it stands twice")
			}
		}
		out = append(out, k)
	}
	return out, nil
}
