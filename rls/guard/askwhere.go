package guard

import (
	"fmt"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/model"
)

// where turns what the request asks of the rows of f.m into a predicate. some is false where it asks nothing: {}, a
// combinator of nothing, a column without an operator.
func (q *asking) where(f *filters, n *Node, at *place, logic int) (e builder.Expr, some bool, err error) {
	if n.Kind != Object {
		return e, false, refusal(at.String(), "it is an object of conditions")
	}
	var kids []builder.Expr
	var few [4]builder.Expr
	kids = few[:0]
	for i := range n.Members {
		m := &n.Members[i]
		e, some, err := q.member(f, m, at, logic)
		if err != nil {
			return e, false, err
		}
		if some {
			kids = append(kids, e)
		}
	}
	switch len(kids) {
	case 0:
		return builder.True(), false, nil
	case 1:
		return kids[0], true, nil
	}
	return builder.AllOf(append([]builder.Expr(nil), kids...)...), true, nil
}

func (q *asking) member(f *filters, m *Member, at *place, logic int) (builder.Expr, bool, error) {
	switch m.Name {
	case "AND":
		return q.combine(f, And, m, at, logic)
	case "OR":
		return q.combine(f, Or, m, at, logic)
	case "NOT":
		return q.combine(f, Not, m, at, logic)
	}
	if c := f.columns[m.Name]; c != nil {
		return q.column(f, c, &m.Value, at.of(m))
	}
	if r := f.related[m.Name]; r != nil {
		return q.related(r, &m.Value, at.of(m), logic)
	}
	if f.echoes[m.Name] {
		return builder.Expr{}, false, nil
	}
	return builder.Expr{}, false, unknown(at.of(m), m.Name, f.names)
}

// combine reads AND, OR and NOT: of an object or of a list of them.
func (q *asking) combine(f *filters, kind Logic, m *Member, at *place, logic int) (none builder.Expr, some bool, err error) {
	at = at.of(m)
	if f.logic&kind == 0 {
		return none, false, refusal(at.String(), "the shape does not allow the combinator")
	}
	if logic == MaxLogic {
		return none, false, beyond(at.String(), fmt.Sprintf("combinators nest deeper than %d levels", MaxLogic))
	}
	if err := q.node(at); err != nil {
		return none, false, err
	}
	list := m.Value.Items
	if m.Value.Kind == Object {
		list = []Node{m.Value}
	} else if m.Value.Kind != List {
		return none, false, refusal(at.String(), "it is an object of conditions, or a list of them")
	}
	var kids []builder.Expr
	whole := true // every item says something
	for i := range list {
		e, some, err := q.where(f, &list[i], list[i].place(at.item(i)), logic+1)
		if err != nil {
			return none, false, err
		}
		if !some {
			whole = false
			continue
		}
		if kind == Not {
			e = builder.Negate(e)
		}
		kids = append(kids, e)
	}
	switch {
	case kind == Or && !whole: // one of the alternatives holds for every row
		return none, false, nil
	case kind == Or && len(list) == 0:
		return builder.False(), true, nil
	case len(kids) == 0:
		return none, false, nil
	case kind == Or:
		return builder.AnyOf(kids...), true, nil
	}
	return builder.AllOf(kids...), true, nil
}

// column reads the conditions on one column: a value by itself, or an object of operators.
func (q *asking) column(f *filters, c *columnFilter, n *Node, at *place) (none builder.Expr, some bool, err error) {
	if n.Kind != Object {
		if !c.ops.has(Eq) {
			return none, false, refusal(at.String(), "say how to compare: "+words(c.ops))
		}
		e, err := q.compare(f, c, Eq, n, false, at)
		return e, err == nil, err
	}
	fold, ops := false, 0
	for i := range n.Members {
		switch m := &n.Members[i]; m.Name {
		case "mode":
			if fold, err = q.mode(c, &m.Value, at.at("mode")); err != nil {
				return none, false, err
			}
		case "path":
			if c.ops.has(Path) {
				e, err := q.path(f, c, n, at)
				return e, err == nil, err
			}
		default:
			ops++
		}
	}
	texts := 0
	var first builder.Expr
	var kids []builder.Expr
	for i := range n.Members {
		m := &n.Members[i]
		if m.Name == "mode" {
			continue
		}
		op, known := opOf(m.Name)
		if !known || !c.ops.has(op) {
			return none, false, refusal(at.of(m).String(), "the shape does not allow the operator: it allows "+words(c.ops))
		}
		e, err := q.compare(f, c, op, &m.Value, fold, at.of(m))
		if err != nil {
			return none, false, err
		}
		if foldable(op) {
			texts++
		}
		if first.Op == 0 {
			first = e
		} else {
			if kids == nil {
				kids = append(kids, first)
			}
			kids = append(kids, e)
		}
	}
	switch {
	case fold && texts == 0:
		return none, false, refusal(at.at("mode").String(), "there is no operator that it says the mode of")
	case ops == 0:
		return none, false, nil
	case kids == nil:
		return first, true, nil
	}
	return builder.AllOf(kids...), true, nil
}

// foldable reports whether mode has a meaning for the operator.
func foldable(op Op) bool { return op.isText() || op == Eq || op == Ne || op == In || op == NotIn }

func (q *asking) mode(c *columnFilter, n *Node, at *place) (bool, error) {
	if c.field.Kind != model.String || len(c.field.Enum) > 0 {
		return false, refusal(at.String(), "the column is no text, so it has no mode")
	}
	switch {
	case n.Kind == String && n.Text == "insensitive":
		return true, nil
	case n.Kind == String && n.Text == "default":
		return false, nil
	}
	return false, refusal(at.String(), `it is "insensitive" or "default"`)
}

func words(s opSet) string {
	out := ""
	for o := range opCount {
		if s.has(o) {
			if out != "" {
				out += ", "
			}
			out += o.word()
		}
	}
	return out
}

func (q *asking) compare(f *filters, c *columnFilter, op Op, n *Node, fold bool, at *place) (none builder.Expr, err error) {
	if err := q.node(at); err != nil {
		return none, err
	}
	x := c.field
	read := reading{strict: f.strict}
	switch op {
	case In, NotIn, HasEvery, HasSome:
		of := x
		if x.Kind == model.Array {
			of = x.Elem
		}
		l, err := read.list(of, n, at)
		if err != nil {
			return none, err
		}
		switch op {
		case HasEvery:
			return builder.HasElements(builder.OpHasAll, x, l), nil
		case HasSome:
			return builder.HasElements(builder.OpHasAny, x, l), nil
		}
		return folded(builder.Within(x, op == NotIn, l), fold), nil
	case Has:
		v, err := read.value(x.Elem, n, at)
		if err != nil {
			return none, err
		}
		return builder.HasElements(builder.OpHasAll, x, model.List{v}), nil
	case Between:
		if n.Kind != List || len(n.Items) != 2 {
			return none, refusal(at.String(), "it is a list of two values")
		}
		lower, err := read.value(x, &n.Items[0], at.item(0))
		if err != nil {
			return none, err
		}
		upper, err := read.value(x, &n.Items[1], at.item(1))
		return builder.Range(x, lower, upper), err
	case IsNull, IsEmpty:
		yes, ok := n.boolean()
		if !ok {
			return none, refusal(at.String(), "it is true or false")
		}
		if op == IsEmpty {
			e := builder.CompareTerm(builder.OpEq, &builder.Term{Op: builder.TermLength, Type: dialect.Type{Kind: dialect.Int, Bits: 64}, Field: x}, model.IntOf(0))
			if !yes {
				e = builder.Negate(e)
			}
			return e, nil
		}
		if yes {
			return builder.Compare(builder.OpIsNull, x, model.Null()), nil
		}
		return builder.Compare(builder.OpIsNotNull, x, model.Null()), nil
	}
	if n.Kind == Null {
		switch {
		case !x.Nullable, op != Eq && op != Ne:
			return none, refusal(at.String(), "null cannot be compared so")
		case op == Eq:
			return builder.Compare(builder.OpIsNull, x, model.Null()), nil
		}
		return builder.Compare(builder.OpIsNotNull, x, model.Null()), nil
	}
	var v model.Value
	if op.isText() || fold && x.Kind == model.String {
		v, err = read.text(n, at)
	} else {
		v, err = read.value(x, n, at)
	}
	if err != nil {
		return none, err
	}
	return folded(builder.Compare(op.compares(), x, v), fold), nil
}

func folded(e builder.Expr, fold bool) builder.Expr {
	switch e.Op {
	case builder.OpEq, builder.OpNe, builder.OpIn, builder.OpNotIn, builder.OpContains, builder.OpStartsWith, builder.OpEndsWith, builder.OpLike:
		e.Fold = fold
	}
	return e
}

// path reads a comparison of a part of a document: {"path": ["a", 0], "equals": 1}.
func (q *asking) path(f *filters, c *columnFilter, n *Node, at *place) (none builder.Expr, err error) {
	if len(n.Members) != 2 {
		return none, refusal(at.String(), "path stands beside one operator")
	}
	if err := q.node(at); err != nil {
		return none, err
	}
	steps := n.Member("path")
	if steps.Kind != List || len(steps.Items) == 0 || len(steps.Items) > MaxDepth {
		return none, refusal(at.at("path").String(), fmt.Sprintf("it is a list of 1 to %d names and positions", MaxDepth))
	}
	path := make([]any, len(steps.Items))
	for i := range steps.Items {
		switch s := &steps.Items[i]; s.Kind {
		case String:
			if why := builder.TextFault(model.StringOf(s.Text)); why != "" {
				return none, refusal(at.at("path").item(i).String(), why)
			}
			path[i] = s.Text
		case Number:
			k, ok := wholeNumber(s.Text)
			if !ok || k < 0 || k > 1<<30 {
				return none, refusal(at.at("path").item(i).String(), "it is a name, or a position from 0 on")
			}
			path[i] = int(k)
		default:
			return none, refusal(at.at("path").item(i).String(), "it is a name, or a position from 0 on")
		}
	}
	m := &n.Members[0]
	if m.Name == "path" {
		m = &n.Members[1]
	}
	op, known := opOf(m.Name)
	at = at.of(m)
	if !known || op.compares() == 0 && op != IsNull {
		return none, refusal(at.String(), "parts of documents are compared by equals, not, lt, lte, gt, gte, contains, startsWith, endsWith and isNull")
	}
	var v any
	switch {
	case op == IsNull:
		yes, ok := m.Value.boolean()
		if !ok {
			return none, refusal(at.String(), "it is true or false")
		}
		v = yes
	case m.Value.Kind == String:
		if why := builder.TextFault(model.StringOf(m.Value.Text)); why != "" {
			return none, refusal(at.String(), why)
		}
		v = m.Value.Text
	case op.isText():
		return none, refusal(at.String(), "it is a text")
	case m.Value.Kind == Number:
		if v, err = documentNumber(m.Value.Text); err != nil {
			return none, refusal(at.String(), "the number is out of range")
		}
	case m.Value.Kind == True, m.Value.Kind == False:
		if op != Eq && op != Ne {
			return none, refusal(at.String(), "true and false are not sorted")
		}
		v = m.Value.Kind == True
	default:
		return none, refusal(at.String(), "it is a text, a number, true or false")
	}
	e := c.path(path, op, v)
	if e.Op == builder.OpError {
		return none, refusal(at.String(), "the document cannot be compared so")
	}
	return e, nil
}

// related reads a filter by related rows: {"some": {…}}.
func (q *asking) related(r *relatedFilter, n *Node, at *place, logic int) (none builder.Expr, some bool, err error) {
	if n.Kind != Object {
		return none, false, refusal(at.String(), "it is an object: "+quantifiers(r.kinds))
	}
	var kids []builder.Expr
	for i := range n.Members {
		m := &n.Members[i]
		kind := quantifierOf(m.Name)
		at := at.of(m)
		if kind == 0 || r.kinds&kind == 0 {
			return none, false, refusal(at.String(), "the shape does not allow it: it allows "+quantifiers(r.kinds))
		}
		if err := q.node(at); err != nil {
			return none, false, err
		}
		e, some, err := q.quantified(r, kind, &m.Value, at, logic)
		if err != nil {
			return none, false, err
		}
		if some {
			kids = append(kids, e)
		}
	}
	if len(kids) == 0 {
		return none, false, nil
	}
	return builder.AllOf(kids...), true, nil
}

func (q *asking) quantified(r *relatedFilter, kind Quantifier, n *Node, at *place, logic int) (none builder.Expr, some bool, err error) {
	forced, err := q.forced(r.of)
	if err != nil {
		return none, false, err
	}
	if n.Kind == Null && (kind == Is || kind == IsNot) { // of no row at all
		e := builder.Related(builder.OpSome, r.r, forced...)
		if kind == Is {
			e = builder.Negate(e)
		}
		return e, true, nil
	}
	asked, some, err := q.where(r.of, n, at, logic)
	if err != nil {
		return none, false, err
	}
	switch kind {
	case Every: // no related row, of those that the forced conditions let be seen, fails what is asked
		if !some {
			return none, false, nil
		}
		return builder.Negate(builder.Related(builder.OpSome, r.r, append(forced, builder.Untrue(asked))...)), true, nil
	case None, IsNot:
		if some {
			forced = append(forced, asked)
		}
		return builder.Negate(builder.Related(builder.OpSome, r.r, forced...)), true, nil
	}
	if some {
		forced = append(forced, asked)
	}
	return builder.Related(builder.OpSome, r.r, forced...), true, nil
}

var quantifierWords = [...]string{"some", "none", "every", "is", "isNot"}

func quantifierOf(word string) Quantifier {
	for i, w := range quantifierWords {
		if w == word {
			return 1 << i
		}
	}
	return 0
}

func quantifiers(set Quantifier) string {
	out := ""
	for i, w := range quantifierWords {
		if set&(1<<i) != 0 {
			if out != "" {
				out += ", "
			}
			out += w
		}
	}
	return out
}
