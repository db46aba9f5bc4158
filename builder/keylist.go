package builder

import (
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Untrue holds where the kids are not all true: where one of them is false, or unknown because of a NULL. It is
// itself never unknown.
func Untrue(kids ...Expr) Expr {
	if len(kids) == 0 {
		return False()
	}
	return tree(OpUntrue, nil, kids)
}

// WithinTuples holds where the columns, taken together, equal one of the keys: one list per column, read in step. It
// is unknown where a column is NULL.
func WithinTuples(columns []*model.Field, keys []model.List) Expr {
	if len(columns) == 0 || len(keys) != len(columns) {
		return Fail(fault.New(fault.ErrInvalid, "", "", "a list of keys needs a list for each column"))
	}
	for _, l := range keys {
		if len(l) != len(keys[0]) {
			return Fail(fault.New(fault.ErrInvalid, columns[0].Model.Name, "", "the lists of a key's columns differ in length"))
		}
	}
	args := make([]model.Value, len(keys))
	for i, l := range keys {
		args[i] = model.ListOf(l)
	}
	return Expr{Op: OpInTuples, Ext: &Ext{Columns: columns, Args: args}}
}

// wholeKeys is whole for OpInTuples.
func (e *Expr) wholeKeys() bool {
	if e.Ext == nil || len(e.Ext.Columns) == 0 || len(e.Ext.Columns) != len(e.Ext.Args) {
		return false
	}
	for i, f := range e.Ext.Columns {
		if f == nil || e.Ext.Args[i].Kind() != model.ListValue {
			return false
		}
	}
	return true
}

func (s *shaper) tuples(m *model.Model, e *Expr) {
	s.fields(m, e.Ext.Columns)
	for i, f := range e.Ext.Columns {
		s.arg(m, f, e.Ext.Args[i])
	}
}

func (c *compiler) tuples(f *frag, owner string, e *Expr) {
	f.b.WriteString(c.d.Tuples(c.comparables(owner, e.Ext.Columns), typesOf(e.Ext.Columns)))
	for range e.Ext.Columns {
		c.take(f)
	}
}

func (c *compiler) untrue(f *frag, owner string, m *model.Model, e *Expr) error {
	f.b.WriteString("CASE WHEN ")
	for i := range e.Ext.Kids {
		if i > 0 {
			f.b.WriteString(" AND ")
		}
		if err := c.term(f, owner, m, &e.Ext.Kids[i]); err != nil {
			return err
		}
	}
	f.b.WriteString(" THEN 0 ELSE 1 END = 1")
	return nil
}
