package introspect

import (
	"maps"
	"slices"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// maxNesting bounds words inside words.
const maxNesting = builder.MaxDepth

// where makes conditions of a filter, in the order of its columns' names, so that the same filter is the same statement.
func (t *table) where(f Filter) (out builder.Conjunction, err error) {
	for _, name := range slices.Sorted(maps.Keys(f)) {
		c, err := t.asked(name)
		if err != nil {
			return out, err
		}
		e, err := t.expr(c, f[name], 0)
		if err != nil {
			return out, err
		}
		out.Add(e)
	}
	return out, nil
}

// asked finds a column that rows may be found or sorted by.
func (t *table) asked(name string) (*model.Field, error) {
	c, err := t.column(name)
	if err == nil && c.NoQuery {
		err = fault.New(fault.ErrInvalid, t.name, name, "the field is tagged noquery: nothing is found or sorted by it")
	}
	return c, err
}

func (t *table) expr(c *model.Field, v any, depth int) (builder.Expr, error) {
	if depth > maxNesting {
		return builder.Expr{}, fault.New(fault.ErrLimit, t.name, c.Column, "the filter is nested too deeply")
	}
	w, ok := v.(Word)
	if !ok {
		return t.compare(c, builder.OpEq, v)
	}
	switch w.op {
	case not:
		e, err := t.expr(c, w.args[0], depth+1)
		return builder.Negate(e), err
	case anyOf:
		return t.anyOf(c, w.args, depth)
	case allOf:
		if len(w.args) == 0 {
			return builder.Expr{}, fault.New(fault.ErrInvalid, t.name, c.Column, "AllOf needs a condition")
		}
		kids, err := t.exprs(c, w.args, depth)
		return builder.AllOf(kids...), err
	case contains, startsWith:
		op := builder.OpContains
		if w.op == startsWith {
			op = builder.OpStartsWith
		}
		if c.Kind != model.String || c.Decimal != nil {
			return builder.Expr{}, fault.New(fault.ErrInvalid, t.name, c.Column, "Contains and StartsWith need a column of text")
		}
		s, _ := w.args[0].(string)
		return builder.Compare(op, c, model.StringOf(s)), nil
	case lessThan:
		return t.order(c, builder.OpLt, w.args[0])
	case atMost:
		return t.order(c, builder.OpLte, w.args[0])
	case moreThan:
		return t.order(c, builder.OpGt, w.args[0])
	case atLeast:
		return t.order(c, builder.OpGte, w.args[0])
	}
	return builder.Expr{}, fault.New(fault.ErrInvalid, t.name, c.Column, "a word of the filter is empty: make it with a function of this package")
}

func (t *table) exprs(c *model.Field, xs []any, depth int) ([]builder.Expr, error) {
	kids := make([]builder.Expr, len(xs))
	for i, x := range xs {
		var err error
		if kids[i], err = t.expr(c, x, depth+1); err != nil {
			return nil, err
		}
	}
	return kids, nil
}

// anyOf makes one list of the plain values.
func (t *table) anyOf(c *model.Field, xs []any, depth int) (builder.Expr, error) {
	var kids []builder.Expr
	var list model.List
	for _, x := range xs {
		if _, isWord := x.(Word); !isWord && c.Kind != model.JSON && c.Kind != model.Array {
			v, err := t.value(c, x)
			if err != nil {
				return builder.Expr{}, err
			}
			if !v.IsNull() {
				list = append(list, v)
				continue
			}
		}
		e, err := t.expr(c, x, depth+1)
		if err != nil {
			return builder.Expr{}, err
		}
		kids = append(kids, e)
	}
	if len(list) > 0 {
		kids = append([]builder.Expr{builder.Within(c, false, list)}, kids...)
	}
	if len(kids) == 0 {
		return builder.False(), nil
	}
	return builder.AnyOf(kids...), nil
}

// compare holds the column against a value; nil asks for NULL.
func (t *table) compare(c *model.Field, op builder.Op, x any) (builder.Expr, error) {
	v, err := t.value(c, x)
	switch {
	case err != nil:
		return builder.Expr{}, err
	case v.IsNull():
		return builder.Compare(builder.OpIsNull, c, v), nil
	case c.Kind == model.JSON:
		return builder.Expr{}, fault.New(fault.ErrInvalid, t.name, c.Column, "a document is compared with nil only")
	}
	return builder.Compare(op, c, v), nil
}

func (t *table) order(c *model.Field, op builder.Op, x any) (builder.Expr, error) {
	if _, isWord := x.(Word); isWord || x == nil {
		return builder.Expr{}, fault.New(fault.ErrInvalid, t.name, c.Column, "less and more are said of a value")
	}
	if c.Kind == model.Array || c.Kind == model.JSON || c.Kind == model.Bool {
		return builder.Expr{}, fault.New(fault.ErrInvalid, t.name, c.Column, "the column's values have no less and more")
	}
	v, err := t.value(c, x)
	if err == nil && v.IsNull() {
		err = fault.New(fault.ErrInvalid, t.name, c.Column, "less and more are said of a value, not of NULL")
	}
	if err != nil {
		return builder.Expr{}, err
	}
	return builder.Compare(op, c, v), nil
}
