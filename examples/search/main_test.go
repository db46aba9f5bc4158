package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestSearch(t *testing.T) {
	db, err := open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for body, want := range map[string]string{
		`{"where": {"title": {"startsWith": "GO", "mode": "insensitive"}}, "orderBy": {"views": "desc"}, "select": {"title": true}}`: `200 [{"title":"Go on"},{"title":"Going places"}]`,
		`{"where": {"OR": [{"draft": true}, {"title": {"contains": "away"}}]}, "take": 1}`:                                           `200 [{"id":1,"title":"Going places","views":30}]`,
		`{"where": {"tenant_id": 2}}`:      "400 guard: where.tenant_id: the shape does not name it",
		`{"where": {"body": "x"}}`:         "400 guard: where.body: the shape does not name it",
		`{"where": {"views": {"gt": []}}}`: "400 guard: where.views.gt: it is a whole number that the column can hold",
		`{"take": 51}`:                     "413 guard: take: it is 50 at most",
		`nonsense`:                         "400 guard: it is no JSON (at byte 0)",
	} {
		w := httptest.NewRecorder()
		handler(db).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/articles/search", strings.NewReader(body)))
		if got := strings.TrimSpace(fmt.Sprint(w.Code, " ", w.Body.String())); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", body, got, want)
		}
	}
}
