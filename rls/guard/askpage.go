package guard

import (
	"fmt"

	"github.com/multi-orm/orm/builder"
)

// sorting reads an order: an object of one column, or a list of them.
func (p *plan) sorting(n *Node, at *place) ([]builder.SortKey, error) {
	if n == nil {
		return p.order, nil
	}
	items := n.Items
	if n.Kind == Object {
		items = []Node{*n}
	} else if n.Kind != List {
		return nil, refusal(at.String(), "it is an object of one column, or a list of them")
	}
	if len(items) > len(p.sorts) {
		return nil, refusal(at.String(), "it names more columns than there are to sort by")
	}
	out := make([]builder.SortKey, 0, len(items))
	for i := range items {
		at := at
		if n.Kind == List {
			at = at.item(i)
		}
		if items[i].Kind != Object || len(items[i].Members) != 1 {
			return nil, refusal(at.String(), "it is an object of one column: make a list for several")
		}
		m := &items[i].Members[0]
		f := p.sorts[m.Name]
		if f == nil {
			names := make([]string, 0, len(p.sorts))
			for wire := range p.sorts {
				names = append(names, wire)
			}
			return nil, unknown(at.of(m), m.Name, names)
		}
		k := builder.SortKey{Field: f}
		if err := direction(&k, &m.Value, at.at(m.Name)); err != nil {
			return nil, err
		}
		for _, x := range out {
			if x.Field == f {
				return nil, refusal(at.at(m.Name).String(), "the column stands twice")
			}
		}
		out = append(out, k)
	}
	if len(out) == 0 {
		return p.order, nil
	}
	return out, nil
}

// direction reads "asc", "desc" or {"sort": "asc", "nulls": "last"}.
func direction(k *builder.SortKey, n *Node, at *place) error {
	dir := n
	if n.Kind == Object {
		if err := only(n, at, []string{"sort", "nulls"}); err != nil {
			return err
		}
		dir = n.Member("sort")
		if nulls := n.Member("nulls"); nulls != nil {
			switch {
			case nulls.Kind == String && nulls.Text == "first":
				k.Nulls = builder.NullsFirst
			case nulls.Kind == String && nulls.Text == "last":
				k.Nulls = builder.NullsLast
			default:
				return refusal(at.at("nulls").String(), `it is "first" or "last"`)
			}
		}
	}
	switch {
	case dir != nil && dir.Kind == String && dir.Text == "asc":
	case dir != nil && dir.Kind == String && dir.Text == "desc":
		k.Desc = true
	default:
		return refusal(at.String(), `it is "asc" or "desc"`)
	}
	return nil
}

// page reads take, skip, cursor and total.
func (p *plan) page(l *list, n *Node, at *place) error {
	l.take, l.bounds = int64(p.take.Default), p.take.Default > 0
	if t := n.Member(wordTake); t != nil {
		k, ok := int64(0), false
		if t.Kind == Number {
			k, ok = wholeNumber(t.Text)
		}
		switch at := at.at(wordTake); {
		case !ok || k < 1 || k > 1<<31:
			return refusal(at.String(), "it is a whole number from 1 on")
		case p.take.Max > 0 && k > int64(p.take.Max):
			return beyond(at.String(), fmt.Sprintf("it is %d at most", p.take.Max))
		}
		l.take, l.bounds = k, true
	}
	if s := n.Member(wordSkip); s != nil {
		k, ok := int64(0), false
		if s.Kind == Number {
			k, ok = wholeNumber(s.Text)
		}
		switch at := at.at(wordSkip); {
		case !ok || k < 0:
			return refusal(at.String(), "it is a whole number from 0 on")
		case p.skip == 0 && k > 0:
			return refusal(at.String(), "the shape leaves no rows out")
		case k > p.skip:
			return beyond(at.String(), fmt.Sprintf("it is %d at most", p.skip))
		}
		l.skip = k
	}
	if c := n.Member(wordCursor); c != nil {
		if c.Kind != String {
			return refusal(at.at(wordCursor).String(), "it is the next or prev of a page")
		}
		l.cursor = c.Text
	}
	if t := n.Member(wordTotal); t != nil {
		yes, ok := t.boolean()
		if !ok {
			return refusal(at.at(wordTotal).String(), "it is true or false")
		}
		l.total = yes
	}
	return nil
}
