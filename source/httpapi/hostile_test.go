package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/httpapi"
)

// onURL opens a database over an API at a URL where there may be none.
func onURL(t *testing.T, at string, opts ...httpapi.Option) orm.DB {
	t.Helper()
	db, err := orm.Open(context.Background(), httpapi.Source("blog", at, opts...), orm.Models(Post{}))
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

// Below HTTP an error says that the connection failed, and not where to or with what: the query may hold secrets.
func TestUnreachable(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	for name, at := range map[string]string{"a name that leads nowhere": "http://nowhere.invalid", "nobody listens": "http://" + closed.Addr().String()} {
		t.Run(name, func(t *testing.T) {
			db := onURL(t, at, httpapi.Retries(1), httpapi.Timeout(5*time.Second), httpapi.Header("X-Key", "secret"))
			for _, do := range []func() error{
				func() error { return one(orm.Repo[Post](db).Where(posts.UserID.Eq(4711)).All(context.Background())) },
				func() error { return one(orm.Repo[Post](db).ByID(4711).One(context.Background())) },
				func() error { return orm.Repo[Post](db).Create(context.Background(), &Post{Title: "secret"}) },
			} {
				err := do()
				var typed *orm.Error
				if !errors.Is(err, orm.ErrUpstream) || !errors.As(err, &typed) || typed.Model != "Post" || typed.Source != "blog" || leaks(err) {
					t.Fatal(err)
				}
				for _, word := range []string{"invalid:", "nowhere", "127.0.0.1", "lookup", "dial", "http:", "posts"} {
					if strings.Contains(err.Error(), word) {
						t.Errorf("%q is in: %v", word, err)
					}
				}
			}
		})
	}
}

func one[T any](_ T, err error) error { return err }

// raw serves connections by hand, until the test is over.
func raw(t *testing.T, serve func(c net.Conn, done <-chan struct{})) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer func() { _ = c.Close() }()
				serve(c, done)
			})
		}
	})
	t.Cleanup(func() {
		close(done)
		_ = l.Close()
		wg.Wait()
	})
	return "http://" + l.Addr().String()
}

// Replies that never become one, or are cut off, end with the timeout or a limit.
func TestBelowHTTP(t *testing.T) {
	drip := func(head, drop string, pause time.Duration) func(net.Conn, <-chan struct{}) {
		return func(c net.Conn, done <-chan struct{}) {
			_, _ = c.Read(make([]byte, 4096)) // an answer before the question is none
			if _, err := io.WriteString(c, head); err != nil {
				return
			}
			for {
				select {
				case <-done:
					return
				case <-time.After(pause):
				}
				if _, err := io.WriteString(c, drop); err != nil {
					return
				}
			}
		}
	}
	once := func(text string) func(net.Conn, <-chan struct{}) {
		return func(c net.Conn, _ <-chan struct{}) {
			_, _ = c.Read(make([]byte, 4096))
			_, _ = io.WriteString(c, text)
		}
	}
	for name, x := range map[string]struct {
		serve func(net.Conn, <-chan struct{})
		want  string
	}{
		"silence":                 {func(_ net.Conn, done <-chan struct{}) { <-done }, "RequestTimeout"},
		"a header, drop by drop":  {drip("HTTP/1.1 200 OK\r\nX: ", "a", 5*time.Millisecond), "RequestTimeout"},
		"a header without end":    {drip("HTTP/1.1 200 OK\r\nX: ", strings.Repeat("a", 64<<10), 0), "connection failed"},
		"headers without end":     {drip("HTTP/1.1 200 OK\r\n", strings.Repeat("X-Y: "+strings.Repeat("a", 100)+"\r\n", 1000), 0), "connection failed"},
		"no HTTP":                 {once("SSH-2.0-OpenSSH_9.6\r\n"), "connection failed"},
		"nothing":                 {once(""), "connection failed"},
		"half a chunk":            {once("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{\"data\":["), "ends too early"},
		"less than was promised":  {once("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{\"data\":[],\"total\":0}"), "ends too early"},
		"a chunk of a wrong size": {once("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"), "connection failed"},
	} {
		t.Run(name, func(t *testing.T) {
			db := onURL(t, raw(t, x.serve), httpapi.Retries(0), httpapi.Timeout(250*time.Millisecond))
			start := time.Now()
			rows, err := orm.Repo[Post](db).All(context.Background())
			if !errors.Is(err, orm.ErrUpstream) || rows != nil || !strings.Contains(err.Error(), x.want) || time.Since(start) > 3*time.Second {
				t.Fatal(rows, err, time.Since(start))
			}
		})
	}
}

// A failure of one chunk of ten is the call's; at best effort it is an issue with the keys that are missing.
func TestOneOfTenChunks(t *testing.T) {
	var n atomic.Int64
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		ids := strings.Split(r.URL.Query().Get("id"), ",")
		if slices.Contains(ids, "42") {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		var out []any
		for _, id := range ids {
			x, _ := strconv.Atoi(id)
			out = append(out, map[string]any{"id": x})
		}
		reply(w, 200, out)
	})
	db := open(t, h, orm.Models(chunked{}))
	ids := make([]int64, 100)
	for i := range ids {
		ids[i] = int64(i)
	}
	r := orm.Repo[chunked](db)
	q := r.Where(r.F("ID").In(ids)).OrderBy(r.F("ID").Asc())
	var issues []orm.Issue
	rows, err := q.BestEffort(&issues).All(context.Background())
	if err != nil || len(rows) != 90 || rows[40].ID != 50 || n.Load() != 10 {
		t.Fatal(len(rows), err, n.Load())
	}
	if len(issues) != 1 || !slices.Equal(issues[0].Keys, []any{int64(40), int64(41), int64(42), int64(43), int64(44), int64(45), int64(46), int64(47), int64(48), int64(49)}) ||
		!errors.Is(issues[0].Cause, orm.ErrUpstream) || issues[0].Source != "blog" || issues[0].Model != "chunked" {
		t.Fatal(issues)
	}
	for _, strict := range []orm.Query[chunked]{q, q.BestEffort(&issues).Strict()} {
		if rows, err := strict.All(context.Background()); !errors.Is(err, orm.ErrUpstream) || rows != nil {
			t.Fatal(len(rows), err)
		}
	}
}

type chunked struct {
	ID int64 `orm:"id,table=chunks,datasource=blog"`
}

func (chunked) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindBulk: httpapi.GET("/chunks").Query("id", "$where.ID.in").Items("$").Chunk(10)}
}

// Fifty redirects are not followed; one that changes the method of a write is not followed at all.
func TestManyRedirects(t *testing.T) {
	var n atomic.Int64
	db := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		at, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/posts/1/hop/"))
		if at == 50 {
			jsonText(good)(w, r)
			return
		}
		http.Redirect(w, r, fmt.Sprint("/posts/1/hop/", at+1), http.StatusFound)
	}))
	if _, err := orm.Repo[Post](db).ByID(1).One(context.Background()); !errors.Is(err, orm.ErrUpstream) || !strings.Contains(err.Error(), "without end") || n.Load() > 6 {
		t.Fatal(err, n.Load())
	}
	n.Store(0)
	if err := orm.Repo[Post](db).Create(context.Background(), &Post{}); !errors.Is(err, orm.ErrUpstream) || n.Load() != 1 {
		t.Fatal(err, n.Load())
	}
}

// A link to the next page stays on the API's scheme, host and port, and brings no credentials of its own.
func TestNextLeavesTheAPI(t *testing.T) {
	var stolen atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { stolen.Add(1) }))
	defer other.Close()
	var next string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "<"+next+`>; rel="next"`)
		if r.URL.Path == "/link" {
			reply(w, 200, []any{map[string]any{"id": 1}})
			return
		}
		reply(w, 200, map[string]any{"rows": []any{map[string]any{"id": 1}}, "next": next})
	}))
	defer srv.Close()
	db, err := orm.Open(context.Background(), httpapi.Source("blog", srv.URL, httpapi.Header("Authorization", "secret"), httpapi.Retries(0)), orm.Models(byNext{}, byLink{}))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	host := strings.TrimPrefix(srv.URL, "http://")
	for _, next = range []string{other.URL + "/next", strings.TrimPrefix(other.URL, "http:") + "/next", "https://" + host + "/next", "http://me:pass@" + host + "/next", "http://" + host + ".example.com/next",
		"http://127.0.0.1:1/next", "file:///etc/passwd", "javascript:1", "http://%zz/", "//", `http:\\` + strings.TrimPrefix(other.URL, "http://")} {
		if rows, err := orm.Repo[byNext](db).All(context.Background()); !errors.Is(err, orm.ErrUpstream) || rows != nil || leaks(err) {
			t.Errorf("%s: %v, %v", next, rows, err)
		}
		if rows, err := orm.Repo[byLink](db).All(context.Background()); !errors.Is(err, orm.ErrUpstream) || rows != nil || leaks(err) {
			t.Errorf("Link %s: %v, %v", next, rows, err)
		}
	}
	if stolen.Load() > 0 {
		t.Error("another host was asked")
	}
}

// A thousand calls on a token that has just expired fetch one.
func TestExpiringToken(t *testing.T) {
	g := &guarded{}
	var fetched atomic.Int64
	end := time.Now().Add(10*time.Second + 150*time.Millisecond) // tokens are renewed ten seconds early
	db := open(t, g, httpapi.AllowNobody(), httpapi.Auth(func(_ context.Context, why httpapi.Reason) (httpapi.Credentials, error) {
		n := fetched.Add(1)
		g.valid.Store(n)
		if n == 1 {
			return httpapi.Bearer("secret-1", end), nil
		}
		if why != httpapi.Expired {
			t.Error(why)
		}
		time.Sleep(20 * time.Millisecond) // so that all wait for it
		return httpapi.Bearer(fmt.Sprint("secret-", n), time.Now().Add(time.Hour)), nil
	}))
	hammer(t, db, 5)
	if fetched.Load() != 1 {
		t.Fatal(fetched.Load())
	}
	time.Sleep(time.Until(end.Add(-10 * time.Second)))
	g.asked.Store(0)
	hammer(t, db, 1000)
	if fetched.Load() != 2 || g.asked.Load() != 1000 {
		t.Fatal(fetched.Load(), g.asked.Load())
	}
}

// Retry-After is waited for, in seconds and as a date, and not beyond MaxWait or the caller's deadline.
func TestRetryAfterIsWaitedFor(t *testing.T) {
	var n atomic.Int64
	var after func() string
	db := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n.Add(1) == 1 {
			w.Header().Set("Retry-After", after())
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		jsonText(good)(w, r)
	}), httpapi.MaxWait(3*time.Second))
	r := orm.Repo[Post](db)
	for name, x := range map[string]func() string{
		"seconds": func() string { return "1" },
		"a date":  func() string { return time.Now().Add(2 * time.Second).UTC().Format(http.TimeFormat) }, // cut to the second
	} {
		after = x
		n.Store(0)
		start := time.Now()
		if _, err := r.ByID(1).One(context.Background()); err != nil || n.Load() != 2 || time.Since(start) < 900*time.Millisecond || time.Since(start) > 2900*time.Millisecond {
			t.Errorf("%s: %v after %v and %d requests", name, err, time.Since(start), n.Load())
		}
	}
	for _, text := range []string{"4", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat), "99999999999"} {
		after = func() string { return text }
		n.Store(0)
		start := time.Now()
		if _, err := r.ByID(1).One(context.Background()); !errors.Is(err, orm.ErrUpstream) || n.Load() != 1 || time.Since(start) > time.Second {
			t.Errorf("%s: %v", text, err)
		}
	}
	after = func() string { return "2" }
	n.Store(0)
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	start := time.Now()
	if _, err := r.ByID(1).One(ctx); !errors.Is(err, context.DeadlineExceeded) || n.Load() != 1 || time.Since(start) > 1500*time.Millisecond {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}
