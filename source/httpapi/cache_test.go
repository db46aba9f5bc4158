package httpapi_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/httpapi"
)

type cached Post

func (cached) Endpoints() httpapi.Endpoints {
	e := Post{}.Endpoints()
	e.Cache = httpapi.Cache{TTL: time.Hour, Size: 2}
	return e
}

func (cached) TableName() string { return "cached" }

// Replies are kept for each actor, at most Size of them, until something is written.
func TestCache(t *testing.T) {
	a := newAPI(10)
	srv := httptest.NewServer(a)
	defer srv.Close()
	src := httpapi.Source("blog", srv.URL)
	db, err := orm.Open(context.Background(), src, orm.Models(cached{}))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	repo, ctx := orm.Repo[cached](db), context.Background()
	get := func(ctx context.Context, id int64, calls int) {
		t.Helper()
		if p, err := repo.ByID(id).One(ctx); err != nil || p.ID != id {
			t.Fatal(p, err)
		}
		if got := a.took(); len(got) != calls {
			t.Fatal(got)
		}
	}
	get(ctx, 1, 1)
	get(ctx, 1, 0)
	get(orm.WithActor(ctx, orm.Actor{ID: 2}), 1, 1)
	get(ctx, 1, 0)
	if err := repo.Create(ctx, &cached{Title: "x"}); err != nil {
		t.Fatal(err)
	}
	a.took()
	get(ctx, 1, 1)
	get(ctx, 2, 1)
	get(ctx, 3, 1)
	get(ctx, 1, 1) // pushed out
	s, ok := src.CacheStats("cached")
	if !ok || s.Entries != 2 || s.Hits != 2 || s.Evictions == 0 || s.Bytes == 0 {
		t.Fatal(s, ok)
	}
}
