package introspect_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/multi-orm/orm/internal/truth"
	"github.com/multi-orm/orm/source/introspect"
)

// condition is a filter's value and what it says of a column in memory.
type condition struct {
	value any
	holds func(v any) truth.Value
}

func compared(v, to any) int {
	switch v := v.(type) {
	case int64:
		return cmp.Compare(v, int64(to.(int)))
	case string:
		return strings.Compare(v, to.(string))
	}
	panic(fmt.Sprintf("%T", v))
}

func comparison(value any, to any, ok func(int) bool) condition {
	return condition{value, func(v any) truth.Value {
		if v == nil {
			return truth.Unknown
		}
		return truth.Of(ok(compared(v, to)))
	}}
}

// conditions draws words about a column whose values the generator draws.
func conditions(values *rapid.Generator[any], words bool, depth int) *rapid.Generator[condition] {
	return rapid.Custom(func(t *rapid.T) condition {
		kinds := []string{"bare", "null", "less", "most", "more", "least"}
		if words {
			kinds = append(kinds, "contains", "starts")
		}
		if depth > 0 {
			kinds = append(kinds, "not", "not", "any", "all")
		}
		kind := rapid.SampledFrom(kinds).Draw(t, "kind")
		switch kind {
		case "null":
			return condition{nil, func(v any) truth.Value { return truth.Of(v == nil) }}
		case "not":
			k := conditions(values, words, depth-1).Draw(t, "of")
			return condition{introspect.Not(k.value), func(v any) truth.Value { return k.holds(v).Not() }}
		case "any", "all":
			least := 0
			if kind == "all" {
				least = 1
			}
			kids := rapid.SliceOfN(conditions(values, words, depth-1), least, 3).Draw(t, "kids")
			var args []any
			for _, k := range kids {
				args = append(args, k.value)
			}
			out := func(v any) truth.Value {
				best := truth.Of(kind == "all")
				for _, k := range kids {
					if x := k.holds(v); kind == "all" {
						best = min(best, x)
					} else {
						best = max(best, x)
					}
				}
				return best
			}
			if kind == "any" {
				return condition{introspect.AnyOf(args...), out}
			}
			return condition{introspect.AllOf(args...), out}
		}
		v := values.Draw(t, "value")
		switch kind {
		case "bare":
			return comparison(v, v, func(c int) bool { return c == 0 })
		case "less":
			return comparison(introspect.LessThan(v), v, func(c int) bool { return c < 0 })
		case "most":
			return comparison(introspect.AtMost(v), v, func(c int) bool { return c <= 0 })
		case "more":
			return comparison(introspect.MoreThan(v), v, func(c int) bool { return c > 0 })
		case "least":
			return comparison(introspect.AtLeast(v), v, func(c int) bool { return c >= 0 })
		}
		s := v.(string)
		word, in := introspect.Contains(s), strings.Contains
		if kind == "starts" {
			word, in = introspect.StartsWith(s), strings.HasPrefix
		}
		return condition{word, func(v any) truth.Value {
			if v == nil {
				return truth.Unknown
			}
			return truth.Of(in(v.(string), s))
		}}
	})
}

// Random filters, orders and limits give the rows that they give in memory.
func TestRecordsLikeMemory(t *testing.T) {
	texts := []any{"a", "A", "ab", "b%", "_", "", "'", `\`, "ba"}
	onEngines(t, func(t *testing.T, e engine) {
		collate := map[string]string{"postgres": ` COLLATE "C"`}[e.name]
		db := forumDB(t, e, "CREATE TABLE facts (id INTEGER PRIMARY KEY, n BIGINT, s TEXT"+collate+")")
		tables, err := introspect.Open(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		facts := tables.Table("facts")
		var rows []introspect.Values
		for i := range 60 {
			v := introspect.Values{"id": i + 1}
			if i%5 > 0 {
				v["n"] = i % 7
			}
			if i%4 > 0 {
				v["s"] = texts[i%len(texts)]
			}
			rows = append(rows, v)
		}
		all, err := facts.Create(t.Context(), rows...)
		if err != nil {
			t.Fatal(err)
		}
		numbers := rapid.Map(rapid.IntRange(-1, 8), func(n int) any { return n })
		rapid.Check(t, func(r *rapid.T) {
			filter, holds := introspect.Filter{}, map[string]func(any) truth.Value{}
			for _, c := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{"id", "n", "s"}), rapid.ID).Draw(r, "columns") {
				k := conditions(numbers, false, 3)
				if c == "s" {
					k = conditions(rapid.SampledFrom(texts), true, 3)
				}
				drawn := k.Draw(r, c)
				filter[c], holds[c] = drawn.value, drawn.holds
			}
			by := rapid.SampledFrom([]string{"", "-id", "n,-id", "-s,n"}).Draw(r, "order")
			limit := rapid.IntRange(0, 8).Draw(r, "limit")
			var want []introspect.Record
			for _, row := range all {
				ok := true
				for c, h := range holds {
					ok = ok && h(row.Get(c)) == truth.Yes
				}
				if ok {
					want = append(want, row)
				}
			}
			slices.SortStableFunc(want, func(a, b introspect.Record) int { return inOrder(by+",id", a, b) })
			n, err := facts.Count(t.Context(), filter)
			if err != nil || n != int64(len(want)) {
				r.Fatalf("%d counted, %d wanted, %v", n, len(want), err)
			}
			if limit > 0 {
				want = want[:min(limit, len(want))]
			}
			got, err := facts.List(t.Context(), introspect.Args{Filter: filter, OrderBy: strings.TrimPrefix(by+",id", ","), Limit: limit})
			if by == "-id" || by == "n,-id" {
				got, err = facts.List(t.Context(), introspect.Args{Filter: filter, OrderBy: by, Limit: limit})
			}
			if err != nil || !slices.Equal(ids(got), ids(want)) {
				r.Fatalf("got %v, want %v, %v", ids(got), ids(want), err)
			}
		})
	})
}

// inOrder compares two records; NULL is the largest.
func inOrder(by string, a, b introspect.Record) int {
	for name := range strings.SplitSeq(strings.TrimPrefix(by, ","), ",") {
		name, desc := strings.CutPrefix(name, "-")
		x, y := a.Get(name), b.Get(name)
		c := 0
		switch {
		case x == nil && y == nil:
		case x == nil:
			c = 1
		case y == nil:
			c = -1
		default:
			if n, ok := x.(int64); ok {
				c = cmp.Compare(n, y.(int64))
			} else {
				c = strings.Compare(x.(string), y.(string))
			}
		}
		if desc {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return 0
}
