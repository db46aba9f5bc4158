package builder

import (
	"strings"

	sq "github.com/Masterminds/squirrel"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

func (c *compiler) returning(m *model.Model, fs []*model.Field, deleted bool) (output, suffix string) {
	for _, f := range fs {
		c.columns = append(c.columns, Column{Field: f})
	}
	output, suffix = c.d.Returning(c.owner(m), c.quoted(fs), deleted)
	if into := c.keep(fs); into != "" {
		output += " " + into
	}
	return output, suffix
}

// keep lets the rows that come back go by way of a table of their own, where the dialect asks for it.
func (c *compiler) keep(fs []*model.Field) (into string) {
	d, ok := c.d.(dialect.Keeps)
	if !ok || len(fs) == 0 {
		return ""
	}
	into, c.before, c.after, _ = d.Kept(c.quoted(fs), typesOf(fs))
	return into
}

func (q *Insert) compile(c *compiler) error {
	m := q.Model
	if d, ok := c.d.(dialect.Batches); ok && q.Batched(c.d) {
		return q.compileBatch(c, d)
	}
	output, returning := c.returning(q.Model, q.Returning, false)
	if q.Inserted != nil && q.Conflict != nil && !q.Conflict.DoNothing {
		more, err := c.inserted(q)
		if err != nil {
			return err
		}
		returning += more
	}
	rows, err := q.source(c, output)
	if err != nil {
		return err
	}
	var end frag
	if q.Conflict != nil {
		if err := q.upsert(c, &end); err != nil {
			return err
		}
	}
	if returning != "" {
		if end.b.Len() > 0 {
			end.b.WriteByte(' ')
		}
		end.b.WriteString(returning)
	}
	var into strings.Builder
	into.WriteString("INTO " + c.table(m))
	if len(q.Fields) > 0 {
		into.WriteString(" (" + strings.Join(c.quoted(q.Fields), ", ") + ")")
	}
	out := statement{verb: "INSERT", parts: []fragment{{text: into.String()}, rows}}
	if end.b.Len() > 0 {
		out.parts = append(out.parts, end.done())
	}
	c.out = out
	return nil
}

// statement is text squirrel has no builder for, such as an INSERT with OUTPUT before its rows.
type statement struct {
	verb  string
	parts []fragment
}

// ToSql joins the parts.
func (s statement) ToSql() (string, []any, error) { //nolint:staticcheck // squirrel's name
	parts := make([]any, len(s.parts))
	for i := range parts {
		parts[i] = s.parts[i]
	}
	return sq.ConcatExpr(append([]any{s.verb}, spaced(parts)...)...).ToSql()
}

func spaced(parts []any) []any {
	out := make([]any, 0, 2*len(parts))
	for _, p := range parts {
		out = append(out, " ", p)
	}
	return out
}

// source writes where the rows come from.
func (q *Insert) source(c *compiler, output string) (fragment, error) {
	var f frag
	if output != "" {
		f.b.WriteString(output + " ")
	}
	switch {
	case len(q.Fields) == 0:
		if q.Rows != 1 {
			return fragment{}, fault.New(fault.ErrInvalid, q.Model.Name, "", "rows without a single column cannot be inserted together")
		}
		f.b.WriteString(c.d.DefaultValues())
	case q.Lists(c.d):
		f.b.WriteString(c.unnest(q))
		for range q.Fields {
			c.take(&f)
		}
	case q.Sorted(c.d):
		q.inOrder(c, &f)
	default:
		f.b.WriteString("VALUES ")
		for r := range q.Rows {
			if r > 0 {
				f.b.WriteString(", ")
			}
			f.b.WriteByte('(')
			for i := range q.Fields {
				if i > 0 {
					f.b.WriteString(", ")
				}
				c.argument(&f)
			}
			f.b.WriteByte(')')
		}
	}
	return f.done(), nil
}

// unnest writes the SELECT of the rows' values.
func (c *compiler) unnest(q *Insert) string {
	if d, ok := c.d.(dialect.RowsByTable); ok {
		names := make([]string, len(q.Fields))
		for i, f := range q.Fields {
			names[i] = f.Column
		}
		if text, ok := d.UnnestInto(c.table(q.Model), names, typesOf(q.Fields)); ok {
			return text
		}
	}
	return c.d.UnnestRows(typesOf(q.Fields))
}

// upsert writes the conflict arm. The scopes bind the row that is there: a row of another tenant is
// left alone and the statement touches no row.
func (q *Insert) upsert(c *compiler, f *frag) error {
	k := q.Conflict
	u := dialect.Upsert{Target: c.quoted(k.Target), DoNothing: k.DoNothing}
	if sd := q.Model.SoftDelete; sd != nil && !isKey(q.Model, k.Target) {
		u.Living = c.d.Quote(sd.Column) + " IS NULL" // unique sets hold among the living rows only
	}
	var args frag
	if !k.DoNothing {
		if len(k.Target) == 0 {
			return fault.New(fault.ErrInvalid, q.Model.Name, "", "an upsert needs the unique columns on which rows meet")
		}
		for _, col := range k.FromRow {
			u.Set = append(u.Set, c.d.Quote(col.Column)+" = "+c.d.Incoming(c.d.Quote(col.Column)))
		}
		for i := range k.Set {
			u.Set = append(u.Set, c.assignment(&args, q.Model, &k.Set[i]))
		}
		if len(u.Set) == 0 { // nothing to change, yet the row must come back
			col := c.d.Quote(k.Target[0].Column)
			u.Set = []string{col + " = " + c.col(c.owner(q.Model), k.Target[0])}
		}
		var w frag
		none := Conjunction{}
		if err := c.where(&w, c.owner(q.Model), q.Model, &none, q.Scopes); err != nil {
			return err
		}
		u.Where = w.b.String()
		args.args = append(args.args, w.args...)
	}
	text, ok := c.d.Upsert(u)
	if !ok {
		return fault.New(fault.ErrUnsupported, q.Model.Name, "", "an upsert is two statements on "+c.d.Name())
	}
	f.b.WriteString(text)
	f.args = append(f.args, args.args...)
	return nil
}

// isKey reports whether fs are the primary key, in any order.
func isKey(m *model.Model, fs []*model.Field) bool {
	for _, f := range fs {
		if !f.Primary {
			return false
		}
	}
	return len(fs) == len(m.Key)
}

// assignment writes "col" = expression.
func (c *compiler) assignment(f *frag, m *model.Model, s *Set) string {
	return c.d.Quote(s.Field.Column) + " = " + c.expression(f, m, s)
}

func (c *compiler) expression(f *frag, m *model.Model, s *Set) string {
	if s.Edits() {
		return c.edits(f, m, s)
	}
	if s.Op > SetInc {
		return c.computed(f, m, s)
	}
	c.take(f)
	if s.Op == SetInc {
		return c.operate(m, s, dialect.Add)
	}
	return dialect.Arg
}

func (q *Update) compile(c *compiler) error {
	m := q.Model
	if len(q.Set) == 0 && q.From == nil {
		return fault.New(fault.ErrInvalid, m.Name, "", "an update needs an assignment")
	}
	up := sq.Update(c.table(m))
	for i := range q.Set {
		var f frag
		f.b.WriteString(c.expression(&f, m, &q.Set[i]))
		up = up.Set(c.d.Quote(q.Set[i].Field.Column), f.done())
	}
	conditions := func(f *frag) error { return c.where(f, c.owner(m), m, &q.Where, q.Scopes) }
	var rest frag // what follows SET, or OUTPUT
	if q.From != nil {
		values, tail, err := c.rowUpdate(m, q.From, q.spread(), conditions)
		if err != nil {
			return err
		}
		for i, f := range q.From.Set {
			up = up.Set(c.d.Quote(f.Column), fragment{text: values[i]})
		}
		rest = tail
	} else {
		var w frag
		if err := conditions(&w); err != nil {
			return err
		}
		if rest.args = w.args; w.b.Len() > 0 {
			rest.b.WriteString("WHERE " + w.b.String())
		}
	}
	output, suffix := c.returning(q.Model, q.Returning, false)
	tail := frag{args: rest.args}
	if output != "" {
		tail.b.WriteString(output)
	}
	if rest.b.Len() > 0 {
		tail.space(rest.b.String())
	}
	if suffix != "" {
		tail.space(suffix)
	}
	if tail.b.Len() > 0 {
		up = up.SuffixExpr(tail.done())
	}
	c.out = up
	return nil
}

func (f *frag) space(text string) {
	if f.b.Len() > 0 {
		f.b.WriteByte(' ')
	}
	f.b.WriteString(text)
}

func (q *Delete) compile(c *compiler) error {
	m := q.Model
	var w frag
	if err := c.where(&w, c.owner(m), m, &q.Where, q.Scopes); err != nil {
		return err
	}
	output, suffix := c.returning(q.Model, q.Returning, true)
	tail := frag{args: w.args}
	if output != "" {
		tail.b.WriteString(output)
	}
	if w.b.Len() > 0 {
		tail.space("WHERE " + w.b.String())
	}
	if suffix != "" {
		tail.space(suffix)
	}
	del := sq.Delete(c.table(m))
	if tail.b.Len() > 0 {
		del = del.SuffixExpr(tail.done())
	}
	c.out = del
	return nil
}
