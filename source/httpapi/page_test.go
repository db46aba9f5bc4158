package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/httpapi"
)

type byCursor struct {
	ID int64 `orm:"id,table=by_cursor,datasource=blog"`
}

func (byCursor) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindMany: httpapi.GET("/cursor").Query("after", "$cursor").Query("n", "$take").Items("$.rows[*].it").Next("$.next")}
}

type byNext struct {
	ID int64 `orm:"id,table=by_next,datasource=blog"`
}

func (byNext) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindMany: httpapi.GET("/next").Items("$.rows").Next("$.next")}
}

type byLink struct {
	ID int64 `orm:"id,table=by_link,datasource=blog"`
}

func (byLink) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindMany: httpapi.GET("/link").Items("$").NextLink(), Cache: httpapi.Cache{TTL: time.Hour, Size: 4}}
}

type byPage struct {
	ID int64 `orm:"id,table=by_page,datasource=blog"`
}

func (byPage) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindMany: httpapi.GET("/page").Query("page", "$page").Items("$").Sorted("ID"), Create: httpapi.POST("/page").BodyAll()}
}

// pages serves thirty rows, ten at a time, by every kind of paging; bad changes where the pages lead.
func pages(bad *string, calls *int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		*calls++
		q := r.URL.Query()
		at, _ := strconv.Atoi(q.Get("after") + q.Get("at"))
		if p, err := strconv.Atoi(q.Get("page")); err == nil {
			at = (p - 1) * 10
		}
		rows, wrapped := []any{}, []any{}
		for i := at; i < min(at+10, 30); i++ {
			rows = append(rows, map[string]any{"id": i + 1})
			wrapped = append(wrapped, map[string]any{"it": map[string]any{"id": i + 1}})
		}
		next := any(nil)
		switch r.URL.Path {
		case "/cursor":
			if next = strconv.Itoa(at + 10); at >= 20 {
				next = nil
			}
			rows = wrapped
		case "/next":
			if next = fmt.Sprintf("/next?at=%d", at+10); at >= 20 {
				next = ""
			}
		case "/link":
			if at < 20 {
				w.Header().Set("Link", fmt.Sprintf(`</link?at=0>; rel="first", <%s/link?at=%d>; rel="next"`, *bad, at+10))
			}
		}
		switch *bad {
		case "repeat":
			next = "10"
		case "object":
			next = map[string]any{}
		case "elsewhere":
			next = "https://example.com/next"
		}
		if r.URL.Path == "/link" || r.URL.Path == "/page" {
			reply(w, 200, rows)
			return
		}
		reply(w, 200, map[string]any{"rows": rows, "next": next})
	}
}

func TestPages(t *testing.T) {
	bad, calls := "", 0
	db := open(t, pages(&bad, &calls), orm.Models(byCursor{}, byNext{}, byLink{}, byPage{}))
	ctx := context.Background()
	check := func(name string, n, want int, err error, requests int) {
		t.Helper()
		if n != want || err != nil || calls != requests {
			t.Errorf("%s: %d rows, %v, %d requests", name, n, err, calls)
		}
		calls = 0
	}
	a, err := orm.Repo[byCursor](db).All(ctx)
	check("cursor", len(a), 30, err, 3)
	b, err := orm.Repo[byNext](db).All(ctx)
	check("next", len(b), 30, err, 3)
	c, err := orm.Repo[byLink](db).All(ctx)
	check("link", len(c), 30, err, 3)
	c, err = orm.Repo[byLink](db).All(ctx)
	check("link from the cache", len(c), 30, err, 0)
	d, err := orm.Repo[byPage](db).All(ctx)
	check("page", len(d), 30, err, 4)
	d, err = orm.Repo[byPage](db).Skip(5).Take(10).All(ctx)
	check("page, cut", len(d), 10, err, 2)
	if d[0].ID != 6 {
		t.Error(d)
	}
	for _, bad = range []string{"repeat", "object"} {
		if _, err := orm.Repo[byCursor](db).All(ctx); !errors.Is(err, orm.ErrUpstream) || calls > 3 {
			t.Error(bad, err, calls)
		}
		calls = 0
	}
	bad = "elsewhere"
	if _, err := orm.Repo[byNext](db).All(ctx); !errors.Is(err, orm.ErrUpstream) || !strings.Contains(err.Error(), "another host") {
		t.Error(err)
	}
	bad = "https://example.com"
	ctx = orm.WithActor(ctx, orm.Actor{ID: 2}) // who has no part in what is kept for others
	if _, err := orm.Repo[byLink](db).All(ctx); !errors.Is(err, orm.ErrUpstream) || !strings.Contains(err.Error(), "another host") {
		t.Error(err)
	}
}
