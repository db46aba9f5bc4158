package httpapi_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/httpapi"
)

// Best effort gives what could be had, and one issue for each part that could not, with its keys.
func TestBestEffort(t *testing.T) {
	a := newAPI(40)
	db := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.RequestURI(), "/posts?") && r.URL.Query().Get("userId") == "3" {
			w.WriteHeader(500)
			return
		}
		a.ServeHTTP(w, r)
	}), orm.Limits{PostFilterRows: 30})
	users := seed(t, db, 5)
	var issues []orm.Issue
	ctx := context.Background()
	got, err := users.Include("Posts").BestEffort(&issues).All(ctx)
	if err != nil || len(got) != 5 || len(got[2].Posts) != 0 || len(got[3].Posts) != 8 {
		t.Fatal(len(got), err)
	}
	if len(issues) != 1 || len(issues[0].Keys) != 1 || issues[0].Keys[0] != int64(3) || issues[0].Source != "blog" || !errors.Is(issues[0].Cause, orm.ErrUpstream) {
		t.Fatal(issues)
	}
	issues = nil
	rows, err := orm.Repo[Post](db).Where(posts.Score.Gte(0)).BestEffort(&issues).All(ctx)
	if err != nil || len(rows) != 20 || len(issues) != 1 || !errors.Is(issues[0].Cause, orm.ErrLimit) {
		t.Fatal(len(rows), err, issues)
	}
}

func TestBreaker(t *testing.T) {
	var n atomic.Int64
	var down atomic.Bool
	down.Store(true)
	db := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		if down.Load() {
			w.WriteHeader(500)
			return
		}
		jsonText(good)(w, r)
	}), httpapi.Breaker(3, 50*time.Millisecond))
	repo, ctx := orm.Repo[Post](db), context.Background()
	for range 10 {
		if _, err := repo.ByID(1).One(ctx); !errors.Is(err, orm.ErrUpstream) {
			t.Fatal(err)
		}
	}
	if n.Load() != 3 {
		t.Fatal(n.Load())
	}
	down.Store(false)
	time.Sleep(60 * time.Millisecond)
	if _, err := repo.ByID(1).One(ctx); err != nil || n.Load() != 4 {
		t.Fatal(err, n.Load())
	}
}

func TestRateLimit(t *testing.T) {
	db := open(t, jsonText(good), httpapi.RateLimit(20, 1))
	repo, start := orm.Repo[Post](db), time.Now()
	for range 4 {
		if _, err := repo.ByID(1).One(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if time.Since(start) < 140*time.Millisecond {
		t.Fatal(time.Since(start))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer cancel()
	if _, err := repo.ByID(1).One(ctx); !errors.Is(err, orm.ErrLimit) && !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
}
