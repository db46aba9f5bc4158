package rest_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// plainWriter is a writer of a middleware that knows neither Flush nor deadlines, nor Unwrap.
type plainWriter struct {
	http.ResponseWriter
	broken bool
}

func (p plainWriter) Write(b []byte) (int, error) {
	if p.broken {
		return 0, errors.New("the client is gone")
	}
	return p.ResponseWriter.Write(b)
}

// The handler works behind writers that middlewares wrap, and inside http.TimeoutHandler; what a client that is gone wrote stays
// written, since the answer is made before the commit.
func TestWrappedWriters(t *testing.T) {
	s := articles(t)
	ask := func(h http.Handler, method, path, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		if body != "" {
			r.Header.Set("Content-Type", "application/json")
		} else {
			r.Body = http.NoBody
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	wrapped := func(broken bool) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s.api.ServeHTTP(plainWriter{w, broken}, r)
		})
	}
	for name, h := range map[string]http.Handler{"a plain writer": wrapped(false), "TimeoutHandler": http.TimeoutHandler(s.api, time.Minute, "too late")} {
		if w := ask(h, "GET", "/articles", ""); w.Code != 200 || !strings.Contains(w.Body.String(), `"count":6`) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if w := ask(h, "PATCH", "/articles/1", `{"title":"`+name+`"}`); w.Code != 200 || !strings.Contains(w.Body.String(), name) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if w := ask(wrapped(true), "PATCH", "/articles/1", `{"title":"unheard"}`); w.Code != 200 || w.Body.Len() > 0 {
		t.Error(w.Code, w.Body)
	}
	s.want(200, "GET", "/articles/1", "").holds(t, "articles.title", "unheard")
}
