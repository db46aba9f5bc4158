package builder

import (
	"reflect"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Choice is a value for the rows that pass a condition; When makes it.
type Choice[T, V any] struct {
	p Pred[T]
	v V
}

// When gives v to the rows that pass p.
func When[T, V any](p Pred[T], v V) Choice[T, V] { return Choice[T, V]{p, v} }

// Case is the value of the first choice whose condition a row passes, and otherwise for the rows that pass none:
//
//	Case("large", When(Orders.Total.Lt(10), "small"), When(Orders.Total.Lt(100), "medium"))
//
// The values are texts, whole numbers, float64 or booleans.
func Case[T, V any](otherwise V, choices ...Choice[T, V]) Expression[T, V] {
	m, err := model.For[T]()
	if err != nil {
		return Expression[T, V]{err: err}
	}
	t := &Term{Op: TermCase}
	switch k := reflect.TypeFor[V]().Kind(); k {
	case reflect.String:
		t.Type.Kind = dialect.String
	case reflect.Bool:
		t.Type.Kind = dialect.Bool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint8, reflect.Uint16, reflect.Uint32:
		t.Type.Kind, t.Type.Bits = dialect.Int, 64
	case reflect.Float64:
		t.Type.Kind, t.Type.Bits = dialect.Float, 64
	default:
		return Expression[T, V]{err: fault.New(fault.ErrInvalid, m.Name, "", "the values of a Case are texts, whole numbers, float64 or booleans, not "+reflect.TypeFor[V]().String())}
	}
	if len(choices) == 0 {
		return Expression[T, V]{err: fault.New(fault.ErrInvalid, m.Name, "", "a Case needs a choice: give it When")}
	}
	for _, c := range choices {
		t.Kids, t.Values = append(t.Kids, c.p.Expr()), append(t.Values, ValueOf(c.v))
	}
	t.Values = append(t.Values, ValueOf(otherwise))
	return Expression[T, V]{t: t}
}

// choices walks a Case.
func (s *shaper) choices(m *model.Model, t *Term, depth int) {
	s.byte(byte(t.Type.Kind))
	s.number(len(t.Kids))
	for i, v := range t.Values {
		if i < len(t.Kids) {
			s.expr(m, &t.Kids[i], depth+1)
		}
		if v.IsNull() {
			s.fail(fault.New(fault.ErrInvalid, nameOf(m), "", "the values of a Case are never nil"))
		}
		s.arg(m, nil, v)
	}
}

// choices writes a Case.
func (c *compiler) choices(f *frag, owner string, t *Term) error {
	f.b.WriteString("CASE")
	for i := range t.Kids {
		f.b.WriteString(" WHEN ")
		if err := c.term(f, owner, modelOf(&t.Kids[i]), &t.Kids[i]); err != nil {
			return err
		}
		f.b.WriteString(" THEN " + c.d.Parameter(t.Type))
		c.take(f)
	}
	f.b.WriteString(" ELSE " + c.d.Parameter(t.Type) + " END")
	c.take(f)
	return nil
}

// Through is what a column of the one related row holds, or what is computed from it: to compare, to sort and to group by.
//
//	Through(Orders.User, Users.Name)
//
// It is NULL where there is no related row, or where the caller may not see it.
func Through[T, C, V any](to One[T, C], of Value[C, V]) Expression[T, V] {
	if to.r == nil {
		return Expression[T, V]{err: errUnboundRelation}
	}
	k := of.asKey()
	switch {
	case k.Err != nil:
		return Expression[T, V]{err: k.Err}
	case k.Field == nil && k.Term == nil:
		return Expression[T, V]{err: errUnbound}
	case k.Field != nil && (k.Field.IsComputed || k.Field.Kind == model.JSON || k.Field.Kind == model.Array):
		return Expression[T, V]{err: fault.New(fault.ErrInvalid, k.Field.Model.Name, k.Field.Name, "the column of a related row must be stored, and no document and no list")}
	}
	t := &Term{Op: TermRelated, Rel: to.r, Inner: &k}
	if k.Term != nil {
		t.Type = k.Term.Type
	} else {
		t.Type = TypeOf(k.Field)
	}
	return Expression[T, V]{t: t}
}

// Value is a column of T, or what is computed from a row of it, whose values are V.
type Value[T, V any] interface {
	asKey() SortKey
	from(T, V)
}

func (c Col[T, V]) asKey() SortKey { return SortKey{Field: c.f, Fold: c.fold, Err: c.err} }
func (Col[T, V]) from(T, V)        {}

func (x Expression[T, V]) asKey() SortKey {
	if x.t == nil {
		return SortKey{Err: x.fault()}
	}
	return SortKey{Term: x.t}
}
func (Expression[T, V]) from(T, V) {}

// Computed is a value of a row of any model, computed or of a column, of any type.
type Computed interface{ asKey() SortKey }
