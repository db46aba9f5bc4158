package builder

import (
	"strconv"
	"strings"

	sq "github.com/Masterminds/squirrel"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/model"
)

// compiler turns a statement into SQL by the shaper's walk. Its arguments are positions in that walk;
// squirrel carries them to where they end up in the text.
type compiler struct {
	d       dialect.Dialect
	root    string // the statement's own table, the one name that is not an alias
	next    int    // position of the next argument in the walk
	aliases int
	out     sq.Sqlizer
	columns []Column

	before, after string // statements around the one that is compiled, "" for none

	repeated   int                     // arguments that stand in the text once more
	sortArgs   []any                   // of the terms that order gave last
	columnArgs []any                   // of what Extra reads
	err        error                   // what order could not say
	inside     bool                    // what is selected is compared with a column outside
	results    map[*model.Field]result // what stands for each field of an aggregation's result
}

// fragment is a piece of text with Arg marks and the walk positions of its arguments.
type fragment struct {
	text string
	args []any
}

// ToSql hands the fragment to squirrel.
func (f fragment) ToSql() (string, []any, error) { return f.text, f.args, nil } //nolint:staticcheck // squirrel's name

// frag builds one fragment.
type frag struct {
	b    strings.Builder
	args []any
}

func (f *frag) done() fragment { return fragment{f.b.String(), f.args} }

func (c *compiler) argument(f *frag) {
	f.b.WriteString(dialect.Arg)
	c.take(f)
}

// take registers the next argument for a mark that the dialect's text already holds.
func (c *compiler) take(f *frag) {
	f.args = append(f.args, c.next)
	c.next++
}

func (c *compiler) alias(prefix string) string {
	c.aliases++
	return c.free(prefix+strconv.Itoa(c.aliases), nil)
}

// free quotes a name of the library's own that neither the statement's table has nor a column of m. A
// table that happened to be called r1 would else be taken for the related one, and scopes with it.
func (c *compiler) free(name string, m *model.Model) string {
	taken := func() bool {
		if m != nil {
			for _, f := range m.Fields {
				if strings.EqualFold(f.Column, name) {
					return true
				}
			}
		}
		return strings.EqualFold(c.root, name)
	}
	for taken() {
		name += "_"
	}
	return c.d.Quote(name)
}

func (c *compiler) table(m *model.Model) string { return dialect.Table(c.d, m.Schema, m.Table) }

// owner is what qualifies the columns of the statement's own table.
func (c *compiler) owner(m *model.Model) string { return c.d.Quote(m.Table) }

func (c *compiler) col(owner string, f *model.Field) string {
	if r, ok := c.results[f]; ok {
		return r.text
	}
	return owner + "." + c.d.Quote(f.Column)
}

func (c *compiler) quoted(fs []*model.Field) []string {
	out := make([]string, len(fs))
	for i, f := range fs {
		out[i] = c.d.Quote(f.Column)
	}
	return out
}

// where writes "(p) AND (p) AND (scope)": scopes last and outermost, so that no OR escapes them.
func (c *compiler) where(f *frag, owner string, m *model.Model, w *Conjunction, scopes []Scope) error {
	n := w.Len()
	if err := chain(f, " AND ", 0, n, func(i int) error { return c.term(f, owner, m, w.At(i)) }); err != nil {
		return err
	}
	for i := range scopes {
		if n++; n > 1 {
			f.b.WriteString(" AND ")
		}
		if err := c.term(f, owner, m, &scopes[i].Expr); err != nil {
			return err
		}
	}
	return nil
}

// term writes e so that it can stand beside AND.
func (c *compiler) term(f *frag, owner string, m *model.Model, e *Expr) error {
	if e.Op == OpOr || e.Op == OpAnd || e.Op == OpSQL {
		f.b.WriteByte('(')
		defer f.b.WriteByte(')')
	}
	return c.expr(f, owner, m, e)
}

var comparison = map[Op]string{OpEq: " = ", OpNe: " <> ", OpGt: " > ", OpGte: " >= ", OpLt: " < ", OpLte: " <= "}

func (c *compiler) expr(f *frag, owner string, m *model.Model, e *Expr) error {
	arg := dialect.Arg
	if e.Field != nil && e.Field.Kind == model.Time {
		arg = c.d.Operand(TypeOf(e.Field))
	}
	fold := func(s string) string {
		switch {
		case !e.Fold:
			return s
		case s == dialect.Arg:
			return c.d.FoldArg(c.col(owner, e.Field), s)
		}
		return "lower(" + s + ")"
	}
	switch e.Op {
	case OpTrue:
		f.b.WriteString("1 = 1")
	case OpFalse:
		f.b.WriteString("1 = 0")
	case OpEq, OpNe, OpGt, OpGte, OpLt, OpLte:
		f.b.WriteString(fold(c.comparable(owner, e.Field)) + comparison[e.Op] + fold(arg))
		c.take(f)
	case OpDistinctFrom:
		f.b.WriteString(c.d.DistinctFrom(fold(c.comparable(owner, e.Field)), fold(arg)))
		c.take(f)
	case OpBetween:
		f.b.WriteString(fold(c.comparable(owner, e.Field)) + " BETWEEN " + fold(arg) + " AND " + fold(arg))
		c.take(f)
		c.take(f)
	case OpIsNull:
		f.b.WriteString(c.col(owner, e.Field) + " IS NULL")
	case OpIsNotNull:
		f.b.WriteString(c.col(owner, e.Field) + " IS NOT NULL")
	case OpIn, OpNotIn:
		f.b.WriteString(c.d.In(c.comparable(owner, e.Field), TypeOf(e.Field), e.Op == OpNotIn, e.Fold))
		c.take(f)
	case OpContains, OpStartsWith, OpEndsWith, OpLike:
		col := c.col(owner, e.Field)
		if e.Field.Kind != model.String || e.Field.Decimal != nil { // an address or a decimal is matched as it is written
			col = c.d.AsText(col)
		}
		f.b.WriteString(c.d.Like(fold(col), fold(dialect.Arg)))
		c.take(f)
	case OpAnd, OpOr:
		sep := " AND "
		if e.Op == OpOr {
			sep = " OR "
		}
		return chain(f, sep, 0, len(e.Ext.Kids), func(i int) error { return c.term(f, owner, m, &e.Ext.Kids[i]) })
	case OpNot:
		f.b.WriteString("NOT (")
		if err := c.expr(f, owner, m, &e.Ext.Kids[0]); err != nil {
			return err
		}
		f.b.WriteByte(')')
	case OpSQL:
		f.b.WriteString(e.Ext.Text)
		for range e.Ext.Args {
			c.take(f)
		}
	case OpSome, OpEvery:
		return c.exists(f, owner, e)
	default:
		return c.more(f, owner, m, e)
	}
	return nil
}

// exists writes a relation filter. Every is "no related row for which the condition is not true".
func (c *compiler) exists(f *frag, owner string, e *Expr) error {
	r := e.Ext.Rel
	child := c.alias("r")
	if e.Op == OpEvery {
		f.b.WriteString("NOT ")
	}
	f.b.WriteString("EXISTS (SELECT 1 FROM " + c.table(r.Target) + " AS " + child)
	var link string
	if t := r.Through; t != nil {
		link = c.alias("l")
		f.b.WriteString(" JOIN " + dialect.Table(c.d, t.Schema, t.Table) + " AS " + link + " ON ")
		c.linked(f, t, link, t.Remote, child, r.Remote)
		f.b.WriteString(" WHERE ")
		c.linked(f, t, link, t.Local, owner, r.Local)
	} else {
		f.b.WriteString(" WHERE ")
		c.equal(f, child, r.Remote, owner, r.Local)
	}
	if len(e.Ext.Kids) > 0 {
		f.b.WriteString(" AND ")
		if e.Op == OpEvery {
			f.b.WriteString("CASE WHEN ")
		}
		if err := chain(f, " AND ", 0, len(e.Ext.Kids), func(i int) error { return c.term(f, child, r.Target, &e.Ext.Kids[i]) }); err != nil {
			return err
		}
		if e.Op == OpEvery {
			f.b.WriteString(" THEN 0 ELSE 1 END = 1")
		}
	} else if e.Op == OpEvery {
		f.b.WriteString(" AND 1 = 0")
	}
	for i := range e.Ext.Scope {
		f.b.WriteString(" AND ")
		if err := c.term(f, child, r.Target, &e.Ext.Scope[i].Expr); err != nil {
			return err
		}
	}
	if link != "" {
		if err := c.linkScopes(f, link, e.Ext.LinkScope); err != nil {
			return err
		}
	}
	f.b.WriteByte(')')
	return nil
}

// linkScopes writes what the scopes demand of the link rows.
func (c *compiler) linkScopes(f *frag, link string, scopes []Scope) error {
	for i := range scopes {
		f.b.WriteString(" AND ")
		e := &scopes[i].Expr
		if err := c.term(f, link, modelOf(e), e); err != nil {
			return err
		}
	}
	return nil
}

// TypeOf describes a column to the dialect.
func TypeOf(f *model.Field) dialect.Type {
	t := dialect.Type{Kind: dialect.Kind(f.Kind), Bits: f.Bits, Size: f.Size, Name: f.DBType, Key: f.Primary}
	if f.Base != nil {
		t.GoType = f.Base.String()
	}
	if f.Elem != nil {
		e := TypeOf(f.Elem)
		t.Elem = &e
	}
	if f.Decimal != nil {
		t.Decimal, t.Precision, t.Scale = true, f.Decimal.Precision, f.Decimal.Scale
	}
	if f.Kind == model.Time && f.Model != nil {
		t.TimeForm, t.Column = dialect.TimeForm(f.TimeForm), f.Model.Table+"."+f.Column
	}
	return t
}

func typesOf(fs []*model.Field) []dialect.Type {
	out := make([]dialect.Type, len(fs))
	for i, f := range fs {
		out[i] = TypeOf(f)
	}
	return out
}
