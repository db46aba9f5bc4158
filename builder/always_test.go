package builder_test

import (
	"math"
	"testing"
	"time"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/model"
)

// Facts has columns that cannot be NULL, whose ranges are known.
type Facts struct {
	ID    int64 `orm:"id"`
	Small int8
	Byte  uint8
	Huge  uint64
	Text  string
	Maybe *int8
	At    time.Time
	Kids  []Facts `orm:"relation=id:small"`
}

var facts = builder.Bind[Facts, struct {
	ID    builder.Col[Facts, int64]
	Small builder.Col[Facts, int8]
	Byte  builder.Col[Facts, uint8]
	Huge  builder.Col[Facts, uint64]
	Text  builder.Text[Facts]
	Maybe builder.Col[Facts, int8]
	At    builder.Time[Facts]
	Kids  builder.Many[Facts, Facts]
}]()

// A condition that its form alone makes true for every row bounds no write; each other one does.
func TestConditionsThatAreAlwaysTrue(t *testing.T) {
	f, n := facts, facts.Kids.Count()
	is := f.ID.Eq(1)
	not, or, and := builder.Not[Facts], builder.Or[Facts], builder.And[Facts]
	never := or()
	for name, ps := range map[string]map[bool][]builder.Pred[Facts]{
		"counts": {
			true:  {n.Gte(0), n.Gte(-1), n.Gt(-1), n.Ne(-1), n.DistinctFrom(-5), n.NotIn(-1, -2), n.NotIn(), n.Between(0, math.MaxInt64), n.Lte(math.MaxInt64), n.IsNotNull(), not(n.Lt(0)), not(n.Eq(-1)), not(n.In(-1)), not(n.Between(3, 2)), not(n.IsNull()), f.Kids.Count(is).Gte(0)},
			false: {n.Gte(1), n.Gt(0), n.Ne(0), n.NotIn(-1, 0), n.In(-1), n.Between(0, 5), n.Lt(0), n.Lte(0), n.IsNull(), not(n.Gte(0)), not(n.Eq(0)), not(n.Lt(1)), not(n.Between(0, 3))},
		},
		"parts of times": {
			true:  {f.At.Month().Gte(1), f.At.Month().Between(1, 12), f.At.Hour().Lte(23), f.At.Minute().Lt(60), f.At.Weekday().Gt(-1), f.At.Day().Ne(32), not(f.At.Month().Eq(13))},
			false: {f.At.Year().Gte(0), f.At.Month().Between(1, 11), f.At.Hour().Gte(1), f.At.Weekday().Lt(6), f.At.Day().Ne(31)},
		},
		"columns": {
			true:  {f.Byte.Gte(0), f.Byte.Lte(255), f.Byte.Between(0, 255), f.Small.Gte(-128), not(f.Small.Lt(-128)), f.Huge.Gte(0), not(f.Huge.Lt(0)), f.ID.IsNotNull(), not(f.ID.IsNull()), f.ID.Gte(math.MinInt64), not(f.ID.Between(2, 1)), f.Text.Like("%"), f.Text.Like("%%"), f.Text.Contains("")},
			false: {f.Byte.Gte(1), f.Byte.Lte(254), f.Byte.Gt(0), f.Small.Gte(0), f.Huge.Gt(0), f.Huge.Lte(math.MaxInt64), not(f.Huge.Gt(math.MaxInt64)), f.ID.Gte(0), f.Maybe.Gte(-128), f.Maybe.IsNotNull(), not(f.Maybe.Lt(-128)), not(f.Maybe.IsNull()), f.Text.Like("%a"), f.Text.Like(""), f.Text.Like(`\%`), f.Text.Gte("")},
		},
		"trees": {
			true: {and(), not(never), not(not(and())), or(is, and()), or(and(), is), and(and(), n.Gte(0)), or(is, or(is, n.Gte(0))), not(and(is, never)), not(or(never, never)), not(and(is, n.Lt(0))), or(not(never), is),
				or(f.Maybe.IsNull(), is, f.Maybe.IsNotNull()), f.Kids.Every(n.Gte(0)), f.Kids.None(never), f.Kids.None(is, n.Lt(0)), not(f.Kids.Some(not(and()))), builder.Pred[Facts]{}, or(is, not(or(never, n.Lt(0))))},
			false: {never, is, not(is), and(is, n.Gte(0)), or(is, never), not(and()), not(or(is, never)), not(or(never, and())), or(f.Maybe.IsNull(), f.Small.Eq(1)), f.Kids.Some(), f.Kids.Some(n.Gte(0)), f.Kids.None(n.Gte(0)), f.Kids.Every(is), not(n.Gte(0))},
		},
	} {
		for want, list := range ps {
			for i, p := range list {
				e := p.Expr()
				if e.Op == builder.OpError {
					t.Fatalf("%s, %v, %d: %v", name, want, i, e.Ext.Err)
				}
				if e.Unconditional() != want {
					t.Errorf("%s, %d: always true is %v, want %v", name, i, !want, want)
				}
			}
		}
	}
	kept := of[Person]().Fields[0]
	for i, e := range []builder.Expr{{Op: builder.OpIsNotNull}, {Op: builder.OpIsNull}, {Op: builder.OpTerm}, {Op: builder.OpTerm, Ext: &builder.Ext{Term: &builder.Term{}}}, {Op: builder.OpGte}, {Op: builder.OpGte, Field: kept}} {
		if e.Unconditional() || (&builder.Expr{Op: builder.OpUntrue, Ext: &builder.Ext{Kids: []builder.Expr{e}}}).Unconditional() {
			t.Errorf("%d: half a condition is always true", i)
		}
	}
	list := *of[Mixed]().Fields[0]
	list.Kind, list.Nullable = model.Array, false
	if e := builder.CompareTerm(builder.OpGte, &builder.Term{Op: builder.TermLength, Field: &list, Type: dialect.Type{Kind: dialect.Int}}, model.IntOf(0)); !e.Unconditional() {
		t.Error("a length of a list that is there is always 0 or more")
	}
	if e := insides.Tags.Len().Gte(0).Expr(); e.Unconditional() {
		t.Error("the length of NULL is unknown")
	}
}
