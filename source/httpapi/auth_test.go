package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/oauth2/clientcredentials"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/httpapi"
)

// guarded is an API that knows one token at a time.
type guarded struct {
	valid atomic.Int64
	asked atomic.Int64
}

func (g *guarded) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.asked.Add(1)
	if r.Header.Get("Authorization") != fmt.Sprint("Bearer secret-", g.valid.Load()) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	id := strings.TrimPrefix(r.URL.Path, "/posts/")
	jsonText(with(`"id":1`, `"id":`+id))(w, r)
}

func hammer(t *testing.T, db orm.DB, n int) {
	t.Helper()
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			if _, err := orm.Repo[Post](db).ByID(int64(i + 1)).One(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// A thousand calls on a token that has expired, or that is refused, fetch one new token.
func TestOneRefresh(t *testing.T) {
	g := &guarded{}
	var fetched atomic.Int64
	tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := fetched.Add(1)
		g.valid.Store(n)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"access_token":"secret-%d","token_type":"bearer","expires_in":3600}`, n)
	}))
	defer tokens.Close()
	defer http.DefaultClient.CloseIdleConnections()
	db := open(t, g, httpapi.ClientCredentials(clientcredentials.Config{ClientID: "me", ClientSecret: "secret", TokenURL: tokens.URL}))
	hammer(t, db, 1000)
	if fetched.Load() != 1 {
		t.Fatal(fetched.Load())
	}
	g.valid.Store(0) // revoked
	orig := fetched.Load()
	hammer(t, db, 1000)
	if fetched.Load() != orig+1 {
		t.Fatal(fetched.Load())
	}
}

func TestExpiry(t *testing.T) {
	g := &guarded{}
	g.valid.Store(1)
	var reasons []httpapi.Reason
	expires := time.Now().Add(5 * time.Second) // closer than clocks are exact
	db := open(t, g, httpapi.AllowNobody(), httpapi.Auth(func(ctx context.Context, why httpapi.Reason) (httpapi.Credentials, error) {
		reasons = append(reasons, why)
		return httpapi.Bearer("secret-1", expires), nil
	}))
	hammer(t, db, 1)
	hammer(t, db, 1)
	if len(reasons) != 2 || reasons[0] != httpapi.Missing || reasons[1] != httpapi.Expired {
		t.Fatal(reasons)
	}
}

// Refused credentials are renewed once for a call and never again; what refuses them twice is ErrAuth.
func TestRefusedTwice(t *testing.T) {
	g := &guarded{}
	n := 0
	db := open(t, g, httpapi.AllowNobody(), httpapi.Auth(func(ctx context.Context, why httpapi.Reason) (httpapi.Credentials, error) {
		n++
		return httpapi.Bearer("secret-"+strconv.Itoa(100+n), time.Time{}), nil
	}))
	_, err := orm.Repo[Post](db).ByID(1).One(context.Background())
	if !errors.Is(err, orm.ErrAuth) || n != 2 || g.asked.Load() != 2 || leaks(err) {
		t.Fatal(err, n, g.asked.Load())
	}
}

// Each actor has credentials of its own, and one does not see what was fetched for another.
func TestPerActor(t *testing.T) {
	var asked sync.Map
	db := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.Header.Get("Authorization"), true)
		who := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer secret-")
		time.Sleep(5 * time.Millisecond)
		jsonText(with(`"title":"t"`, `"title":"of `+who+`"`))(w, r)
	}), httpapi.Auth(func(ctx context.Context, _ httpapi.Reason) (httpapi.Credentials, error) {
		a, ok := orm.ActorFrom(ctx)
		if !ok {
			return httpapi.Credentials{}, errors.New("nobody asks, secret")
		}
		return httpapi.Bearer(fmt.Sprint("secret-", a.ID), time.Time{}), nil
	}))
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			ctx := orm.WithActor(context.Background(), orm.Actor{ID: 7_000_000_000 + i%10})
			p, err := orm.Repo[Post](db).ByID(1).One(ctx)
			if err != nil || p.Title != fmt.Sprint("of ", 7_000_000_000+i%10) {
				t.Error(p, err)
			}
		})
	}
	wg.Wait()
	if _, err := orm.Repo[Post](db).ByID(1).One(context.Background()); !errors.Is(err, orm.ErrNoActor) || leaks(err) {
		t.Fatal(err)
	}
}

func TestOptionalAuth(t *testing.T) {
	db := open(t, jsonText(good), httpapi.OptionalAuth(), httpapi.Auth(func(context.Context, httpapi.Reason) (httpapi.Credentials, error) {
		return httpapi.Credentials{}, errors.New("none")
	}))
	hammer(t, db, 1)
}

// Calls that ask the same at the same time share one request; the cap on requests under way holds for the source.
func TestConcurrency(t *testing.T) {
	var now, most, n atomic.Int64
	db := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		for c := now.Add(1); c > most.Load(); {
			most.Store(c)
		}
		time.Sleep(10 * time.Millisecond)
		now.Add(-1)
		jsonText(with(`"id":1`, `"id":`+strings.TrimPrefix(r.URL.Path, "/posts/")))(w, r)
	}), orm.Limits{MaxConcurrentRequests: 3})
	hammer(t, db, 30)
	if most.Load() > 3 || n.Load() != 30 {
		t.Fatal(most.Load(), n.Load())
	}
	n.Store(0)
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if _, err := orm.Repo[Post](db).ByID(5).One(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n.Load() > 20 {
		t.Fatal(n.Load())
	}
}
