package builder

import (
	"slices"
	"strings"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Aggregation makes a Select give one row of Row for each group of its rows, or one for all of them where nothing
// groups. Having and Order speak of Row's fields.
type Aggregation struct {
	Row    *model.Model
	Groups []Grouped // in step with Row.Fields
	Having Conjunction
	Order  Sorting // the groups' fields follow, so that the order is never chance

	Skip    int64
	Take    int64
	HasTake bool
}

// Grouped is what fills one field of a result.
type Grouped struct {
	Field *model.Field      // the column that groups or is aggregated; nil for count(*) and for a Term
	Times []*model.Field    // of an aggregate: the columns that Field is multiplied by
	Func  dialect.Aggregate // 0 groups by Field or Term
	Term  *Term             // the computed value that groups; nil for a column
	Only  Conjunction       // of an aggregate: the rows that it is about, among those of its group
}

// Shows reports whether the result tells values of Field: counts do not.
func (g *Grouped) Shows() bool { return g.Func != dialect.Count && g.Func != dialect.CountDistinct }

// Of are the columns whose values, or a part of them, the field tells; none where it counts rows or chooses words.
func (g *Grouped) Of() []*model.Field {
	if g.Field != nil {
		return g.Factors()
	}
	for t := g.Term; t != nil; t = t.Inner.Term {
		of := t.Field
		if t.Op == TermRelated {
			of = t.Inner.Field
		}
		if of != nil {
			return []*model.Field{of}
		}
		if t.Op != TermRelated {
			return nil
		}
	}
	return nil
}

// whole gives the column whose values the field holds as they are, nil for none.
func (g *Grouped) whole() *model.Field {
	if g.Term != nil {
		return g.Term.column()
	}
	return g.aggregated()
}

// Computes reports whether a field groups by a computed value, or is about some rows of its group only.
func (a *Aggregation) Computes() bool {
	return slices.ContainsFunc(a.Groups, func(g Grouped) bool { return g.Term != nil || g.Only.Len() > 0 })
}

// NewAggregation is an aggregation that Tie makes whole.
func NewAggregation(row *model.Model) (*Aggregation, error) {
	if !row.Result {
		return nil, fault.New(fault.ErrInvalid, row.Name, "", `it aggregates nothing: tag a field, as in orm:"agg=count(*)"; for groups alone use Select with Distinct`)
	}
	return &Aggregation{Row: row, Groups: make([]Grouped, len(row.Fields))}, nil
}

// By makes the field of that name group by a computed value.
func (a *Aggregation) By(name string, x Computed) error {
	f, err := a.Row.Field(name)
	if err != nil {
		return err
	}
	bad := func(detail string) error { return fault.New(fault.ErrInvalid, a.Row.Name, f.Name, detail) }
	g := &a.Groups[f.Index]
	switch {
	case f.Agg != nil:
		return bad("it is tagged agg, so it cannot group: give the group a field of its own")
	case g.Term != nil:
		return bad("what it groups by is said twice")
	case x == nil:
		return bad("it groups by nothing: give it what a row computes")
	}
	k := x.asKey()
	switch {
	case k.Err != nil:
		return k.Err
	case k.Term == nil:
		return bad("a column groups by the name of the field, or by its tag: GroupBy is for what is computed")
	}
	g.Term = k.Term
	return nil
}

// Filter lets the aggregate in the field of that name be about those rows of a group that pass every p.
func (a *Aggregation) Filter(name string, ps []Expr) error {
	f, err := a.Row.Field(name)
	switch {
	case err != nil:
		return err
	case f.Agg == nil:
		return fault.New(fault.ErrInvalid, a.Row.Name, f.Name, "it groups: only a field tagged agg can be about some of the rows")
	case len(ps) == 0:
		return fault.New(fault.ErrInvalid, a.Row.Name, f.Name, "the filter of the aggregate has no condition")
	}
	a.Groups[f.Index].Only.AddAll(ps)
	return nil
}

// AggregationOf ties the result row to the columns of m that its tags and names speak of.
func AggregationOf(row, m *model.Model) (*Aggregation, error) {
	a, err := NewAggregation(row)
	if err != nil {
		return nil, err
	}
	return a, a.Tie(m)
}

// Tie finds the columns of m that the tags and names of the row speak of.
func (a *Aggregation) Tie(m *model.Model) error {
	by := map[*model.Field]*model.Field{}
	for i, f := range a.Row.Fields {
		g, err := groupedBy(f, m, a.Groups[i])
		if err != nil {
			return err
		}
		if g.Func == 0 && g.Field != nil {
			if other := by[g.Field]; other != nil {
				return fault.New(fault.ErrInvalid, a.Row.Name, f.Name, "it groups by the column of "+other.Name+" again")
			}
			by[g.Field] = f
		}
		a.Groups[i] = g
	}
	return nil
}

func groupedBy(f *model.Field, m *model.Model, g Grouped) (Grouped, error) {
	bad := func(detail string) (Grouped, error) {
		return g, fault.New(fault.ErrInvalid, f.Model.Name, f.Name, detail)
	}
	if g.Term != nil {
		if why := computed(f, g.Term); why != "" {
			return bad(why)
		}
		return g, nil
	}
	name := f.Name
	switch tagged, _, _ := strings.Cut(f.Tag, ","); {
	case f.Agg != nil:
		name = f.Agg.Of
	case tagged != "":
		name = f.Column
	}
	if name != "" {
		var err error
		if g.Field, err = m.Field(name); err != nil {
			return g, err
		}
		if g.Field.IsComputed {
			return bad("the computed field " + name + " is not stored, so it cannot be grouped or aggregated")
		}
	}
	if f.Agg != nil {
		for _, name := range f.Agg.Times {
			x, err := m.Field(name)
			switch {
			case err != nil:
				return g, err
			case x.IsComputed:
				return bad("the computed field " + name + " is not stored, so it cannot be aggregated")
			}
			g.Times = append(g.Times, x)
		}
		if len(g.Times) > 0 {
			if _, why := product(g.Factors()); why != "" {
				return bad(why)
			}
		}
	}
	if f.Agg == nil {
		if why := groups(f, g.Field); why != "" {
			return bad(why)
		}
		return g, nil
	}
	switch f.Agg.Func {
	case model.AggCount:
		g.Func = dialect.Count
		if f.Agg.Distinct {
			g.Func = dialect.CountDistinct
		}
	case model.AggSum:
		g.Func = dialect.Sum
	case model.AggAvg:
		g.Func = dialect.Avg
	case model.AggMin:
		g.Func = dialect.Min
	case model.AggMax:
		g.Func = dialect.Max
	}
	if why := aggregates(f, g); why != "" {
		return bad(why)
	}
	return g, nil
}

// groups says why rows cannot be grouped by of into f.
func groups(f, of *model.Field) string {
	switch {
	case of.Kind == model.JSON || of.Kind == model.Array:
		return "documents and arrays cannot be grouped by"
	case f.Kind != of.Kind || !holds(f, of):
		return "the column holds " + of.Base.String() + ", not " + f.Base.String()
	case of.Nullable && !f.Nullable:
		return "the column can be NULL, and so can a group: make the field *" + f.Base.String()
	}
	return ""
}

// computed says why rows cannot be grouped by t into f.
func computed(f *model.Field, t *Term) string {
	if of := t.column(); of != nil {
		if why := groups(f, of); why != "" {
			return why
		}
	} else {
		want, ok := "", false
		switch t.Type.Kind {
		case dialect.Int:
			want, ok = "an integer", f.Kind == model.Int || f.Kind == model.Uint
		case dialect.String:
			want, ok = "text", f.Kind == model.String && f.Decimal == nil && len(f.Enum) == 0
		case dialect.Bool:
			want, ok = "a bool", f.Kind == model.Bool
		case dialect.Float, dialect.Scanner:
			want, ok = "a float64", f.Kind == model.Float && f.Bits == 64
		default:
			return "the computed value cannot be grouped by"
		}
		if !ok {
			return "the computed value is " + want + ", not " + f.Base.String()
		}
	}
	if t.nullable() && !f.Nullable {
		return "the computed value can be NULL, and so can a group: make the field *" + f.Base.String()
	}
	return ""
}

// holds reports whether f can be written like of, both of one kind.
func holds(f, of *model.Field) bool {
	switch of.Kind {
	case model.Text, model.Scanner:
		return f.Base == of.Base
	case model.Float:
		return f.Bits >= of.Bits
	}
	return true
}

// aggregates says why f cannot hold what g computes.
func aggregates(f *model.Field, g Grouped) string {
	integer := f.Kind == model.Int || f.Kind == model.Uint
	real := f.Kind == model.Float && f.Bits == 64
	switch g.Func {
	case dialect.Count, dialect.CountDistinct:
		if g.Func == dialect.CountDistinct && (g.Field.Kind == model.JSON || g.Field.Kind == model.Array) {
			return "documents and arrays cannot be told apart: count something else"
		}
		if !integer {
			return "a count needs an integer, not " + f.Base.String()
		}
	case dialect.Sum, dialect.Avg:
		of := g.aggregated()
		if of.Decimal != nil {
			if f.Kind != of.Kind || !holds(f, of) {
				return "sums and averages of decimals are of the column's own type " + of.Base.String() + ", not " + f.Base.String()
			}
			return ""
		}
		if of.Kind != model.Int && of.Kind != model.Uint && of.Kind != model.Float {
			return "the column " + of.Name + " holds " + of.Base.String() + ": a sum or an average needs numbers"
		}
		if g.Func == dialect.Avg || of.Kind == model.Float {
			if !real {
				return "averages, and sums of floats, need float64, not " + f.Base.String()
			}
		} else if !integer {
			return "a sum of integers needs an integer, not " + f.Base.String()
		}
	case dialect.Min, dialect.Max:
		of := g.aggregated()
		switch {
		case of.Decimal != nil, of.Kind == model.Int, of.Kind == model.Uint, of.Kind == model.Float, of.Kind == model.String, of.Kind == model.Time, of.CivilTime():
		default:
			return "the column " + of.Name + " holds " + of.Base.String() + ", which has no least and no greatest on every source"
		}
		if f.Kind != of.Kind || !holds(f, of) {
			return "the column holds " + of.Base.String() + ", not " + f.Base.String()
		}
	}
	return ""
}

// aggregated is where conditions and orders of a result may go.
const aggregated = "conditions on groups compare fields of the result with values; other conditions belong in Where"

// groups walks a Select that gives groups.
func (q *Select) groups(s *shaper) {
	m, a := q.Model, q.Aggregate
	bad := func(field, detail string) { s.fail(fault.New(fault.ErrInvalid, nameOf(m), field, detail)) }
	switch {
	case a == nil || q.Want != WantGroups || a.Row == nil || len(a.Groups) != len(a.Row.Fields) || len(a.Groups) == 0:
		bad("", "the aggregation is malformed")
		return
	case q.Columns != nil || len(q.Includes) > 0 || q.Extra != nil || q.Distinct || q.Lock != NoLock || q.Group != nil || q.Order.Len() > 0 || q.HasTake || q.Skip != 0:
		bad("", "groups take no selection, includes, Distinct, locks, order or page of the rows")
		return
	case a.Skip < 0 || a.HasTake && a.Take < 0:
		bad("", "Skip and Take must not be negative")
		return
	}
	s.byte(0xff) // no flags of a plain Select
	s.number(int(a.Row.ID))
	for i := range a.Groups {
		g := &a.Groups[i]
		s.byte(byte(g.Func))
		switch {
		case g.Term != nil && (g.Func != 0 || g.Field != nil), g.Func == 0 && g.Only.Len() > 0:
			bad("", "the aggregation is malformed")
			return
		case g.Term != nil:
			s.number(len(m.Fields) + 1)
			s.term(m, g.Term, 0)
		case g.Field == nil && g.Func == dialect.Count:
			s.number(len(m.Fields))
		default:
			s.field(m, g.Field)
			s.factors(m, g)
		}
		s.conjunction(m, &g.Only)
	}
	s.conjunction(m, &q.Where)
	s.scopes(m, q.Scopes)
	for i := range a.Having.Len() {
		if e := a.Having.At(i); !onResult(e) {
			bad("", aggregated)
			return
		}
	}
	if s.sight != nil {
		s.sight.having = a
		defer func() { s.sight.having = nil }()
	}
	s.conjunction(a.Row, &a.Having)
	for i := range a.Order.Len() {
		if a.Order.At(i).Term != nil {
			bad("", "groups are sorted by fields of the result")
			return
		}
	}
	s.order(a.Row, &a.Order)
	p := a.page()
	s.flag(p.HasTake, p.skips())
	if p.HasTake {
		s.plain(m, model.IntOf(p.Take))
	}
	if p.skips() {
		s.plain(m, model.IntOf(p.Skip))
	}
}

// page gives the page of the groups in the form that page writes.
func (a *Aggregation) page() *Select { return &Select{Skip: a.Skip, Take: a.Take, HasTake: a.HasTake} }

// onResult reports whether e does nothing but compare fields with values.
func onResult(e *Expr) bool {
	switch e.Op {
	case OpTrue, OpFalse, OpError, OpEq, OpNe, OpGt, OpGte, OpLt, OpLte, OpIn, OpNotIn, OpBetween, OpIsNull, OpIsNotNull, OpDistinctFrom,
		OpContains, OpStartsWith, OpEndsWith, OpLike:
		return true
	case OpAnd, OpOr, OpNot:
		if e.Ext == nil {
			return false
		}
		for i := range e.Ext.Kids {
			if !onResult(&e.Ext.Kids[i]) {
				return false
			}
		}
		return true
	}
	return false
}
