package client

import (
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// opposite gives the operator that holds where op does not, for values that are no NULL.
func opposite(op builder.Op) (builder.Op, bool) {
	switch op {
	case builder.OpEq:
		return builder.OpNe, true
	case builder.OpNe:
		return builder.OpEq, true
	case builder.OpGt:
		return builder.OpLte, true
	case builder.OpGte:
		return builder.OpLt, true
	case builder.OpLt:
		return builder.OpGte, true
	case builder.OpLte:
		return builder.OpGt, true
	case builder.OpIn:
		return builder.OpNotIn, true
	case builder.OpNotIn:
		return builder.OpIn, true
	case builder.OpIsNull:
		return builder.OpIsNotNull, true
	case builder.OpIsNotNull:
		return builder.OpIsNull, true
	}
	return 0, false
}

// compare reads a comparison of a column.
func (c conditioner) compare(e *builder.Expr, t truth) (node, error) {
	f := e.Field
	n := node{kind: leaf, field: f, op: e.Op, fold: e.Fold, value: e.Value}
	switch e.Op {
	case builder.OpIsNull, builder.OpIsNotNull:
		n.fold = false
		if t == isFalse || t == notTrue {
			n.op, _ = opposite(n.op)
		}
		return nullness(n), nil
	case builder.OpDistinctFrom:
		return c.distinct(n, t)
	case builder.OpEq, builder.OpNe, builder.OpGt, builder.OpGte, builder.OpLt, builder.OpLte:
		if (f.Kind == model.JSON || f.Kind == model.Array) && !f.IsComputed {
			return n, refuse(f, c.m, "documents and arrays cannot be compared on this source")
		}
	case builder.OpIn, builder.OpNotIn:
		return c.among(n, t)
	case builder.OpBetween:
		if e.Ext == nil {
			return n, fault.New(fault.ErrInvalid, c.m.Name, f.Name, "a predicate lacks the parts that its operator needs")
		}
		n.upper = e.Ext.Upper
	case builder.OpContains, builder.OpStartsWith, builder.OpEndsWith, builder.OpLike:
		if e.Value.Kind() != model.StringValue {
			return n, fault.New(fault.ErrInvalid, c.m.Name, f.Name, "text operators need a text value")
		}
	case builder.OpHasAny, builder.OpHasAll:
		if e.Value.Kind() != model.ListValue {
			return n, fault.New(fault.ErrInvalid, c.m.Name, f.Name, "a predicate lacks the parts that its operator needs")
		}
	default:
		return n, refuse(f, c.m, "the operator is not to be had on this source")
	}
	if n.fold && f.Kind != model.String {
		return n, fault.New(fault.ErrInvalid, c.m.Name, f.Name, "Fold needs a text column")
	}
	switch n.op {
	case builder.OpGt, builder.OpGte, builder.OpLt, builder.OpLte, builder.OpBetween:
		if n.fold {
			return n, refuse(f, c.m, "an order that heeds no case is not to be had on this source")
		}
	}
	return lifted(n, t), nil
}

// lifted makes the node that asks for the truth t of a comparison that is unknown where its column is NULL.
func lifted(n node, t truth) node {
	if t == isFalse || t == notTrue {
		if op, ok := opposite(n.op); ok {
			n.op = op
		} else {
			n.negated = !n.negated
		}
	}
	if t == isTrue || t == isFalse || !n.field.Nullable {
		return n
	}
	return joined(either, []node{n, {kind: leaf, field: n.field, op: builder.OpIsNull}})
}

// nullness says at once what a column that is never NULL says.
func nullness(n node) node {
	switch {
	case n.field.Nullable:
		return n
	case n.op == builder.OpIsNull:
		return node{kind: never}
	}
	return node{kind: always}
}

// distinct reads the null-safe Ne, which is never unknown.
func (c conditioner) distinct(n node, t truth) (node, error) {
	f := n.field
	if f.Kind == model.JSON || f.Kind == model.Array {
		return n, refuse(f, c.m, "documents and arrays cannot be compared on this source")
	}
	positive := t == isTrue || t == notFalse
	if n.value.IsNull() {
		n.op = builder.OpIsNull
		if positive {
			n.op = builder.OpIsNotNull
		}
		return nullness(n), nil
	}
	if n.op = builder.OpEq; !positive {
		return n, nil
	}
	if n.op = builder.OpNe; !f.Nullable {
		return n, nil
	}
	return joined(either, []node{n, {kind: leaf, field: f, op: builder.OpIsNull}}), nil
}

// among reads lists. NULL in one equals nothing; ruled out, it leaves nothing over.
func (c conditioner) among(n node, t truth) (node, error) {
	f := n.field
	if n.value.Kind() != model.ListValue {
		return n, fault.New(fault.ErrInvalid, c.m.Name, f.Name, "a predicate lacks the parts that its operator needs")
	}
	if f.Kind == model.JSON || f.Kind == model.Array {
		return n, refuse(f, c.m, "documents and arrays cannot be compared on this source")
	}
	if n.fold && f.Kind != model.String {
		return n, fault.New(fault.ErrInvalid, c.m.Name, f.Name, "Fold needs a text column")
	}
	all := n.value.List()
	values := make(model.List, 0, len(all))
	for _, v := range all {
		if !v.IsNull() {
			values = append(values, v)
		}
	}
	null := len(values) < len(all)
	in := n.op == builder.OpIn
	if len(all) == 0 { // true or false whatever the column holds
		if in == (t == isTrue || t == notFalse) {
			return node{kind: never}, nil
		}
		return node{kind: always}, nil
	}
	// with NULL in the list, x IN is true or unknown and x NOT IN false or unknown
	if null && (in && t == isFalse || !in && t == isTrue) {
		return node{kind: never}, nil
	}
	if null && (in && t == notFalse || !in && t == notTrue) {
		return node{kind: always}, nil
	}
	if len(values) == 0 {
		if in == (t == isTrue || t == notFalse) {
			return node{kind: never}, nil
		}
		return node{kind: always}, nil
	}
	n.value = model.ListOf(values)
	if f.Kind != model.Bool {
		return lifted(n, t), nil
	}
	op := builder.OpEq
	if !in {
		op = builder.OpNe
	}
	kids := make([]node, len(values))
	for i, v := range values {
		kids[i] = lifted(node{kind: leaf, field: f, op: op, value: v}, t)
	}
	if in == (t == isTrue || t == notFalse) {
		return joined(either, kids), nil
	}
	return joined(both, kids), nil
}

// term reads a comparison of what is computed from a row: of a part of a document, and whether an array is empty.
func (c conditioner) term(e *builder.Expr, t truth) (node, error) {
	x, cmp := e.Ext.Term, e.Ext.Cmp
	if x == nil {
		return node{}, fault.New(fault.ErrInvalid, c.m.Name, "", "a predicate lacks the parts that its operator needs")
	}
	switch x.Op {
	case builder.TermLength:
		if n, ok := emptiness(x.Field, cmp, e.Value); ok {
			if n.kind != leaf {
				return n, nil
			}
			if t == isFalse || t == notTrue {
				n.value = model.BoolOf(!n.value.Bool())
			}
			return lifted(n, map[truth]truth{isTrue: isTrue, isFalse: isTrue, notTrue: notFalse, notFalse: notFalse}[t]), nil
		}
		return node{}, refuse(x.Field, c.m, "a service tells whether an array is empty, not how long it is")
	case builder.TermJSON:
		return c.document(e, t)
	}
	if x.Rel != nil {
		return node{}, fault.New(fault.ErrUnsupported, x.Rel.Model.Name, x.Rel.Name, "a service does not compare numbers or columns of related rows: ask with Some, None, Every, Is or IsNot")
	}
	return node{}, refuse(x.Field, c.m, "the source does not compute values to compare")
}

// emptiness reads a comparison of an array's length with 0.
func emptiness(f *model.Field, cmp builder.Op, v model.Value) (node, bool) {
	if v.Kind() != model.IntValue {
		return node{}, false
	}
	n := node{kind: leaf, field: f, op: builder.OpTerm}
	switch k := v.Int(); {
	case k == 0 && (cmp == builder.OpEq || cmp == builder.OpLte), k == 1 && cmp == builder.OpLt:
		n.value = model.BoolOf(true)
	case k == 0 && (cmp == builder.OpNe || cmp == builder.OpGt), k == 1 && cmp == builder.OpGte:
		n.value = model.BoolOf(false)
	default:
		return n, false
	}
	return n, true
}

// document reads a comparison of a part of a document, which is unknown where the part is of another type than the value.
func (c conditioner) document(e *builder.Expr, t truth) (node, error) {
	x, cmp := e.Ext.Term, e.Ext.Cmp
	if len(x.Path) == 0 {
		return node{}, refuse(x.Field, c.m, "a service compares parts of a document, not the whole")
	}
	n := node{kind: leaf, field: x.Field, op: cmp, path: x.Path, value: e.Value}
	part := dialect.JSONPart(x.Part)
	if cmp == builder.OpIsNull || cmp == builder.OpIsNotNull {
		if part != dialect.JSONAny {
			return n, refuse(x.Field, c.m, "a service tells whether a part of a document is null, not of which type it is")
		}
		if t == isFalse || t == notTrue {
			n.op, _ = opposite(n.op)
		}
		return n, nil
	}
	if t == notTrue || t == notFalse || cmp == builder.OpDistinctFrom {
		return n, refuse(x.Field, c.m, "a service does not tell a part of a document that is of another type from one that differs")
	}
	one := func(op builder.Op, v model.Value) node {
		y := n
		y.op, y.value = op, v
		return lifted(y, t)
	}
	switch cmp {
	case builder.OpEq, builder.OpNe, builder.OpGt, builder.OpGte, builder.OpLt, builder.OpLte, builder.OpContains, builder.OpStartsWith, builder.OpEndsWith:
		return one(cmp, e.Value), nil
	case builder.OpIn, builder.OpNotIn:
		op, k := builder.OpEq, either
		if cmp == builder.OpNotIn {
			op, k = builder.OpNe, both
		}
		if t == isFalse {
			k = map[kind]kind{either: both, both: either}[k]
		}
		kids := make([]node, 0, len(e.Value.List()))
		for _, v := range e.Value.List() {
			kids = append(kids, one(op, v))
		}
		return joined(k, kids), nil
	case builder.OpBetween:
		k := both
		if t == isFalse {
			k = either
		}
		return joined(k, []node{one(builder.OpGte, e.Value), one(builder.OpLte, e.Ext.Upper)}), nil
	}
	return n, refuse(x.Field, c.m, "the operator is not to be had for parts of documents on this source")
}

// related reads a filter by related rows, which is never unknown. The scopes of the related rows stand beside what is asked.
func (c conditioner) related(e *builder.Expr, positive bool) (node, error) {
	r := e.Ext.Rel
	switch {
	case r == nil || r.Model != c.m:
		return node{}, fault.New(fault.ErrInvalid, c.m.Name, "", "a filter by a relation is malformed, or of another model")
	case !e.Ext.Scoped:
		return node{}, fault.New(fault.ErrDenied, c.m.Name, r.Name, "the filter by related rows has not been scoped")
	case len(e.Ext.LinkScope) > 0:
		return node{}, fault.New(fault.ErrUnsupported, c.m.Name, r.Name, "the rows of the link table are the service's own: no scope of this side can hold for them")
	}
	in := conditioner{r.Target}
	scopes := make([]*builder.Expr, len(e.Ext.Scope))
	for i := range scopes {
		scopes[i] = &e.Ext.Scope[i].Expr
	}
	asked := pointers(e.Ext.Kids)
	some := e.Op == builder.OpSome
	if !some && len(asked) == 0 { // Every of nothing
		if positive {
			return node{kind: always}, nil
		}
		return node{kind: never}, nil
	}
	n := node{kind: related, rel: r}
	want := isTrue
	switch {
	case !some && positive && r.Many && len(scopes) == 0:
		n.word = "every"
	case some == positive:
		n.word = "some"
	default:
		n.word = "none"
	}
	if !some && n.word != "every" {
		want = notTrue
	}
	asks, err := in.all(asked, want)
	if err != nil {
		return n, err
	}
	held, err := in.all(scopes, isTrue)
	if err != nil {
		return n, err
	}
	kid := joined(both, []node{held, asks})
	switch {
	case kid.kind == never && n.word == "some":
		return node{kind: never}, nil
	case kid.kind == never && n.word == "none":
		return node{kind: always}, nil
	case kid.kind == always && n.word == "every":
		return node{kind: always}, nil
	case kid.kind == never: // no row passes, so there must be none
		n.word, kid = "none", node{kind: always}
	}
	if !r.Many {
		n.word = map[string]string{"some": "is", "none": "isNot"}[n.word]
	}
	n.kids = []node{kid}
	return n, nil
}
