package rest_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/rest"
)

// The document is of the caller's own rules: nobody finds what only admins may ask, and nothing that is hidden is in any.
func TestOpenAPIPerCaller(t *testing.T) {
	api, err := rest.New(blogDB(t), append(blogRules(), rest.Session(bearer))...)
	if err != nil {
		t.Fatal(err)
	}
	h := api.OpenAPI(rest.Info{Title: "Blog", Version: "1.2", Server: "/query"})
	read := func(user, tag, method string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "/openapi.json", nil)
		if user != "" {
			r.Header.Set("Authorization", "Bearer "+user)
		}
		r.Header.Set("If-None-Match", tag)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	paths := func(user string) map[string]map[string]any {
		w := read(user, "", "GET")
		var doc struct {
			OpenAPI string
			Paths   map[string]map[string]any
		}
		if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || w.Code != 200 || doc.OpenAPI != "3.1.0" {
			t.Fatal(w.Code, err, w.Body)
		}
		if strings.Contains(w.Body.String(), "password") {
			t.Error("what is hidden stands in the document")
		}
		return doc.Paths
	}
	guest, user, admin := paths(""), paths("u2"), paths("u1")
	if guest["/users"] != nil || user["/users"] != nil || admin["/users"]["get"] == nil {
		t.Error("users are for admins")
	}
	if guest["/posts"]["post"] != nil || guest["/posts"]["get"] == nil || user["/posts"]["post"] == nil || user["/posts/{key}"]["patch"] == nil {
		t.Error("posts are written by who is signed in")
	}
	first := read("u2", "", "GET")
	if again := read("u2", first.Header().Get("ETag"), "GET"); again.Code != 304 || again.Body.Len() > 0 {
		t.Error(again.Code)
	}
	if other := read("u1", first.Header().Get("ETag"), "GET"); other.Code != 200 {
		t.Error("another's document passes for the admin's:", other.Code)
	}
	if w := read("u2", "", "HEAD"); w.Code != 200 || w.Body.Len() > 0 {
		t.Error(w.Code)
	}
	if w := read("u2", "", "POST"); w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD" {
		t.Error(w.Code)
	}
	client := func(user string) string {
		r := httptest.NewRequest("GET", "/client.ts", nil)
		if user != "" {
			r.Header.Set("Authorization", "Bearer "+user)
		}
		w := httptest.NewRecorder()
		api.TypeScript().ServeHTTP(w, r)
		if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/typescript") {
			t.Fatal(w.Code, w.Header())
		}
		return w.Body.String()
	}
	if guest, admin := client(""), client("u1"); strings.Contains(guest, "users:") || !strings.Contains(admin, "users:") || strings.Contains(admin, "password") {
		t.Error("the client is not of the caller's own rules")
	}
	if w := read("bad", "", "GET"); w.Code != 401 {
		t.Error(w.Code)
	}
	if _, err := api.OpenAPIFor(rest.Info{}, orm.Actor{}, false); err == nil {
		t.Error("a document without a title is made")
	}
}
