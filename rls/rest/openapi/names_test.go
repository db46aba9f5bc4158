package openapi_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/multi-orm/orm/internal/apitest"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest/openapi"
	"github.com/multi-orm/orm/rls/rest/outline"
)

// Schemas of different resources, callers and relations never share a name, whatever these are called: each caller's answer has
// the columns of the caller's own shape, and those of its relation.
func TestNamesNeverCollide(t *testing.T) {
	m, err := model.For[apitest.Author]()
	if err != nil {
		t.Fatal(err)
	}
	rel, err := m.Relation("Books")
	if err != nil {
		t.Fatal(err)
	}
	name := rapid.SampledFrom([]string{"a-b", "aB", "ab", "AB", "a_b", "a.b", "user", "User", "posts-user", "posts", "Result", "userResult", "2", "日本", "problem", "direction"})
	component := regexp.MustCompile(`^[a-zA-Z0-9._-]+$`)
	rapid.Check(t, func(t *rapid.T) {
		var api outline.API
		column := func(words ...string) guard.OutlineColumn {
			return guard.OutlineColumn{Name: strings.Join(words, "/"), Field: m.Key[0]}
		}
		for _, r := range rapid.SliceOfNDistinct(name, 1, 4, rapid.ID).Draw(t, "resources") {
			op := outline.Operation{Method: "GET", List: true}
			for _, who := range rapid.SliceOfNDistinct(name, 1, 3, rapid.ID).Draw(t, "callers") {
				shape := &guard.Outline{Model: m, Columns: []guard.OutlineColumn{column(r, who)}, Take: guard.Take{Default: 1, Max: 1}}
				for _, of := range rapid.SliceOfNDistinct(name, 0, 2, rapid.ID).Draw(t, "relations") {
					inner := &guard.Outline{Model: rel.Target, Columns: []guard.OutlineColumn{column(r, who, of)}, Take: shape.Take}
					shape.Relations = append(shape.Relations, guard.OutlineRelation{Name: of, Of: rel, Shape: inner})
				}
				op.Callers = append(op.Callers, outline.Caller{Who: who, Shape: shape})
			}
			api.Resources = append(api.Resources, outline.Resource{Name: r, Single: outline.Never, Operations: []outline.Operation{op}})
		}
		text, err := openapi.Build(api, about())
		if err != nil {
			t.Fatal(err)
		}
		var doc struct {
			Paths      map[string]map[string]any
			Components struct {
				Schemas map[string]map[string]any
			}
		}
		if err := json.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		folded := map[string]bool{}
		for name := range doc.Components.Schemas {
			if fold := strings.ToLower(name); folded[fold] || !component.MatchString(name) {
				t.Fatalf("%s is no name of its own", name)
			} else {
				folded[fold] = true
			}
		}
		for _, target := range refs(text) {
			if doc.Components.Schemas[target] == nil {
				t.Fatalf("%s leads nowhere", target)
			}
		}
		for i, r := range api.Resources {
			for _, c := range r.Operations[0].Callers {
				found := 0
				for _, s := range doc.Components.Schemas {
					properties, _ := s["properties"].(map[string]any)
					if _, ok := properties[r.Name+"/"+c.Who]; !ok || s["minProperties"] != nil {
						continue
					}
					found++ // the answer's
					for _, x := range c.Shape.Relations {
						of, _ := json.Marshal(properties[x.Name])
						inner := refs(of)
						if len(inner) != 1 {
							t.Fatalf("%s of %s: %s", x.Name, r.Name, of)
						}
						below, _ := doc.Components.Schemas[inner[0]]["properties"].(map[string]any)
						if below[x.Shape.Columns[0].Name] == nil || len(below) != 1 {
							t.Fatalf("%s of %s for %s is %v", x.Name, r.Name, c.Who, below)
						}
					}
				}
				if found != 1 {
					t.Fatalf("%d schemas are the answer of resource %d for %s:\n%s", found, i, c.Who, fmt.Sprint(doc.Components.Schemas))
				}
			}
		}
	})
}

// refs lists the schemas that a part of a document refers to.
func refs(text []byte) (out []string) {
	for _, found := range regexp.MustCompile(`"#/components/schemas/([^"]*)"`).FindAllSubmatch(text, -1) {
		if name := string(found[1]); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}
