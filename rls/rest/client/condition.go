package client

import (
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// kind is what a node of a condition is.
type kind uint8

const (
	always kind = iota
	never
	leaf    // a comparison of a column
	related // a filter by related rows
	both    // AND
	either  // OR
)

// node is a condition without NOT between its parts: negation is moved into the comparisons, which three-valued logic allows.
// Below AND and OR, what is unknown is as good as false.
type node struct {
	kind    kind
	kids    []node
	field   *model.Field
	op      builder.Op
	fold    bool
	negated bool // of an operator that has no opposite
	value   model.Value
	upper   model.Value
	path    []any           // into a document
	rel     *model.Relation // of related
	word    string          // some, none, every, is or isNot
	tuples  bool            // alternatives of which a row passes one at most
}

// truth is what of a condition is asked.
type truth uint8

const (
	isTrue truth = iota
	isFalse
	notTrue  // false or unknown
	notFalse // true or unknown
)

func (t truth) not() truth {
	return [...]truth{isTrue: isFalse, isFalse: isTrue, notTrue: notFalse, notFalse: notTrue}[t]
}

// refuse is what the language of requests has no word for.
func refuse(f *model.Field, m *model.Model, detail string) error {
	if f != nil {
		return fault.New(fault.ErrUnsupported, f.Model.Name, f.Name, detail)
	}
	return fault.New(fault.ErrUnsupported, m.Name, "", detail)
}

// conditioner reads predicates about rows of m.
type conditioner struct{ m *model.Model }

// all joins predicates with AND.
func (c conditioner) all(es []*builder.Expr, t truth) (node, error) {
	kids := make([]node, 0, len(es))
	for _, e := range es {
		n, err := c.node(e, t)
		if err != nil {
			return n, err
		}
		kids = append(kids, n)
	}
	if t == isTrue || t == notFalse {
		return joined(both, kids), nil
	}
	return joined(either, kids), nil
}

func pointers(es []builder.Expr) []*builder.Expr {
	out := make([]*builder.Expr, len(es))
	for i := range es {
		out[i] = &es[i]
	}
	return out
}

func (c conditioner) node(e *builder.Expr, t truth) (node, error) {
	positive := t == isTrue || t == notFalse
	constant := func(yes bool) (node, error) {
		if yes == positive {
			return node{kind: always}, nil
		}
		return node{kind: never}, nil
	}
	malformed := fault.New(fault.ErrInvalid, c.m.Name, "", "a predicate lacks the parts that its operator needs")
	switch e.Op {
	case builder.OpTrue, builder.OpFalse:
		return constant(e.Op == builder.OpTrue)
	case builder.OpError:
		if e.Ext == nil || e.Ext.Err == nil {
			return node{}, malformed
		}
		return node{}, fault.Fill(e.Ext.Err, "", c.m.Name, "")
	case builder.OpAnd, builder.OpOr, builder.OpNot, builder.OpUntrue, builder.OpSome, builder.OpEvery, builder.OpInTuples, builder.OpTerm:
		if e.Ext == nil {
			return node{}, malformed
		}
	}
	switch e.Op {
	case builder.OpAnd:
		return c.all(pointers(e.Ext.Kids), t)
	case builder.OpOr:
		kids := make([]node, len(e.Ext.Kids))
		for i := range e.Ext.Kids {
			var err error
			if kids[i], err = c.node(&e.Ext.Kids[i], t); err != nil {
				return node{}, err
			}
		}
		if positive {
			return joined(either, kids), nil
		}
		return joined(both, kids), nil
	case builder.OpNot:
		if len(e.Ext.Kids) != 1 {
			return node{}, malformed
		}
		return c.node(&e.Ext.Kids[0], t.not())
	case builder.OpUntrue: // is never unknown
		if positive {
			return c.all(pointers(e.Ext.Kids), notTrue)
		}
		return c.all(pointers(e.Ext.Kids), isTrue)
	case builder.OpInTuples:
		x, err := c.tuples(e)
		if err != nil {
			return node{}, err
		}
		n, err := c.node(&x, t)
		n.tuples = n.kind == either && t == isTrue
		return n, err
	case builder.OpSome, builder.OpEvery:
		return c.related(e, positive)
	case builder.OpTerm:
		return c.term(e, t)
	case builder.OpSQL:
		return node{}, refuse(nil, c.m, "the source does not understand SQL text")
	case builder.OpInQuery, builder.OpNotInQuery, builder.OpMatch, builder.OpJSONContains, builder.OpColumns:
		return node{}, refuse(e.Field, c.m, "the operator is not to be had on this source")
	}
	switch {
	case e.Field == nil:
		return node{}, malformed
	case e.Field.Model != c.m:
		return node{}, fault.New(fault.ErrInvalid, c.m.Name, "", "the column "+e.Field.Model.Name+"."+e.Field.Name+" belongs to another model")
	case e.Field.IsComputed:
		return node{}, fault.New(fault.ErrInvalid, c.m.Name, e.Field.Name, "a computed field is not stored")
	}
	return c.compare(e, t)
}

// joined makes AND or OR of nodes, without constants, with what is nested taken up, and with equal comparisons of one column as
// one list.
func joined(k kind, kids []node) node {
	ends, drops := never, always // AND with what never holds never holds
	if k == either {
		ends, drops = always, never
	}
	out := node{kind: k}
	var lists []merged
	for _, n := range kids {
		switch {
		case n.kind == ends:
			return node{kind: ends}
		case n.kind == drops:
			continue
		case n.kind == k:
			for _, x := range n.kids {
				lists = out.put(x, lists)
			}
			continue
		}
		lists = out.put(n, lists)
	}
	for _, l := range lists {
		if x := &out.kids[l.at]; len(l.values) > 1 {
			x.op, x.value = builder.OpIn, model.ListOf(l.values)
			if k == both {
				x.op = builder.OpNotIn
			}
		}
	}
	switch len(out.kids) {
	case 0:
		return node{kind: drops}
	case 1:
		return out.kids[0]
	}
	return out
}

// merged are the values of one column that are alternatives, or are all ruled out.
type merged struct {
	field  *model.Field
	at     int
	values model.List
}

// put adds a part; such values become one list.
func (n *node) put(x node, lists []merged) []merged {
	one, many := builder.OpEq, builder.OpIn
	if n.kind == both {
		one, many = builder.OpNe, builder.OpNotIn
	}
	if x.kind != leaf || x.fold || x.path != nil || x.op != one && x.op != many || !listed(x.field) {
		n.kids = append(n.kids, x)
		return lists
	}
	values := model.List{x.value}
	if x.op == many {
		values = x.value.List()
	}
	for i := range lists {
		if lists[i].field == x.field {
			lists[i].values = append(lists[i].values, values...)
			return lists
		}
	}
	lists = append(lists, merged{x.field, len(n.kids), values[:len(values):len(values)]})
	n.kids = append(n.kids, x)
	return lists
}

// listed reports whether a column is compared with lists.
func listed(f *model.Field) bool {
	return f.Kind != model.Bool && f.Kind != model.Array && f.Kind != model.JSON
}

// tuples writes a list of composite keys out.
func (c conditioner) tuples(e *builder.Expr) (builder.Expr, error) {
	columns, keys := e.Ext.Columns, e.Ext.Args
	if len(columns) == 0 || len(columns) != len(keys) {
		return builder.Expr{}, fault.New(fault.ErrInvalid, c.m.Name, "", "a list of keys is malformed")
	}
	var any []builder.Expr
	seen := map[string]bool{}
next:
	for i := range keys[0].List() {
		all := make([]builder.Expr, len(columns))
		var key []byte
		for k, f := range columns {
			v := keys[k].List()[i]
			if v.IsNull() {
				continue next
			}
			all[k], key = builder.Expr{Op: builder.OpEq, Field: f, Value: v}, model.AppendKey(key, v)
		}
		if seen[string(key)] {
			continue
		}
		seen[string(key)] = true
		any = append(any, builder.AllOf(all...))
	}
	return builder.AnyOf(any...), nil
}
