package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/multi-orm/orm"
)

var jsonCases = []testCase{
	{"json/paths", "text, numbers, booleans, null and absent parts", jsonPaths},
	{"json/keys", "keys are keys whatever they hold, positions are positions", jsonKeys},
	{"json/property", "random documents and paths against a model in memory", jsonProperty},
	{"json/bad", "paths and values that cannot be are refused", jsonBad},
}

// docs stores documents, "" for NULL, in rows 1, 2, …
func (e *env) docs(r orm.Repo[Ware], texts ...string) {
	var all []Ware
	for _, s := range texts {
		w := Ware{}
		if s != "" {
			w.Meta = json.RawMessage(s)
		}
		all = append(all, w)
	}
	must(r.CreateMany(e.ctx, all))
}

func (e *env) wareRepo() orm.Repo[Ware] {
	return orm.Repo[Ware](e.open(Shop{}, Ware{}, Note{}, Tag{}))
}

func jsonPaths(e *env) {
	r := e.wareRepo()
	e.docs(r, `{"a":"x","n":1}`, `{"a":"1","n":2.5,"b":true}`, `{"a":1,"n":-3,"b":false}`, `{"a":null,"n":null,"b":null}`, `{}`, ``,
		`{"a":{"b":["p",{"c":"q"}]},"n":[1]}`, `{"a":true,"n":"1"}`, `"a"`, `[{"a":"x"}]`, `{"n":9007199254740993}`)
	a, n, b := wares.Meta.Path("a"), wares.Meta.Path("n"), wares.Meta.Path("b")
	for _, c := range []struct {
		about string
		p     orm.Pred[Ware]
		want  []int64
	}{
		{"text", a.Eq("x"), []int64{1}},
		{"text that looks like a number", a.Eq("1"), []int64{2}},
		{"a number that looks like text", a.Eq(1), []int64{3}},
		{"a boolean", a.Eq(true), []int64{8}},
		{"another text", a.Ne("x"), []int64{2}},
		{"not the text", orm.Not(a.Eq("x")), []int64{2}},
		{"distinct", a.DistinctFrom("x"), []int64{2, 3, 4, 5, 6, 7, 8, 9, 10, 11}},
		{"null or absent", a.IsNull(), []int64{4, 5, 6, 9, 10, 11}},
		{"nil", a.Eq(nil), []int64{4, 5, 6, 9, 10, 11}},
		{"something", a.IsNotNull(), []int64{1, 2, 3, 7, 8}},
		{"nil, negated", a.Ne(nil), []int64{1, 2, 3, 7, 8}},
		{"there", orm.JSONHas(wares.Meta, "a"), []int64{1, 2, 3, 4, 7, 8}},
		{"not there", orm.Not(orm.JSONHas(wares.Meta, "a")), []int64{5, 6, 9, 10, 11}},
		{"the document", orm.JSONHas(wares.Meta), []int64{1, 2, 3, 4, 5, 7, 8, 9, 10, 11}},
		{"greater", n.Gt(0), []int64{1, 2, 11}},
		{"greater or equal", n.Gte(2.5), []int64{2, 11}},
		{"less", n.Lt(1), []int64{3}},
		{"less or equal", n.Lte(1.0), []int64{1, 3}},
		{"a large number", n.Eq(int64(9007199254740993)), []int64{11}},
		{"its neighbour", n.Eq(int64(9007199254740992)), nil},
		{"true", b.Eq(true), []int64{2}},
		{"false", b.Eq(false), []int64{3}},
		{"not true", b.Ne(true), []int64{3}},
		{"deep", wares.Meta.Path("a", "b", 1, "c").Eq("q"), []int64{7}},
		{"an element", wares.Meta.Path("a", "b", 0).Eq("p"), []int64{7}},
		{"past the end", orm.JSONHas(wares.Meta, "a", "b", 2), nil},
		{"no key of an array's element", wares.Meta.Path("a", "b", "c").Eq("q"), nil},
		{"an element of the whole", wares.Meta.Path(0, "a").Eq("x"), []int64{10}},
		{"the whole", wares.Meta.Path().Eq("a"), []int64{9}},
		{"greater text", a.Gt("1"), []int64{1}},
		{"in", a.Text().In("x", "1"), []int64{1, 2}},
		{"not in", a.Text().NotIn("x"), []int64{2}},
		{"numbers in", n.Number().In(1, -3), []int64{1, 3}},
		{"between", n.Number().Between(-3, 1), []int64{1, 3}},
		{"contains", a.Contains("x"), []int64{1}},
		{"starts", a.StartsWith("1"), []int64{2}},
		{"ends", a.EndsWith("%"), nil},
		{"like", a.Text().Like("_"), []int64{1, 2}},
		{"two paths", orm.And(a.Eq("x"), n.Eq(1), b.IsNull()), []int64{1}},
		{"by name", r.F("Meta").Path("n").Eq(2.5), []int64{2}},
		{"a number as it is written", r.F("Meta").Path("n").Eq(json.Number("2.50")), []int64{2}},
	} {
		e.thoseWares(r.Where(c.p).OrderBy(wares.ID.Asc()), c.want, c.about)
	}
	sorted := func(k orm.Order[Ware], want []int64, about string) {
		e.thoseWares(r.OrderBy(k, wares.ID.Asc()), want, about)
	}
	sorted(n.Number().Asc(), []int64{3, 1, 2, 11, 4, 5, 6, 7, 8, 9, 10}, "sorted by a number")
	sorted(n.Number().Desc().NullsLast(), []int64{11, 2, 1, 3, 4, 5, 6, 7, 8, 9, 10}, "sorted down")
	sorted(a.Text().Asc().NullsFirst(), []int64{3, 4, 5, 6, 7, 8, 9, 10, 11, 2, 1}, "sorted by text")
	e.equal(must(r.Where(a.Eq("x")).UpdateMany(e.ctx, wares.Price.Set(9))), int64(1), "an update")
	e.equal(must(r.Where(wares.Price.Eq(9), n.Lt(2)).DeleteMany(e.ctx)), int64(1), "a delete")
}

// strange keys, each of which must be nothing but a key
var strangeKeys = []string{"", " ", ".", "a.b", "a b", `"`, `""`, `a"b`, "'", "[", "]", "[0]", "0", "1", "-1", "$", "$.a", "*", "@", `\`, `\"`, `a\`, `\u0041`, "é", "漢", "🙂", "\n", "\t", "\x01", "\u2028", "a,b", "{}", "#", "?", "??", ":x", "<b>&"}

func jsonKeys(e *env) {
	r := e.wareRepo()
	for i, k := range strangeKeys {
		doc := must(json.Marshal(map[string]any{k: i, "o": map[string]any{k: fmt.Sprint(i)}, "l": []any{i}}))
		e.docs(r, string(doc))
	}
	for i, k := range strangeKeys {
		id := []int64{int64(i + 1)}
		e.equal(wareIDs(must(r.Where(wares.Meta.Path(k).Eq(i)).All(e.ctx))), id, fmt.Sprintf("%q", k))
		e.thoseWares(r.Where(orm.JSONHas(wares.Meta, "o", k)), id, fmt.Sprintf("%q below", k))
		e.equal(must(r.Where(wares.Meta.Path("o", k).Eq(fmt.Sprint(i))).Count(e.ctx)), int64(1), fmt.Sprintf("the text at %q", k))
		counted(e, r.Where(orm.JSONHas(wares.Meta, "l", k)), 0, fmt.Sprintf("%q is no position", k))
	}
	counted(e, r.Where(orm.JSONHas(wares.Meta, 0)), 0, "a position is no key")
	e.equal(must(r.Where(wares.Meta.Path("l", 0).Eq(3)).Count(e.ctx)), int64(1), "a position")
}

// at walks a document as a path does.
func at(doc any, path []any) (any, bool) {
	for _, p := range path {
		switch x := doc.(type) {
		case map[string]any:
			k, isKey := p.(string)
			v, there := x[k]
			if !isKey || !there {
				return nil, false
			}
			doc = v
		case []any:
			i, isPos := p.(int)
			if !isPos || i >= len(x) {
				return nil, false
			}
			doc = x[i]
		default:
			return nil, false
		}
	}
	return doc, true
}

func jsonProperty(e *env) {
	r := e.wareRepo()
	key := rapid.OneOf(rapid.SampledFrom([]string{"a", "b", "c", "0", "1"}), rapid.SampledFrom(strangeKeys), rapid.StringMatching(`[a-c."\[\]\\ é]{0,3}`))
	scalar := rapid.OneOf(rapid.Just(any(nil)), rapid.Map(rapid.Bool(), func(b bool) any { return b }), rapid.Map(rapid.IntRange(-3, 3), func(n int) any { return float64(n) }),
		rapid.Map(rapid.SampledFrom([]float64{0.1, -2.5, 1e15, 1e-7}), func(f float64) any { return f }), rapid.Map(rapid.SampledFrom([]string{"", "a", "b", "A", "1", "true", "null", "é", "a%", "z"}), func(s string) any { return s }))
	var doc func(depth int) *rapid.Generator[any]
	doc = func(depth int) *rapid.Generator[any] {
		if depth == 0 {
			return scalar
		}
		return rapid.OneOf(scalar,
			rapid.Map(rapid.MapOfN(key, doc(depth-1), 0, 4), func(m map[string]any) any { return m }),
			rapid.Map(rapid.SliceOfN(doc(depth-1), 0, 3), func(l []any) any { return l }))
	}
	rapid.Check(e.T, func(t *rapid.T) {
		if _, err := r.EveryRow().DeleteMany(e.ctx); err != nil {
			t.Fatal(err)
		}
		docs := rapid.SliceOfN(doc(3), 1, 6).Draw(t, "documents")
		all := make([]Ware, len(docs))
		for i := range docs {
			all[i].Meta, _ = json.Marshal(docs[i])
		}
		if _, err := r.CreateMany(e.ctx, all); err != nil {
			t.Fatal(err)
		}
		for range 6 {
			path := walk(t, docs, key)
			v := scalar.Filter(func(x any) bool { return x != nil }).Draw(t, "value")
			p := wares.Meta.Path(path...)
			check := func(name string, pred orm.Pred[Ware], want func(x any, there bool) bool) {
				var ids []int64
				for i := range docs {
					if want(at(docs[i], path)) {
						ids = append(ids, all[i].ID)
					}
				}
				got, err := r.Where(pred).OrderBy(wares.ID.Asc()).All(e.ctx)
				if e.refused(err, name) {
					return
				}
				if err != nil {
					t.Fatalf("%s %v %v: %v", name, path, v, err)
				}
				if !slices.Equal(wareIDs(got), ids) {
					t.Fatalf("%s %q %v: have %v, want %v", name, path, v, wareIDs(got), ids)
				}
			}
			same := func(x any) bool { return fmt.Sprintf("%T", x) == fmt.Sprintf("%T", v) }
			check("Eq", p.Eq(v), func(x any, there bool) bool { return there && x == v })
			check("Ne", p.Ne(v), func(x any, there bool) bool { return there && same(x) && x != v })
			check("not Eq", orm.Not(p.Eq(v)), func(x any, there bool) bool { return there && same(x) && x != v })
			check("DistinctFrom", p.DistinctFrom(v), func(x any, there bool) bool { return !there || !same(x) || x != v })
			check("IsNull", p.IsNull(), func(x any, there bool) bool { return x == nil })
			check("IsNotNull", p.IsNotNull(), func(x any, there bool) bool { return x != nil })
			check("JSONHas", orm.JSONHas(wares.Meta, path...), func(_ any, there bool) bool { return there })
			switch y := v.(type) {
			case float64:
				check("Gt", p.Gt(v), func(x any, _ bool) bool { f, ok := x.(float64); return ok && f > y })
			case string:
				check("Lte", p.Lte(v), func(x any, _ bool) bool { s, ok := x.(string); return ok && s <= y })
				check("Contains", p.Contains(y), func(x any, _ bool) bool { s, ok := x.(string); return ok && strings.Contains(s, y) })
			}
		}
	})
}

// walk draws a path that often leads somewhere.
func walk(t *rapid.T, docs []any, key *rapid.Generator[string]) []any {
	doc := rapid.SampledFrom(docs).Draw(t, "along")
	path := []any{}
	for range rapid.IntRange(0, 3).Draw(t, "steps") {
		if rapid.IntRange(0, 4).Draw(t, "astray") == 0 {
			if rapid.Bool().Draw(t, "position") {
				path = append(path, rapid.IntRange(0, 3).Draw(t, "at"))
			} else {
				path = append(path, key.Draw(t, "key"))
			}
			continue
		}
		switch x := doc.(type) {
		case map[string]any:
			if len(x) == 0 {
				return path
			}
			k := rapid.SampledFrom(slices.Sorted(maps.Keys(x))).Draw(t, "known key")
			path, doc = append(path, k), x[k]
		case []any:
			if len(x) == 0 {
				return path
			}
			i := rapid.IntRange(0, len(x)-1).Draw(t, "known position")
			path, doc = append(path, i), x[i]
		default:
			return path
		}
	}
	return path
}

func jsonBad(e *env) {
	r := e.wareRepo()
	for about, p := range map[string]orm.Pred[Ware]{
		"a negative position": wares.Meta.Path(-1).Eq(1), "a float": wares.Meta.Path(1.5).Eq(1), "NUL": wares.Meta.Path("a\x00").Eq(1), "not UTF-8": wares.Meta.Path("\xff").Eq(1),
		"no document": r.F("Name").Path("a").Eq(1), "no field": r.F("Mta").Path("a").Eq(1), "a list": wares.Meta.Path("a").Eq([]string{"a"}), "NaN": wares.Meta.Path("a").Gt(math.NaN()),
		"NULL compared": wares.Meta.Path("a").Gt(nil), "contains no JSON": orm.JSONContains(wares.Meta, math.Inf(1)), "contains NUL": orm.JSONContains(wares.Meta, "a\x00"),
		"JSONHas of text": orm.JSONHas(wares.Name, "a"), "JSONContains of text": orm.JSONContains(wares.Name, "a"), "text NUL": wares.Meta.Path("a").Eq("\x00"),
	} {
		if err := second(r.Where(p).All(e.ctx)); err == nil {
			e.Errorf("%s: no error", about)
		} else {
			e.fails(err, orm.ErrInvalid, "", "")
		}
	}
	e.fails(second(r.Where(wares.Meta.Path(make([]any, 101)...).Eq(1)).All(e.ctx)), orm.ErrLimit, "Ware", "Meta")
	e.fails(second(r.OrderBy(r.F("Name").Path("a").Text().Asc()).All(e.ctx)), orm.ErrInvalid, "Ware", "Name")
}
