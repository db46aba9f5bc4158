package httpapi_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/httpapi"
)

func TestWrites(t *testing.T) {
	a := newAPI(10)
	db := open(t, a)
	ctx := context.Background()
	repo := orm.Repo[Post](db)

	p := Post{Title: "new", UserID: 3}
	if err := repo.Create(ctx, &p); err != nil || p.ID != 11 {
		t.Fatal(p, err)
	}
	many := []Post{{Title: "x"}, {Title: "y"}}
	if n, err := repo.CreateMany(ctx, many); n != 2 || err != nil || many[0].ID != 12 || many[1].ID != 13 {
		t.Fatal(n, err, many)
	}
	up, err := repo.ByID(11).Update(ctx, posts.Title.Set("changed"))
	if err != nil || up.Title != "changed" || up.UserID != 3 || up.Version != 1 && up.Version != 2 {
		t.Fatal(up, err)
	}
	if _, err := repo.ByID(99).Update(ctx, posts.Title.Set("changed")); !errors.Is(err, orm.ErrNotFound) {
		t.Fatal(err)
	}
	p = up
	p.Title = "saved"
	if err := repo.Save(ctx, &p); err != nil {
		t.Fatal(err)
	}
	stale := up
	if err := repo.Save(ctx, &stale); !errors.Is(err, orm.ErrStale) {
		t.Fatal(err)
	}
	gone, err := repo.ByID(11).Delete(ctx)
	if err != nil || gone.Title != "saved" {
		t.Fatal(gone, err)
	}
	if _, err := repo.ByID(11).Delete(ctx); !errors.Is(err, orm.ErrNotFound) {
		t.Fatal(err)
	}
	if err := repo.Upsert(ctx, orm.On(posts.ID), &Post{ID: 1, Title: "over"}); err != nil || a.rows[0]["title"] != "over" {
		t.Fatal(err, a.rows[0])
	}
	before := len(a.took())
	for name, err := range map[string]error{
		"update many":     second(repo.Where(posts.UserID.Eq(1)).UpdateMany(ctx, posts.Title.Set("z"))),
		"delete many":     second(repo.Where(posts.UserID.Eq(1)).DeleteMany(ctx)),
		"skip duplicates": second(repo.CreateMany(ctx, []Post{{Title: "x"}, {Title: "y"}}, orm.SkipDuplicates())),
	} {
		if !errors.Is(err, orm.ErrUnsupported) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if calls := a.took(); len(calls) > 0 || before == 0 {
		t.Fatal(calls)
	}

	db = open(t, a, httpapi.NonAtomic())
	n, err := orm.Repo[Post](db).Where(posts.UserID.Eq(2), posts.Title.Ne("x")).UpdateMany(ctx, posts.Title.Set("z"))
	if n != 2 || err != nil {
		t.Fatal(n, err)
	}
}

func second(_ int64, err error) error { return err }

func TestStatuses(t *testing.T) {
	status := 200
	db := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reply(w, status, map[string]any{"error": "the row 4711 of secret-value"})
	}))
	for code, want := range map[int]error{400: orm.ErrInvalid, 422: orm.ErrInvalid, 401: orm.ErrAuth, 403: orm.ErrAuth, 404: orm.ErrNotFound,
		409: orm.ErrConflict, 412: orm.ErrStale, 500: orm.ErrUpstream, 503: orm.ErrUpstream, 418: orm.ErrUpstream, 302: orm.ErrUpstream} {
		status = code
		err := orm.Repo[Post](db).Create(context.Background(), &Post{Title: "x"})
		if !errors.Is(err, want) || leaks(err) {
			t.Errorf("%d: %v", code, err)
		}
	}
}
