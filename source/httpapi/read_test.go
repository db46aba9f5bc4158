package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls"
)

func TestReads(t *testing.T) {
	a := newAPI(45)
	db := open(t, a)
	ctx := context.Background()
	repo := orm.Repo[Post](db)

	all, err := repo.All(ctx)
	if err != nil || len(all) != 45 {
		t.Fatal(len(all), err)
	}
	if calls := a.took(); len(calls) != 3 || calls[0] != "GET /posts?_limit=100&_start=0" || calls[2] != "GET /posts?_limit=100&_start=40" {
		t.Fatal(calls) // 20 rows at a time until the total is reached
	}

	one, err := repo.ByID(7).One(ctx)
	if err != nil || one.ID != 7 || one.Title != all[6].Title {
		t.Fatal(one, err)
	}
	if _, err := repo.ByID(700).One(ctx); !errors.Is(err, orm.ErrNotFound) {
		t.Fatal(err)
	}
	if calls := a.took(); !slices.Equal(calls, []string{"GET /posts/7", "GET /posts/700"}) {
		t.Fatal(calls)
	}

	// what the mapping says is sent, and the page with it
	page, err := repo.Where(posts.UserID.Eq(2)).Skip(2).Take(3).All(ctx)
	if err != nil || !slices.Equal(idsOf(page), []int64{12, 17, 22}) {
		t.Fatal(idsOf(page), err)
	}
	if calls := a.took(); !slices.Equal(calls, []string{"GET /posts?_limit=3&_start=2&userId=2"}) {
		t.Fatal(calls)
	}

	// what it cannot say is filtered, sorted and cut here, so the page stays here too
	page, err = repo.Where(posts.UserID.Eq(2), posts.Score.Gt(3)).OrderBy(posts.Score.Desc()).Take(2).All(ctx)
	if err != nil || !slices.Equal(idsOf(page), []int64{42, 32}) {
		t.Fatal(idsOf(page), err)
	}
	if calls := a.took(); !slices.Equal(calls, []string{"GET /posts?_limit=100&_start=0&userId=2"}) {
		t.Fatal(calls)
	}

	// an order that the API gives
	page, err = repo.OrderBy(posts.Title.Desc()).Take(2).All(ctx)
	if err != nil || page[0].Title != "post 44" || page[1].Title != "post 43" {
		t.Fatal(page, err)
	}
	if calls := a.took(); !slices.Equal(calls, []string{"GET /posts?_limit=2&_sort=-title%2Cid&_start=0"}) {
		t.Fatal(calls)
	}

	// one that it does not: rows in another order are found out and sorted here
	page, err = repo.OrderBy(posts.MadeAt.Desc()).Take(2).All(ctx)
	if err != nil || !slices.Equal(idsOf(page), []int64{45, 44}) {
		t.Fatal(page, err)
	}
	a.took()

	n, err := repo.Where(posts.UserID.Eq(3)).Count(ctx)
	if err != nil || n != 9 {
		t.Fatal(n, err)
	}
	if calls := a.took(); len(calls) != 1 {
		t.Fatal(calls)
	}
	n, err = repo.Where(posts.Score.IsNull()).Count(ctx)
	if err != nil || n != 15 {
		t.Fatal(n, err)
	}
	ok, err := repo.Where(posts.Title.Contains("post 4")).Exists(ctx)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	var streamed []int64
	for p, err := range repo.Where(posts.UserID.Eq(1)).Rows(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		streamed = append(streamed, p.ID)
	}
	if !slices.Equal(streamed, []int64{1, 6, 11, 16, 21, 26, 31, 36, 41}) {
		t.Fatal(streamed)
	}
	some, err := repo.Where(posts.ID.In(3, 99, 1, 3)).All(ctx)
	if err != nil || len(some) != 2 {
		t.Fatal(some, err)
	}
	part, err := repo.Select(posts.Title).Where(posts.ID.Eq(1)).One(ctx)
	if err != nil || part.Title == "" || part.UserID != 0 || part.ID != 0 {
		t.Fatal(part, err)
	}
}

// An include of a hundred parents is one statement and one bulk call.
func TestIncludeIsOneBulkCall(t *testing.T) {
	a := newAPI(100)
	db := open(t, a)
	ctx := context.Background()
	users := seed(t, db, 100)
	got, err := users.Include("Post").All(ctx)
	if err != nil || len(got) != 100 {
		t.Fatal(len(got), err)
	}
	for _, u := range got {
		if (u.Post == nil) != (u.PostID == nil) || u.Post != nil && u.Post.ID != *u.PostID {
			t.Fatal(u)
		}
	}
	if calls := a.took(); !slices.Equal(calls, []string{"POST /posts/bulk"}) {
		t.Fatal(calls)
	}
	// by a column without a bulk call: one list for each parent, each with its own page
	few, err := users.With(orm.Bind[User, struct{ Posts orm.Many[User, Post] }]().Posts.OrderBy(posts.ID.Desc()).Take(2)).Take(5).All(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for i, u := range few {
		if want := []int64{int64(96 + i), int64(91 + i)}; !slices.Equal(idsOf(u.Posts), want) {
			t.Fatal(u.ID, idsOf(u.Posts), want)
		}
	}
	if calls := a.took(); len(calls) != 5 {
		t.Fatal(calls)
	}
}

func seed(t testing.TB, db orm.DB, n int) orm.Repo[User] {
	t.Helper()
	ctx := context.Background()
	if _, err := db.Source("main").Exec(ctx, "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, post_id INTEGER)"); err != nil {
		t.Fatal(err)
	}
	users := orm.Repo[User](db)
	rows := make([]User, n)
	for i := range rows {
		rows[i].Name = fmt.Sprint("user ", i)
		if i%10 != 0 {
			id := int64(i)
			rows[i].PostID = &id
		}
	}
	if _, err := users.CreateMany(ctx, rows); err != nil {
		t.Fatal(err)
	}
	return users
}

// A tenant sees its own rows on every path, whatever the API gives.
func TestTenancy(t *testing.T) {
	a := newAPI(40)
	db := open(t, a)
	if err := db.Use(rls.Tenant(), rls.Global(User{})); err != nil {
		t.Fatal(err)
	}
	repo := orm.Repo[Post](db)
	if _, err := repo.All(context.Background()); !errors.Is(err, orm.ErrNoActor) {
		t.Fatal(err)
	}
	if calls := a.took(); len(calls) > 0 {
		t.Fatal(calls)
	}
	ctx := orm.WithActor(context.Background(), orm.Actor{ID: 1, TenantID: int64(1)})
	all, err := repo.All(ctx)
	if err != nil || len(all) != 20 {
		t.Fatal(len(all), err)
	}
	if calls := a.took(); !strings.Contains(calls[0], "tenant=1") {
		t.Fatal(calls)
	}
	for name, read := range map[string]func() (int, error){
		"a condition on another tenant": func() (int, error) { x, err := repo.Where(posts.TenantID.Eq(2)).All(ctx); return len(x), err },
		"or": func() (int, error) {
			x, err := repo.Where(orm.Or(posts.ID.Eq(2), posts.ID.Eq(4))).All(ctx)
			return len(x), err
		},
		"bulk":  func() (int, error) { x, err := repo.Where(posts.ID.In(2, 4, 6)).All(ctx); return len(x), err },
		"count": func() (int, error) { n, err := repo.Where(posts.ID.In(2, 4)).Count(ctx); return int(n), err },
	} {
		if n, err := read(); n != 0 || err != nil {
			t.Errorf("%s: %d rows, %v", name, n, err)
		}
	}
	if n, err := repo.Count(ctx); n != 20 || err != nil {
		t.Fatal(n, err)
	}
	if _, err := repo.ByID(2).One(ctx); !errors.Is(err, orm.ErrNotFound) {
		t.Fatal(err)
	}
	if _, err := repo.ByID(2).Update(ctx, posts.Title.Set("stolen")); !errors.Is(err, orm.ErrNotFound) {
		t.Fatal(err)
	}
	if _, err := repo.ByID(2).Delete(ctx); !errors.Is(err, orm.ErrNotFound) {
		t.Fatal(err)
	}
	if err := repo.Upsert(ctx, orm.On(posts.ID), &Post{ID: 2, Title: "stolen"}); !errors.Is(err, orm.ErrConflict) {
		t.Fatal(err)
	}
	mine := Post{Title: "mine", UserID: 1}
	if err := repo.Create(ctx, &mine); err != nil || mine.TenantID != 1 || mine.ID == 0 {
		t.Fatal(mine, err)
	}
	if err := repo.Create(ctx, &Post{Title: "theirs", TenantID: 2}); !errors.Is(err, orm.ErrDenied) {
		t.Fatal(err)
	}
	if a.rows[1]["title"] == "stolen" || len(a.rows) != 41 {
		t.Fatal(a.rows[1], len(a.rows))
	}
	a.deaf = true // the API is sent the tenant and does not care
	if rows, err := repo.All(ctx); !errors.Is(err, orm.ErrUpstream) || rows != nil {
		t.Fatal(len(rows), err)
	}
}

func TestExplainShowsRequests(t *testing.T) {
	db := open(t, newAPI(1))
	plan, err := orm.Repo[User](db).Include("Post").Explain(context.Background())
	if err != nil || !strings.Contains(plan.String(), "POST /posts/bulk body {ids}") {
		t.Fatal(plan, err)
	}
	plan, err = orm.Repo[Post](db).Where(posts.UserID.Eq(12345), posts.Score.Gt(1)).Take(3).Explain(context.Background())
	if err != nil || !strings.Contains(plan.String(), "GET /posts?userId=…&_start=…&_limit=… (every page, filtered here, sorted here, cut here)") || strings.Contains(plan.String(), "12345") {
		t.Fatal(plan, err)
	}
}
