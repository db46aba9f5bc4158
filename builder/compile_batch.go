package builder

import (
	"strconv"
	"strings"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// batch writes an insert as statements of one row each, so that their rows come back in order, and an upsert as an update and
// an insert of what it did not find.
type batch struct {
	q     *Insert
	c     *compiler
	d     dialect.Batches
	out   frag
	first int // the place in the walk of the first value
	lines int

	output string // OUTPUT …
	told   bool   // the output ends with what was done
	kept   string // behind that, INTO …
}

// Batched reports whether q is several statements on d, which belong into one transaction.
func (q *Insert) Batched(d dialect.Dialect) bool {
	_, ok := d.(dialect.Batches)
	return ok && (q.Conflict != nil || q.Rows > 1 && (len(q.Returning) > 0 && !q.Sorted(d) || q.mixed()))
}

// MadeNumber gives the number that the database makes for each row and that is given back before all else, nil where there is none. Engines
// hand out such numbers ascending in the order of the rows.
func (q *Insert) MadeNumber() *model.Field {
	if len(q.Returning) == 0 {
		return nil
	}
	if f := q.Returning[0]; f.Auto && (f.Kind == model.Int || f.Kind == model.Uint) && q.place(f) < 0 {
		return f
	}
	return nil
}

// Sorted reports whether q is one statement that tells d the order in which the numbers of its rows are made.
func (q *Insert) Sorted(d dialect.Dialect) bool {
	b, ok := d.(dialect.Batches)
	return ok && b.Sorts() && q.Rows > 1 && q.Conflict == nil && q.MadeNumber() != nil && !q.mixed()
}

// inOrder writes the rows as a table that says their order, which numbers are made in.
func (q *Insert) inOrder(c *compiler, f *frag) {
	v, n, names := c.free("orm_v", q.Model), c.free("orm_n", q.Model), strings.Join(c.quoted(q.Fields), ", ")
	f.b.WriteString("SELECT " + v + "." + strings.Join(c.quoted(q.Fields), ", "+v+".") + " FROM (VALUES ")
	for r := range q.Rows {
		if r > 0 {
			f.b.WriteString(", ")
		}
		f.b.WriteByte('(')
		for range q.Fields {
			c.argument(f)
			f.b.WriteString(", ")
		}
		f.b.WriteString(strconv.Itoa(r+1) + ")")
	}
	f.b.WriteString(") AS " + v + "(" + names + ", " + n + ") ORDER BY " + v + "." + n)
}

// mixed reports whether a column may be given arguments of several types, of which a list of rows would make one: numbers of 64 bits
// without a sign go as text where they are large.
func (q *Insert) mixed() bool {
	for _, f := range q.Fields {
		if f.Kind == model.Uint && f.Bits == 64 {
			return true
		}
	}
	return false
}

// Numbered reports whether rows are given numbers that the database would make.
func (q *Insert) Numbered() bool {
	for _, f := range q.Fields {
		if f.Auto && !f.Generated && (f.Kind == model.Int || f.Kind == model.Uint) {
			return true
		}
	}
	return false
}

func (q *Insert) compileBatch(c *compiler, d dialect.Batches) error {
	m := q.Model
	b := &batch{q: q, c: c, d: d, first: c.next, told: q.Inserted != nil && q.Conflict != nil && !q.Conflict.DoNothing}
	if len(q.Fields) == 0 && q.Rows != 1 {
		return fault.New(fault.ErrInvalid, m.Name, "", "rows without a single column cannot be inserted together")
	}
	c.next += len(q.Values)
	b.output, _ = c.returning(m, q.Returning, false)
	if b.told {
		b.output, _ = c.d.Returning(c.owner(m), c.quoted(q.Returning), false)
		if _, err := c.inserted(q); err != nil {
			return err
		}
		b.kept = c.keep(append(q.Returning[:len(q.Returning):len(q.Returning)], countField))
	}
	if err := b.rows(); err != nil {
		return err
	}
	c.repeated = len(b.out.args) - (c.next - b.first) // whatever was counted on the way
	c.out = b.out.done()
	return nil
}

// line begins a statement.
func (b *batch) line(text string) {
	if b.lines++; b.lines > 1 {
		b.out.b.WriteString("; ")
	}
	b.out.b.WriteString(text)
}

// into writes INSERT INTO up to where the rows come from.
func (b *batch) into(done string) {
	b.out.b.WriteString("INSERT INTO " + b.c.table(b.q.Model))
	if len(b.q.Fields) > 0 {
		b.out.b.WriteString(" (" + strings.Join(b.c.quoted(b.q.Fields), ", ") + ")")
	}
	b.out.b.WriteByte(' ')
	b.outputs(done)
}

func (b *batch) outputs(done string) {
	if b.output == "" {
		return
	}
	b.out.b.WriteString(b.output)
	if b.told {
		b.out.b.WriteString(", " + done)
		if b.kept != "" {
			b.out.b.WriteString(" " + b.kept)
		}
	}
	b.out.b.WriteByte(' ')
}

// value writes an argument of a row, which may stand in the text more than once.
func (b *batch) value(row, i int) {
	b.out.b.WriteString(dialect.Arg)
	b.out.args = append(b.out.args, b.first+row*len(b.q.Fields)+i)
}

func (b *batch) values(row int) {
	b.out.b.WriteByte('(')
	for i := range b.q.Fields {
		if i > 0 {
			b.out.b.WriteString(", ")
		}
		b.value(row, i)
	}
	b.out.b.WriteByte(')')
}

// rows writes the statements of each row.
func (b *batch) rows() error {
	var change changing
	if k := b.q.Conflict; k != nil && !k.DoNothing {
		if err := b.change(&change); err != nil {
			return err
		}
	}
	sets := b.q.absentBy()
	for r := range b.q.Rows {
		b.line("")
		switch {
		case b.q.Conflict == nil:
			b.into("")
			b.out.b.WriteString("VALUES ")
			b.values(r)
		case b.q.Conflict.DoNothing:
			b.absent(r, sets)
		default:
			b.update(r, &change)
			b.line("IF @@ROWCOUNT = 0 ")
			b.absent(r, sets)
		}
	}
	return nil
}

// absentBy gives the unique sets that keep a row from being inserted. One of which the row gives no value for a column cannot be
// looked for; the database makes what is missing.
func (q *Insert) absentBy() (out [][]*model.Field) {
	k := q.Conflict
	if k == nil {
		return nil
	}
	add := func(set []*model.Field) {
		for _, f := range set {
			if q.place(f) < 0 {
				return
			}
		}
		if len(set) > 0 {
			out = append(out, set)
		}
	}
	if len(k.Target) > 0 {
		add(k.Target)
		return out
	}
	add(q.Model.Key)
	for _, x := range q.Model.Uniques {
		add(x.Fields)
	}
	return out
}

func (q *Insert) place(f *model.Field) int {
	for i, x := range q.Fields {
		if x == f {
			return i
		}
	}
	return -1
}

// absent inserts a row unless one of sets has it already.
func (b *batch) absent(row int, sets [][]*model.Field) {
	c, m := b.c, b.q.Model
	b.into(b.done())
	if len(b.q.Fields) == 0 {
		b.out.b.WriteString(c.d.DefaultValues())
		return
	}
	if len(sets) == 0 {
		b.out.b.WriteString("VALUES ")
		b.values(row)
		return
	}
	v := c.free("orm_v", m)
	names := c.quoted(b.q.Fields)
	b.out.b.WriteString("SELECT " + v + "." + strings.Join(names, ", "+v+".") + " FROM (VALUES ")
	b.values(row)
	b.out.b.WriteString(") AS " + v + "(" + strings.Join(names, ", ") + ")")
	for i, set := range sets {
		word := " WHERE "
		if i > 0 {
			word = " AND "
		}
		b.out.b.WriteString(word + "NOT EXISTS (SELECT 1 FROM " + c.table(m) + " " + b.d.Held() + " WHERE ")
		for j, f := range set {
			if j > 0 {
				b.out.b.WriteString(" AND ")
			}
			b.out.b.WriteString(c.col(c.owner(m), f) + " = " + v + "." + c.d.Quote(f.Column))
		}
		b.living(set)
		b.out.b.WriteByte(')')
	}
}

// living leaves soft-deleted rows out where the unique set does: those hold among the living rows only, but for the key.
func (b *batch) living(set []*model.Field) {
	if sd := b.q.Model.SoftDelete; sd != nil && !isKey(b.q.Model, set) {
		b.out.b.WriteString(" AND " + b.c.col(b.c.owner(b.q.Model), sd) + " IS NULL")
	}
}

func (b *batch) done() string {
	d, _ := b.c.d.(Outcome)
	return d.Inserted()
}

// changing is what the row that is there gets, and must pass, whatever the new one gives.
type changing struct {
	sets   []fragment
	scopes fragment
}

func (b *batch) change(ch *changing) error {
	q, c, k := b.q, b.c, b.q.Conflict
	m := q.Model
	if len(k.Target) == 0 {
		return fault.New(fault.ErrInvalid, m.Name, "", "an upsert needs the unique columns on which rows meet")
	}
	for _, col := range k.FromRow {
		if q.place(col) < 0 {
			return fault.New(fault.ErrInvalid, m.Name, col.Name, "the row that is there cannot take what the new one does not give")
		}
	}
	for i := range k.Set {
		var f frag
		f.b.WriteString(c.assignment(&f, m, &k.Set[i]))
		ch.sets = append(ch.sets, f.done())
	}
	if len(k.Set)+len(k.FromRow) == 0 { // nothing to change, yet the row must come back
		col := q.unnumbered()
		if col == nil {
			return fault.New(fault.ErrUnsupported, m.Name, "", "an upsert that changes nothing needs a column that may be written on "+c.d.Name())
		}
		ch.sets = []fragment{{text: c.d.Quote(col.Column) + " = " + c.col(c.owner(m), col)}}
	}
	var w frag
	none := Conjunction{}
	err := c.where(&w, c.owner(m), m, &none, q.Scopes)
	ch.scopes = w.done()
	return err
}

func (b *batch) add(f fragment) {
	b.out.b.WriteString(f.text)
	b.out.args = append(b.out.args, f.args...)
}

// update changes the row that has the unique columns of the new one. The scopes bind it: a row of another tenant is left alone.
func (b *batch) update(row int, ch *changing) {
	q, c := b.q, b.c
	owner, word := c.owner(q.Model), " SET "
	b.out.b.WriteString("UPDATE " + c.table(q.Model) + " " + b.d.Held())
	for _, f := range q.Conflict.FromRow {
		b.out.b.WriteString(word + c.d.Quote(f.Column) + " = ")
		b.value(row, q.place(f))
		word = ", "
	}
	for _, f := range ch.sets {
		b.out.b.WriteString(word)
		b.add(f)
		word = ", "
	}
	b.out.b.WriteByte(' ')
	b.outputs("0")
	word = "WHERE "
	for _, f := range q.Conflict.Target {
		b.out.b.WriteString(word)
		word = " AND "
		i := q.place(f)
		if i < 0 { // what the database makes is no row's yet
			b.out.b.WriteString("1 = 0")
			continue
		}
		b.out.b.WriteString(c.col(owner, f) + " = ")
		b.value(row, i)
	}
	b.living(q.Conflict.Target)
	if ch.scopes.text != "" {
		b.out.b.WriteString(" AND ")
		b.add(ch.scopes)
	}
}

// unnumbered gives a column that may be assigned to itself: the database's own numbers may not.
func (q *Insert) unnumbered() *model.Field {
	for _, f := range append(q.Conflict.Target[:len(q.Conflict.Target):len(q.Conflict.Target)], q.Model.Fields...) {
		if !f.Auto && !f.Generated {
			return f
		}
	}
	return nil
}
