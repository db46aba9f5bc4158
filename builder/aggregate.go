package builder

import (
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
	Field *model.Field      // the column that groups or is aggregated; nil for count(*)
	Func  dialect.Aggregate // 0 groups by Field
}

// Shows reports whether the result tells values of Field: counts do not.
func (g *Grouped) Shows() bool { return g.Func != dialect.Count && g.Func != dialect.CountDistinct }

// AggregationOf ties the result row to the columns of m that its tags and names speak of.
func AggregationOf(row, m *model.Model) (*Aggregation, error) {
	if !row.Result {
		return nil, fault.New(fault.ErrInvalid, row.Name, "", `it aggregates nothing: tag a field, as in orm:"agg=count(*)"; for groups alone use Select with Distinct`)
	}
	a := &Aggregation{Row: row, Groups: make([]Grouped, len(row.Fields))}
	by := map[*model.Field]*model.Field{}
	for i, f := range row.Fields {
		g, err := groupedBy(f, m)
		if err != nil {
			return nil, err
		}
		if g.Func == 0 {
			if other := by[g.Field]; other != nil {
				return nil, fault.New(fault.ErrInvalid, row.Name, f.Name, "it groups by the column of "+other.Name+" again")
			}
			by[g.Field] = f
		}
		a.Groups[i] = g
	}
	return a, nil
}

func groupedBy(f *model.Field, m *model.Model) (Grouped, error) {
	var g Grouped
	bad := func(detail string) (Grouped, error) {
		return g, fault.New(fault.ErrInvalid, f.Model.Name, f.Name, detail)
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
		of := g.Field
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
		of := g.Field
		switch {
		case of.Decimal != nil, of.Kind == model.Int, of.Kind == model.Uint, of.Kind == model.Float, of.Kind == model.String, of.Kind == model.Time:
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
		if g.Field == nil && g.Func == dialect.Count {
			s.number(len(m.Fields))
			continue
		}
		s.field(m, g.Field)
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
