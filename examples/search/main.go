// Command search serves a search endpoint over an embedded SQLite database: what a browser sends goes straight into a shape.
//
//	go run ./examples/search
//	curl -d '{"where": {"title": {"contains": "go", "mode": "insensitive"}}, "orderBy": {"views": "desc"}}' localhost:8080/articles/search
package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/source/sqlite"
)

// Article belongs to a tenant; what is a draft nobody finds.
type Article struct {
	ID       int64  `orm:"id,auto" json:"id"`
	TenantID int64  `orm:"tenant_id,tenant" json:"-"`
	Title    string `orm:"title" json:"title"`
	Body     string `orm:"body" json:"body"`
	Draft    bool   `orm:"draft" json:"draft"`
	Views    int    `orm:"views" json:"views"`
}

// Articles are the columns that the shape names.
var Articles = orm.Bind[Article, struct {
	ID    orm.Col[Article, int64]
	Title orm.Text[Article]
	Draft orm.Col[Article, bool]
	Views orm.Col[Article, int]
}]()

// public is what anyone may ask.
var public = guard.MustCompile(guard.Shape[Article]{
	Select:  guard.Only(Articles.ID, Articles.Title, Articles.Views),
	Where:   guard.Where[Article]{guard.Allow(Articles.Title), guard.Allow(Articles.Views), guard.Force(Articles.Draft.Eq(false))},
	Logic:   guard.And | guard.Or | guard.Not,
	OrderBy: guard.Only(Articles.Views, Articles.Title),
	Take:    guard.Take{Default: 10, Max: 50},
})

func search(articles orm.Repo[Article]) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, guard.MaxBody))
		if err != nil {
			http.Error(w, "the body is too large", http.StatusRequestEntityTooLarge)
			return
		}
		found, err := public.FindMany(r.Context(), articles, body)
		if err != nil {
			refuse(w, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(found)
	}
}

// refuse tells the sender what is wrong; what lies below is for the log.
func refuse(w http.ResponseWriter, err error) {
	var refused *guard.Error
	if !errors.As(err, &refused) || refused.Status >= http.StatusInternalServerError {
		log.Print(errors.Unwrap(err))
		http.Error(w, "something went wrong", http.StatusInternalServerError)
		return
	}
	http.Error(w, refused.Error(), refused.Status)
}

func open(ctx context.Context) (orm.DB, error) {
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Article{}))
	if err != nil {
		return db, err
	}
	if err := errors.Join(orm.CreateTables(ctx, db), db.Use(rls.Tenant())); err != nil {
		return db, err
	}
	_, err = orm.Repo[Article](db).CreateMany(tenant(ctx, 1), []Article{
		{Title: "Going places", Views: 30}, {Title: "Gardens", Views: 20}, {Title: "Go on", Views: 40}, {Title: "Go away", Draft: true},
	})
	return db, err
}

// tenant stands for the authentication of a real service.
func tenant(ctx context.Context, id int64) context.Context {
	return orm.WithActor(ctx, orm.Actor{ID: id, TenantID: id})
}

func handler(db orm.DB) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /articles/search", search(orm.Repo[Article](db)))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { mux.ServeHTTP(w, r.WithContext(tenant(r.Context(), 1))) })
}

func main() {
	db, err := open(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	log.Print("listening on localhost:8080")
	server := &http.Server{Addr: "localhost:8080", Handler: handler(db), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second}
	log.Print(server.ListenAndServe())
}
