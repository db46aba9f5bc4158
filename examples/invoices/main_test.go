package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook/ormtest"
	"github.com/multi-orm/orm/hook/ormtest/pgtest"
	"github.com/multi-orm/orm/source"
)

// engines runs a test on each database, side by side: what passes on one and not on the other is a bug.
func engines(t *testing.T, fn func(t *testing.T, s service)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		fn(t, started(t, database(ormtest.SQLite(t))))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		fn(t, started(t, database(pgtest.Schema(t))))
	})
}

// service is the program under test, without a network in front of it.
type service struct {
	t     *testing.T
	db    orm.DB
	rates *ormtest.API
	http  http.Handler
}

func started(t *testing.T, books source.Source) service {
	t.Helper()
	rates := ormtest.NewAPI(t, ormtest.Rows("/rates", Rate{Currency: "USD", Euros: "0.92"}))
	db, err := open(t.Context(), books, rates.URL, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := seed(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	h, err := handler(db)
	if err != nil {
		t.Fatal(err)
	}
	return service{t, db, rates, h}
}

// do sends a request as somebody and holds the status; it gives the body as JSON.
func (s service) do(who, method, path, body string, status int) map[string]any {
	s.t.Helper()
	return s.send(s.t.Context(), who, method, path, body, status)
}

func (s service) send(ctx context.Context, who, method, path, body string, status int) map[string]any {
	s.t.Helper()
	w := s.answer(ctx, who, method, path, body)
	if w.Code != status {
		s.t.Fatalf("%s %s: %d, want %d: %s", method, path, w.Code, status, w.Body)
	}
	var out any
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
			s.t.Fatalf("%s %s: %v: %s", method, path, err, w.Body)
		}
	}
	if list, ok := out.([]any); ok {
		return map[string]any{"list": list}
	}
	m, _ := out.(map[string]any)
	return m
}

// answer gives what the service answers.
func (s service) answer(ctx context.Context, who, method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(body))
	if who != "" {
		r.Header.Set("Authorization", "Bearer "+who)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	s.http.ServeHTTP(w, r)
	return w
}

// The program serves, and stops when it is told to.
func TestRun(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	err := run(ctx, options{addr: "localhost:0", database: ormtest.SQLite(t)}, func(addr string) {
		defer stop()
		r, err := http.NewRequestWithContext(ctx, "GET", "http://"+addr+"/api/customers", nil)
		if err != nil {
			t.Error(err)
			return
		}
		r.Header.Set("Authorization", "Bearer ann")
		res, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
		if err != nil || res.StatusCode != 200 {
			t.Error(res, err)
			return
		}
		_ = res.Body.Close() // it was the status that counts
	})
	if err != nil {
		t.Error(err)
	}
}

// text writes a part of an answer, for comparisons.
func text(v any) string {
	b, _ := json.Marshal(v) // it came from JSON
	return string(b)
}
