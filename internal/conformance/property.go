package conformance

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/truth"
)

var propertyCases = []testCase{
	{"property/predicates", "random predicates pass the rows that three-valued logic says", propertyPredicates},
	{"property/pages", "random orders: pages joined are the whole, a stream is All, NULL is the largest", propertyPages},
	{"property/relations", "random relation filters agree with the rows themselves", propertyRelations},
}

// judged is a predicate and what it should say of a row.
type judged[T any] struct {
	p     orm.Pred[T]
	judge func(T) truth.Value
	text  string
}

func grid() []Row {
	var out []Row
	texts := []string{"", "a", "A", "ab", "%", "b_"}
	for i := range 40 {
		row := Row{ID: int64(i + 1), B: int64(i % 5), T: texts[i%6]}
		if i%3 != 0 {
			row.A = ptr(int64(i % 4))
		}
		if i%4 != 0 {
			row.S = ptr(texts[(i/2)%6])
		}
		if i%5 != 0 {
			row.F = ptr(float64(i%3) - 0.5)
		}
		if i%2 == 0 {
			row.On = ptr(i%4 == 0)
		}
		out = append(out, row)
	}
	return out
}

// compare makes a random test of one column.
func compare[V cmp.Ordered](t *rapid.T, name string, c orm.Col[Row, V], get func(Row) *V, values []V) judged[Row] {
	v := rapid.SampledFrom(values).Draw(t, name)
	w := rapid.SampledFrom(values).Draw(t, name+" 2")
	test := func(f func(x V) bool) func(Row) truth.Value {
		return func(r Row) truth.Value {
			x := get(r)
			if x == nil {
				return truth.Unknown
			}
			return truth.Of(f(*x))
		}
	}
	ops := []judged[Row]{
		{c.Eq(v), test(func(x V) bool { return x == v }), "="}, {c.Ne(v), test(func(x V) bool { return x != v }), "<>"},
		{c.Gt(v), test(func(x V) bool { return x > v }), ">"}, {c.Gte(v), test(func(x V) bool { return x >= v }), ">="},
		{c.Lt(v), test(func(x V) bool { return x < v }), "<"}, {c.Lte(v), test(func(x V) bool { return x <= v }), "<="},
		{c.In(v, w), test(func(x V) bool { return x == v || x == w }), "in"}, {c.NotIn(v, w), test(func(x V) bool { return x != v && x != w }), "not in"},
		{c.Between(v, w), test(func(x V) bool { return v <= x && x <= w }), "between"},
		{c.IsNull(), func(r Row) truth.Value { return truth.Of(get(r) == nil) }, "null"}, {c.IsNotNull(), func(r Row) truth.Value { return truth.Of(get(r) != nil) }, "not null"},
		{c.DistinctFrom(v), func(r Row) truth.Value { x := get(r); return truth.Of(x == nil || *x != v) }, "distinct"},
		{c.In(), func(Row) truth.Value { return truth.No }, "in nothing"}, {c.NotIn(), func(Row) truth.Value { return truth.Yes }, "not in nothing"},
	}
	i := rapid.IntRange(0, len(ops)-1).Draw(t, name+" op")
	ops[i].text = fmt.Sprintf("%s %s %v %v", name, ops[i].text, v, w)
	return ops[i]
}

func textTest(t *rapid.T) judged[Row] {
	v := rapid.SampledFrom([]string{"", "a", "A", "b", "%", "_"}).Draw(t, "part")
	test := func(f func(x string) bool) func(Row) truth.Value {
		return func(r Row) truth.Value {
			if r.S == nil {
				return truth.Unknown
			}
			return truth.Of(f(*r.S))
		}
	}
	ops := []judged[Row]{
		{rows.S.Contains(v), test(func(x string) bool { return strings.Contains(x, v) }), "contains"},
		{rows.S.StartsWith(v), test(func(x string) bool { return strings.HasPrefix(x, v) }), "starts"},
		{rows.S.EndsWith(v), test(func(x string) bool { return strings.HasSuffix(x, v) }), "ends"},
		{rows.S.Fold().Contains(v), test(func(x string) bool { return strings.Contains(strings.ToLower(x), strings.ToLower(v)) }), "fold contains"},
		{rows.S.Fold().Eq(v), test(func(x string) bool { return strings.EqualFold(x, v) }), "fold ="},
	}
	i := rapid.IntRange(0, len(ops)-1).Draw(t, "text op")
	ops[i].text += " " + v
	return ops[i]
}

func random(t *rapid.T, depth int) judged[Row] {
	kind := rapid.IntRange(0, 9).Draw(t, "kind")
	if depth == 0 {
		kind %= 6
	}
	switch kind {
	case 0:
		return compare(t, "a", rows.A, func(r Row) *int64 { return r.A }, []int64{-1, 0, 1, 2, 3})
	case 1:
		return compare(t, "b", rows.B, func(r Row) *int64 { return &r.B }, []int64{0, 2, 4, 9})
	case 2:
		return compare(t, "s", rows.S.Col, func(r Row) *string { return r.S }, []string{"", "a", "A", "ab", "%", "zz"})
	case 3:
		return compare(t, "f", rows.F, func(r Row) *float64 { return r.F }, []float64{-0.5, 0.5, 1.5, 0})
	case 4, 5:
		return textTest(t)
	case 6:
		k := random(t, depth-1)
		return judged[Row]{orm.Not(k.p), func(r Row) truth.Value { return k.judge(r).Not() }, "not(" + k.text + ")"}
	}
	n := rapid.IntRange(0, 3).Draw(t, "kids")
	kids := make([]judged[Row], n)
	preds := make([]orm.Pred[Row], n)
	texts := make([]string, n)
	for i := range kids {
		kids[i] = random(t, depth-1)
		preds[i], texts[i] = kids[i].p, kids[i].text
	}
	if kind == 7 {
		return judged[Row]{orm.And(preds...), func(r Row) truth.Value {
			out := truth.Yes
			for _, k := range kids {
				out = min(out, k.judge(r))
			}
			return out
		}, "and(" + strings.Join(texts, ", ") + ")"}
	}
	return judged[Row]{orm.Or(preds...), func(r Row) truth.Value {
		out := truth.No
		for _, k := range kids {
			out = max(out, k.judge(r))
		}
		return out
	}, "or(" + strings.Join(texts, ", ") + ")"}
}

func propertyPredicates(e *env) {
	db := e.open(Row{})
	r := orm.Repo[Row](db)
	all := grid()
	must(r.CreateMany(e.ctx, slices.Clone(all)))
	ids := func(p orm.Pred[Row]) []int64 {
		return pick(must(r.Where(p).Select(rows.ID).OrderBy(rows.ID.Asc()).All(e.ctx)), func(x Row) int64 { return x.ID })
	}
	rapid.Check(e.T, func(t *rapid.T) {
		defer e.rethrow(t)
		x, y := random(t, 4), random(t, 2)
		want := []int64{}
		for _, row := range all {
			if x.judge(row) == truth.Yes {
				want = append(want, row.ID)
			}
		}
		have := ids(x.p)
		if !slices.Equal(have, want) {
			t.Fatalf("%s\nwant %v\nhave %v", x.text, want, have)
		}
		if n := must(r.Where(x.p).Count(e.ctx)); n != int64(len(want)) {
			t.Fatalf("%s: Count %d of %d", x.text, n, len(want))
		}
		if some := must(r.Where(x.p).Exists(e.ctx)); some != (len(want) > 0) {
			t.Fatalf("%s: Exists %v of %d", x.text, some, len(want))
		}
		// De Morgan, and what a second Where means
		if a, b := ids(orm.Not(orm.And(x.p, y.p))), ids(orm.Or(orm.Not(x.p), orm.Not(y.p))); !slices.Equal(a, b) {
			t.Fatalf("not and: %s, %s\n%v\n%v", x.text, y.text, a, b)
		}
		if a, b := ids(orm.Not(orm.Or(x.p, y.p))), ids(orm.And(orm.Not(x.p), orm.Not(y.p))); !slices.Equal(a, b) {
			t.Fatalf("not or: %s, %s\n%v\n%v", x.text, y.text, a, b)
		}
		if a, b := must(r.Where(x.p).Where(y.p).Count(e.ctx)), must(r.Where(orm.And(y.p, x.p)).Count(e.ctx)); a != b {
			t.Fatalf("where where: %s, %s: %d, %d", x.text, y.text, a, b)
		}
	})
}

// rethrow hands an unexpected error to rapid, so that it shrinks what led to it. What the engine cannot be asked is drawn again.
func (e *env) rethrow(t *rapid.T) {
	if p := recover(); p != nil {
		if f, ok := p.(failure); ok {
			if why := e.lacks(f.err); why != "" {
				t.Skipf("%s: %s: %v", f.site, why, f.err)
			}
			t.Fatalf("%s: %v", f.site, f.err)
		}
		panic(p)
	}
}
