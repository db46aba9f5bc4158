package builder

import (
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// EqCol holds where the column equals another one of the same row. Where either is NULL, it does not hold, and neither does NeCol.
//
//	Invoices.Paid.EqCol(Invoices.Total)
func (c Col[T, V]) EqCol(other Selectable[T]) Pred[T] { return c.pair(OpEq, other) }

// NeCol holds where the column differs from another one of the same row.
func (c Col[T, V]) NeCol(other Selectable[T]) Pred[T] { return c.pair(OpNe, other) }

// GtCol holds where the column is greater than another one of the same row.
func (c Col[T, V]) GtCol(other Selectable[T]) Pred[T] { return c.pair(OpGt, other) }

// GteCol holds where the column is greater than or equal to another one of the same row.
func (c Col[T, V]) GteCol(other Selectable[T]) Pred[T] { return c.pair(OpGte, other) }

// LtCol holds where the column is less than another one of the same row.
func (c Col[T, V]) LtCol(other Selectable[T]) Pred[T] { return c.pair(OpLt, other) }

// LteCol holds where the column is less than or equal to another one of the same row.
func (c Col[T, V]) LteCol(other Selectable[T]) Pred[T] { return c.pair(OpLte, other) }

func (c Col[T, V]) pair(op Op, other Selectable[T]) Pred[T] {
	f, err := c.column()
	return pairOf(op, f, c.fold, other, err)
}

// EqCol holds where the column equals another one of the same row.
func (c Dynamic[T]) EqCol(other Selectable[T]) Pred[T] { return c.pair(OpEq, other) }

// NeCol holds where the column differs from another one of the same row.
func (c Dynamic[T]) NeCol(other Selectable[T]) Pred[T] { return c.pair(OpNe, other) }

// GtCol holds where the column is greater than another one of the same row.
func (c Dynamic[T]) GtCol(other Selectable[T]) Pred[T] { return c.pair(OpGt, other) }

// GteCol holds where the column is greater than or equal to another one of the same row.
func (c Dynamic[T]) GteCol(other Selectable[T]) Pred[T] { return c.pair(OpGte, other) }

// LtCol holds where the column is less than another one of the same row.
func (c Dynamic[T]) LtCol(other Selectable[T]) Pred[T] { return c.pair(OpLt, other) }

// LteCol holds where the column is less than or equal to another one of the same row.
func (c Dynamic[T]) LteCol(other Selectable[T]) Pred[T] { return c.pair(OpLte, other) }

func (c Dynamic[T]) pair(op Op, other Selectable[T]) Pred[T] {
	c = c.queried()
	f, err := c.column()
	return pairOf(op, f, c.fold, other, err)
}

func pairOf[T any](op Op, f *model.Field, fold bool, other Selectable[T], err error) Pred[T] {
	switch {
	case err != nil:
		return Pred[T]{Fail(err)}
	case fold:
		return Pred[T]{Fail(fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "Fold goes with a value: two columns are compared as they are"))}
	}
	if named, ok := other.(Dynamic[T]); ok {
		other = named.queried()
	}
	if other == nil {
		return Pred[T]{Fail(errUnbound)}
	}
	g, err := other.column()
	if err != nil {
		return Pred[T]{Fail(err)}
	}
	if why := unpaired(op, f, g); why != "" {
		return Pred[T]{Fail(fault.New(fault.ErrInvalid, f.Model.Name, f.Name, why))}
	}
	return Pred[T]{Expr{Op: OpColumns, Field: f, Ext: &Ext{Cmp: op, Columns: []*model.Field{g}}}}
}

// unpaired says why values of two columns are not compared: the databases would do so by different rules.
func unpaired(op Op, f, g *model.Field) string {
	whole := func(x *model.Field) bool { return x.Kind == model.Int || x.Kind == model.Uint }
	equal := op == OpEq || op == OpNe
	holds := func() string {
		return "the column holds " + f.Base.String() + " and " + g.Name + " " + g.Base.String()
	}
	switch {
	case f == g:
		return "the column is compared with itself"
	case f.Model != g.Model:
		return "the column " + g.Model.Name + "." + g.Name + " belongs to another model"
	case f.IsComputed || g.IsComputed:
		return "a computed field is not stored, so it cannot be filtered by"
	case (f.Decimal == nil) != (g.Decimal == nil):
		return holds() + ": decimals are compared with decimals"
	case f.Decimal != nil, whole(f) && whole(g):
		return ""
	case f.Kind != g.Kind:
		return holds()
	case f.TimeForm != g.TimeForm:
		return "the column keeps times in another form than " + g.Name + ": " + sameForm
	case f.Civil != g.Civil:
		return "one of the columns keeps days or times of day and " + g.Name + " another part of a time: " + sameForm
	}
	switch f.Kind {
	case model.Float, model.String, model.Time:
		return ""
	case model.Bool, model.UUID, model.Bytes:
		if equal {
			return ""
		}
	case model.Text, model.Scanner:
		if f.Base == g.Base && (equal || f.Civil != model.NotCivil) {
			return ""
		}
	}
	return holds() + ", which have no such comparison on every source"
}

// wholePair reports whether e compares two columns. Statements may be made by hand.
func (e *Expr) wholePair() bool {
	return e.Field != nil && e.Ext != nil && len(e.Ext.Columns) == 1 && e.Ext.Cmp >= OpEq && e.Ext.Cmp <= OpLte
}

func (s *shaper) pair(m *model.Model, e *Expr) {
	s.byte(byte(e.Ext.Cmp))
	s.field(m, e.Field)
	s.field(m, e.Ext.Columns[0])
	if why := unpaired(e.Ext.Cmp, e.Field, e.Ext.Columns[0]); why != "" {
		s.fail(fault.New(fault.ErrInvalid, nameOf(m), e.Field.Name, why))
	}
}
