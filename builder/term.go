package builder

import (
	"slices"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// TermOp says how a Term is computed.
type TermOp uint8

// The kinds of terms.
const (
	TermRelated    TermOp = iota + 1 // what Inner gives for the one related row
	TermCount                        // the number of related rows that pass every Kid
	TermJSON                         // the part of a JSON column at Path, as Part says
	TermDate                         // a part of a time, in Zone
	TermLength                       // the number of elements of an array
	TermRank                         // how well the row matches a full-text search
	TermTextLength                   // the number of characters of a text
	TermCase                         // the value that stands beside the first Kid that holds, or else the last of Values
)

// Term is a value that the database computes from a row: something to compare, to sort by or to read. It is plain
// data, never changed after it was made.
type Term struct {
	Op    TermOp
	Type  dialect.Type // of the value
	Field *model.Field // the column it is computed from
	Part  uint8        // a dialect.JSONPart or dialect.DatePart
	Path  []any        // of TermJSON: keys (string) and positions (int)
	Match *Match       // of TermRank
	Zone  dialect.Zone // of TermDate; without a name and an offset it is UTC

	Values []model.Value // of TermCase: one for each of Kids, and one more

	Rel   *model.Relation
	Kids  []Expr
	Inner *SortKey
	// Scope and LinkScope hold what the scopes demand of the related rows and of the link rows.
	// Only the scoping step writes them; Scoped says that it did.
	Scope     []Scope
	LinkScope []Scope
	Scoped    bool
}

// Root is the model whose rows the term is computed from.
func (t *Term) Root() *model.Model {
	switch {
	case t.Rel != nil:
		return t.Rel.Model
	case t.Match != nil && len(t.Match.Fields) > 0:
		return t.Match.Fields[0].Model
	case t.Field != nil:
		return t.Field.Model
	case t.Op == TermCase:
		for i := range t.Kids {
			if m := modelOf(&t.Kids[i]); m != nil {
				return m
			}
		}
	}
	return nil
}

// Alike reports whether both compute the same kind of value from the same place; what they ask of related rows may differ.
func (t *Term) Alike(u *Term) bool {
	if t == nil || u == nil {
		return t == u
	}
	return t.Op == u.Op && t.Rel == u.Rel && t.Field == u.Field && t.Part == u.Part && t.Match == u.Match && t.Zone == u.Zone && len(t.Values) == len(u.Values)
}

// Reads reports whether the term looks at rows other than its own.
func (t *Term) Reads() bool {
	if t.Op == TermCase {
		return slices.ContainsFunc(t.Kids, func(e Expr) bool { return e.HasRelation() })
	}
	return t.Rel != nil
}

// whole reports whether t has the parts that its kind needs.
func (t *Term) whole() bool {
	switch t.Op {
	case TermRelated:
		return t.Rel != nil && !t.Rel.Many && t.Inner != nil && (t.Inner.Field != nil || t.Inner.Term != nil || t.Inner.Err != nil)
	case TermCount:
		return t.Rel != nil && t.Inner == nil
	case TermJSON:
		return t.Field != nil && t.Field.Kind == model.JSON
	case TermDate:
		return t.Field != nil && (t.Field.Kind == model.Time || t.Field.Civil == model.Day)
	case TermLength:
		return t.Field != nil && t.Field.Kind == model.Array
	case TermTextLength:
		return t.Field != nil && t.Field.Kind == model.String
	case TermCase:
		return len(t.Kids) > 0 && len(t.Values) == len(t.Kids)+1
	case TermRank:
		return t.Match.whole()
	}
	return false
}

// nullable reports whether the value can be NULL.
func (t *Term) nullable() bool {
	switch t.Op {
	case TermCount, TermRank, TermCase:
		return false
	case TermDate, TermLength, TermTextLength:
		return t.Field.Nullable
	}
	return true
}

// Expression is a value that the database computes from a row of T: compare it in Where, sort by it in OrderBy.
type Expression[T, V any] struct {
	t   *Term
	err error // why t is nil
}

// TermOf gives the term behind x.
func TermOf[T, V any](x Expression[T, V]) (*Term, error) {
	if x.t == nil {
		return nil, x.fault()
	}
	return x.t, nil
}

func (x Expression[T, V]) fault() error {
	if x.err != nil {
		return x.err
	}
	return errUnbound
}

func (x Expression[T, V]) compare(op Op, vs ...model.Value) Pred[T] {
	if x.t == nil {
		return Pred[T]{Fail(x.fault())}
	}
	return Pred[T]{CompareTerm(op, x.t, vs...)}
}

// CompareTerm makes a comparison of t with vs: one value, two for OpBetween, a list for OpIn and OpNotIn, none for
// OpIsNull and OpIsNotNull.
func CompareTerm(op Op, t *Term, vs ...model.Value) Expr {
	bad := func(detail string) Expr {
		name, field := "", ""
		if m := t.Root(); m != nil {
			name = m.Name
		}
		if t.Field != nil {
			field = t.Field.Name
		}
		return Fail(fault.New(fault.ErrInvalid, name, field, detail))
	}
	want := 1
	switch op {
	case OpIsNull, OpIsNotNull:
		want = 0
	case OpBetween:
		want = 2
	case OpEq, OpNe, OpGt, OpGte, OpLt, OpLte, OpDistinctFrom, OpIn, OpNotIn, OpContains, OpStartsWith, OpEndsWith, OpLike:
	default:
		return bad("the operator does not compare")
	}
	if len(vs) != want {
		return bad("the comparison has another number of values than its operator takes")
	}
	for _, v := range vs {
		if v.IsNull() {
			return bad("nil cannot be compared with a computed value: use IsNull or IsNotNull")
		}
		for _, e := range v.List() {
			if e.IsNull() {
				return bad("In and NotIn of a list that holds nil: use IsNull")
			}
		}
	}
	x := &Ext{Term: t, Cmp: op}
	e := Expr{Op: OpTerm, Ext: x}
	if want > 0 {
		e.Value = vs[0]
	}
	if want == 2 {
		x.Upper = vs[1]
	}
	return e
}

func (x Expression[T, V]) within(negated bool, vs []V) Pred[T] {
	if x.t == nil {
		return Pred[T]{Fail(x.fault())}
	}
	if len(vs) == 0 {
		if negated {
			return Pred[T]{True()}
		}
		return Pred[T]{False()}
	}
	l := make(model.List, len(vs))
	for i := range vs {
		l[i] = ValueOf(vs[i])
	}
	op := OpIn
	if negated {
		op = OpNotIn
	}
	return x.compare(op, model.ListOf(l))
}

// Eq holds where the value equals v.
func (x Expression[T, V]) Eq(v V) Pred[T] { return x.compare(OpEq, ValueOf(v)) }

// Ne holds where the value differs from v; a value that is NULL does not pass.
func (x Expression[T, V]) Ne(v V) Pred[T] { return x.compare(OpNe, ValueOf(v)) }

// Gt holds where the value is greater than v.
func (x Expression[T, V]) Gt(v V) Pred[T] { return x.compare(OpGt, ValueOf(v)) }

// Gte holds where the value is v or greater.
func (x Expression[T, V]) Gte(v V) Pred[T] { return x.compare(OpGte, ValueOf(v)) }

// Lt holds where the value is less than v.
func (x Expression[T, V]) Lt(v V) Pred[T] { return x.compare(OpLt, ValueOf(v)) }

// Lte holds where the value is v or less.
func (x Expression[T, V]) Lte(v V) Pred[T] { return x.compare(OpLte, ValueOf(v)) }

// Between holds where lower <= value <= upper.
func (x Expression[T, V]) Between(lower, upper V) Pred[T] {
	return x.compare(OpBetween, ValueOf(lower), ValueOf(upper))
}

// DistinctFrom is the null-safe Ne: NULL differs from every value.
func (x Expression[T, V]) DistinctFrom(v V) Pred[T] { return x.compare(OpDistinctFrom, ValueOf(v)) }

// In holds where the value is one of vs; In() holds nowhere.
func (x Expression[T, V]) In(vs ...V) Pred[T] { return x.within(false, vs) }

// NotIn holds where the value is none of vs; NotIn() holds everywhere, NULL included.
func (x Expression[T, V]) NotIn(vs ...V) Pred[T] { return x.within(true, vs) }

// IsNull holds where the value is NULL.
func (x Expression[T, V]) IsNull() Pred[T] { return x.compare(OpIsNull) }

// IsNotNull holds where the value is not NULL.
func (x Expression[T, V]) IsNotNull() Pred[T] { return x.compare(OpIsNotNull) }

// Asc sorts from small to large, NULL last.
func (x Expression[T, V]) Asc() Order[T] { return x.sort(false) }

// Desc sorts from large to small, NULL first.
func (x Expression[T, V]) Desc() Order[T] { return x.sort(true) }

func (x Expression[T, V]) sort(desc bool) Order[T] {
	if x.t == nil {
		return Order[T]{SortKey{Err: x.fault()}}
	}
	return Order[T]{SortKey{Term: x.t, Desc: desc}}
}
