package httpapi

import (
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// condition is a comparison that every row must pass, so that a mapping may send it.
type condition struct {
	field *model.Field
	op    builder.Op
	value model.Value // a list for In and NotIn
	from  int         // the conjunct it is a part of
	group bool        // ties the rows of an include to their parents
}

// conjunct is one of the predicates that are joined with AND.
type conjunct struct {
	parts int // conditions that say it all; none can say it when 0
	scope bool
	expr  *builder.Expr
}

// conditions takes a statement's predicates apart. Scopes come first, so that where a scope and the caller
// compare the same column the scope's value is sent.
type conditions struct {
	list      []condition
	conjuncts []conjunct
}

func conditionsOf(scopes []builder.Scope, where *builder.Conjunction, g *builder.Group) conditions {
	var c conditions
	for i := range scopes {
		c.add(&scopes[i].Expr, true)
	}
	if g != nil && g.Link == nil {
		for i, f := range g.Columns {
			c.conjuncts = append(c.conjuncts, conjunct{parts: 1})
			c.list = append(c.list, condition{field: f, op: builder.OpIn, value: model.ListOf(withoutNull(g.Keys[i])), from: len(c.conjuncts) - 1, group: true})
		}
	}
	for i := range where.Len() {
		c.add(where.At(i), false)
	}
	return c
}

func (c *conditions) add(e *builder.Expr, scope bool) {
	switch {
	case e.Op == builder.OpTrue:
		return
	case e.Op == builder.OpAnd:
		for i := range e.Ext.Kids {
			c.add(&e.Ext.Kids[i], scope)
		}
		return
	}
	from := len(c.conjuncts)
	part := func(op builder.Op, v model.Value) {
		c.list = append(c.list, condition{field: e.Field, op: op, value: v, from: from})
	}
	n := len(c.list)
	switch {
	case e.Fold, e.Field == nil: // no mapping says so
	case e.Op == builder.OpBetween:
		part(builder.OpGte, e.Value)
		part(builder.OpLte, e.Ext.Upper)
	case e.Op == builder.OpIsNull || e.Op == builder.OpIsNotNull:
		part(e.Op, model.BoolOf(true))
	case e.Op == builder.OpIn:
		part(e.Op, model.ListOf(withoutNull(e.Value.List())))
	case e.Op == builder.OpDistinctFrom && !e.Field.Nullable:
		part(builder.OpNe, e.Value)
	default:
		part(e.Op, e.Value)
	}
	c.conjuncts = append(c.conjuncts, conjunct{parts: len(c.list) - n, scope: scope, expr: e})
}

// withoutNull leaves out what no row equals.
func withoutNull(l model.List) model.List {
	for i := range l {
		if l[i].IsNull() {
			out := append(model.List(nil), l[:i]...)
			for _, v := range l[i+1:] {
				if !v.IsNull() {
					out = append(out, v)
				}
			}
			return out
		}
	}
	return l
}

// never reports that a list is empty, so that no row can pass.
func (c *conditions) never() bool {
	for i := range c.list {
		if x := &c.list[i]; x.op == builder.OpIn && len(x.value.List()) == 0 && !x.group {
			return true
		}
	}
	return false
}

// with gives a copy in which condition at has another value.
func (c conditions) with(at int, op builder.Op, v model.Value) conditions {
	c.list = append([]condition(nil), c.list...)
	c.list[at].op, c.list[at].value = op, v
	return c
}

// find gives the value that a template asks for: of the condition itself, or of one that says the same.
func (c *conditions) find(f *model.Field, op builder.Op) (v model.Value, at int) {
	for i := range c.list {
		x := &c.list[i]
		switch {
		case x.field != f:
		case x.op == op:
			return x.value, i
		case op == builder.OpIn && x.op == builder.OpEq:
			return model.ListOf(model.List{x.value}), i
		case op == builder.OpEq && x.op == builder.OpIn && len(x.value.List()) == 1:
			return x.value.List()[0], i
		}
	}
	return model.Null(), -1
}

// lists gives the condition whose list a template for one value would have to be asked with one by one.
func (c *conditions) lists(f *model.Field, op builder.Op) int {
	for i := range c.list {
		if x := &c.list[i]; x.field == f && op == builder.OpEq && x.op == builder.OpIn {
			return i
		}
	}
	return -1
}

// sent reports which conjuncts the used conditions say whole.
func (c *conditions) sent(used map[int]bool) []bool {
	parts := make([]int, len(c.conjuncts))
	for at := range used {
		parts[c.list[at].from]++
	}
	out := make([]bool, len(parts))
	for i := range out {
		out[i] = c.conjuncts[i].parts > 0 && parts[i] == c.conjuncts[i].parts
	}
	return out
}
