package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/httpapi"
)

func leaks(err error) bool {
	return err != nil && (strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "4711"))
}

const good = `{"id":1,"user_id":1,"tenant_id":1,"title":"t","score":null,"made_at":"2024-01-01T00:00:00Z","version":1}`

func jsonText(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		fmt.Fprint(w, text)
	}
}

func with(old, new string) string { return strings.Replace(good, old, new, 1) }

// Replies that are not what they should be are typed errors that name the field and never a value.
func TestBadReplies(t *testing.T) {
	list := func(item string) http.HandlerFunc { return jsonText(`{"data":[` + item + `],"total":1}`) }
	for name, c := range map[string]struct {
		h    http.HandlerFunc
		want string
	}{
		"html": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<html>secret</html>")
		}, "not JSON"},
		"truncated json":   {jsonText(`{"data":[{"id":1`), "not valid JSON"},
		"two documents":    {jsonText(`{"data":[],"total":0} {}`), "more follows"},
		"not utf-8":        {jsonText("{\"data\":[\"\xff\"],\"total\":0}"), "UTF-8"},
		"no items":         {jsonText(`{"total":0}`), "nothing at"},
		"null items":       {jsonText(`{"data":null,"total":0}`), "null where a list"},
		"object for array": {jsonText(`{"data":{},"total":0}`), "an object where a list"},
		"array for object": {list(`[]`), "an array where a row"},
		"number for row":   {list(`4711`), "a number where a row"},
		"text for int":     {list(with(`"id":1`, `"id":"04711"`)), "Post.ID"},
		"float for int":    {list(with(`"user_id":1`, `"user_id":1.5`)), "Post.UserID"},
		"int for text":     {list(with(`"t"`, `4711`)), "Post.Title"},
		"null for int":     {list(with(`"version":1`, `"version":null`)), "Post.Version"},
		"bad time":         {list(with(`2024-01-01T00:00:00Z`, `secret`)), "Post.MadeAt"},
		"time as number":   {list(with(`"2024-01-01T00:00:00Z"`, `4711`)), "Post.MadeAt"},
		"too large an int": {list(with(`"id":1`, `"id":99999999999999999999`)), "Post.ID"},
		"missing column":   {list(with(`"title":"t",`, ``)), "Post.Title"},
		"bad total":        {jsonText(`{"data":[],"total":"many"}`), "no whole number"},
		"total not held":   {jsonText(`{"data":[],"total":5}`), "fewer rows"},
		"same page":        {jsonText(`{"data":[` + good + `],"total":5}`), "same page twice"},
		"cut off": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, `{"data":[`)
		}, "ends too early"},
	} {
		t.Run(name, func(t *testing.T) {
			db := open(t, c.h, httpapi.Retries(0))
			rows, err := orm.Repo[Post](db).All(context.Background())
			if !errors.Is(err, orm.ErrUpstream) || rows != nil || !strings.Contains(err.Error(), c.want) || leaks(err) {
				t.Fatal(rows, err)
			}
		})
	}
}

func TestExactNumbers(t *testing.T) {
	db := open(t, jsonText(strings.Replace(good, `"id":1`, `"id":9007199254740993`, 1)))
	p, err := orm.Repo[Post](db).ByID(9007199254740993).One(context.Background())
	if err != nil || p.ID != 9007199254740993 {
		t.Fatal(p, err)
	}
}

func TestSizes(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	_, _ = z.Write([]byte(`{"data":[`))
	for range 2000 {
		_, _ = z.Write(bytes.Repeat([]byte(" "), 1000))
	}
	_ = z.Close()
	for name, h := range map[string]http.HandlerFunc{
		"gzip bomb": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb.Bytes())
		},
		"endless": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			for r.Context().Err() == nil {
				if _, err := w.Write(bytes.Repeat([]byte(" "), 4096)); err != nil {
					return
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			db := open(t, h, httpapi.MaxBody(1<<20))
			if _, err := orm.Repo[Post](db).All(context.Background()); !errors.Is(err, orm.ErrLimit) {
				t.Fatal(err)
			}
		})
	}
	db := open(t, newAPI(60), orm.Limits{PostFilterRows: 50})
	if rows, err := orm.Repo[Post](db).Where(posts.Score.Gt(1)).All(context.Background()); !errors.Is(err, orm.ErrLimit) || rows != nil {
		t.Fatal(len(rows), err)
	}
	if rows, err := orm.Repo[Post](db).All(context.Background()); err != nil || len(rows) != 60 { // nothing is filtered
		t.Fatal(len(rows), err)
	}
}

// A server that never ends its reply is left after the timeout, or when the caller has had enough.
func TestSlow(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for r.Context().Err() == nil {
			fmt.Fprint(w, " ")
			_ = http.NewResponseController(w).Flush()
			time.Sleep(5 * time.Millisecond)
		}
	})
	db := open(t, h, httpapi.Timeout(60*time.Millisecond), httpapi.Retries(0))
	start := time.Now()
	if _, err := orm.Repo[Post](db).All(context.Background()); !errors.Is(err, orm.ErrUpstream) || !strings.Contains(err.Error(), "RequestTimeout") || time.Since(start) > 3*time.Second {
		t.Fatal(err)
	}
	db = open(t, h)
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Millisecond)
	defer cancel()
	if _, err := orm.Repo[Post](db).All(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 3*time.Second {
		t.Fatal(err)
	}
}

func TestRetries(t *testing.T) {
	var n atomic.Int64
	var after string
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) < 3 {
			if after != "" {
				w.Header().Set("Retry-After", after)
			}
			w.WriteHeader([]int{429, 503}[n.Load()%2])
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, good)
	})
	db := open(t, h)
	repo := orm.Repo[Post](db)
	for _, after = range []string{"", "0", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat)} {
		n.Store(0)
		if _, err := repo.ByID(1).One(context.Background()); err != nil || n.Load() != 3 {
			t.Fatal(after, n.Load(), err)
		}
	}
	n.Store(0)
	if err := repo.Create(context.Background(), &Post{}); !errors.Is(err, orm.ErrUpstream) || n.Load() != 1 {
		t.Fatal(n.Load(), err) // a new row is never sent twice
	}
	n.Store(0)
	after = "3600"
	if _, err := repo.ByID(1).One(context.Background()); !errors.Is(err, orm.ErrUpstream) || n.Load() != 1 {
		t.Fatal(n.Load(), err) // longer than MaxWait
	}
}

func TestRedirects(t *testing.T) {
	var stolen atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { stolen.Add(1) }))
	defer other.Close()
	n := 0
	db := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n++
		switch r.URL.Path {
		case "/posts/1":
			http.Redirect(w, r, other.URL+"/posts/1", http.StatusFound)
		case "/posts/2":
			http.Redirect(w, r, "/posts/2", http.StatusFound)
		case "/posts/3":
			http.Redirect(w, r, "/posts/3/moved", http.StatusMovedPermanently)
		case "/posts/3/moved":
			jsonText(with(`"id":1`, `"id":3`))(w, r)
		}
	}), httpapi.Header("Authorization", "secret"))
	repo := orm.Repo[Post](db)
	ctx := context.Background()
	if _, err := repo.ByID(1).One(ctx); !errors.Is(err, orm.ErrUpstream) || stolen.Load() > 0 || leaks(err) {
		t.Fatal(stolen.Load(), err)
	}
	n = 0
	if _, err := repo.ByID(2).One(ctx); !errors.Is(err, orm.ErrUpstream) || n > 10 {
		t.Fatal(n, err)
	}
	if p, err := repo.ByID(3).One(ctx); err != nil || p.ID != 3 {
		t.Fatal(p, err)
	}
}

// A failure of one chunk leaves no partial answer.
func TestOneChunkOfMany(t *testing.T) {
	a := newAPI(40)
	var n atomic.Int64
	db := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("userId") == "3" {
			n.Add(1)
			w.WriteHeader(500)
			return
		}
		a.ServeHTTP(w, r)
	}))
	users := seed(t, db, 5)
	got, err := users.Include("Posts").All(context.Background())
	if !errors.Is(err, orm.ErrUpstream) || got != nil || n.Load() != 1 {
		t.Fatal(len(got), err, n.Load())
	}
}
