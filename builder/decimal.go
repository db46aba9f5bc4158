package builder

import (
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/model"
)

// orFail takes what a column made of a value, or its refusal.
func (s *shaper) orFail(v model.Value, err error) model.Value {
	if err != nil {
		s.fail(err)
	}
	return v
}

// compared gives a value of column f, nil for none, as it is compared: decimals in the one text of their number, times in
// the numbers that the column keeps.
func (s *shaper) compared(f *model.Field, v model.Value) model.Value {
	switch {
	case f == nil:
	case f.Decimal != nil:
		return s.orFail(f.DecimalValue(v))
	case f.TimeForm != model.TimeNative:
		return f.ComparedTime(v)
	case f.Civil != model.NotCivil:
		return s.orFail(f.ComparedCivil(v, s.keepsTexts()))
	}
	return v
}

// written takes a value that a column is to keep. Decimals that would lose digits are refused, and times that would lose hours.
func (s *shaper) written(m *model.Model, f *model.Field, v model.Value) {
	switch {
	case f == nil:
	case f.Decimal != nil:
		v = s.orFail(f.StoredDecimal(v))
	case f.TimeForm != model.TimeNative:
		v = f.StoredTime(v)
	case f.Civil != model.NotCivil:
		v = s.orFail(f.StoredCivil(v, s.keepsTexts()))
	}
	s.asIs(m, f, v)
}

// keepsTexts reports whether the database keeps any text in a column of dates.
func (s *shaper) keepsTexts() bool {
	_, ok := s.d.(dialect.SQLite)
	return ok
}

// column gives the column whose values t gives, nil where it computes others.
func (t *Term) column() *model.Field {
	for t.Op == TermRelated && t.Inner.Term != nil {
		t = t.Inner.Term
	}
	if t.Op == TermRelated && !t.Inner.Fold {
		return t.Inner.Field
	}
	return nil
}

// comparable gives a column, or what stands for it in an aggregation, so that it compares as its type does.
func (c *compiler) comparable(owner string, f *model.Field) string {
	t := TypeOf(f)
	if r, ok := c.results[f]; ok {
		t = r.typ
	}
	return c.d.Comparable(c.col(owner, f), t)
}

func (c *compiler) comparables(owner string, fs []*model.Field) []string {
	out := make([]string, len(fs))
	for i, f := range fs {
		out[i] = c.comparable(owner, f)
	}
	return out
}

// comparableTerm is comparable for a computed value.
func (c *compiler) comparableTerm(text string, t *Term) string {
	if f := t.column(); f != nil {
		return c.d.Comparable(text, TypeOf(f))
	}
	return text
}

// distinct gives columns under their own names, so that rows that are equal by their types are one.
func (c *compiler) distinct(owner string, fs []*model.Field) []string {
	out := c.comparables(owner, fs)
	for i, f := range fs {
		if out[i] != c.col(owner, f) {
			out[i] += " AS " + c.d.Quote(f.Column)
		}
	}
	return out
}

// operate writes what Inc and Mul give. The argument has been taken.
func (c *compiler) operate(m *model.Model, s *Set, o dialect.Operation) string {
	t := TypeOf(s.Field)
	text, ok := c.d.Arithmetic(o, c.col(c.owner(m), s.Field), t)
	if !ok && c.err == nil {
		c.err = c.lacks(m, s.Field, "exact arithmetic on decimals")
	}
	return c.d.InRange(text, t)
}
