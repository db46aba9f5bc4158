package rest_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/rest"
)

// condition is a condition of ?select= in RJSON, the same in the JSON of package guard, and what it means.
type condition struct {
	rjson string
	json  any
	holds func(p *Post) bool
}

// texts are those that posts have and that conditions compare with; none needs an escape in RJSON's quotes.
var texts = rapid.SampledFrom([]string{"apple", "Apple", "pear", "50%", "a_b", "", "ap", "é"})

func quoted(s string) string { return "'" + s + "'" }

// escaped takes the meaning from the wildcards of a pattern, in RJSON's text.
func escaped(s string) string {
	return strings.NewReplacer(`%`, `\\%`, `_`, `\\_`).Replace(s)
}

func conditions(depth int) *rapid.Generator[condition] {
	return rapid.Custom(func(t *rapid.T) condition {
		if depth > 0 && rapid.IntRange(0, 2).Draw(t, "kind") == 0 {
			return combined(t, depth)
		}
		if rapid.Bool().Draw(t, "number") {
			n := rapid.Int64Range(-1, 5).Draw(t, "n")
			m := rapid.Int64Range(-1, 5).Draw(t, "m")
			return rapid.SampledFrom([]condition{
				{fmt.Sprintf("(likes:%d)", n), obj("likes", n), func(p *Post) bool { return p.Likes == n }},
				{fmt.Sprintf("(likes.ne:%d)", n), obj("likes", obj("not", n)), func(p *Post) bool { return p.Likes != n }},
				{fmt.Sprintf("(likes.gte:%d,likes.lt:%d)", n, m), obj("likes", map[string]any{"gte": n, "lt": m}), func(p *Post) bool { return p.Likes >= n && p.Likes < m }},
				{fmt.Sprintf("(likes.inArray:_(%d,%d)_)", n, m), obj("likes", obj("in", []any{n, m})), func(p *Post) bool { return p.Likes == n || p.Likes == m }},
				{fmt.Sprintf("(likes.notBetween:_(%d,%d)_)", n, m), obj("NOT", obj("likes", obj("between", []any{n, m}))), func(p *Post) bool { return p.Likes < n || p.Likes > m }},
			}).Draw(t, "comparison")
		}
		s := texts.Draw(t, "s")
		fold := strings.ToLower(s)
		insensitive := func(op string) any { return obj("title", map[string]any{op: s, "mode": "insensitive"}) }
		return rapid.SampledFrom([]condition{
			{"(title:" + quoted(s) + ")", obj("title", s), func(p *Post) bool { return p.Title == s }},
			{"(title.like:" + quoted(escaped(s)+"%") + ")", obj("title", obj("startsWith", s)), func(p *Post) bool { return strings.HasPrefix(p.Title, s) }},
			{"(title.notLike:" + quoted("%"+escaped(s)+"%") + ")", obj("NOT", obj("title", obj("contains", s))), func(p *Post) bool { return !strings.Contains(p.Title, s) }},
			{"(title.ilike:" + quoted("%"+escaped(s)) + ")", insensitive("endsWith"), func(p *Post) bool { return strings.HasSuffix(strings.ToLower(p.Title), fold) }},
			{"(title.like:" + quoted(escaped(s)) + ",title.ne:'pear')", obj("title", map[string]any{"equals": s, "not": "pear"}), func(p *Post) bool { return p.Title == s && p.Title != "pear" }},
			{"(title.ilike:" + quoted(escaped(s)+"%") + ",title.notIlike:'%B')", obj("AND", []any{insensitive("startsWith"), obj("NOT", obj("title", map[string]any{"endsWith": "B", "mode": "insensitive"}))}),
				func(p *Post) bool {
					l := strings.ToLower(p.Title)
					return strings.HasPrefix(l, fold) && !strings.HasSuffix(l, "b")
				}},
		}).Draw(t, "text")
	})
}

func obj(name string, v any) map[string]any { return map[string]any{name: v} }

// combined joins conditions in one of the ways that there are.
func combined(t *rapid.T, depth int) condition {
	kids := rapid.SliceOfN(conditions(depth-1), 0, 3).Draw(t, "kids")
	var texts []string
	trees := []any{}
	for _, k := range kids {
		texts, trees = append(texts, k.rjson), append(trees, k.json)
	}
	list := "_(" + strings.Join(texts, ",") + ")_"
	some := func(p *Post) bool { return slices.ContainsFunc(kids, func(k condition) bool { return k.holds(p) }) }
	every := func(p *Post) bool { return !slices.ContainsFunc(kids, func(k condition) bool { return !k.holds(p) }) }
	return rapid.SampledFrom([]condition{
		{list, obj("OR", trees), some},
		{"(OR:" + list + ")", obj("OR", trees), some},
		{"(AND:" + list + ")", obj("AND", trees), every},
		{"(NOT:" + list + ")", obj("NOT", trees), func(p *Post) bool { return !some(p) }},
	}).Draw(t, "way")
}

// What a condition means is the same in both grammars, and nothing in it shows anybody else's rows.
func TestConditionsMeanTheSame(t *testing.T) {
	db := blogDB(t)
	var all []Post
	for i, title := range []string{"apple", "Apple", "pear", "50%", "a_b", "", "axb", "5000", "é"} {
		all = append(all, Post{ID: fmt.Sprint("p", i), UserID: "u2", Title: title, Body: "b", Likes: int64(i % 4)}, Post{ID: fmt.Sprint("q", i), UserID: "u1", Title: title, Body: "b", Likes: int64(i % 4)})
	}
	if _, err := orm.Repo[Post](db).CreateMany(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	shape := ownPost
	shape.Take.Max, shape.Take.Default = 100, 100
	api, err := rest.New(db, rest.Session(bearer), rest.Resource("posts", rest.Rules[Post]{Get: rest.By[Post]{rest.Mine: shape}}))
	if err != nil {
		t.Fatal(err)
	}
	ask := func(t *rapid.T, query string) string {
		r := httptest.NewRequest("GET", "/posts?"+query, nil)
		r.Header.Set("Authorization", "Bearer u2")
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		var got struct{ Posts []struct{ ID string } }
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		var ids []string
		for _, p := range got.Posts {
			ids = append(ids, p.ID)
		}
		slices.Sort(ids)
		return strings.Join(ids, " ")
	}
	rapid.Check(t, func(t *rapid.T) {
		c := conditions(2).Draw(t, "condition")
		var want []string
		for i := range all {
			if all[i].UserID == "u2" && c.holds(&all[i]) {
				want = append(want, all[i].ID)
			}
		}
		slices.Sort(want)
		tree, err := json.Marshal(map[string]any{"where": c.json})
		if err != nil {
			t.Fatal(err)
		}
		if got := ask(t, "select="+url.QueryEscape("(where:"+c.rjson+")")); got != strings.Join(want, " ") {
			t.Fatalf("%s gives %q, want %q", c.rjson, got, want)
		}
		if got := ask(t, "query="+url.QueryEscape(string(tree))); got != strings.Join(want, " ") {
			t.Fatalf("%s gives %q, want %q", tree, got, want)
		}
	})
}

// Whatever the parameters of a URL are, the answer is rows of the caller's own or a refusal, and never an error of the server.
func FuzzQuery(f *testing.F) {
	for _, s := range []string{"select=(where:(title.like:'a%'),columns:~T(id)~,orderBy:(likes:desc),limit:1,offset:1,with:(user:(columns:~F(id)~)))", "mine&countTotal&select=(columns:F)",
		"query=%7B%22where%22%3A%7B%22OR%22%3A%5B%5D%7D%7D", "select=(where:_((title:a),(NOT:(likes.gt:1)))_)", "mine|guest&findFirst", "select=(cursor:'')", "select=(limit:X)", "query={\"select\":false}", "%zz=%&select=(where:(createdAt.gte:1e9))"} {
		f.Add(s)
	}
	db, api := listingSite(f)
	if err := orm.Repo[Post](db).Create(f.Context(), &Post{ID: "other", UserID: "u1", Title: "other's", Body: "b"}); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, query string) {
		r := httptest.NewRequest("GET", "/posts", nil)
		r.URL.RawQuery = query
		r.Header.Set("Authorization", "Bearer u2")
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		if w.Code >= 500 || !json.Valid(w.Body.Bytes()) || strings.Contains(w.Body.String(), "other's") {
			t.Errorf("%q: %d %s", query, w.Code, w.Body)
		}
	})
}
