package httpapi_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/httpapi"
)

// chart has an endpoint that sorts.
type chart struct {
	ID    int64 `orm:"id,table=charts,datasource=blog"`
	Plays int64 `orm:"plays,order=1 desc"`
}

func (chart) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindMany: httpapi.GET("/list").Query("sort", "$orderBy").Query("take", "$take").Items("$"), FindUnique: httpapi.GET("/one/{id}").Item("$")}
}

// heap has one that does not.
type heap struct {
	ID    int64 `orm:"id,table=heaps,datasource=blog"`
	Plays int64 `orm:"plays,order=1 desc"`
}

func (heap) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindMany: httpapi.GET("/list").Query("take", "$take").Items("$").Sorted("ID")}
}

// played serves five rows, by id or as sort says, and tells what it was asked.
func played(t *testing.T) (url string, asked func() []string) {
	var mu sync.Mutex
	var calls []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		calls = append(calls, r.URL.RequestURI())
		rows := []map[string]int{}
		for i := range 5 {
			rows = append(rows, map[string]int{"id": i + 1, "plays": (i * 2) % 5})
		}
		if id, ok := strings.CutPrefix(r.URL.Path, "/one/"); ok {
			n, _ := strconv.Atoi(id)
			reply(w, 200, rows[n-1])
			return
		}
		if r.URL.Query().Get("sort") == "-plays,id" {
			slices.SortFunc(rows, func(a, b map[string]int) int { return cmp.Compare(b["plays"], a["plays"]) })
		}
		if n, err := strconv.Atoi(r.URL.Query().Get("take")); err == nil {
			rows = rows[:min(n, len(rows))]
		}
		reply(w, 200, rows)
	}))
	t.Cleanup(server.Close)
	return server.URL, func() []string {
		mu.Lock()
		defer mu.Unlock()
		out := calls
		calls = nil
		return out
	}
}

// A default order is sent where a query's own would be, and the rows are sorted here or the call is refused where that would be.
func TestDefaultOrder(t *testing.T) {
	ctx := context.Background()
	url, asked := played(t)
	opened := func(l orm.Limits, opts ...httpapi.Option) orm.DB {
		db, err := orm.Open(ctx, httpapi.Source("blog", url, opts...), orm.Models(chart{}, heap{}), l)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return db
	}
	check := func(about string, ids []int64, err error, want string, calls string) {
		t.Helper()
		if err != nil || fmt.Sprint(ids) != want {
			t.Errorf("%s: %v %v, want %s", about, ids, err, want)
		}
		if have := strings.Join(asked(), " "); have != calls {
			t.Errorf("%s: asked %s, want %s", about, have, calls)
		}
	}
	charts := func(rows []chart, err error) ([]int64, error) {
		var ids []int64
		for _, r := range rows {
			ids = append(ids, r.ID)
		}
		return ids, err
	}
	heaps := func(rows []heap, err error) ([]int64, error) {
		var ids []int64
		for _, r := range rows {
			ids = append(ids, r.ID)
		}
		return ids, err
	}
	db := opened(orm.Limits{})
	ids, err := charts(orm.Repo[chart](db).Take(2).All(ctx))
	check("the API sorts", ids, err, "[3 5]", "/list?sort=-plays%2Cid&take=2")
	ids, err = charts(orm.Repo[chart](db).All(ctx))
	check("a whole list is sorted here", ids, err, "[3 5 2 4 1]", "/list?take=100")
	one, err := orm.Repo[chart](db).ByID(2).First(ctx)
	check("a row by its key", []int64{one.ID}, err, "[2]", "/one/2")
	ids, err = heaps(orm.Repo[heap](db).Take(2).All(ctx))
	check("a page is cut here", ids, err, "[3 5]", "/list?take=100")
	ids, err = heaps(orm.Repo[heap](db).Sort("ID").Take(2).All(ctx))
	check("an order by the key is the API's own, and nothing comes behind it", ids, err, "[1 2]", "/list?take=2")
	n, err := orm.Repo[heap](db).Count(ctx)
	check("a number", []int64{n}, err, "[5]", "/list?take=100")

	strict := opened(orm.Limits{}, httpapi.NoFiltering())
	ids, err = charts(orm.Repo[chart](strict).Take(2).All(ctx))
	check("NoFiltering, the API sorts", ids, err, "[3 5]", "/list?sort=-plays%2Cid&take=2")
	ids, err = heaps(orm.Repo[heap](strict).All(ctx))
	check("NoFiltering, a whole list", ids, err, "[3 5 2 4 1]", "/list?take=100")
	if _, err := orm.Repo[heap](strict).Take(2).All(ctx); !errors.Is(err, orm.ErrUnsupported) || len(asked()) > 0 {
		t.Errorf("NoFiltering, a page that the API does not sort: %v", err)
	}
	small := opened(orm.Limits{PostFilterRows: 3})
	if _, err := orm.Repo[heap](small).Take(2).All(ctx); !errors.Is(err, orm.ErrLimit) {
		t.Errorf("more rows than may be sorted for a page: %v", err)
	}
}
