package httpapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/httpapi"
	"github.com/multi-orm/orm/source/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Post lives on the API: a paged list, one row by key, many by a bulk call, and writes.
type Post struct {
	ID       int64     `orm:"id,auto,datasource=blog"`
	UserID   int64     `orm:"user_id"`
	TenantID int64     `orm:"tenant_id,tenant"`
	Title    string    `orm:"title"`
	Score    *float64  `orm:"score"`
	MadeAt   time.Time `orm:"made_at"`
	Version  int       `orm:"version,version"`
}

func (Post) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{
		FindMany: httpapi.GET("/posts").Query("userId", "$where.UserID.eq?").Query("tenant", "$where.TenantID.eq?").Query("q", "$where.Title.contains?").
			Query("_start", "$skip").Query("_limit", "$take").Query("_sort", "$orderBy").Items("$.data").Total("$.total").Sorted("ID").ByteOrder(),
		FindUnique: httpapi.GET("/posts/{id}").Item("$"),
		FindBulk:   httpapi.POST("/posts/bulk").Body("ids", "$where.ID.in").Items("$.data"),
		Create:     httpapi.POST("/posts").BodyAll().Item("$"),
		CreateMany: httpapi.POST("/posts/batch").Body("posts", "$data").Items("$.data"),
		Update:     httpapi.PATCH("/posts/{id}").BodyAll().Item("$"),
		Delete:     httpapi.DELETE("/posts/{id}"),
		Upsert:     httpapi.PUT("/posts/{id}").BodyAll().Item("$"),
	}
}

// User lives in SQLite.
type User struct {
	ID     int64  `orm:"id,auto,datasource=main,table=users"`
	Name   string `orm:"name"`
	PostID *int64 `orm:"post_id"`

	Post  *Post  `orm:"relation=post_id:id"`
	Posts []Post `orm:"relation=id:user_id"`
}

var posts = orm.Bind[Post, struct {
	ID       orm.Col[Post, int64]
	UserID   orm.Col[Post, int64]
	TenantID orm.Col[Post, int64]
	Title    orm.Text[Post]
	Score    orm.Col[Post, float64]
	MadeAt   orm.Col[Post, time.Time]
}]()

// api is a small REST API over a slice.
type api struct {
	mu    sync.Mutex
	rows  []map[string]any
	calls []string
	last  int64
	deaf  bool // ignores the tenant it is sent
}

func newAPI(n int) *api {
	a := &api{}
	for i := range n {
		row := map[string]any{"user_id": int64(i%5 + 1), "tenant_id": int64(i%2 + 1), "title": fmt.Sprintf("post %02d", (i*7)%n),
			"made_at": time.Date(2024, 1, 1, 0, 0, i, 0, time.UTC).Format(time.RFC3339), "version": 1, "unknown": []int{1}}
		if i%3 != 0 {
			row["score"] = float64(i) / 2
		}
		a.add(row)
	}
	return a
}

func (a *api) add(row map[string]any) map[string]any {
	a.last++
	row["id"] = a.last
	if row["version"] == nil {
		row["version"] = 1
	}
	a.rows = append(a.rows, row)
	return row
}

func (a *api) find(id string) int {
	return slices.IndexFunc(a.rows, func(r map[string]any) bool { return fmt.Sprint(r["id"]) == id })
}

func (a *api) took() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := a.calls
	a.calls = nil
	return out
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls = append(a.calls, r.Method+" "+r.URL.RequestURI())
	body := map[string]any{}
	if b, _ := io.ReadAll(r.Body); len(b) > 0 {
		dec := json.NewDecoder(strings.NewReader(string(b)))
		dec.UseNumber()
		_ = dec.Decode(&body)
	}
	id := strings.TrimPrefix(r.URL.Path, "/posts/")
	switch {
	case r.URL.Path == "/posts" && r.Method == "GET":
		a.list(w, r)
	case r.URL.Path == "/posts" && r.Method == "POST":
		reply(w, 201, a.add(body))
	case id == "bulk":
		var out []any
		for _, x := range body["ids"].([]any) {
			if i := a.find(fmt.Sprint(x)); i >= 0 {
				out = append([]any{a.rows[i]}, out...) // in no order of the caller's
			}
		}
		reply(w, 200, map[string]any{"data": append(out, out...)}) // and each twice
	case id == "batch":
		var out []any
		for _, x := range body["posts"].([]any) {
			out = append(out, a.add(x.(map[string]any)))
		}
		reply(w, 201, map[string]any{"data": out})
	case a.find(id) < 0 && r.Method == "PUT":
		reply(w, 201, a.add(body))
	case a.find(id) < 0:
		reply(w, 404, map[string]any{"error": "no such post"})
	case r.Method == "DELETE":
		a.rows = slices.Delete(a.rows, a.find(id), a.find(id)+1)
		w.WriteHeader(204)
	default:
		row := a.rows[a.find(id)]
		for k, v := range body {
			row[k] = v
		}
		reply(w, 200, row)
	}
}

func (a *api) list(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	var out []map[string]any
	for _, row := range a.rows {
		if u := q.Get("userId"); u != "" && fmt.Sprint(row["user_id"]) != u || q.Get("q") != "" && !strings.Contains(row["title"].(string), q.Get("q")) {
			continue
		}
		if t := q.Get("tenant"); t != "" && !a.deaf && fmt.Sprint(row["tenant_id"]) != t {
			continue
		}
		out = append(out, row)
	}
	if strings.HasPrefix(q.Get("_sort"), "-title") {
		sort.SliceStable(out, func(i, j int) bool { return out[i]["title"].(string) > out[j]["title"].(string) })
	}
	total := len(out)
	start, _ := strconv.Atoi(q.Get("_start"))
	limit, err := strconv.Atoi(q.Get("_limit"))
	if err != nil {
		limit = 10
	}
	out = out[min(start, total):]
	out = out[:min(limit, 20, len(out))] // no more than 20 at a time, whatever is asked
	if out == nil {
		out = []map[string]any{}
	}
	reply(w, 200, map[string]any{"data": out, "total": total})
}

// open opens a database over the API and an empty SQLite.
func open(t testing.TB, h http.Handler, opts ...any) orm.DB {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	args := []orm.Option{sqlite.Source("main", ":memory:"), orm.Models(User{}, Post{})}
	var mine []httpapi.Option
	for _, o := range opts {
		switch x := o.(type) {
		case httpapi.Option:
			mine = append(mine, x)
		case orm.Option:
			args = append(args, x)
		}
	}
	args = append(args, httpapi.Source("blog", srv.URL, mine...))
	db, err := orm.Open(context.Background(), args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func idsOf(rows []Post) []int64 {
	out := []int64{}
	for _, p := range rows {
		out = append(out, p.ID)
	}
	return out
}
