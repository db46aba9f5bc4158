package builder

import (
	"reflect"
	"strconv"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/model"
)

// Beside describes a struct with a nullable field for what each of terms gives, to be read beside a row. A nil term has
// no field; ok is false where a value is of a kind that has no order.
func Beside(terms []*Term) (t reflect.Type, fields []*model.Field, ok bool) {
	var parts []reflect.StructField
	fields = make([]*model.Field, len(terms))
	for i, term := range terms {
		if term == nil {
			continue
		}
		f := term.result()
		if f == nil {
			return nil, nil, false
		}
		f.Index, f.Nulls, f.Nullable, f.Type = i, model.Pointer, true, reflect.PointerTo(f.Base)
		fields[i] = f
		parts = append(parts, reflect.StructField{Name: "T" + strconv.Itoa(i), Type: f.Type})
	}
	t = reflect.StructOf(parts)
	for i, f := range fields {
		if f != nil {
			part, _ := t.FieldByName("T" + strconv.Itoa(i))
			f.MoveTo(part.Offset)
		}
	}
	return t, fields, true
}

// result describes what t gives, nil where it has no order.
func (t *Term) result() *model.Field {
	if t.Op == TermRelated {
		if t.Inner.Term != nil {
			return t.Inner.Term.result()
		}
		f := *t.Inner.Field
		if f.Kind == model.JSON || f.Kind == model.Array || f.Kind == model.Scanner && f.Decimal == nil {
			return nil
		}
		return &f
	}
	f := &model.Field{Name: "computed value", Bits: 64}
	switch t.Type.Kind {
	case dialect.Int:
		f.Kind, f.Base = model.Int, reflect.TypeFor[int64]()
	case dialect.Float:
		f.Kind, f.Base = model.Float, reflect.TypeFor[float64]()
	case dialect.Bool:
		f.Kind, f.Base = model.Bool, reflect.TypeFor[bool]()
	case dialect.String:
		f.Kind, f.Base = model.String, reflect.TypeFor[string]()
	default:
		return nil
	}
	return f
}
