package builder

import (
	"reflect"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Array is a column that holds a list of E: Col[T, []E] and what looks inside. A row whose column is NULL is
// unknown to each of its conditions, so that neither they nor their negation pass it.
type Array[T, E any] struct{ Col[T, []E] }

func elements[T, E any](c Col[T, []E], op Op, vs []E) Pred[T] {
	if c.f == nil {
		return Pred[T]{Fail(c.unbound())}
	}
	l := make(model.List, len(vs))
	for i := range vs {
		v, err := elementOf(c.f, vs[i])
		if err != nil {
			return Pred[T]{Fail(err)}
		}
		l[i] = v
	}
	return Pred[T]{HasElements(op, c.f, l)}
}

// elementOf makes v a value of an element of f.
func elementOf(f *model.Field, v any) (model.Value, error) {
	if f.Kind != model.Array || f.IsComputed {
		return model.Value{}, fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "the column holds no list")
	}
	x, err := f.Elem.ValueOf(v)
	if err == nil && x.IsNull() {
		err = fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "nil is no element to look for: NULL equals nothing")
	}
	return x, err
}

// HasElements makes a condition on the elements of the array f: op is OpHasAny or OpHasAll. Every row holds all of
// no elements, and no row one of them.
func HasElements(op Op, f *model.Field, l model.List) Expr {
	switch {
	case f == nil:
		return Fail(errUnbound)
	case f.Kind != model.Array || f.IsComputed:
		return Fail(fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "the column holds no list"))
	case len(l) == 0 && op == OpHasAll:
		return True()
	case len(l) == 0:
		return False()
	}
	return Expr{Op: op, Field: f, Value: model.ListOf(l)}
}

func lengthOf[T any](f *model.Field, err error) Expression[T, int] {
	switch {
	case err != nil:
		return Expression[T, int]{err: err}
	case f == nil:
		return Expression[T, int]{err: errUnbound}
	case f.Kind != model.Array || f.IsComputed:
		return Expression[T, int]{err: fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "the column holds no list")}
	}
	return Expression[T, int]{t: &Term{Op: TermLength, Type: dialect.Type{Kind: dialect.Int, Bits: 32}, Field: f}}
}

// Has holds where v is an element.
func (c Array[T, E]) Has(v E) Pred[T] { return elements(c.Col, OpHasAll, []E{v}) }

// HasAny holds where one of vs is an element, so that the two lists overlap; HasAny() holds nowhere.
func (c Array[T, E]) HasAny(vs ...E) Pred[T] { return elements(c.Col, OpHasAny, vs) }

// HasAll holds where each of vs is an element; HasAll() holds everywhere, NULL included.
func (c Array[T, E]) HasAll(vs ...E) Pred[T] { return elements(c.Col, OpHasAll, vs) }

// Len is the number of elements.
func (c Array[T, E]) Len() Expression[T, int] { return lengthOf[T](c.f, c.err) }

// IsEmpty holds where the list is there and has no element.
func (c Array[T, E]) IsEmpty() Pred[T] { return c.Len().Eq(0) }

// bind takes a list of a named type too.
func (c *Array[T, E]) bind(m *model.Model, name string) error {
	f, err := m.Field(name)
	if err != nil {
		return err
	}
	if f.Kind == model.Array && f.Elem.Base == reflect.TypeFor[E]() {
		c.Col = Col[T, []E]{f: f}
		return nil
	}
	return c.Col.bind(m, name)
}

func (c Dynamic[T]) elements(op Op, vs []any) Pred[T] {
	f, err := c.column()
	if err != nil {
		return Pred[T]{Fail(err)}
	}
	vs = spread(vs)
	l := make(model.List, len(vs))
	for i, v := range vs {
		if l[i], err = elementOf(f, v); err != nil {
			return Pred[T]{Fail(err)}
		}
	}
	return Pred[T]{HasElements(op, f, l)}
}

// Has holds where v is an element of the column, which must hold a list.
func (c Dynamic[T]) Has(v any) Pred[T] { return c.elements(OpHasAll, []any{v}) }

// HasAny holds where one of vs is an element; a single slice is spread.
func (c Dynamic[T]) HasAny(vs ...any) Pred[T] { return c.elements(OpHasAny, vs) }

// HasAll holds where each of vs is an element; a single slice is spread.
func (c Dynamic[T]) HasAll(vs ...any) Pred[T] { return c.elements(OpHasAll, vs) }
