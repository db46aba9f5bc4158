// Package routers shows that an API of package rest is served by the routers that people use, as any http.Handler is.
package routers

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/labstack/echo/v4"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest"
	"github.com/multi-orm/orm/source/sqlite"
)

type Note struct {
	ID   string `orm:"id"`
	Text string `orm:"text"`
}

var notes = orm.Bind[Note, struct{ ID, Text orm.Text[Note] }]()

func api(t *testing.T) http.Handler {
	t.Helper()
	db, err := orm.Open(t.Context(), sqlite.Source("main", ":memory:"), orm.Models(Note{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := orm.CreateTables(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	shape := guard.Shape[Note]{
		Select: guard.Only(notes.ID, notes.Text), Where: guard.Where[Note]{guard.Allow(notes.Text)},
		Create: guard.Data[Note]{guard.Accept(notes.ID), guard.Accept(notes.Text)}, Update: guard.Data[Note]{guard.Accept(notes.Text)},
	}
	by := rest.By[Note]{rest.All: shape}
	out, err := rest.New(db, rest.Resource("notes", rest.Rules[Note]{Get: by, Post: by, Patch: by, Delete: by}))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRouters(t *testing.T) {
	gin.SetMode(gin.TestMode)
	for name, mount := range map[string]func(api http.Handler) http.Handler{
		"net/http": func(api http.Handler) http.Handler {
			mux := http.NewServeMux()
			mux.Handle("/v1/query/", http.StripPrefix("/v1/query", api))
			return mux
		},
		"chi": func(api http.Handler) http.Handler {
			r := chi.NewRouter()
			r.Route("/v1", func(r chi.Router) { r.Mount("/query", http.StripPrefix("/v1/query", api)) })
			return r
		},
		"gin": func(api http.Handler) http.Handler {
			r := gin.New()
			r.Group("/v1").Any("/query/*path", gin.WrapH(http.StripPrefix("/v1/query", api)))
			return r
		},
		"echo": func(api http.Handler) http.Handler {
			e := echo.New()
			e.Group("/v1").Any("/query/*", echo.WrapHandler(http.StripPrefix("/v1/query", api)))
			return e
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(mount(api(t)))
			defer server.Close()
			for _, x := range []struct {
				method, path, body string
				status             int
				want               string
			}{
				{"POST", "/notes", `[{"id":"a/b","text":"one"},{"id":"..c","text":"two"}]`, 201, `"count":2`},
				{"GET", "/notes?select=(where:(text.like:'o%25'),columns:~T(id)~)", "", 200, `{"count":1,"notes":[{"id":"a/b"}]}`},
				{"GET", "/notes/a%2Fb", "", 200, `{"notes":{"id":"a/b","text":"one"}}`},
				{"GET", "/notes/..c", "", 200, `"two"`},
				{"PATCH", "/notes/a%2Fb", `{"text":"three"}`, 200, `"three"`},
				{"OPTIONS", "/notes", "", 204, ""},
				{"HEAD", "/notes", "", 200, ""},
				{"DELETE", "/notes/a%2Fb", "", 200, `"rowsAffected":1`},
				{"GET", "/nothing", "", 404, "NOT_FOUND"},
			} {
				r, err := http.NewRequestWithContext(t.Context(), x.method, server.URL+"/v1/query"+x.path, strings.NewReader(x.body))
				if err != nil {
					t.Fatal(err)
				}
				if x.body != "" {
					r.Header.Set("Content-Type", "application/json")
				}
				res, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				text, _ := io.ReadAll(res.Body)
				_ = res.Body.Close()
				if res.StatusCode != x.status || !strings.Contains(string(text), x.want) {
					t.Errorf("%s %s: %d %s", x.method, x.path, res.StatusCode, text)
				}
			}
		})
	}
}
