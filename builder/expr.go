package builder

import (
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Op is the operator of one predicate node.
type Op uint8

// The operators. Logical ones hold Kids, relation ones hold Rel and Kids, the rest compare Field.
const (
	OpTrue Op = iota + 1
	OpFalse
	OpEq
	OpNe
	OpGt
	OpGte
	OpLt
	OpLte
	OpIn
	OpNotIn
	OpBetween
	OpIsNull
	OpIsNotNull
	OpDistinctFrom
	OpContains
	OpStartsWith
	OpEndsWith
	OpLike
	OpAnd
	OpOr
	OpNot
	OpSQL          // constant SQL text with arguments
	OpSome         // a related row passes every Kid
	OpEvery        // no related row fails the Kids
	OpError        // a predicate that could not be built; Ext.Err says why
	OpTerm         // Ext.Term compared as Ext.Cmp says
	OpInQuery      // Field is among the values of Ext.Query
	OpNotInQuery   // Field is not among the values of Ext.Query
	OpHasAny       // the array Field shares an element with the list Value
	OpHasAll       // the array Field holds every element of the list Value
	OpJSONContains // the document Field holds the document Value
	OpMatch        // the row matches the full-text search Ext.Match
	OpUntrue       // the Kids are not all true
	OpInTuples     // Ext.Columns together equal one of the keys in the lists Ext.Args
	OpColumns      // Field and the one of Ext.Columns are as Ext.Cmp says
)

// Expr is one node of a predicate tree: plain data, never changed after it was made.
type Expr struct {
	Op    Op
	Fold  bool // ignore case
	Field *model.Field
	Value model.Value // the operand; a list for In and NotIn
	Ext   *Ext        // what the plain comparisons do not need
}

// Ext is the part of an Expr that only some operators use.
type Ext struct {
	Kids  []Expr
	Upper model.Value // of OpBetween
	Text  string      // of OpSQL
	Args  []model.Value
	Reads bool // the text reads rows of its own, which no scope reaches
	Err   error

	Term  *Term   // of OpTerm
	Cmp   Op      // of OpTerm and OpColumns: how the term or the column is compared
	Query *Select // of OpInQuery and OpNotInQuery: one column
	Match *Match  // of OpMatch

	Columns []*model.Field // of OpInTuples and OpColumns

	Rel *model.Relation
	// Scope and LinkScope hold what the scopes demand of the related rows and of the link rows.
	// Only the scoping step writes them; Scoped says that it did.
	Scope     []Scope
	LinkScope []Scope
	Scoped    bool

	nodes, depth int // of the tree, as the constructors counted them
}

// Scope is a predicate that a hook demands of every row of a model.
type Scope struct {
	Name string // the hook that supplied it
	Expr Expr
}

// MaxNodes bounds the nodes of one statement's predicates, MaxDepth their nesting, and MaxRelations the relation
// filters inside each other, of which SQLite takes fewer than thirty.
const (
	MaxNodes     = 10_000
	MaxDepth     = 100
	MaxRelations = 24
)

// True holds for every row, False for none.
func True() Expr  { return Expr{Op: OpTrue} }
func False() Expr { return Expr{Op: OpFalse} } //nolint:revive // documented with True

// Fail is a predicate that makes its statement fail with err.
func Fail(err error) Expr { return Expr{Op: OpError, Ext: &Ext{Err: err}} }

// AllOf joins predicates with AND; none at all holds for every row.
func AllOf(kids ...Expr) Expr {
	switch len(kids) {
	case 0:
		return True()
	case 1:
		return kids[0]
	}
	return tree(OpAnd, nil, kids)
}

// AnyOf joins predicates with OR; none at all holds for no row.
func AnyOf(kids ...Expr) Expr {
	switch len(kids) {
	case 0:
		return False()
	case 1:
		return kids[0]
	}
	return tree(OpOr, nil, kids)
}

// Negate is NOT e, with SQL's three-valued logic.
func Negate(e Expr) Expr { return tree(OpNot, nil, []Expr{e}) }

// tree makes an inner node. A tree that outgrows the limits ends here: one that shares its branches
// would have more nodes than any walk could visit.
func tree(op Op, r *model.Relation, kids []Expr) Expr {
	x := &Ext{Kids: kids, Rel: r, nodes: 1}
	for i := range kids {
		n, d := 1, 0
		if k := kids[i].Ext; k != nil && k.nodes > 0 {
			n, d = k.nodes, k.depth
		}
		x.nodes += n
		x.depth = max(x.depth, d+1)
		if x.nodes > MaxNodes || x.depth > MaxDepth {
			return Fail(errTooLarge)
		}
	}
	return Expr{Op: op, Ext: x}
}

// Compare makes a comparison of f with v. Equality with NULL becomes IS NULL, its negation IS NOT NULL;
// any other comparison with NULL holds for no row and is refused, since it is never meant.
func Compare(op Op, f *model.Field, v model.Value) Expr {
	if f == nil {
		return Fail(errUnbound)
	}
	if f.IsComputed {
		return Fail(fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "a computed field is not stored, so it cannot be filtered by"))
	}
	switch op {
	case OpIsNull, OpIsNotNull:
		return Expr{Op: op, Field: f}
	case OpContains, OpStartsWith, OpEndsWith, OpLike:
		if f.Kind != model.String && f.Kind != model.Text && f.Kind != model.Scanner {
			return Fail(fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "text operators need a text column"))
		}
	}
	if v.IsNull() {
		switch op {
		case OpEq:
			return Expr{Op: OpIsNull, Field: f}
		case OpNe:
			return Expr{Op: OpIsNotNull, Field: f}
		case OpDistinctFrom:
			return Expr{Op: OpIsNotNull, Field: f}
		}
		return Fail(fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "nil can be compared with Eq, Ne and DistinctFrom only; use IsNull or IsNotNull"))
	}
	return Expr{Op: op, Field: f, Value: v}
}

// Within makes f IN (values), or NOT IN. An empty list holds for no row, its negation for every row.
func Within(f *model.Field, negated bool, values model.List) Expr {
	if f == nil {
		return Fail(errUnbound)
	}
	if len(values) == 0 {
		if negated {
			return True()
		}
		return False()
	}
	op := OpIn
	if negated {
		op = OpNotIn
		for i := range values {
			if values[i].IsNull() {
				return Fail(fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "NotIn of a list that holds nil matches no row; take nil out and add IsNotNull"))
			}
		}
	}
	return Expr{Op: op, Field: f, Value: model.ListOf(values)}
}

// Range makes lower <= f AND f <= upper.
func Range(f *model.Field, lower, upper model.Value) Expr {
	if f == nil {
		return Fail(errUnbound)
	}
	if lower.IsNull() || upper.IsNull() {
		return Fail(fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "Between needs two bounds that are not nil"))
	}
	return Expr{Op: OpBetween, Field: f, Value: lower, Ext: &Ext{Upper: upper}}
}

// Related makes a filter by the rows of a relation: op is OpSome or OpEvery.
func Related(op Op, r *model.Relation, kids ...Expr) Expr {
	if r == nil {
		return Fail(errUnbound)
	}
	return tree(op, r, kids)
}

// whole reports whether e has the parts that its operator needs; hooks may make an Expr by hand.
func (e *Expr) whole() bool {
	switch e.Op {
	case OpAnd, OpOr, OpUntrue:
		return e.Ext != nil && len(e.Ext.Kids) > 0
	case OpInTuples:
		return e.wholeKeys()
	case OpColumns:
		return e.wholePair()
	case OpNot:
		return e.Ext != nil && len(e.Ext.Kids) == 1
	case OpSome, OpEvery:
		return e.Ext != nil && e.Ext.Rel != nil
	case OpBetween:
		return e.Field != nil && e.Ext != nil
	case OpIn, OpNotIn:
		return e.Field != nil && e.Value.Kind() == model.ListValue
	case OpSQL:
		return e.Ext != nil && e.Ext.Text != ""
	case OpError:
		return e.Ext != nil && e.Ext.Err != nil
	case OpTrue, OpFalse:
		return true
	case OpTerm, OpInQuery, OpNotInQuery, OpHasAny, OpHasAll, OpMatch:
		return e.wholeTerm()
	}
	return e.Field != nil
}

// HasRelation reports whether e looks at other rows anywhere: related ones, or those that its text reads.
func (e *Expr) HasRelation() bool {
	if e.Ext == nil {
		return false
	}
	if e.Ext.Rel != nil || e.Ext.Reads || e.readsMore() {
		return true
	}
	for i := range e.Ext.Kids {
		if e.Ext.Kids[i].HasRelation() {
			return true
		}
	}
	return false
}

var errTooLarge = fault.New(fault.ErrLimit, "", "", "the predicate is too large: use In for lists and split the rest")

var errUnbound = fault.New(fault.ErrInvalid, "", "", "the column is not bound: take columns from orm.Bind, orm.F or Repo.F")
