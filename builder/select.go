package builder

import (
	"bytes"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Nulls places NULL in a sort.
type Nulls uint8

// Where NULL goes: as the largest value, or explicitly.
const (
	NullsLargest Nulls = iota
	NullsFirst
	NullsLast
)

// SortKey is one key of an order.
type SortKey struct {
	Field *model.Field
	Err   error
	Desc  bool
	Fold  bool
	Nulls Nulls
	Term  *Term // sorts by this instead of Field
}

// Want says what a Select is asked for.
type Want uint8

// What a Select gives: rows, the number of rows, whether there is a row, or what its Aggregation says of groups.
const (
	WantRows Want = iota
	WantCount
	WantExists
	WantGroups
)

// Expect says how many rows a statement must meet.
type Expect uint8

// What is expected: anything, a row at least (none is ErrNotFound), or just one (more is ErrInvalid).
const (
	AnyRows Expect = iota
	SomeRow
	OneRow
)

// Deleted says which rows of a soft-deleting model a statement sees.
type Deleted uint8

// Which rows are seen.
const (
	LivingRows Deleted = iota
	AllRows
	DeletedRows
)

// LockMode is the row lock of a Select, with LockWait beside it.
type LockMode uint8

// The lock modes.
const (
	NoLock LockMode = iota
	ForUpdate
	ForShare
)

// LockWait says what a locking Select does with rows that others hold.
type LockWait uint8

// The ways to meet a held row.
const (
	Wait LockWait = iota
	SkipLocked
	NoWait
)

// Select reads rows of one model. It is plain data: building it runs nothing.
type Select struct {
	Model *model.Model
	Where Conjunction
	Order Sorting

	Columns  []*model.Field // nil = every column
	Includes []*Include
	Skip     int64
	Take     int64
	HasTake  bool
	Distinct bool
	Want     Want
	Expect   Expect
	Deleted  Deleted
	Lock     LockMode
	LockWait LockWait
	Scoped   bool // the scoping step has run

	// Group makes this Select the load of an include; nil for a plain one.
	Group *Group

	// Aggregate makes this Select give groups of rows, with WantGroups; nil for rows.
	Aggregate *Aggregation

	// Extra is what each row reads beside its columns, last first; nil for nothing.
	Extra *Extra

	// Joins come with the rows; only the engine adds them, out of Includes.
	Joins []Join
	// Inside is what comes inside the rows, in place of Joins.
	Inside []Inset

	// Resume is where the rows before a page were left; nil but for pages of a source that reads lists from their start.
	Resume *Resume

	Scopes []Scope
	Err    error
}

// Resume lets a source that reads lists from their start go on where the page before ended. What is in From is never
// trusted to be the place: Seek says which rows belong to the page.
type Resume struct {
	Seek Expr   // holds for the rows after the page before, and is a conjunct of Where; without an operator at first
	From []byte // what the source said with the page before; empty where it said nothing
	Rows int64  // of this page; one more is read
	Next []byte // what the source says of the last row of this page, that it may find it again; nil for nothing
}

// Without gives the predicates but the first that is e itself, and whether there was one.
func (c *Conjunction) Without(e *Expr) (Conjunction, bool) {
	var out Conjunction
	found := false
	for i := range c.Len() {
		x := c.At(i)
		if !found && x.Op == e.Op && x.Field == e.Field && x.Ext == e.Ext && x.Fold == e.Fold && bytes.Equal(model.AppendKey(nil, x.Value), model.AppendKey(nil, e.Value)) {
			found = true
			continue
		}
		out.Add(*x)
	}
	return out, found
}

// Group loads the rows that belong to many parents at once, ordered by parent.
type Group struct {
	// Columns tie the rows to their parents. With Link they are the link table's local columns and
	// come back with each row, else they are columns of the model.
	Columns []*model.Field
	// Keys are the parents' keys: one list per column, read in step.
	Keys []model.List
	// Link is the many-to-many relation whose link table is joined.
	Link      *model.Relation
	LinkScope []Scope // what the scopes demand of the link rows
	// Skip and Take page inside each group.
	Skip    int64
	Take    int64
	HasTake bool

	// Numbers has the database tell which key a row was found by: the number of the key comes beside each row, First that
	// of the first key. A row that equals several keys comes once for each. Where the equality of a column is not that of
	// the bytes, nobody else can tell.
	Numbers bool
	First   int64
	// As says the SQL type, with its collation, as which the keys of each column are compared; "" for that of the field.
	As []string
	// Loose leaves the rows in the order of the Select, whatever their keys. It goes with Numbers, without a page.
	Loose bool
}

// Paged reports whether rows are numbered inside each group.
func (g *Group) Paged() bool { return g.HasTake || g.Skip > 0 }

// Include loads a relation of the rows of a Select.
type Include struct {
	Relation *model.Relation
	Where    []Expr
	Order    []SortKey
	Columns  []*model.Field
	Includes []*Include
	Skip     int64
	Take     int64
	HasTake  bool
	Deleted  Deleted
	// Strategy is how the relation is loaded; nil = as its tag says.
	Strategy *model.Strategy
	Err      error

	// Extra is read with each row of the relation. With no Relation, the Include is nothing but its Extra, which
	// belongs to the rows of whatever it is given to.
	Extra *Extra
}

func (i *Include) check(r *model.Relation) {
	if r != nil && (i.Skip < 0 || i.HasTake && i.Take < 0) {
		i.Err = fault.New(fault.ErrInvalid, r.Model.Name, r.Name, "Skip and Take must not be negative")
	}
}

const inlinePreds = 4

// Conjunction is a list of predicates joined with AND. The first few live inside, so that a short
// query allocates nothing; adding returns a new value and never disturbs the old one.
type Conjunction struct {
	first [inlinePreds]Expr
	n     int
	rest  []Expr
}

// Len gives the number of predicates.
func (c *Conjunction) Len() int { return c.n + len(c.rest) }

// At gives predicate i.
func (c *Conjunction) At(i int) *Expr {
	if i < c.n {
		return &c.first[i]
	}
	return &c.rest[i-c.n]
}

// Add appends e in place; the receiver must be the caller's own copy.
func (c *Conjunction) Add(e Expr) {
	if c.n < inlinePreds {
		c.first[c.n] = e
		c.n++
		return
	}
	if c.Len() > MaxNodes { // refused already, so there is no use in growing
		return
	}
	c.rest = append(c.rest[:len(c.rest):len(c.rest)], e)
}

// AddAll is Add for many predicates, copying those before them once.
func (c *Conjunction) AddAll(es []Expr) {
	for len(es) > 0 && c.n < inlinePreds {
		c.Add(es[0])
		es = es[1:]
	}
	if len(es) > 0 && c.Len() <= MaxNodes {
		c.rest = append(c.rest[:len(c.rest):len(c.rest)], es...)
	}
}

// Bounded reports whether some predicate can exclude a row.
func (c *Conjunction) Bounded() bool {
	for i := range c.Len() {
		if !c.At(i).Unconditional() {
			return true
		}
	}
	return false
}

// Expr gives the conjunction as one tree.
func (c *Conjunction) Expr() Expr {
	kids := make([]Expr, c.Len())
	for i := range kids {
		kids[i] = *c.At(i)
	}
	return AllOf(kids...)
}

const inlineKeys = 2

// Sorting is a list of sort keys, the first few inline.
type Sorting struct {
	first [inlineKeys]SortKey
	n     int
	rest  []SortKey
}

// Len gives the number of keys.
func (s *Sorting) Len() int { return s.n + len(s.rest) }

// At gives key i.
func (s *Sorting) At(i int) *SortKey {
	if i < s.n {
		return &s.first[i]
	}
	return &s.rest[i-s.n]
}

// Add appends k in place; the receiver must be the caller's own copy.
func (s *Sorting) Add(k SortKey) {
	if s.n < inlineKeys {
		s.first[s.n] = k
		s.n++
		return
	}
	s.rest = append(s.rest[:len(s.rest):len(s.rest)], k)
}

// Has reports whether f is a key already.
func (s *Sorting) Has(f *model.Field) bool {
	for i := range s.Len() {
		if s.At(i).Field == f && !s.At(i).Fold {
			return true
		}
	}
	return false
}

// Stabilise appends the primary key as a tie-breaker.
func (s *Sorting) Stabilise(m *model.Model) {
	for _, f := range m.Key {
		if !s.Has(f) {
			s.Add(SortKey{Field: f})
		}
	}
}
