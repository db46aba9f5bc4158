package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/multi-orm/orm"
)

var jsonSetCases = []testCase{
	{"json/set", "a part is set, added, replaced or taken out; the rest stays", jsonSet},
	{"json/set property", "random changes of random documents against a model in memory", jsonSetProperty},
	{"json/set bad", "changes that cannot be are refused", jsonSetBad},
}

// document reads the document of row id.
func (e *env) document(r orm.Repo[Ware], id int64) any {
	w := must(r.ByID(id).One(e.ctx))
	if w.Meta == nil {
		return nil
	}
	var v any
	ok(json.Unmarshal(w.Meta, &v))
	return v
}

func jsonSet(e *env) {
	r := e.wareRepo()
	for _, c := range []struct {
		about, before string
		set           orm.Assign[Ware]
		after         string
	}{
		{"a key", `{"a":1,"b":2}`, wares.Meta.SetPath("x", "a"), `{"a":"x","b":2}`},
		{"a new key", `{"a":1}`, wares.Meta.SetPath([]int{1, 2}, "b"), `{"a":1,"b":[1,2]}`},
		{"a deep key", `{"a":{"b":{"c":1}},"d":0}`, wares.Meta.SetPath(nil, "a", "b", "c"), `{"a":{"b":{"c":null}},"d":0}`},
		{"no way there", `{"a":1}`, wares.Meta.SetPath(2, "b", "c"), `{"a":1}`},
		{"a key of text", `{"a":"t"}`, wares.Meta.SetPath(2, "a", "c"), `{"a":"t"}`},
		{"a key of an array", `{"a":[1]}`, wares.Meta.SetPath(2, "a", "0"), `{"a":[1]}`},
		{"an element", `{"a":[1,2,3]}`, wares.Meta.SetPath(map[string]any{"k": true}, "a", 1), `{"a":[1,{"k":true},3]}`},
		{"past the end", `{"a":[1]}`, wares.Meta.SetPath(2, "a", 1), `{"a":[1]}`},
		{"a position of an object", `{"0":1}`, wares.Meta.SetPath(2, 0), `{"0":1}`},
		{"below an element", `[{"a":1}]`, wares.Meta.SetPath(2, 0, "a"), `[{"a":2}]`},
		{"a strange key", `{"a.b":{"\"":1}}`, wares.Meta.SetPath("'", "a.b", `"`), `{"a.b":{"\"":"'"}}`},
		{"out with a key", `{"a":1,"b":{"c":2,"d":3}}`, wares.Meta.RemovePath("b", "c"), `{"a":1,"b":{"d":3}}`},
		{"out with an element", `[1,2,3]`, wares.Meta.RemovePath(1), `[1,3]`},
		{"out with nothing", `{"a":1}`, wares.Meta.RemovePath("b"), `{"a":1}`},
		{"no key of an array", `[1,2]`, wares.Meta.RemovePath("0"), `[1,2]`},
		{"text that looks like JSON", `{}`, wares.Meta.SetPath(`{"b":1}`, "a"), `{"a":"{\"b\":1}"}`},
		{"raw JSON", `{}`, wares.Meta.SetPath(json.RawMessage(`{"b":1}`), "a"), `{"a":{"b":1}}`},
	} {
		w := Ware{Meta: json.RawMessage(c.before)}
		ok(r.Create(e.ctx, &w))
		back, err := r.ByID(w.ID).Update(e.ctx, c.set, wares.Price.Set(3))
		if e.refused(err, c.about) {
			continue
		}
		ok(err)
		var want any
		ok(json.Unmarshal([]byte(c.after), &want))
		e.equal(e.document(r, w.ID), want, c.about)
		var given any
		ok(json.Unmarshal(back.Meta, &given))
		e.equal(given, want, c.about+": what comes back")
	}
	none := Ware{}
	ok(r.Create(e.ctx, &none))
	must(r.ByID(none.ID).Update(e.ctx, wares.Meta.SetPath(1, "a")))
	e.equal(e.document(r, none.ID), nil, "NULL stays NULL")
	several := Ware{Meta: json.RawMessage(`{"a":{"b":1},"l":[1,2,3]}`)}
	ok(r.Create(e.ctx, &several))
	if _, err := r.ByID(several.ID).Update(e.ctx, wares.Meta.SetPath(2, "a", "b"), wares.Price.Set(5), wares.Meta.SetPath(map[string]any{}, "n"), wares.Meta.SetPath("x", "n", "m"), wares.Meta.RemovePath("l", 0),
		wares.Meta.RemovePath("l", 0), wares.Meta.SetPath(9, "no", "way")); !e.refused(err, "several changes") {
		ok(err)
		e.equal(e.document(r, several.ID), any(map[string]any{"a": map[string]any{"b": 2.0}, "n": map[string]any{"m": "x"}, "l": []any{3.0}}), "several changes of one document, in their order")
	}
	e.equal(must(r.Where(wares.Meta.Path("a").Eq("x"), wares.Price.Eq(3)).UpdateMany(e.ctx, wares.Meta.SetPath("y", "a"), wares.Price.Inc(1))), int64(1), "with a path in the condition")
	e.equal(must(r.Where(wares.Meta.Path("a").Eq("y"), wares.Price.Eq(4)).Count(e.ctx)), int64(1), "and changed")
}

// edited makes the change in memory.
func edited(doc any, path []any, remove bool, v any) any {
	if len(path) == 0 {
		return v
	}
	switch x := doc.(type) {
	case map[string]any:
		k, isKey := path[0].(string)
		kid, there := x[k]
		if !isKey || !there && (remove || len(path) > 1) {
			return doc
		}
		x = maps.Clone(x)
		if len(path) == 1 && remove {
			delete(x, k)
		} else {
			x[k] = edited(kid, path[1:], remove, v)
		}
		return x
	case []any:
		i, isPos := path[0].(int)
		if !isPos || i >= len(x) {
			return doc
		}
		x = slices.Clone(x)
		if len(path) == 1 && remove {
			return slices.Delete(x, i, i+1)
		}
		x[i] = edited(x[i], path[1:], remove, v)
		return x
	}
	return doc
}

func jsonSetProperty(e *env) {
	r := e.wareRepo()
	row := Ware{}
	ok(r.Create(e.ctx, &row))
	key := rapid.OneOf(rapid.SampledFrom([]string{"a", "b", "0"}), rapid.SampledFrom(strangeKeys))
	var doc func(depth int) *rapid.Generator[any]
	doc = func(depth int) *rapid.Generator[any] {
		scalar := rapid.SampledFrom([]any{nil, true, 1.0, "a", "", `"`, "\\"})
		if depth == 0 {
			return scalar
		}
		return rapid.OneOf(rapid.Map(rapid.MapOfN(key, doc(depth-1), 0, 3), func(m map[string]any) any { return m }), rapid.Map(rapid.SliceOfN(doc(depth-1), 0, 3), func(l []any) any { return l }), scalar)
	}
	rapid.Check(e.T, func(t *rapid.T) {
		d := doc(3).Draw(t, "document")
		text, _ := json.Marshal(d)
		path := walk(t, []any{d}, key)
		if len(path) == 0 || rapid.Bool().Draw(t, "further") {
			path = append(path, key.Draw(t, "new key"))
		}
		remove, v := rapid.Bool().Draw(t, "remove"), doc(1).Draw(t, "value")
		set := wares.Meta.SetPath(v, path...)
		if remove {
			set = wares.Meta.RemovePath(path...)
		}
		sets, want := []orm.Assign[Ware]{set}, edited(d, path, remove, v)
		for range rapid.IntRange(0, 3).Draw(t, "more") {
			path := walk(t, []any{want}, key)
			if len(path) == 0 {
				path = []any{key.Draw(t, "another key")}
			}
			v := doc(1).Draw(t, "another value")
			sets, want = append(sets, wares.Meta.SetPath(v, path...)), edited(want, path, false, v)
		}
		if _, err := r.ByID(row.ID).Update(e.ctx, wares.Meta.Set(text)); err != nil {
			t.Fatal(err)
		}
		if _, err := r.ByID(row.ID).Update(e.ctx, sets...); e.refused(err, "a change") {
			return
		} else if err != nil {
			t.Fatalf("%q: %v", path, err)
		}
		w, err := r.ByID(row.ID).One(e.ctx)
		if err != nil {
			t.Fatal(err)
		}
		var have any
		if err := json.Unmarshal(w.Meta, &have); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, have); diff != "" {
			t.Fatalf("%s: %q, remove %v, %v: want -, have +\n%s", text, path, remove, v, diff)
		}
	})
}

func jsonSetBad(e *env) {
	r := e.wareRepo()
	ok(r.Create(e.ctx, &Ware{Meta: json.RawMessage(`{}`)}))
	for about, set := range map[string]orm.Assign[Ware]{
		"no path": wares.Meta.SetPath(1), "no path to remove": wares.Meta.RemovePath(), "no JSON": wares.Meta.SetPath(make(chan int), "a"), "NUL": wares.Meta.SetPath("\x00", "a"),
		"a negative position": wares.Meta.RemovePath(-1), "unbound": orm.JSON[Ware, json.RawMessage]{}.SetPath(1, "a"),
	} {
		if err := second(r.ByID(1).Update(e.ctx, set)); err == nil {
			e.Errorf("%s: no error", about)
		} else {
			e.fails(err, orm.ErrInvalid, "", "")
		}
	}
	for _, sets := range [][]orm.Assign[Ware]{
		{wares.Meta.SetPath(1, "a"), wares.Meta.Set(json.RawMessage(`{}`))}, {wares.Meta.Set(json.RawMessage(`{}`)), wares.Meta.RemovePath("a")}, {wares.Price.Set(1), wares.Meta.SetPath(1, "a"), wares.Price.Set(2)},
	} {
		err := second(r.ByID(1).Update(e.ctx, sets...))
		e.fails(err, orm.ErrInvalid, "Ware", "")
		e.says(err, "twice")
	}
	many := make([]orm.Assign[Ware], 21)
	for i := range many {
		many[i] = wares.Meta.SetPath(i, "a")
	}
	if err := second(r.ByID(1).Update(e.ctx, many...)); !e.refused(err, "many changes") {
		e.fails(err, orm.ErrLimit, "Ware", "Meta")
	}
	must(r.ByID(1).Update(e.ctx, wares.Meta.Set(json.RawMessage(`{}`))))
	e.equal(fmt.Sprint(e.document(r, 1)), "map[]", "nothing was changed")
}
