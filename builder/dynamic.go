package builder

import (
	"reflect"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Dynamic is a column found by name at run time. A wrong name or a value of the wrong type makes the
// statement fail with ErrInvalid.
type Dynamic[T any] struct {
	f    *model.Field
	err  error
	fold bool
}

// Named finds a column of T by Go field name or column name.
func Named[T any](name string) Dynamic[T] {
	m, err := model.For[T]()
	if err != nil {
		return Dynamic[T]{err: err}
	}
	f, err := m.Field(name)
	return Dynamic[T]{f: f, err: err}
}

// ColumnOf types a column of T.
func ColumnOf[T any](f *model.Field) Dynamic[T] { return Dynamic[T]{f: f} }

func (c Dynamic[T]) column() (*model.Field, error) {
	if c.f == nil && c.err == nil {
		return nil, errUnbound
	}
	return c.f, c.err
}

func (Dynamic[T]) of(T) {}

// Fold gives the column with case ignored in the operator that follows; the column must be text.
func (c Dynamic[T]) Fold() Dynamic[T] {
	f, err := c.column()
	if err == nil && f.Kind != model.String {
		c.err = fault.New(fault.ErrInvalid, c.f.Model.Name, c.f.Name, "Fold needs a text column")
	}
	c.fold = true
	return c
}

// value makes v a value of the column. An enum's words bind whole values only: not part of one, nor one
// in another case.
func (c Dynamic[T]) value(op Op, v any) (model.Value, error) {
	f, err := c.column()
	if err != nil {
		return model.Value{}, err
	}
	if s, ok := v.(string); ok && (f.Kind == model.String && c.fold || (f.Kind == model.String || f.Decimal != nil) && isText(op)) {
		return model.StringOf(s), nil
	}
	if isText(op) && f.Kind != model.String && f.Kind != model.Text && f.Kind != model.Scanner {
		return model.Value{}, fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "text operators need a text column")
	}
	return f.ValueOf(v)
}

func isText(op Op) bool { return op >= OpContains && op <= OpLike }

// queried refuses a field that is not to be asked about by names from outside.
func (c Dynamic[T]) queried() Dynamic[T] {
	if c.err == nil && c.f != nil && c.f.NoQuery {
		c.err = fault.New(fault.ErrInvalid, c.f.Model.Name, c.f.Name, "the field is tagged noquery: names from outside neither filter nor sort by it")
	}
	return c
}

func (c Dynamic[T]) compare(op Op, v any) Pred[T] {
	c = c.queried()
	x, err := c.value(op, v)
	if err != nil {
		return Pred[T]{Fail(err)}
	}
	e := Compare(op, c.f, x)
	e.Fold = c.fold && e.Op != OpIsNull && e.Op != OpIsNotNull
	return Pred[T]{e}
}

func (c Dynamic[T]) within(negated bool, vs []any) Pred[T] {
	c = c.queried()
	if _, err := c.column(); err != nil {
		return Pred[T]{Fail(err)}
	}
	vs = spread(vs)
	l := make(model.List, len(vs))
	for i, v := range vs {
		x, err := c.value(OpIn, v)
		if err != nil {
			return Pred[T]{Fail(err)}
		}
		l[i] = x
	}
	e := Within(c.f, negated, l)
	e.Fold = c.fold && (e.Op == OpIn || e.Op == OpNotIn)
	return Pred[T]{e}
}

// spread lets In([]string{"a", "b"}) mean In("a", "b").
func spread(vs []any) []any {
	if len(vs) != 1 || vs[0] == nil {
		return vs
	}
	rv := reflect.ValueOf(vs[0])
	if rv.Kind() != reflect.Slice || rv.Type().Elem().Kind() == reflect.Uint8 {
		return vs
	}
	out := make([]any, rv.Len())
	for i := range out {
		out[i] = rv.Index(i).Interface()
	}
	return out
}

// Eq holds where the column equals v; nil means IS NULL.
func (c Dynamic[T]) Eq(v any) Pred[T] { return c.compare(OpEq, v) }

// Ne holds where the column differs from v; NULL rows do not pass.
func (c Dynamic[T]) Ne(v any) Pred[T] { return c.compare(OpNe, v) }

// Gt holds where the column is greater than v.
func (c Dynamic[T]) Gt(v any) Pred[T] { return c.compare(OpGt, v) }

// Gte holds where the column is v or greater.
func (c Dynamic[T]) Gte(v any) Pred[T] { return c.compare(OpGte, v) }

// Lt holds where the column is less than v.
func (c Dynamic[T]) Lt(v any) Pred[T] { return c.compare(OpLt, v) }

// Lte holds where the column is v or less.
func (c Dynamic[T]) Lte(v any) Pred[T] { return c.compare(OpLte, v) }

// DistinctFrom is the null-safe Ne.
func (c Dynamic[T]) DistinctFrom(v any) Pred[T] { return c.compare(OpDistinctFrom, v) }

// In holds where the column is one of vs; a single slice is spread.
func (c Dynamic[T]) In(vs ...any) Pred[T] { return c.within(false, vs) }

// NotIn holds where the column is none of vs; a single slice is spread.
func (c Dynamic[T]) NotIn(vs ...any) Pred[T] { return c.within(true, vs) }

// Between holds where lower <= column <= upper.
func (c Dynamic[T]) Between(lower, upper any) Pred[T] {
	c = c.queried()
	lo, err := c.value(OpBetween, lower)
	if err != nil {
		return Pred[T]{Fail(err)}
	}
	hi, err := c.value(OpBetween, upper)
	if err != nil {
		return Pred[T]{Fail(err)}
	}
	e := Range(c.f, lo, hi)
	e.Fold = c.fold && e.Op == OpBetween
	return Pred[T]{e}
}

// IsNull holds where the column is NULL.
func (c Dynamic[T]) IsNull() Pred[T] { return c.compare(OpIsNull, nil) }

// IsNotNull holds where the column is not NULL.
func (c Dynamic[T]) IsNotNull() Pred[T] { return c.compare(OpIsNotNull, nil) }

// Contains holds where s occurs in the column.
func (c Dynamic[T]) Contains(s string) Pred[T] { return c.compare(OpContains, s) }

// StartsWith holds where the column begins with s.
func (c Dynamic[T]) StartsWith(s string) Pred[T] { return c.compare(OpStartsWith, s) }

// EndsWith holds where the column ends with s.
func (c Dynamic[T]) EndsWith(s string) Pred[T] { return c.compare(OpEndsWith, s) }

// Like matches a pattern of % and _, with \ as the escape.
func (c Dynamic[T]) Like(pattern string) Pred[T] { return c.compare(OpLike, pattern) }

// Asc sorts from small to large, NULL last.
func (c Dynamic[T]) Asc() Order[T] {
	c = c.queried()
	return Order[T]{SortKey{Field: c.f, Fold: c.fold, Err: c.err}}
}

// Desc sorts from large to small, NULL first.
func (c Dynamic[T]) Desc() Order[T] {
	c = c.queried()
	return Order[T]{SortKey{Field: c.f, Desc: true, Fold: c.fold, Err: c.err}}
}

// Set assigns v; nil is NULL.
func (c Dynamic[T]) Set(v any) Assign[T] {
	f, err := c.column()
	if err != nil {
		return Assign[T]{Set{Err: err}}
	}
	x, err := f.ValueOf(v)
	if err == nil && x.IsNull() && !c.f.Nullable {
		err = fault.New(fault.ErrInvalid, c.f.Model.Name, c.f.Name, "the column is not nullable")
	}
	return Assign[T]{Set{Field: c.f, Value: x, Err: err}}
}

// SetNull assigns NULL.
func (c Dynamic[T]) SetNull() Assign[T] { return c.Set(nil) }

// Inc adds v to a number column in the database.
func (c Dynamic[T]) Inc(v any) Assign[T] {
	a := c.Set(v)
	a.s.Op = SetInc
	if a.s.Err == nil {
		a.s.Err = canInc(c.f, a.s.Value)
	}
	return a
}
