package rest_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest"
	"github.com/multi-orm/orm/rls/rest/outline"
)

// An outline tells the paths, what is taken away, what needs a condition and what is computed.
func TestOutline(t *testing.T) {
	rules := own()
	rules.Forbid, rules.Extras = rest.ForbidOffset|rest.ForbidWith, map[string]guard.Aggregate{"most": guard.Max(Posts.Likes), "all": guard.CountAll}
	everybody := ownPost
	everybody.Where = everybody.Where[1:]
	rules.Delete["admin"] = everybody
	api, err := rest.New(blogDB(t), rest.Resource("posts", rules),
		rest.Tagged[Fruit]("fruits", rest.Routes(rest.RouteList|rest.RouteDelete)), rest.Tagged[Basket]("baskets", rest.Routes(rest.RouteGet)))
	if err != nil {
		t.Fatal(err)
	}
	text := map[string]string{}
	for _, r := range api.Outline(orm.Actor{ID: "u1", Role: "admin"}, true).Resources {
		text[r.Name] = fmt.Sprint(r.Extras, r.Pages)
		if forbids := r.Forbid == outline.ForbidOffset|outline.ForbidWith; forbids != (r.Name == "posts") || len(r.Key) != 1 {
			t.Error(r.Name, r.Forbid, r.Key)
		}
		for _, op := range r.Operations {
			text[r.Name] += fmt.Sprintf(" %s %v %v", op.Method, op.List, op.Row)
			for _, c := range op.Callers {
				if op.Method == http.MethodDelete {
					text[r.Name] += fmt.Sprintf(" %s %v", c.Who, c.Every)
				}
			}
		}
	}
	for name, want := range map[string]string{
		"posts":   "[all most] false GET true true POST true false PATCH true true DELETE true true admin false mine true",
		"fruits":  "[] true GET true false DELETE true true all false",
		"baskets": "[] true GET false true",
	} {
		if text[name] != want {
			t.Errorf("%s: %s, want %s", name, text[name], want)
		}
	}
}
