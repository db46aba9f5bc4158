package builder

import (
	"cmp"
	"strconv"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// SetFrom assigns what another column of the same row holds before the write.
func (c Col[T, V]) SetFrom(from Selectable[T]) Assign[T] {
	s := Set{Field: c.f, Op: SetCopy, Err: c.err}
	if c.f == nil {
		s.Err = c.unbound()
		return Assign[T]{s}
	}
	src, err := from.column()
	if err == nil {
		err = canCopy(c.f, src)
	}
	s.Err, s.Ext = err, &SetExt{From: src}
	return Assign[T]{s}
}

// canCopy checks that every value of the column from fits into f.
func canCopy(f, from *model.Field) error {
	why := ""
	switch {
	case from.IsComputed:
		why = "a computed field is not stored"
	case f.Base != from.Base || f.Bits != from.Bits:
		why = "the column holds " + f.Base.String() + " and " + from.Name + " " + from.Base.String()
	case f.TimeForm != from.TimeForm:
		why = "the column keeps times in another form than " + from.Name + ": " + sameForm
	case f.Decimal != nil && !f.Decimal.Holds(from.Decimal):
		why = "the column is " + cmp.Or(f.DBType, "one of decimals") + " and " + from.Name + " may have more digits"
	case f.Civil != model.NotCivil && f.Civil != from.Civil:
		why = "the column is type=" + f.DBType + " and " + from.Name + " may hold what it does not keep: " + sameForm
	case from.Nullable && !f.Nullable:
		why = "the column is not nullable and " + from.Name + " is"
	case len(f.Enum) > 0 && !sameWords(f.Enum, from.Enum):
		why = "the columns have other enum= words"
	case f.Size > 0 && (from.Size == 0 || from.Size > f.Size):
		why = "the text of " + from.Name + " may be longer than size= allows"
	default:
		return nil
	}
	return fault.New(fault.ErrInvalid, f.Model.Name, f.Name, why)
}

// sameForm is how two columns of times can be held against each other.
const sameForm = "give both the same type= in their tags"

func sameWords(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// Mul multiplies the column's value in the database by v; the column must be a number. A column of decimals keeps the product in its own
// digits, rounded with halves away from zero.
func (c Col[T, V]) Mul(v V) Assign[T] {
	a := c.Inc(v)
	a.s.Op = SetMul
	return a
}

// ConstantSet assigns what the source's own SQL text gives, with ? for each argument. The root package
// admits constants only.
func ConstantSet[T any](col Selectable[T], text string, args ...any) Assign[T] {
	f, err := col.column()
	if err != nil {
		return Assign[T]{Set{Err: err}}
	}
	s := Set{Field: f, Op: SetText}
	marked, n, err := mark(text)
	switch {
	case err != nil:
	case n != len(args):
		err = fault.New(fault.ErrInvalid, "", "", "the SQL text has another number of ? than there are arguments")
	case len(f.Enum) > 0 || f.Size > 0:
		err = fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "what the text gives cannot be held against enum= and size=")
	}
	if err != nil {
		s.Err = fault.Fill(err, "", f.Model.Name, "")
		return Assign[T]{s}
	}
	s.Ext = &SetExt{Text: marked, Reads: reads(marked)}
	for _, a := range args {
		s.Ext.Args = append(s.Ext.Args, ValueOf(a))
	}
	return Assign[T]{s}
}

// assigned walks what an assignment gives its column.
func (s *shaper) assigned(m *model.Model, x *Set) {
	switch x.Op {
	case SetValue:
		s.written(m, x.Field, x.Value)
		return
	case SetInc:
		if f := x.Field; f != nil && f.Decimal != nil { // the sum would be rounded
			s.orFail(f.StoredDecimal(x.Value))
		}
		s.arg(m, x.Field, x.Value)
		return
	case SetMul:
		s.arg(m, x.Field, x.Value)
		return
	case SetAppend:
		s.appends(m, x)
		return
	case SetCopy:
		if x.Ext != nil && x.Ext.From != nil {
			s.field(m, x.Ext.From)
			return
		}
	case SetText:
		if x.Ext != nil && x.Ext.Text != "" {
			s.number(len(x.Ext.Text))
			s.key = append(s.key, x.Ext.Text...)
			for _, v := range x.Ext.Args {
				s.arg(m, nil, v)
			}
			return
		}
	}
	s.fail(fault.New(fault.ErrInvalid, nameOf(m), "", "unknown operator in an assignment: "+strconv.Itoa(int(x.Op))))
}

// computed writes the assignments whose value is more than an argument or a sum.
func (c *compiler) computed(f *frag, m *model.Model, s *Set) string {
	switch s.Op {
	case SetMul:
		c.take(f)
		return c.operate(m, s, dialect.Multiply)
	case SetCopy:
		text := c.col(c.owner(m), s.Ext.From)
		if d := s.Field.Decimal; d != nil && d.Precision > 0 && (s.Ext.From.Decimal == nil || *d != *s.Ext.From.Decimal) {
			text = c.d.InRange(text, TypeOf(s.Field))
		}
		return text
	case SetAppend:
		return c.appended(f, m, s)
	default:
		for range s.Ext.Args {
			c.take(f)
		}
		return c.d.InRange("("+s.Ext.Text+")", TypeOf(s.Field))
	}
}
