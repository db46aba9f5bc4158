package builder

import (
	"reflect"
	"unsafe"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Col is a column of T whose values are V. Bind or F makes it; the zero Col makes every statement fail.
type Col[T, V any] struct {
	f     *model.Field
	whole bool // V is the declared type (a pointer, say), not the base type
	fold  bool
	err   error // why f is nil
}

func (c Col[T, V]) column() (*model.Field, error) {
	if c.f == nil {
		return nil, c.unbound()
	}
	return c.f, nil
}

func (c Col[T, V]) unbound() error {
	if c.err != nil {
		return c.err
	}
	return errUnbound
}

func (Col[T, V]) of(T) {}

func (c *Col[T, V]) bind(m *model.Model, name string) error {
	f, err := m.Field(name)
	if err != nil {
		return err
	}
	col, err := colOf[T, V](f)
	if err == nil {
		*c = col
	}
	return err
}

func colOf[T, V any](f *model.Field) (Col[T, V], error) {
	v := reflect.TypeFor[V]()
	switch v {
	case f.Base:
		return Col[T, V]{f: f}, nil
	case f.Type:
		return Col[T, V]{f: f, whole: true}, nil
	}
	if v.Kind() == reflect.String && f.Kind == model.String { // Text on a named string type
		return Col[T, V]{f: f}, nil
	}
	return Col[T, V]{}, fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "the field holds "+f.Base.String()+", not "+v.String())
}

func (c Col[T, V]) value(v V) (model.Value, error) {
	if c.f == nil {
		return model.Value{}, c.unbound()
	}
	if !c.whole && c.f.Kind <= model.Time && c.f.Kind != model.Bytes {
		return c.f.LoadBase(unsafe.Pointer(&v)), nil
	}
	return c.f.ValueOf(v)
}

func (c Col[T, V]) compare(op Op, v V) Pred[T] {
	x, err := c.value(v)
	if err != nil {
		return Pred[T]{Fail(err)}
	}
	e := Compare(op, c.f, x)
	e.Fold = c.fold && e.Op != OpIsNull && e.Op != OpIsNotNull
	return Pred[T]{e}
}

func (c Col[T, V]) null(op Op) Pred[T] {
	if c.f == nil {
		return Pred[T]{Fail(c.unbound())}
	}
	return Pred[T]{Compare(op, c.f, model.Null())}
}

func (c Col[T, V]) list(vs []V) (model.List, error) {
	l := make(model.List, len(vs))
	for i := range vs {
		x, err := c.value(vs[i])
		if err != nil {
			return nil, err
		}
		l[i] = x
	}
	return l, nil
}

func (c Col[T, V]) within(negated bool, vs []V) Pred[T] {
	if c.f == nil {
		return Pred[T]{Fail(c.unbound())}
	}
	l, err := c.list(vs)
	if err != nil {
		return Pred[T]{Fail(err)}
	}
	e := Within(c.f, negated, l)
	e.Fold = c.fold && (e.Op == OpIn || e.Op == OpNotIn)
	return Pred[T]{e}
}

// Eq holds where the column equals v; a nil v means IS NULL.
func (c Col[T, V]) Eq(v V) Pred[T] { return c.compare(OpEq, v) }

// Ne holds where the column differs from v. NULL rows do not pass; DistinctFrom lets them.
func (c Col[T, V]) Ne(v V) Pred[T] { return c.compare(OpNe, v) }

// Gt holds where the column is greater than v.
func (c Col[T, V]) Gt(v V) Pred[T] { return c.compare(OpGt, v) }

// Gte holds where the column is v or greater.
func (c Col[T, V]) Gte(v V) Pred[T] { return c.compare(OpGte, v) }

// Lt holds where the column is less than v.
func (c Col[T, V]) Lt(v V) Pred[T] { return c.compare(OpLt, v) }

// Lte holds where the column is v or less.
func (c Col[T, V]) Lte(v V) Pred[T] { return c.compare(OpLte, v) }

// DistinctFrom is the null-safe Ne: NULL differs from every value.
func (c Col[T, V]) DistinctFrom(v V) Pred[T] { return c.compare(OpDistinctFrom, v) }

// In holds where the column is one of vs; In() holds nowhere. One statement shape serves any length.
func (c Col[T, V]) In(vs ...V) Pred[T] { return c.within(false, vs) }

// NotIn holds where the column is none of vs; NotIn() holds everywhere, NULL included.
func (c Col[T, V]) NotIn(vs ...V) Pred[T] { return c.within(true, vs) }

// Between holds where lower <= column <= upper.
func (c Col[T, V]) Between(lower, upper V) Pred[T] {
	lo, err := c.value(lower)
	if err != nil {
		return Pred[T]{Fail(err)}
	}
	hi, err := c.value(upper)
	if err != nil {
		return Pred[T]{Fail(err)}
	}
	e := Range(c.f, lo, hi)
	e.Fold = c.fold && e.Op == OpBetween
	return Pred[T]{e}
}

// IsNull holds where the column is NULL.
func (c Col[T, V]) IsNull() Pred[T] { return c.null(OpIsNull) }

// IsNotNull holds where the column is not NULL.
func (c Col[T, V]) IsNotNull() Pred[T] { return c.null(OpIsNotNull) }

// Asc sorts from small to large, NULL last.
func (c Col[T, V]) Asc() Order[T] { return Order[T]{SortKey{Field: c.f, Fold: c.fold, Err: c.err}} }

// Desc sorts from large to small, NULL first.
func (c Col[T, V]) Desc() Order[T] {
	return Order[T]{SortKey{Field: c.f, Desc: true, Fold: c.fold, Err: c.err}}
}

// Set assigns v, zero values included.
func (c Col[T, V]) Set(v V) Assign[T] {
	x, err := c.value(v)
	return Assign[T]{Set{Field: c.f, Value: x, Err: err}}
}

// SetNull assigns NULL; the column must be nullable.
func (c Col[T, V]) SetNull() Assign[T] {
	s := Set{Field: c.f, Value: model.Null(), Err: c.err}
	if c.f != nil && !c.f.Nullable {
		s.Err = fault.New(fault.ErrInvalid, c.f.Model.Name, c.f.Name, "the column is not nullable")
	}
	return Assign[T]{s}
}

// Inc adds v to the column's value in the database; the column must be a number. A v with more digits than a column of decimals keeps is
// ErrInvalid.
func (c Col[T, V]) Inc(v V) Assign[T] {
	x, err := c.value(v)
	if err == nil {
		err = canInc(c.f, x)
	}
	return Assign[T]{Set{Field: c.f, Op: SetInc, Value: x, Err: err}}
}

// canInc refuses columns that do not count, and nil: a number plus NULL would wipe the column out.
func canInc(f *model.Field, v model.Value) error {
	switch {
	case f.Kind != model.Int && f.Kind != model.Uint && f.Kind != model.Float && f.Decimal == nil:
		return fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "Inc needs a number column")
	case v.IsNull():
		return fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "Inc needs a number, not nil")
	}
	return nil
}

// Text is a column of text: Col[T, string] and the string operators. Case counts on every source
// unless Fold is said.
type Text[T any] struct{ Col[T, string] }

// Fold gives the column with case ignored in whatever operator follows. ASCII letters fold on every
// source; others as the database's locale has it.
func (c Text[T]) Fold() Text[T] { c.fold = true; return c }

// Len is the number of characters.
func (c Text[T]) Len() Expression[T, int] {
	switch {
	case c.f == nil:
		return Expression[T, int]{err: c.unbound()}
	case c.f.Kind != model.String || c.f.IsComputed || c.f.Decimal != nil:
		return Expression[T, int]{err: fault.New(fault.ErrInvalid, c.f.Model.Name, c.f.Name, "only a text has a length")}
	}
	return Expression[T, int]{t: &Term{Op: TermTextLength, Type: dialect.Type{Kind: dialect.Int, Bits: 32}, Field: c.f}}
}

// Contains holds where s occurs in the column; % and _ in s are plain characters.
func (c Text[T]) Contains(s string) Pred[T] { return c.compare(OpContains, s) }

// StartsWith holds where the column begins with s.
func (c Text[T]) StartsWith(s string) Pred[T] { return c.compare(OpStartsWith, s) }

// EndsWith holds where the column ends with s.
func (c Text[T]) EndsWith(s string) Pred[T] { return c.compare(OpEndsWith, s) }

// Like matches a pattern: % is any text, _ one character, and \ takes the next character as it is.
func (c Text[T]) Like(pattern string) Pred[T] { return c.compare(OpLike, pattern) }
