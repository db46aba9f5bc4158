package httpapi

import (
	"fmt"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// match says how an endpoint can serve a set of conditions.
type match struct {
	used    map[int]bool // conditions that are sent
	split   int          // the condition whose values go into requests one by one or in chunks; -1 for none
	one     bool         // one value for each request
	missing string       // what the endpoint needs and the statement does not say; "" when nothing
}

// match tries to fill every required part of the endpoint.
func (e *endpoint) match(c *conditions) match {
	m := match{used: map[int]bool{}, split: -1}
	for _, f := range e.fields {
		e.need(&m, c, f, builder.OpEq, false)
	}
	for i := range e.params {
		if b := &e.params[i]; b.word == where {
			e.need(&m, c, b.field, b.op, b.optional)
		}
	}
	return m
}

func (e *endpoint) need(m *match, c *conditions, f *model.Field, op builder.Op, optional bool) {
	if v, at := c.find(f, op); at >= 0 {
		m.used[at] = true
		if op == builder.OpIn && c.list[at].op == builder.OpIn && len(v.List()) > e.keys() && m.split < 0 {
			m.split, m.one = at, false
		}
		return
	}
	at := c.lists(f, op)
	switch {
	case at >= 0 && (!optional || c.list[at].group || f.Primary) && (m.split < 0 || m.split == at && m.one):
		m.split, m.one = at, true
		m.used[at] = true
	case optional:
	case m.missing == "":
		m.missing = fmt.Sprintf("%s.%s", f.Name, opName(op))
	}
}

// listed gives the required condition that takes a list, nil when there is none.
func (e *endpoint) listed() *binding {
	for i := range e.params {
		if b := &e.params[i]; b.word == where && b.op == builder.OpIn && !b.optional {
			return b
		}
	}
	return nil
}

// keys is the number of values that one request takes.
func (e *endpoint) keys() int {
	if e.chunk > 0 {
		return e.chunk
	}
	for i := range e.params {
		if b := &e.params[i]; b.word == where && b.op == builder.OpIn && b.in != inBody {
			return 100
		}
	}
	return 1000
}

// rows is the number of rows that a request for all asks for at a time.
func (e *endpoint) rows() int64 {
	if e.chunk > 0 {
		return int64(e.chunk)
	}
	return 100
}

// paged reports whether the endpoint says how to get at more rows than one reply holds.
func (e *endpoint) paged() bool {
	return e.uses[skip] || e.uses[page] || e.next != nil || e.nextLink
}
