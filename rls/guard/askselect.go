package guard

import (
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// selection is what is read of the rows of a plan, and shown.
type selection struct {
	p         *plan
	columns   []*column
	relations []*selected
	counts    []*counted
	also      []*model.Field // read and not shown
}

// selected is a relation that is read.
type selected struct {
	relation *relation
	selection
	include *builder.Include
}

// counted is a count that is read.
type counted struct {
	*count
	where []builder.Expr
}

// selection reads what is to be shown.
func (q *asking) selection(p *plan, n *Node, at *place) (s selection, err error) {
	s.p = p
	chosen, beside := n.Member(wordSelect), n.Member(wordInclude)
	switch {
	case chosen != nil && beside != nil:
		return s, refusal(at.at(wordInclude).String(), "select and include exclude each other")
	case chosen == nil && beside == nil:
		s.columns = p.shown
		for _, r := range p.always {
			if err := q.include(&s, r, nil, at.at(r.wire)); err != nil {
				return s, err
			}
		}
		return s, nil
	case beside != nil:
		s.columns = p.shown
		return s, q.choose(&s, beside, at.at(wordInclude), false)
	}
	if err := q.choose(&s, chosen, at.at(wordSelect), true); err != nil {
		return s, err
	}
	if len(s.columns)+len(s.relations)+len(s.counts) == 0 {
		return s, refusal(at.at(wordSelect).String(), "it selects nothing")
	}
	return s, nil
}

func (q *asking) choose(s *selection, n *Node, at *place, columns bool) error {
	if n.Kind != Object {
		return refusal(at.String(), "it is an object")
	}
	p := s.p
	for i := range n.Members {
		m := &n.Members[i]
		switch r := p.readers[m.Name]; {
		case columns && p.columns[m.Name] != nil:
			if m.Value.Kind != True {
				return refusal(at.at(m.Name).String(), "it is true, or left out")
			}
		case r != nil:
			if err := q.include(s, r, &m.Value, at.at(m.Name)); err != nil {
				return err
			}
		case m.Name == wordCount && len(p.counts) > 0:
			if err := q.counts(s, &m.Value, at.at(m.Name)); err != nil {
				return err
			}
		default:
			return unknown(at.of(m), m.Name, p.selectable(columns))
		}
	}
	if columns { // in the order of the shape, so that answers look alike
		for _, c := range p.shown {
			if n.Member(c.wire) != nil {
				s.columns = append(s.columns, c)
			}
		}
	}
	return nil
}

func (p *plan) selectable(columns bool) []string {
	var names []string
	if columns {
		for _, c := range p.shown {
			names = append(names, c.wire)
		}
	}
	for wire := range p.readers {
		names = append(names, wire)
	}
	return names
}

// include reads what a request says of a relation: true, or an object. nil is what comes by itself.
func (q *asking) include(s *selection, r *relation, n *Node, at *place) error {
	empty := Node{Kind: Object}
	switch {
	case n == nil || n.Kind == True:
		n = &empty
	case n.Kind != Object:
		return refusal(at.String(), "it is true or an object, or left out")
	}
	words := []string{wordWhere, wordSelect, wordInclude}
	if r.r.Many {
		words = append(words, wordOrder, wordTake, wordSkip)
	}
	l, err := q.list(r.of, n, at, false, words...)
	if err != nil {
		return err
	}
	inc := &builder.Include{Relation: r.r, Where: l.where, Columns: l.fields()}
	if r.r.Many {
		inc.Order, inc.Skip, inc.Take, inc.HasTake = l.order, l.skip, l.take, l.bounds
	}
	for _, kid := range l.relations {
		inc.Includes = append(inc.Includes, kid.include)
	}
	at2 := len(s.relations)
	for at2 > 0 && s.relations[at2-1].relation.index > r.index {
		at2--
	}
	s.relations = append(s.relations, nil)
	copy(s.relations[at2+1:], s.relations[at2:])
	s.relations[at2] = &selected{r, l.selection, inc}
	return nil
}

// fields gives the columns to read: those that are shown, or the key where none is.
func (s *selection) fields() []*model.Field {
	if len(s.columns)+len(s.also) == 0 {
		return s.p.m.Key
	}
	out := make([]*model.Field, len(s.columns), len(s.columns)+len(s.also)+len(s.p.m.Key))
	for i, c := range s.columns {
		out[i] = c.field
	}
	for _, f := range s.also {
		if !has(out, f) {
			out = append(out, f)
		}
	}
	if len(s.counts) > 0 { // counts are told apart by the key
		for _, k := range s.p.m.Key {
			if !has(out, k) {
				out = append(out, k)
			}
		}
	}
	return out
}

func has(fields []*model.Field, f *model.Field) bool {
	for _, x := range fields {
		if x == f {
			return true
		}
	}
	return false
}

// counts reads {"tasks": true} or {"tasks": {"where": {…}}}; true asks for every count of the shape.
func (q *asking) counts(s *selection, n *Node, at *place) error {
	p := s.p
	add := func(c *count, where *Node, at *place) error {
		es, err := q.forced(c.filters)
		if err != nil {
			return err
		}
		if where != nil {
			e, some, err := q.where(c.filters, where, at.at(wordWhere), 0)
			if err != nil {
				return err
			}
			if some {
				es = append(es, e)
			}
		}
		s.counts = append(s.counts, &counted{c, es})
		return nil
	}
	ordered := make([]*count, len(p.counts))
	for _, c := range p.counts {
		ordered[c.index] = c
	}
	if n.Kind == Object {
		for i := range n.Members {
			if p.counts[n.Members[i].Name] == nil {
				var names []string
				for _, c := range ordered {
					names = append(names, c.wire)
				}
				return unknown(at.of(&n.Members[i]), n.Members[i].Name, names)
			}
		}
		if len(n.Members) == 0 {
			return refusal(at.String(), "it counts nothing")
		}
	} else if n.Kind != True {
		return refusal(at.String(), "it is true or an object, or left out")
	}
	for _, c := range ordered {
		if n.Kind == True {
			if err := add(c, nil, at); err != nil {
				return err
			}
			continue
		}
		m := n.Member(c.wire)
		if m == nil {
			continue
		}
		at := at.at(c.wire)
		var where *Node
		switch m.Kind {
		case True:
		case Object:
			if err := only(m, at, []string{wordWhere}); err != nil {
				return err
			}
			where = m.Member(wordWhere)
		default:
			return refusal(at.String(), "it is true or an object, or left out")
		}
		if err := add(c, where, at); err != nil {
			return err
		}
	}
	return nil
}
