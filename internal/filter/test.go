package filter

import (
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

func (n *node) test(row unsafe.Pointer) (Truth, error) {
	switch n.op {
	case builder.OpTrue:
		return True, nil
	case builder.OpFalse:
		return False, nil
	case builder.OpNot:
		t, err := n.kids[0].test(row)
		return t.not(), err
	case builder.OpUntrue:
		return n.untrue(row)
	case builder.OpInTuples:
		return n.among(row)
	case builder.OpAnd:
		out := True
		for i := range n.kids {
			t, err := n.kids[i].test(row)
			if err != nil || t == False {
				return False, err
			}
			out = min(out, t)
		}
		return out, nil
	case builder.OpOr:
		out := False
		for i := range n.kids {
			t, err := n.kids[i].test(row)
			if err != nil || t == True {
				return t, err
			}
			out = max(out, t)
		}
		return out, nil
	}
	v, err := Load(n.field, row)
	if err != nil {
		return False, err
	}
	return n.judge(v)
}

// judge compares one column's value.
func (n *node) judge(v model.Value) (Truth, error) {
	null := v.IsNull()
	if n.fold && !null {
		v = lowered(v)
	}
	switch n.op {
	case builder.OpIsNull:
		return truthOf(null), nil
	case builder.OpIsNotNull:
		return truthOf(!null), nil
	case builder.OpDistinctFrom:
		if null || n.value.IsNull() {
			return truthOf(null != n.value.IsNull()), nil
		}
		same, err := equal(n.field, v, n.value)
		return truthOf(!same), err
	case builder.OpIn, builder.OpNotIn:
		t := n.in(v)
		if n.op == builder.OpNotIn {
			t = t.not()
		}
		return t, nil
	}
	if null || n.match == nil && n.value.IsNull() {
		return Unknown, nil
	}
	switch n.op {
	case builder.OpContains, builder.OpStartsWith, builder.OpEndsWith, builder.OpLike:
		if v.Kind() != model.StringValue {
			return Unknown, fault.New(fault.ErrUnsupported, n.field.Model.Name, n.field.Name, "the column's own codec gives no text, so text operators cannot be evaluated here")
		}
		return truthOf(n.match(v.Str())), nil
	case builder.OpEq, builder.OpNe:
		same, err := equal(n.field, v, n.value)
		return truthOf(same == (n.op == builder.OpEq)), err
	case builder.OpBetween:
		low, err := n.least(v, n.value, false)
		if err != nil {
			return Unknown, err
		}
		high, err := n.least(n.upper, v, false)
		return min(low, high), err
	case builder.OpGt:
		return n.least(v, n.value, true)
	case builder.OpGte:
		return n.least(v, n.value, false)
	case builder.OpLt:
		return n.least(n.value, v, true)
	}
	return n.least(n.value, v, false)
}

// least is a >= b, or a > b when strict.
func (n *node) least(a, b model.Value, strict bool) (Truth, error) {
	if a.IsNull() || b.IsNull() {
		return Unknown, nil
	}
	c, err := compare(n.field, a, b)
	return truthOf(c > 0 || c == 0 && !strict), err
}

// in is v IN (set): with nothing in the list it is false even for NULL.
func (n *node) in(v model.Value) Truth {
	if len(n.set) == 0 && !n.null {
		return False
	}
	if v.IsNull() {
		return Unknown
	}
	var buf [64]byte
	if _, found := n.set[string(model.AppendKey(buf[:0], v))]; found {
		return True
	}
	if n.null {
		return Unknown
	}
	return False
}
