package filter

import (
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Predicate is a checked condition on the rows of one model, ready to be asked many times and from many goroutines.
type Predicate struct{ root node }

// node is one operator with what it needs, prepared once.
type node struct {
	op    builder.Op
	fold  bool
	field *model.Field
	value model.Value // normalised, lowered under fold
	upper model.Value
	set   map[string]struct{} // of a list
	null  bool                // the list holds NULL
	match func(string) bool   // of the text operators
	kids  []node
	keys  []*model.Field // of a list of keys, which set holds whole
}

// Compile checks that every condition can be evaluated here and joins them with AND.
func Compile(m *model.Model, conditions ...builder.Expr) (*Predicate, error) {
	c := compiler{m: m}
	root := node{op: builder.OpAnd, kids: make([]node, len(conditions))}
	for i := range conditions {
		var err error
		if root.kids[i], err = c.node(&conditions[i], 0); err != nil {
			return nil, err
		}
	}
	return &Predicate{root}, nil
}

// Test gives the truth of the condition for the row at row. It fails only where a value cannot encode itself.
func (p *Predicate) Test(row unsafe.Pointer) (Truth, error) { return p.root.test(row) }

// Passes reports whether the condition is true, neither false nor unknown.
func (p *Predicate) Passes(row unsafe.Pointer) (bool, error) {
	t, err := p.root.test(row)
	return t == True, err
}

type compiler struct {
	m     *model.Model
	nodes int
}

func (c *compiler) bad(sentinel error, f *model.Field, detail string) error {
	name := ""
	if f != nil {
		name = f.Name
	}
	return fault.New(sentinel, c.m.Name, name, detail)
}

func (c *compiler) node(e *builder.Expr, depth int) (node, error) {
	if c.nodes++; c.nodes > builder.MaxNodes || depth > builder.MaxDepth {
		return node{}, c.bad(fault.ErrLimit, nil, "the predicate is too large: use In for lists and split the rest")
	}
	n := node{op: e.Op, fold: e.Fold, field: e.Field}
	switch e.Op {
	case builder.OpTrue, builder.OpFalse:
		return n, nil
	case builder.OpError:
		if e.Ext == nil || e.Ext.Err == nil {
			return n, c.malformed()
		}
		return n, fault.Fill(e.Ext.Err, "", c.m.Name, "")
	case builder.OpAnd, builder.OpOr, builder.OpNot, builder.OpUntrue:
		return c.logical(n, e, depth)
	case builder.OpInTuples:
		return c.tuples(n, e)
	case builder.OpSome, builder.OpEvery:
		return n, c.bad(fault.ErrUnsupported, nil, "a filter by a relation needs both models in one SQL source")
	case builder.OpSQL:
		return n, c.bad(fault.ErrUnsupported, nil, "the source does not understand SQL text")
	}
	if e.Op > builder.OpError {
		return n, c.bad(fault.ErrUnsupported, e.Field, "the operator is not to be had on this source")
	}
	if e.Field == nil {
		return n, c.malformed()
	}
	if err := c.column(e.Field); err != nil {
		return n, err
	}
	return c.comparison(n, e)
}

func (c *compiler) malformed() error {
	return c.bad(fault.ErrInvalid, nil, "a predicate lacks the parts that its operator needs")
}

func (c *compiler) column(f *model.Field) error {
	switch {
	case f.Model != c.m:
		return c.bad(fault.ErrInvalid, nil, "the column "+f.Model.Name+"."+f.Name+" belongs to another model")
	case f.IsComputed:
		return c.bad(fault.ErrInvalid, f, "a computed field is not stored")
	}
	return nil
}

func (c *compiler) logical(n node, e *builder.Expr, depth int) (node, error) {
	if e.Ext == nil || len(e.Ext.Kids) == 0 || e.Op == builder.OpNot && len(e.Ext.Kids) != 1 {
		return n, c.malformed()
	}
	n.kids = make([]node, len(e.Ext.Kids))
	for i := range e.Ext.Kids {
		var err error
		if n.kids[i], err = c.node(&e.Ext.Kids[i], depth+1); err != nil {
			return n, err
		}
	}
	return n, nil
}

func (c *compiler) comparison(n node, e *builder.Expr) (_ node, err error) {
	if why := builder.TextFault(e.Value); why != "" {
		return n, c.bad(fault.ErrInvalid, e.Field, why)
	}
	if e.Fold && e.Field.Kind != model.String && e.Op != builder.OpIsNull && e.Op != builder.OpIsNotNull {
		return n, c.bad(fault.ErrInvalid, e.Field, "Fold needs a text column")
	}
	switch e.Op {
	case builder.OpIsNull, builder.OpIsNotNull:
		return n, nil
	case builder.OpEq, builder.OpNe, builder.OpDistinctFrom:
		if err := c.equatable(e.Field); err != nil {
			return n, err
		}
		n.value, err = n.operand(e.Value)
		return n, err
	case builder.OpGt, builder.OpGte, builder.OpLt, builder.OpLte:
		if err := c.ordered(e.Field); err != nil {
			return n, err
		}
		n.value, err = n.operand(e.Value)
		return n, err
	case builder.OpBetween:
		if e.Ext == nil {
			return n, c.malformed()
		}
		if why := builder.TextFault(e.Ext.Upper); why != "" {
			return n, c.bad(fault.ErrInvalid, e.Field, why)
		}
		if err := c.ordered(e.Field); err != nil {
			return n, err
		}
		if n.value, err = n.operand(e.Value); err != nil {
			return n, err
		}
		n.upper, err = n.operand(e.Ext.Upper)
		return n, err
	case builder.OpIn, builder.OpNotIn:
		return c.list(n, e)
	case builder.OpContains, builder.OpStartsWith, builder.OpEndsWith, builder.OpLike:
		return c.text(n, e)
	}
	return n, c.bad(fault.ErrUnsupported, e.Field, "the operator is not to be had on this source")
}

func (c *compiler) equatable(f *model.Field) error {
	if f.Kind == model.JSON || f.Kind == model.Array {
		return c.bad(fault.ErrUnsupported, f, "documents and arrays cannot be compared on this source")
	}
	return nil
}

func (c *compiler) ordered(f *model.Field) error {
	if f.Kind == model.Scanner && (f.Decimal == nil || f.DBType == "") {
		return c.bad(fault.ErrUnsupported, f, "the order of a column with its own codec is not known on this source: say type=numeric where it holds decimals")
	}
	return c.equatable(f)
}

// operand gives v in the form that n compares with.
func (n *node) operand(v model.Value) (model.Value, error) {
	x, err := normal(n.field, v)
	if n.fold {
		x = lowered(x)
	}
	return x, err
}

func (c *compiler) list(n node, e *builder.Expr) (node, error) {
	if err := c.equatable(e.Field); err != nil {
		return n, err
	}
	if e.Value.Kind() != model.ListValue {
		return n, c.malformed()
	}
	l := e.Value.List()
	n.set = make(map[string]struct{}, len(l))
	var b []byte
	for _, v := range l {
		x, err := normal(e.Field, v)
		if err != nil {
			return n, err
		}
		if x.IsNull() {
			n.null = true
			continue
		}
		if n.fold {
			x = lowered(x)
		}
		b = model.AppendKey(b[:0], x)
		n.set[string(b)] = struct{}{}
	}
	return n, nil
}

func (c *compiler) text(n node, e *builder.Expr) (node, error) {
	switch e.Field.Kind {
	case model.String, model.Text, model.Scanner:
	default:
		return n, c.bad(fault.ErrInvalid, e.Field, "text operators need a text column")
	}
	if e.Value.Kind() != model.StringValue {
		return n, c.bad(fault.ErrInvalid, e.Field, "text operators need a text value")
	}
	s := e.Value.Str()
	if n.fold {
		s = Lower(s)
	}
	n.match = matcher(e.Op, s)
	return n, nil
}
