package httpapi

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/multi-orm/orm/internal/jsonrow"
	"github.com/multi-orm/orm/model"
)

type note struct {
	Slug string `orm:"slug,id,table=notes"`
	Text string `orm:"text"`
}

func noteModel(t testing.TB) *model.Model {
	m, err := model.For[note]()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func FuzzTemplate(f *testing.F) {
	for _, s := range []string{"", "x", "$where.Slug.eq?", "$where.Text.contains", "$skip", "$$x", "$where..", "$where.Slug.in??"} {
		f.Add(s)
	}
	m := noteModel(f)
	f.Fuzz(func(t *testing.T, text string) {
		x, err := parseTemplate(m, text)
		if err == nil && x.word == where && (x.field == nil || x.op == 0) {
			t.Fatal(x)
		}
	})
}

// Whatever a key holds, it stays one segment below the base.
func FuzzSegment(f *testing.F) {
	for _, s := range []string{"a", "a/b", "..", ".", "%2e%2e", "a\\b", "{slug}", "?", "#", "//x", "\r\n"} {
		f.Add(s)
	}
	m := noteModel(f)
	path, err := parsePath(m, "/notes/{slug}/text")
	if err != nil {
		f.Fatal(err)
	}
	base, err := url.Parse("http://host/api")
	if err != nil {
		f.Fatal(err)
	}
	e := &endpoint{role: "FindUnique", model: m, method: http.MethodGet, path: path}
	f.Fuzz(func(t *testing.T, key string) {
		r, err := e.request(base, &conditions{}, window{}, say{fields: m.Key, row: []model.Value{model.StringOf(key)}})
		if err != nil {
			return
		}
		again, err := url.Parse(r.URL.String())
		if err != nil || again.Host != "host" || again.RawQuery != "" || again.Fragment != "" {
			t.Fatal(r.URL, err)
		}
		parts := strings.Split(again.EscapedPath(), "/")
		if len(parts) != 5 || parts[1] != "api" || parts[2] != "notes" || parts[4] != "text" {
			t.Fatal(again)
		}
		if back, err := url.PathUnescape(parts[3]); err != nil || back != key {
			t.Fatal(back, key, err)
		}
	})
}

func FuzzLink(f *testing.F) {
	f.Add(`<a>; rel="next", <b>; rel=prev`)
	f.Add(`<a;b>;rel="x next"`)
	f.Add(`<`)
	f.Fuzz(func(_ *testing.T, h string) { nextOf([]string{h}) })
}

func FuzzJSONPath(f *testing.F) {
	for _, s := range []string{"$", "$.a[0]", "$..x", "$[?(@.a==1)]", "$["} {
		f.Add(s)
	}
	doc, err := jsonrow.Parse([]byte(`{"a":[{"b":1}],"x":null}`))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(_ *testing.T, text string) {
		if x, err := parseJSONPath(text); err == nil {
			_ = single(x)
			_ = doc
		}
	})
}
