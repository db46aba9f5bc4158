package conformance

import (
	"encoding/json"
	"strings"

	"pgregory.net/rapid"

	"github.com/multi-orm/orm"
)

var jsonContainsCases = []testCase{
	{"json/contains", "a document contains members, elements and scalars as jsonb's @> has it", jsonContains},
	{"json/contains property", "random documents contain random others as a model in memory does", jsonContainsProperty},
	{"json/contains bad", "what cannot be looked for is refused by name", jsonContainsBad},
}

func jsonContains(e *env) {
	r := e.wareRepo()
	e.docs(r, `{"a":1,"b":["x","y"]}`, `{"a":2.50,"c":{"d":[{"e":null,"f":true}]}}`, ``, `[1,[2,"x "],{"a":[]}]`, `"x"`, `null`, `{"0":"x","a b":{}}`)
	if e.engine.API {
		e.fails(second(r.Where(orm.JSONContains(wares.Meta, 1)).All(e.ctx)), orm.ErrUnsupported, "Ware", "Meta")
		return
	}
	for value, want := range map[string][]int64{
		`{"b":["y"]}`: {1}, `{"b":["y","x","x"]}`: {1}, `{"b":[]}`: {1}, `{"b":{}}`: {}, `{"b":"x"}`: {}, `{}`: {1, 2, 7}, `{"a":1}`: {1}, `{"a":1.0}`: {1}, `{"a":1e0}`: {1}, `{"a":2.5}`: {2}, `{"a":"1"}`: {},
		`{"c":{"d":[{"f":true}]}}`: {2}, `{"c":{"d":[{"e":null}]}}`: {2}, `{"c":{"d":[{"e":false}]}}`: {}, `[]`: {4}, `[1]`: {4}, `[[2]]`: {4}, `[["x"]]`: {}, `[["x "]]`: {4}, `[2]`: {}, `[{"a":[]}]`: {4}, `[{}]`: {4},
		`1`: {4}, `"x"`: {5}, `"x "`: {}, `null`: {6}, `true`: {}, `{"0":"x"}`: {7}, `{"a b":{}}`: {7}, `{"a":null}`: {},
	} {
		got := wareIDs(must(r.Where(orm.JSONContains(wares.Meta, json.RawMessage(value))).OrderBy(wares.ID.Asc()).All(e.ctx)))
		e.equal(got, want, value)
		counted(e, r.Where(orm.Not(orm.JSONContains(wares.Meta, json.RawMessage(value)))), int64(6-len(want)), "not "+value)
	}
	e.equal(wareIDs(must(r.Where(orm.JSONContains(wares.Meta, map[string]any{"b": []string{"y"}})).All(e.ctx))), []int64{1}, "a value of Go")
}

// contained is @> in memory; top says that doc is the whole document.
func contained(doc, v any, top bool) bool {
	switch x := v.(type) {
	case map[string]any:
		members, ok := doc.(map[string]any)
		for k, kid := range x {
			of, there := members[k]
			ok = ok && there && contained(of, kid, false)
		}
		return ok
	case []any:
		elements, ok := doc.([]any)
		for _, kid := range x {
			ok = ok && within(elements, kid)
		}
		return ok
	}
	if elements, ok := doc.([]any); ok && top {
		return within(elements, v)
	}
	switch doc.(type) {
	case map[string]any, []any:
		return false
	}
	return doc == v
}

func within(elements []any, v any) bool {
	for _, of := range elements {
		if contained(of, v, false) {
			return true
		}
	}
	return false
}

func jsonContainsProperty(e *env) {
	if e.engine.API {
		return
	}
	r := e.wareRepo()
	row := Ware{}
	ok(r.Create(e.ctx, &row))
	key := rapid.SampledFrom([]string{"a", "b", "0", "", `"`, "a.b"})
	var doc func(depth int) *rapid.Generator[any]
	doc = func(depth int) *rapid.Generator[any] {
		scalar := rapid.SampledFrom([]any{nil, true, false, 0.0, 1.0, -2.5, "a", "", "1", `\`})
		if depth == 0 {
			return scalar
		}
		return rapid.OneOf(rapid.Map(rapid.MapOfN(key, doc(depth-1), 0, 3), func(m map[string]any) any { return m }), rapid.Map(rapid.SliceOfN(doc(depth-1), 0, 3), func(l []any) any { return l }), scalar)
	}
	rapid.Check(e.T, func(t *rapid.T) {
		d, v := doc(3).Draw(t, "document"), doc(2).Draw(t, "value")
		text, _ := json.Marshal(d)
		if _, err := r.ByID(row.ID).Update(e.ctx, wares.Meta.Set(text)); err != nil {
			t.Fatal(err)
		}
		n, err := r.Where(orm.JSONContains(wares.Meta, v)).Count(e.ctx)
		if err != nil {
			t.Fatal(err)
		}
		if want := contained(d, v, true); (n == 1) != want {
			t.Fatalf("%s contains %v: %v, want %v", text, v, n == 1, want)
		}
	})
}

func jsonContainsBad(e *env) {
	if e.engine.API || e.engine.Name == "postgres" {
		return
	}
	r := e.wareRepo()
	e.docs(r, `{}`)
	e.fails(second(r.Where(orm.JSONContains(wares.Meta, make([]int, 101))).Count(e.ctx)), orm.ErrLimit, "Ware", "Meta")
	e.fails(second(r.Where(orm.JSONContains(wares.Meta, json.RawMessage(strings.Repeat("[", 10)+strings.Repeat("]", 10)))).Count(e.ctx)), orm.ErrLimit, "Ware", "Meta")
	e.fails(second(r.Where(orm.JSONContains(wares.Meta, json.RawMessage(`[0.1234567890123456789012]`))).Count(e.ctx)), orm.ErrUnsupported, "Ware", "Meta")
}
