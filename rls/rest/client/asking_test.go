package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest"
	"github.com/multi-orm/orm/rls/rest/client"
	"github.com/multi-orm/orm/source/sqlite"
)

func told(v any, err error) string {
	if err != nil {
		return err.Error()
	}
	text, _ := json.Marshal(v)
	return string(text)
}

// B35: every question is answered as the service's own database answers it, with one request.
func TestOneRequest(t *testing.T) {
	b := service(t)
	b.fill()
	far := b.dial()
	ctx := context.Background()
	for name, ask := range map[string]func(db orm.DB) string{
		"a filter, an order and a page": func(db orm.DB) string {
			return told(orm.Repo[Post](db).Where(posts.Likes.Gte(1), orm.Or(posts.Title.StartsWith("Hello"), posts.Title.Contains("_off"))).OrderBy(posts.Likes.Desc(), posts.ID.Asc()).Skip(1).Take(2).All(ctx))
		},
		"NULL": func(db orm.DB) string {
			return told(orm.Repo[Post](db).Where(posts.UserID.IsNull()).OrderBy(posts.ID.Asc()).All(ctx))
		},
		"NULLs in an order": func(db orm.DB) string {
			return told(orm.Repo[Post](db).OrderBy(posts.Likes.Asc(), posts.ID.Asc()).Take(10).All(ctx))
		},
		"not": func(db orm.DB) string {
			return told(orm.Repo[Post](db).Where(orm.Not(posts.Title.EndsWith("a"))).OrderBy(posts.ID.Asc()).Take(10).All(ctx))
		},
		"quotes": func(db orm.DB) string {
			return told(orm.Repo[Post](db).Where(posts.Title.Eq("it's, (so) 'it'")).All(ctx))
		},
		"a list": func(db orm.DB) string {
			return told(orm.Repo[Post](db).Where(posts.ID.In(1, 3, 99)).OrderBy(posts.ID.Desc()).Take(5).All(ctx))
		},
		"related rows": func(db orm.DB) string {
			return told(orm.Repo[Post](db).Where(posts.Comments.Some(comments.Text.Eq("x"))).OrderBy(posts.ID.Asc()).Take(9).All(ctx))
		},
		"none": func(db orm.DB) string {
			return told(orm.Repo[User](db).Where(users.Posts.None(posts.Likes.Gt(2))).OrderBy(users.ID.Asc()).Select(users.ID, users.Name).Take(9).All(ctx))
		},
		"a count":   func(db orm.DB) string { return told(orm.Repo[Post](db).Where(posts.Likes.IsNotNull()).Count(ctx)) },
		"existence": func(db orm.DB) string { return told(orm.Repo[Post](db).Where(posts.Likes.Eq(9)).Exists(ctx)) },
		"a row":     func(db orm.DB) string { return told(orm.Repo[Post](db).ByID(6).One(ctx)) },
		"some columns": func(db orm.DB) string {
			return told(orm.Repo[Post](db).Select(posts.ID, posts.Title).OrderBy(posts.ID.Asc()).Take(3).All(ctx))
		},
		"three levels": func(db orm.DB) string {
			return told(orm.Repo[User](db).Select(users.ID, users.Name).With(users.Posts.OrderBy(posts.ID.Asc()).Take(2).With(posts.Comments.OrderBy(comments.Text.Desc()).Take(2), posts.Tags.OrderBy(tags.ID.Asc()).Take(5))).OrderBy(users.ID.Asc()).Take(5).All(ctx))
		},
	} {
		want := ask(b.own)
		b.requests()
		if got := ask(far); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
		b.one(name)
	}
}

// Lists are read to their end, whatever the size of the service's pages.
func TestWholeLists(t *testing.T) {
	b := service(t)
	ctx := context.Background()
	rows := make([]Comment, 350)
	for i := range rows {
		rows[i] = Comment{PostID: int64(i % 7), Text: string(rune('a' + i%26))}
	}
	must(orm.Repo[Comment](b.own).CreateMany(ctx, rows))
	far := b.dial()
	got, err := orm.Repo[Comment](far).Query().All(ctx)
	if err != nil || len(got) != 350 {
		t.Error(len(got), err)
	}
	n := 0
	for _, err := range orm.Repo[Comment](far).Where(comments.Text.Ne("a")).Rows(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if want := must(orm.Repo[Comment](b.own).Where(comments.Text.Ne("a")).Count(ctx)); int64(n) != want {
		t.Error(n, want)
	}
}

// Writes reach the service's database, and what it refuses is told as it would be here.
func TestWrites(t *testing.T) {
	b := service(t)
	b.fill()
	far := b.dial()
	ctx := context.Background()
	c := Comment{PostID: 1, Text: "new"}
	if err := orm.Repo[Comment](far).Create(ctx, &c); err != nil || c.ID == 0 {
		t.Fatal(c, err)
	}
	many := []Comment{{PostID: 2, Text: "m1"}, {PostID: 2, Text: "m2"}}
	if n, err := orm.Repo[Comment](far).CreateMany(ctx, many); err != nil || n != 2 || many[1].ID != many[0].ID+1 {
		t.Error(n, err, many)
	}
	if p, err := orm.Repo[Post](far).ByID(1).Update(ctx, posts.Title.Set("changed")); err != nil || p.Title != "changed" {
		t.Error(p, err)
	}
	if n, err := orm.Repo[Post](far).Where(posts.UserID.Eq(2)).UpdateMany(ctx, posts.Title.Set("both")); err != nil || n != 2 {
		t.Error(n, err)
	}
	if _, err := orm.Repo[Comment](far).ByID(c.ID).Delete(ctx); err != nil {
		t.Error(err)
	}
	if _, err := orm.Repo[Comment](far).ByID(c.ID).Delete(ctx); !errors.Is(err, orm.ErrNotFound) {
		t.Error(err)
	}
	if err := orm.Repo[Comment](far).Create(ctx, &Comment{PostID: 99, Text: "of nothing"}); err == nil {
		t.Log("the service keeps no reference from comments to posts")
	}
	if got := told(orm.Repo[Post](b.own).Where(posts.Title.In("changed", "both")).OrderBy(posts.ID.Asc()).Select(posts.ID).Count(ctx)); got != "3" {
		t.Error(got)
	}
	if _, err := orm.Repo[Post](far).Query().UpdateMany(ctx, posts.Title.Set("all")); !errors.Is(err, orm.ErrUnboundedWrite) {
		t.Error(err)
	}
	err := far.Tx(ctx, func(tx orm.DB) error { _, err := orm.Repo[Post](tx).Query().Count(ctx); return err })
	if !errors.Is(err, orm.ErrUnsupported) {
		t.Error(err)
	}
}

// What the service's shape does not allow is refused by a kind that says so, and names the field.
func TestRefusals(t *testing.T) {
	narrow := guard.Shape[Post]{Select: guard.Only[Post](posts.ID, posts.Title), Where: guard.Where[Post]{guard.Allow(posts.ID)}}
	b := service(t, rest.Session(func(r *http.Request) (orm.Actor, bool, error) {
		return orm.Actor{ID: "x"}, r.Header.Get("Authorization") == "Bearer t", nil
	}), rest.Resource("posts", rest.Rules[Post]{Get: rest.By[Post]{rest.All: narrow}}), rest.Resource("tags", rest.Rules[Tag]{Get: rest.By[Tag]{"admin": tagShape()}}))
	b.fill()
	far := b.dial()
	ctx := context.Background()
	_, err := orm.Repo[Post](far).Where(posts.Likes.Gt(1)).Select(posts.ID).All(ctx)
	var e *orm.Error
	if !errors.Is(err, orm.ErrUnsupported) || !errors.As(err, &e) || e.Field != "Likes" {
		t.Error(err)
	}
	if _, err := orm.Repo[Tag](far).Query().All(ctx); !errors.Is(err, orm.ErrDenied) && !errors.Is(err, orm.ErrAuth) {
		t.Error(err)
	}
	if _, err := orm.Repo[Comment](far).Query().All(ctx); err == nil {
		t.Error("a resource that is not there is read")
	}
	if n, err := orm.Repo[Post](far).Where(posts.ID.Gt(1)).Count(ctx); err != nil || n != 5 {
		t.Error(n, err)
	}
}

// A service that answers nonsense is an error of the source, and never rows.
func TestHostileService(t *testing.T) {
	for name, body := range map[string]string{
		"no JSON": "<html>", "no envelope": `[]`, "no rows": `{"count":1}`, "a null": `{"posts":null}`, "rows of null": `{"posts":[null]}`, "another resource": `{"users":[]}`, "cut off": `{"posts":[{"id":1`,
		"a wrong type": `{"posts":[{"id":"x"}]}`,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(body))
		}))
		db, err := orm.Open(context.Background(), client.Source("blog", server.URL), orm.Models(User{}, Post{}, Comment{}, Tag{}))
		if err == nil {
			rows, err := orm.Repo[Post](db).Take(3).All(context.Background())
			if err == nil || strings.Contains(err.Error(), "<html>") {
				t.Errorf("%s: %v %v", name, rows, err)
			}
			_ = db.Close()
		}
		server.Close()
	}
}

// Note is a row of another database, about posts of the service.
type Note struct {
	ID     int64  `orm:"id,auto,datasource=notes"`
	PostID int64  `orm:"post_id"`
	Text   string `orm:"text"`

	Post *Post `orm:"relation=post_id:id"`
}

var notes = orm.Bind[Note, struct {
	ID   orm.Col[Note, int64]
	Text orm.Text[Note]
	Post orm.One[Note, Post]
}]()

// Rows of a database and of a service are stitched: what the service has of them costs it one request.
func TestAcross(t *testing.T) {
	b := service(t)
	b.fill()
	ctx := context.Background()
	db, err := orm.Open(ctx, client.Source("blog", b.server.URL+"/query"), sqlite.Source("notes", testkit.SQLite(t)), orm.Models(User{}, Post{}, Comment{}, Tag{}, Note{}))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	ok(orm.CreateTables(ctx, db))
	must(orm.Repo[Note](db).CreateMany(ctx, []Note{{PostID: 1, Text: "n1"}, {PostID: 6, Text: "n2"}, {PostID: 1, Text: "n3"}, {PostID: 77, Text: "of nothing"}}))
	b.requests()
	got, err := orm.Repo[Note](db).With(notes.Post.With(posts.User.Select(users.ID, users.Name))).OrderBy(notes.ID.Asc()).All(ctx)
	if err != nil || len(got) != 4 || got[0].Post == nil || got[0].Post.Title != "Hello a" || got[0].Post.User == nil || got[0].Post.User.Name != "ann" || got[1].Post.ID != 6 || got[3].Post != nil {
		t.Fatal(told(got, err))
	}
	b.one("posts with their users")
	found, err := orm.Repo[Note](db).Where(notes.Post.Is(posts.Title.Eq("Hello a"))).OrderBy(notes.ID.Asc()).All(ctx)
	if err != nil || len(found) != 2 {
		t.Error(told(found, err))
	}
}
