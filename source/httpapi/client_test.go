package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/httpapi"
)

// passing is a transport that sees what goes through it.
type passing struct {
	http.RoundTripper
	n atomic.Int64
}

func (p *passing) RoundTrip(r *http.Request) (*http.Response, error) {
	p.n.Add(1)
	return p.RoundTripper.RoundTrip(r)
}

func TestClientIsUsed(t *testing.T) {
	var got http.Header
	var query string
	var cookies []string
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, query, cookies = r.Header.Clone(), r.URL.RawQuery, nil
		for _, c := range r.Cookies() {
			cookies = append(cookies, c.Name+"="+c.Value)
		}
		jsonText(good)(w, r)
	})
	tr := &passing{RoundTripper: http.DefaultTransport}
	t.Cleanup(http.DefaultTransport.(*http.Transport).CloseIdleConnections)
	given := resty.New().SetTransport(tr).SetHeader("X-Mine", "1").SetQueryParam("key", "k").SetCookie(&http.Cookie{Name: "a", Value: "b"}).SetAuthToken("mine").SetRetryCount(5).SetTimeout(time.Nanosecond)
	before := fmt.Sprint(given.Header, given.QueryParam, given.Cookies, given.Token, given.GetClient().Timeout)
	db := open(t, h, httpapi.Client(given), httpapi.Header("X-Ours", "2"))
	if _, err := orm.Repo[Post](db).ByID(1).One(context.Background()); err != nil {
		t.Fatal(err)
	}
	if tr.n.Load() != 1 || got.Get("X-Mine") != "1" || got.Get("X-Ours") != "2" || query != "key=k" || fmt.Sprint(cookies) != "[a=b]" || got.Get("Authorization") != "Bearer mine" {
		t.Fatal(tr.n.Load(), got, query, cookies)
	}
	if after := fmt.Sprint(given.Header, given.QueryParam, given.Cookies, given.Token, given.GetClient().Timeout); after != before {
		t.Fatal(after)
	}
}

func TestClientProxy(t *testing.T) {
	var asked string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.RequestURI
		jsonText(good)(w, r)
	}))
	defer proxy.Close()
	at, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	tr := &http.Transport{Proxy: http.ProxyURL(at)}
	defer tr.CloseIdleConnections()
	db, err := orm.Open(context.Background(), httpapi.Source("blog", "http://api.invalid/v1", httpapi.Client(resty.New().SetTransport(tr))), orm.Models(Post{}))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := orm.Repo[Post](db).ByID(1).One(context.Background()); err != nil || asked != "http://api.invalid/v1/posts/1" {
		t.Fatal(asked, err)
	}
}

// The limits, the redirects and the retries are the source's own, whoever's the client is.
func TestClientKeepsLimits(t *testing.T) {
	var stolen, n atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { stolen.Add(1) }))
	defer other.Close()
	var now, most atomic.Int64
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		switch id := strings.TrimPrefix(r.URL.Path, "/posts/"); id {
		case "1001":
			http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
		case "1002":
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"x":"`, strings.Repeat("a", 2<<20), `"}`)
		case "1003":
			select {
			case <-r.Context().Done():
			case <-time.After(5 * time.Second):
			}
		case "1004":
			w.WriteHeader(http.StatusInternalServerError)
		default:
			for c := now.Add(1); c > most.Load(); {
				most.Store(c)
			}
			time.Sleep(5 * time.Millisecond)
			now.Add(-1)
			jsonText(with(`"id":1`, `"id":`+id))(w, r)
		}
	})
	given := resty.New().SetAuthToken("secret").SetCookie(&http.Cookie{Name: "s", Value: "secret"}).SetRetryCount(5).SetRedirectPolicy(resty.FlexibleRedirectPolicy(99)).
		AddRetryCondition(func(*resty.Response, error) bool { return true })
	defer given.GetClient().CloseIdleConnections()
	db := open(t, h, httpapi.Client(given), httpapi.MaxBody(1<<20), httpapi.Timeout(300*time.Millisecond), httpapi.Retries(0), orm.Limits{MaxConcurrentRequests: 3})
	hammer(t, db, 30)
	if most.Load() > 3 {
		t.Error(most.Load())
	}
	for id, want := range map[int64]error{1001: orm.ErrUpstream, 1002: orm.ErrLimit, 1003: orm.ErrUpstream, 1004: orm.ErrUpstream} {
		n.Store(0)
		if _, err := orm.Repo[Post](db).ByID(id).One(context.Background()); !errors.Is(err, want) || leaks(err) || n.Load() != 1 {
			t.Errorf("%d: %v, %d requests", id, err, n.Load())
		}
	}
	if stolen.Load() > 0 {
		t.Error("another host was asked")
	}
}

// What an API sets as cookies for one caller is not sent for another: a client's jar is read, and nothing is put into it.
func TestClientJar(t *testing.T) {
	var seen []string
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Get("Cookie"))
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "of " + r.Header.Get("Authorization"), Path: "/"})
		jsonText(good)(w, r)
	})
	srv := httptest.NewServer(h)
	defer srv.Close()
	at, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	given := resty.New() // which brings a jar
	defer given.GetClient().CloseIdleConnections()
	given.GetClient().Jar.SetCookies(at, []*http.Cookie{{Name: "mine", Value: "1"}})
	db, err := orm.Open(context.Background(), httpapi.Source("blog", srv.URL, httpapi.Client(given), httpapi.Auth(func(ctx context.Context, _ httpapi.Reason) (httpapi.Credentials, error) {
		a, _ := orm.ActorFrom(ctx)
		return httpapi.Bearer(fmt.Sprint(a.ID), time.Time{}), nil
	})), orm.Models(Post{}))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for i := range 3 {
		if _, err := orm.Repo[Post](db).ByID(1).One(orm.WithActor(context.Background(), orm.Actor{ID: i})); err != nil {
			t.Fatal(err)
		}
	}
	if fmt.Sprint(seen) != "[mine=1 mine=1 mine=1]" || len(given.GetClient().Jar.Cookies(at)) != 1 {
		t.Fatal(seen, given.GetClient().Jar.Cookies(at))
	}
}
