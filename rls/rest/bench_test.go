package rest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/rest"
)

// The request of the benchmark: ten rows of a list with two filters and an order, in each grammar, and what the same query costs
// in Go.
const (
	listedRJSON = "select=(where:(title.like:'t%',likes.gte:0),columns:~T(id,title,likes)~,orderBy:(likes:desc),limit:10)"
	listedJSON  = `{"where":{"title":{"startsWith":"t"},"likes":{"gte":0}},"select":{"id":true,"title":true,"likes":true},"orderBy":[{"likes":"desc"}],"take":10}`
)

func listingSite(tb testing.TB) (orm.DB, *rest.API) {
	tb.Helper()
	db := blogDB(tb)
	rows := make([]Post, 100)
	for i := range rows {
		rows[i] = Post{ID: fmt.Sprintf("p%03d", i), UserID: "u2", Title: fmt.Sprint("title ", i), Body: "b", Likes: int64(i), CreatedAt: time.Unix(int64(i), 0)}
	}
	if _, err := orm.Repo[Post](db).CreateMany(context.Background(), rows); err != nil {
		tb.Fatal(err)
	}
	api, err := rest.New(db, rest.Session(bearer), rest.Resource("posts", own()))
	if err != nil {
		tb.Fatal(err)
	}
	return db, api
}

// byQuery is the query that the requests come to.
func byQuery(ctx context.Context, db orm.DB) error {
	rows, err := orm.Repo[Post](db).Where(Posts.UserID.Eq("u2"), Posts.Title.StartsWith("t"), Posts.Likes.Gte(0)).
		Select(Posts.ID, Posts.Title, Posts.Likes).OrderBy(Posts.Likes.Desc()).Take(10).All(ctx)
	if err == nil && len(rows) != 10 {
		err = io.ErrUnexpectedEOF
	}
	return err
}

func listRequest(query string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/posts?"+query, nil)
	r.Header.Set("Authorization", "Bearer u2")
	return r
}

// asks sends the request to the handler without a network between.
func asks(tb testing.TB, api *rest.API, r *http.Request) {
	w := httptest.NewRecorder()
	api.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		tb.Fatal(w.Code, w.Body)
	}
}

// BenchmarkList compares a list request with its query alone: the difference is what the handler costs, the recorder and the
// answer's JSON included.
func BenchmarkList(b *testing.B) {
	db, api := listingSite(b)
	b.Run("query alone", func(b *testing.B) {
		ctx := orm.WithActor(b.Context(), orm.Actor{ID: "u2"})
		b.ReportAllocs()
		for b.Loop() {
			if err := byQuery(ctx, db); err != nil {
				b.Fatal(err)
			}
		}
	})
	for name, query := range map[string]string{"rjson": listedRJSON, "json": "query=" + url.QueryEscape(listedJSON)} {
		b.Run(name, func(b *testing.B) {
			r := listRequest(query)
			b.ReportAllocs()
			for b.Loop() {
				asks(b, api, r)
			}
		})
	}
}

// TestListAllocations gates what the benchmark measures.
func TestListAllocations(t *testing.T) {
	db, api := listingSite(t)
	ctx := orm.WithActor(t.Context(), orm.Actor{ID: "u2"})
	query := testing.AllocsPerRun(200, func() {
		if err := byQuery(ctx, db); err != nil {
			t.Fatal(err)
		}
	})
	r := listRequest(listedRJSON)
	all := testing.AllocsPerRun(200, func() { asks(t, api, r) })
	if all-query > 120 {
		t.Errorf("a list request costs %v allocations above its query's %v, 120 are allowed", all-query, query)
	}
}
