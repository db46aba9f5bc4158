package randomquery

import (
	"reflect"
	"slices"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/truth"
	"github.com/multi-orm/orm/model"
)

// truth is what a condition says of a row.
func (w *Memory) truth(e *builder.Expr, row reflect.Value) truth.Value {
	every := func(kids []builder.Expr, row reflect.Value) truth.Value {
		out := truth.Yes
		for i := range kids {
			out = min(out, w.truth(&kids[i], row))
		}
		return out
	}
	switch e.Op {
	case builder.OpTrue:
		return truth.Yes
	case builder.OpFalse:
		return truth.No
	case builder.OpAnd:
		return every(e.Ext.Kids, row)
	case builder.OpOr:
		out := truth.No
		for i := range e.Ext.Kids {
			out = max(out, w.truth(&e.Ext.Kids[i], row))
		}
		return out
	case builder.OpNot:
		return w.truth(&e.Ext.Kids[0], row).Not()
	case builder.OpSome, builder.OpEvery:
		for _, x := range w.related(e.Ext.Rel, row) {
			if passes := every(e.Ext.Kids, x) == truth.Yes; passes == (e.Op == builder.OpSome) {
				return truth.Of(passes)
			}
		}
		return truth.Of(e.Op == builder.OpEvery)
	}
	v := load(row, e.Field)
	switch {
	case e.Op == builder.OpIsNull:
		return truth.Of(v.IsNull())
	case e.Op == builder.OpIsNotNull:
		return truth.Of(!v.IsNull())
	case e.Op == builder.OpDistinctFrom:
		return truth.Of(v.IsNull() || v.Int() != e.Value.Int())
	case v.IsNull():
		return truth.Unknown
	}
	n := v.Int()
	switch e.Op {
	case builder.OpEq:
		return truth.Of(n == e.Value.Int())
	case builder.OpNe:
		return truth.Of(n != e.Value.Int())
	case builder.OpGt:
		return truth.Of(n > e.Value.Int())
	case builder.OpLte:
		return truth.Of(n <= e.Value.Int())
	case builder.OpIn, builder.OpNotIn:
		in := slices.ContainsFunc(e.Value.List(), func(x model.Value) bool { return x.Int() == n })
		return truth.Of(in == (e.Op == builder.OpIn))
	}
	panic("randomquery: an operator that the model does not know")
}
