package conformance

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/truth"
)

// ByTB groups the rows of the property by two columns.
type ByTB struct {
	T    string
	On   *bool
	N    int64    `orm:"agg=count(*)"`
	As   int64    `orm:"agg=count(A)"`
	Dif  int64    `orm:"agg=count(distinct S)"`
	Sum  int64    `orm:"agg=sum(B)"`
	Null *int64   `orm:"agg=sum(A)"`
	Mean *float64 `orm:"agg=avg(F)"`
	Min  *string  `orm:"agg=min(S)"`
	Max  *int64   `orm:"agg=max(A)"`
}

func propertyAggregates(e *env) {
	db := e.open(Row{})
	r := orm.Repo[Row](db)
	all := grid()
	must(r.CreateMany(e.ctx, slices.Clone(all)))
	sum, n := orm.F(func(b *ByTB) *int64 { return &b.Sum }), orm.F(func(b *ByTB) *int64 { return &b.N })
	rapid.Check(e, func(t *rapid.T) {
		p := random(t, 2)
		least, most := rapid.Int64Range(0, 20).Draw(t, "least"), rapid.Int64Range(1, 6).Draw(t, "most")
		skip, take := rapid.IntRange(0, 3).Draw(t, "skip"), rapid.IntRange(0, 9).Draw(t, "take")
		down := rapid.Bool().Draw(t, "down")
		want := groupRows(all, p.judge)
		want = slices.DeleteFunc(want, func(b ByTB) bool { return b.Sum < least || b.N > most })
		order := sum.Asc()
		if down {
			order = sum.Desc()
		}
		slices.SortStableFunc(want, func(a, b ByTB) int {
			if down {
				return cmp.Compare(b.Sum, a.Sum)
			}
			return cmp.Compare(a.Sum, b.Sum)
		})
		want = want[min(skip, len(want)):]
		want = want[:min(take, len(want))]
		have, err := orm.Aggregate[ByTB](e.ctx, r.Where(p.p), orm.Having(sum.Gte(least), orm.Not(n.Gt(most))), orm.GroupOrder(order), orm.GroupSkip(skip), orm.GroupTake(take))
		if err != nil {
			t.Fatalf("%s: %v", p.text, err)
		}
		if fmt.Sprint(shown(have)) != fmt.Sprint(shown(want)) {
			t.Fatalf("%s, sum >= %d, n <= %d, skip %d take %d:\nhave %v\nwant %v", p.text, least, most, skip, take, shown(have), shown(want))
		}
	})
}

// shown follows the pointers.
func shown(list []ByTB) []string {
	return pick(list, func(b ByTB) string {
		text := fmt.Sprint(b.T, b.N, b.As, b.Dif, b.Sum)
		for _, v := range []any{b.On, b.Null, b.Mean, b.Min, b.Max} {
			switch x := v.(type) {
			case *bool:
				text += deref(x)
			case *int64:
				text += deref(x)
			case *float64:
				text += deref(x)
			case *string:
				text += deref(x)
			}
		}
		return text
	})
}

func deref[T any](p *T) string {
	if p == nil {
		return " NULL"
	}
	return fmt.Sprintf(" %v", *p)
}

// groupRows groups in memory, in the order of the groups.
func groupRows(all []Row, judge func(Row) truth.Value) []ByTB {
	type key struct {
		t  string
		on int
	}
	groups := map[key][]Row{}
	for _, x := range all {
		if judge(x) != truth.Yes {
			continue
		}
		k := key{x.T, 2} // NULL is the largest
		if x.On != nil && *x.On {
			k.on = 1
		} else if x.On != nil {
			k.on = 0
		}
		groups[k] = append(groups[k], x)
	}
	keys := slices.SortedFunc(maps.Keys(groups), func(a, b key) int { return cmp.Or(cmp.Compare(a.t, b.t), cmp.Compare(a.on, b.on)) })
	out := []ByTB{}
	for _, k := range keys {
		b := ByTB{T: k.t, On: groups[k][0].On}
		texts, fs, f := map[string]bool{}, 0, 0.0
		for _, x := range groups[k] {
			b.N++
			b.Sum += x.B
			if x.A != nil {
				b.As++
				b.Null, b.Max = ptr(*x.A+deep(b.Null)), ptr(max(*x.A, deep(b.Max)))
			}
			if x.S != nil {
				texts[*x.S] = true
				if b.Min == nil || *x.S < *b.Min {
					b.Min = x.S
				}
			}
			if x.F != nil {
				fs++
				f += *x.F
			}
		}
		if fs > 0 {
			b.Mean = ptr(f / float64(fs))
		}
		b.Dif = int64(len(texts))
		out = append(out, b)
	}
	return out
}

func deep(p *int64) int64 {
	if p == nil {
		return 0
	}
	return *p
}
