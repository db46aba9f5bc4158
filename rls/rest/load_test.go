package rest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls/rest"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

// TestLoad lets 64 clients read and write at once: nothing fails, nothing is lost, and nobody sees another's rows. ORM_LOAD says
// how many requests each sends; the leak checks of the package hold for it too.
func TestLoad(t *testing.T) {
	const clients = 64
	each := 50
	if n, err := strconv.Atoi(os.Getenv("ORM_LOAD")); err == nil {
		each = n
	}
	for name, source := range map[string]func() orm.Option{
		"sqlite":   func() orm.Option { return sqlite.Source("main", testkit.SQLite(t)) },
		"postgres": func() orm.Option { return postgres.Source("main", testkit.Postgres(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			db, err := orm.Open(t.Context(), source(), orm.Models(User{}, Post{}))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			if err := orm.CreateTables(t.Context(), db); err != nil {
				t.Fatal(err)
			}
			for i := range clients {
				if err := orm.Repo[User](db).Create(t.Context(), &User{ID: fmt.Sprint("c", i), Name: "n", Email: fmt.Sprint(i, "@x")}); err != nil {
					t.Fatal(err)
				}
			}
			api, err := rest.New(db, rest.Session(bearer), rest.Limits{Timeout: time.Minute}, rest.Resource("posts", own()))
			if err != nil {
				t.Fatal(err)
			}
			server := httptest.NewServer(api)
			defer server.Close()
			transport := &http.Transport{MaxIdleConnsPerHost: clients}
			defer transport.CloseIdleConnections()
			client := &http.Client{Transport: transport}

			times := make([][]time.Duration, clients)
			var all sync.WaitGroup
			for i := range clients {
				all.Go(func() {
					for k := range each {
						began := time.Now()
						if err := visit(t.Context(), client, server.URL, fmt.Sprint("c", i), k); err != nil {
							t.Errorf("client %d, request %d: %v", i, k, err)
							return
						}
						times[i] = append(times[i], time.Since(began))
					}
				})
			}
			all.Wait()
			sorted := slices.Concat(times...)
			slices.Sort(sorted)
			if len(sorted) == 0 {
				t.Fatal("no request was answered")
			}
			t.Logf("%d requests: median %v, p99 %v, longest %v", len(sorted), sorted[len(sorted)/2], sorted[len(sorted)*99/100], sorted[len(sorted)-1])
			n, err := orm.Repo[Post](db).Query().Count(t.Context())
			if want := int64(clients * ((each + 3) / 4)); err != nil || n != want {
				t.Errorf("%d posts, %d were made: %v", n, want, err)
			}
		})
	}
}

// visit sends one request: a new post, a change of all, a list, and one with its author.
func visit(ctx context.Context, client *http.Client, url, user string, k int) error {
	method, path, body, status := http.MethodGet, "/posts?countTotal&select=(limit:5,orderBy:(likes:desc))", "", 200
	switch k % 4 {
	case 0:
		method, path, body, status = http.MethodPost, "/posts", `{"title":"of `+user+`","body":"b"}`, 201
	case 1:
		method, path, body = http.MethodPatch, "/posts?select=(where:(title.like:'of%25'),columns:F)", `{"body":"of `+user+`"}`
	case 2:
		path = "/posts?select=(with:(user:T),limit:3)"
	}
	r, err := http.NewRequestWithContext(ctx, method, url+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+user)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	res, err := client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	switch {
	case err != nil:
		return err
	case res.StatusCode != status:
		return fmt.Errorf("%d: %s", res.StatusCode, text)
	case strings.Contains(strings.ReplaceAll(string(text), `"`+user+`"`, ""), `"userId":"c`):
		return errors.New("another's row: " + string(text))
	}
	return nil
}
