package guard

import (
	"github.com/multi-orm/orm/builder"
)

// list is what a request says of a list of rows: the columns and relations to show, the rows, their order and page.
type list struct {
	selection
	where  []builder.Expr // forced ones first
	asked  bool           // there is a condition of the request's own
	order  []builder.SortKey
	skip   int64
	take   int64
	bounds bool // take counts
	cursor string
	total  bool
}

// bounded reports whether the request's own condition leaves rows out: {"NOT": {"OR": []}} and {"notIn": []} leave none.
func (l *list) bounded() bool { return l.asked && !l.where[len(l.where)-1].Unconditional() }

// words of requests that read.
const (
	wordWhere   = "where"
	wordSelect  = "select"
	wordInclude = "include"
	wordOrder   = "orderBy"
	wordTake    = "take"
	wordSkip    = "skip"
	wordCursor  = "cursor"
	wordTotal   = "total"
	wordData    = "data"
	wordCreate  = "create"
	wordUpdate  = "update"
	wordCount   = "_count"
)

// list reads a request for rows of p; only these words may stand in it.
func (q *asking) list(p *plan, n *Node, at *place, unique bool, allowed ...string) (l list, err error) {
	if err := only(n, at, allowed); err != nil {
		return l, err
	}
	if l.where, err = q.forced(p.filters); err != nil {
		return l, err
	}
	if w := n.Member(wordWhere); w != nil || unique {
		if unique {
			err = q.unique(p, &l, w, w.place(at.at(wordWhere)))
		} else {
			var e builder.Expr
			if e, l.asked, err = q.where(p.filters, w, w.place(at.at(wordWhere)), 0); l.asked {
				l.where = append(l.where, e)
			}
		}
		if err != nil {
			return l, err
		}
	}
	l.selection, err = q.selection(p, n, at)
	if err != nil {
		return l, err
	}
	if l.order, err = p.sorting(n.Member(wordOrder), at.at(wordOrder)); err != nil {
		return l, err
	}
	return l, p.page(&l, n, at)
}

// only refuses members that the verb does not know.
func only(n *Node, at *place, allowed []string) error {
	if n.Kind != Object {
		return refusal(at.String(), "it is an object")
	}
	for i := range n.Members {
		known := false
		for _, w := range allowed {
			known = known || w == n.Members[i].Name
		}
		if !known {
			return refusal(at.at(n.Members[i].Name).String(), "the request does not know it"+meant(n.Members[i].Name, allowed))
		}
	}
	return nil
}

// unique reads the name of one row: a value for each column of a unique set, and nothing else.
func (q *asking) unique(p *plan, l *list, n *Node, at *place) error {
	es, err := q.named(p.uniques, n, at, p.strict)
	if err == nil {
		l.where, l.asked = append(l.where, es...), true
	}
	return err
}

func (q *asking) named(sets []unique, n *Node, at *place, strict bool) ([]builder.Expr, error) {
	if n == nil || n.Kind != Object || len(n.Members) == 0 {
		return nil, refusal(at.String(), "it names one row: "+uniqueWires(sets))
	}
	for i := range sets {
		u := &sets[i]
		if len(u.wires) != len(n.Members) {
			continue
		}
		es := make([]builder.Expr, 0, len(u.wires))
		for k, wire := range u.wires {
			v := n.Member(wire)
			if v == nil {
				break
			}
			if v.Kind == Null {
				return nil, refusal(at.at(wire).String(), "null names no row")
			}
			x, err := reading{strict}.value(u.fields[k], v, at.at(wire))
			if err != nil {
				return nil, err
			}
			es = append(es, builder.Compare(builder.OpEq, u.fields[k], x))
		}
		if len(es) == len(u.wires) {
			return es, nil
		}
	}
	return nil, refusal(at.String(), "it names one row: "+uniqueWires(sets))
}

func uniqueWires(sets []unique) string {
	out := ""
	for i := range sets {
		if i > 0 {
			out += "; or "
		}
		for k, wire := range sets[i].wires {
			if k > 0 {
				out += " and "
			}
			out += wire
		}
	}
	if out == "" {
		return "the shape has no way to"
	}
	return out
}
