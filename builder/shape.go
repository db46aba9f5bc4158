package builder

import (
	"encoding/binary"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// shaper walks a statement once and writes two things beside each other: the shape key, which holds
// every choice that changes the SQL text and no value, and the arguments in the order of the walk.
// The compiler takes the same walk, so argument i of one is argument i of the other.
type shaper struct {
	d     dialect.Dialect
	key   []byte
	args  []model.Value
	nodes int
	// relations is the depth of relation filters at this point of the walk
	relations int
	// asking makes the key say what a query asks, the same in every process, instead of what its text is
	asking bool
	sight  *sight // nil unless somebody wants to know which arguments may be seen
	err    error
}

func (s *shaper) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

func (s *shaper) byte(b byte)  { s.key = append(s.key, b) }
func (s *shaper) number(n int) { s.key = binary.AppendUvarint(s.key, uint64(n)) }

func (s *shaper) flag(bits ...bool) {
	var b byte
	for i, on := range bits {
		if on {
			b |= 1 << i
		}
	}
	s.byte(b)
}

// arg takes a value that is compared or computed with.
func (s *shaper) arg(m *model.Model, f *model.Field, v model.Value) {
	s.asIs(m, f, s.compared(f, v))
}

// asIs takes a value in its own form.
func (s *shaper) asIs(m *model.Model, f *model.Field, v model.Value) {
	if why := TextFault(v); why != "" {
		name := ""
		if f != nil {
			name = f.Name
		}
		s.fail(fault.New(fault.ErrInvalid, nameOf(m), name, why))
	}
	s.args = append(s.args, v)
	if s.sight != nil {
		s.sight.note(f)
	}
}

func nameOf(m *model.Model) string {
	if m == nil { // a scope of link rows that names no column
		return ""
	}
	return m.Name
}

// TextFault says what not every source's text can hold, "" when all can: PostgreSQL refuses NUL and what is not
// UTF-8, SQLite would keep both and read them back elsewhere as something else.
func TextFault(v model.Value) string {
	switch v.Kind() {
	case model.StringValue:
		switch s := v.Str(); {
		case strings.IndexByte(s, 0) >= 0:
			return "text must not hold a NUL byte"
		case !utf8.ValidString(s):
			return "text must be valid UTF-8: use []byte for what is not text"
		}
	case model.ListValue:
		for _, e := range v.List() {
			if why := TextFault(e); why != "" {
				return why
			}
		}
	}
	return ""
}

func (s *shaper) head(verb byte, m *model.Model, err error) {
	if err != nil {
		s.fail(err)
	}
	s.byte(verb)
	if s.asking {
		s.name(m.Name)
		return
	}
	s.number(int(m.ID))
}

func (s *shaper) field(m *model.Model, f *model.Field) {
	if f == nil {
		s.fail(errUnbound)
		return
	}
	if f.Model != m {
		s.fail(fault.New(fault.ErrInvalid, m.Name, "", "the column "+f.Model.Name+"."+f.Name+" belongs to another model"))
		return
	}
	if f.IsComputed {
		s.fail(fault.New(fault.ErrInvalid, m.Name, f.Name, "a computed field is not stored"))
		return
	}
	s.number(f.Index)
}

func (s *shaper) fields(m *model.Model, fs []*model.Field) {
	s.number(len(fs))
	for _, f := range fs {
		s.field(m, f)
	}
}

func (s *shaper) conjunction(m *model.Model, c *Conjunction) {
	s.number(c.Len())
	for i := range c.Len() {
		s.expr(m, c.At(i), 0)
	}
}

func (s *shaper) scopes(m *model.Model, scopes []Scope) {
	s.number(len(scopes))
	for i := range scopes {
		s.expr(m, &scopes[i].Expr, 0)
	}
}

func (s *shaper) expr(m *model.Model, e *Expr, depth int) {
	if s.nodes++; s.nodes > MaxNodes || depth > MaxDepth {
		s.fail(fault.Fill(errTooLarge, "", nameOf(m), ""))
		return
	}
	if s.err != nil {
		return
	}
	if !e.whole() {
		s.fail(fault.New(fault.ErrInvalid, nameOf(m), "", "a predicate lacks the parts that its operator needs"))
		return
	}
	op := byte(e.Op)
	if e.Fold {
		op |= 0x80
	}
	s.byte(op)
	switch e.Op {
	case OpTrue, OpFalse:
	case OpError:
		s.fail(fault.Fill(e.Ext.Err, "", nameOf(m), ""))
	case OpIsNull, OpIsNotNull:
		s.field(m, e.Field)
	case OpContains, OpStartsWith, OpEndsWith, OpLike:
		s.field(m, e.Field)
		s.pattern(m, e)
	case OpBetween:
		s.field(m, e.Field)
		s.arg(m, e.Field, e.Value)
		s.arg(m, e.Field, e.Ext.Upper)
	case OpIn, OpNotIn:
		s.field(m, e.Field)
		s.arg(m, e.Field, e.Value)
	case OpAnd, OpOr, OpNot:
		s.number(len(e.Ext.Kids))
		for i := range e.Ext.Kids {
			s.expr(m, &e.Ext.Kids[i], depth+1)
		}
	case OpSQL:
		s.number(len(e.Ext.Text))
		s.key = append(s.key, e.Ext.Text...)
		for _, v := range e.Ext.Args {
			s.arg(m, nil, v)
		}
	case OpSome, OpEvery:
		s.relation(m, e, depth)
	case OpEq, OpNe, OpGt, OpGte, OpLt, OpLte, OpDistinctFrom:
		s.field(m, e.Field)
		s.arg(m, e.Field, e.Value)
	default:
		s.more(m, e, depth)
	}
}

func (s *shaper) pattern(m *model.Model, e *Expr) {
	if e.Value.Kind() != model.StringValue {
		s.fail(fault.New(fault.ErrInvalid, m.Name, e.Field.Name, "text operators need a text value"))
		return
	}
	s.asIs(m, e.Field, e.Value)
	text := s.d.Pattern(patternOf(e.Op), e.Value.Str())
	s.args[len(s.args)-1] = model.StringOf(text)
}

func patternOf(op Op) dialect.Pattern {
	switch op {
	case OpContains:
		return dialect.Contains
	case OpStartsWith:
		return dialect.StartsWith
	case OpEndsWith:
		return dialect.EndsWith
	}
	return dialect.Raw
}

func (s *shaper) relation(m *model.Model, e *Expr, depth int) {
	r := e.Ext.Rel
	if r.Model != m {
		s.fail(fault.New(fault.ErrInvalid, m.Name, "", "the relation "+r.Model.Name+"."+r.Name+" belongs to another model"))
		return
	}
	if !e.Ext.Scoped && !s.asking {
		s.fail(fault.New(fault.ErrDenied, m.Name, r.Name, "the relation filter has not been scoped"))
		return
	}
	if s.relations++; s.relations > MaxRelations {
		s.fail(fault.New(fault.ErrLimit, m.Name, r.Name, "relation filters nest too deeply"))
		return
	}
	defer func() { s.relations-- }()
	s.tied(r)
	s.number(len(e.Ext.Kids))
	for i := range e.Ext.Kids {
		s.expr(r.Target, &e.Ext.Kids[i], depth+1)
	}
	s.scopes(r.Target, e.Ext.Scope)
	if r.Through != nil {
		s.linkScopes(e.Ext.LinkScope)
	}
}

// tied refuses a relation without columns: whatever follows it would hold for every row.
func (s *shaper) tied(r *model.Relation) {
	if len(r.Local) == 0 || len(r.Remote) == 0 {
		s.fail(fault.New(fault.ErrInvalid, r.Model.Name, r.Name, "the columns of the relation are not known"))
	}
	s.number(r.Index)
}

// linkScopes walks scopes of the link table's own model.
func (s *shaper) linkScopes(scopes []Scope) {
	s.number(len(scopes))
	for i := range scopes {
		if lm := modelOf(&scopes[i].Expr); lm != nil {
			s.number(int(lm.ID))
			s.expr(lm, &scopes[i].Expr, 0)
		} else {
			s.number(0)
			s.expr(nil, &scopes[i].Expr, 0)
		}
	}
}

// modelOf finds the model an expression speaks of, nil when it names no column.
func modelOf(e *Expr) *model.Model {
	if e.Field != nil {
		return e.Field.Model
	}
	if e.Ext == nil {
		return nil
	}
	if e.Ext.Rel != nil {
		return e.Ext.Rel.Model
	}
	if e.Ext.Term != nil {
		return e.Ext.Term.Root()
	}
	if len(e.Ext.Columns) > 0 {
		return e.Ext.Columns[0].Model
	}
	for i := range e.Ext.Kids {
		if m := modelOf(&e.Ext.Kids[i]); m != nil {
			return m
		}
	}
	return nil
}

func (s *shaper) order(m *model.Model, o *Sorting) {
	s.number(o.Len())
	for i := range o.Len() {
		k := o.At(i)
		if k.Err != nil {
			s.fail(k.Err)
			return
		}
		if k.Term != nil {
			s.number(len(m.Fields)) // the index of no column
			s.term(m, k.Term, 0)
		} else {
			s.field(m, k.Field)
		}
		s.byte(byte(k.Nulls)<<2 | b2i(k.Desc)<<1 | b2i(k.Fold))
	}
}

func b2i(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// saturated adds two counts that are not negative, and stays at the largest number where the sum is larger.
func saturated(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

func (q *Select) shape(s *shaper) {
	m := q.Model
	s.head('S', m, q.Err)
	if s.asking {
		s.byte(byte(q.Deleted))
	}
	q.flat(s)
	if q.Aggregate != nil || q.Want == WantGroups {
		q.groups(s)
		return
	}
	if q.Skip < 0 || q.HasTake && q.Take < 0 {
		s.fail(fault.New(fault.ErrInvalid, m.Name, "", "Skip and Take must not be negative"))
	}
	rows := q.Want == WantRows // counts and existence tests know no page
	s.flag(rows && q.HasTake, rows && q.skips(), q.Distinct, q.Group != nil, q.Columns != nil, len(q.Joins) > 0)
	s.byte(byte(q.Want) | byte(q.Lock)<<2 | byte(q.LockWait)<<4)
	s.fields(m, q.Columns)
	if rows {
		s.extras(m, q.Extra)
	}
	if q.Group != nil {
		q.Group.shape(s, m)
	}
	s.conjunction(m, &q.Where)
	s.scopes(m, q.Scopes)
	s.order(m, &q.Order)
	if q.Group != nil && q.Group.Paged() {
		if q.Group.Skip > 0 {
			s.plain(m, model.IntOf(q.Group.Skip))
		}
		if q.Group.HasTake {
			s.plain(m, model.IntOf(saturated(q.Group.Skip, q.Group.Take)))
		}
	}
	if rows && q.HasTake {
		s.plain(m, model.IntOf(q.Take))
	}
	if rows && q.skips() {
		s.plain(m, model.IntOf(q.Skip))
	}
	if len(q.Joins) > 0 {
		s.joins(m, q.Joins)
	}
}

func (g *Group) shape(s *shaper, m *model.Model) {
	s.flag(g.Skip > 0, g.HasTake, g.Link != nil, g.Numbers, g.Loose)
	if g.Numbers {
		g.shapeNumbers(s, m)
	}
	if g.Link != nil {
		s.number(int(g.Link.Model.ID))
		s.number(g.Link.Index)
	} else {
		s.fields(m, g.Columns)
	}
	s.number(len(g.Keys))
	columns := g.Columns
	if g.Link != nil {
		columns = g.Link.Local
	}
	for i, l := range g.Keys {
		var f *model.Field
		if i < len(columns) {
			f = columns[i]
		}
		s.arg(m, f, model.ListOf(l))
	}
	if g.Link != nil {
		s.linkScopes(g.LinkScope)
	}
}

func (q *Insert) shape(s *shaper) {
	m := q.Model
	s.head('I', m, q.Err)
	if q.Rows < 1 || len(q.Values) != q.Rows*len(q.Fields) {
		s.fail(fault.New(fault.ErrInvalid, m.Name, "", "the insert has another number of values than its rows and columns need"))
		return
	}
	rows, lists := q.Rows, q.Lists(s.d)
	if lists {
		rows = 0 // one shape for any number of rows
	}
	s.number(rows)
	s.fields(m, q.Fields)
	s.fields(m, q.Returning)
	switch {
	case q.Conflict == nil:
		s.byte(0)
	case q.Conflict.DoNothing:
		s.byte(1)
		s.fields(m, q.Conflict.Target)
	default:
		s.byte(2 + b2i(q.Inserted != nil))
		s.fields(m, q.Conflict.Target)
		s.fields(m, q.Conflict.FromRow)
	}
	if lists {
		s.columns(m, q.Fields, q.Values, q.Rows, 0)
	} else {
		n := len(q.Fields)
		for i := range q.Values {
			s.written(m, q.Fields[i%n], q.Values[i])
		}
	}
	if q.Conflict != nil && !q.Conflict.DoNothing {
		s.sets(m, q.Conflict.Set)
		s.scopes(m, q.Scopes)
	}
}

// columns turns the rows on their side: one list argument per column. The first columns, as many as compared says, are
// compared, the others written.
func (s *shaper) columns(m *model.Model, fields []*model.Field, values []model.Value, rows, compared int) {
	n := len(fields)
	slab := make(model.List, len(values))
	for c, f := range fields {
		l := slab[c*rows : (c+1)*rows : (c+1)*rows]
		for r := range rows {
			l[r] = values[r*n+c]
		}
		if c < compared {
			s.arg(m, f, model.ListOf(l))
			continue
		}
		s.written(m, f, model.ListOf(l))
	}
}

func (s *shaper) sets(m *model.Model, sets []Set) {
	s.number(len(sets))
	for i := range sets {
		if sets[i].Err != nil {
			s.fail(sets[i].Err)
			return
		}
		s.field(m, sets[i].Field)
		s.byte(byte(sets[i].Op))
		if sets[i].Edits() {
			s.edits(m, &sets[i])
			continue
		}
		s.assigned(m, &sets[i])
	}
}

func (q *Update) shape(s *shaper) {
	s.head('U', q.Model, q.Err)
	s.sets(q.Model, q.Set)
	s.byte(b2i(q.From != nil))
	if q.From != nil {
		s.rowSet(q.Model, q.From)
	}
	s.conjunction(q.Model, &q.Where)
	s.scopes(q.Model, q.Scopes)
	s.fields(q.Model, q.Returning)
}

func (q *Delete) shape(s *shaper) {
	s.head('D', q.Model, q.Err)
	s.conjunction(q.Model, &q.Where)
	s.scopes(q.Model, q.Scopes)
	s.fields(q.Model, q.Returning)
}
