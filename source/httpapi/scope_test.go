package httpapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/httpapi"
)

// stock is of a company, which the API cannot be asked for; pallet is one that it must be asked for.
type stock struct {
	ID        int64  `orm:"id,datasource=blog"`
	CompanyID int64  `orm:"company_id,scope=company"`
	Name      string `orm:"name"`
}

func (stock) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{
		FindMany:   httpapi.GET("/stocks").Items("$").Sorted("ID"),
		FindUnique: httpapi.GET("/stocks/{id}").Item("$"),
		Create:     httpapi.POST("/stocks").BodyAll().Item("$"),
		Update:     httpapi.PATCH("/stocks/{id}").BodyAll().Item("$"),
		Cache:      httpapi.Cache{TTL: time.Hour, Size: 100},
	}
}

type pallet stock

func (pallet) TableName() string { return "pallets" }

func (pallet) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{
		FindMany: httpapi.GET("/stocks").Query("company", "$where.CompanyID.eq").Items("$").Sorted("ID"),
		Cache:    httpapi.Cache{TTL: time.Hour, Size: 100},
	}
}

// keeper holds the rows of two companies and gives them to anybody; swap makes what is written another company's.
type keeper struct {
	calls atomic.Int64
	swap  atomic.Bool
	wrote atomic.Value
}

func (h *keeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.calls.Add(1)
	w.Header().Set("Content-Type", "application/json")
	row := func(id int64) map[string]any {
		return map[string]any{"id": id, "company_id": 1 + id%2, "name": fmt.Sprint("stock ", id)}
	}
	var out any
	var id int64
	switch _, err := fmt.Sscanf(r.URL.Path, "/stocks/%d", &id); {
	case r.Method != http.MethodGet:
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		h.wrote.Store(body)
		if err == nil {
			body["id"] = id
		}
		if h.swap.Load() {
			body["company_id"] = 2
		}
		out = body
	case err == nil:
		out = row(id)
	default:
		time.Sleep(time.Millisecond) // long enough for requests to meet
		all := []any{}
		for i := range int64(10) {
			if c := r.URL.Query().Get("company"); c == "" || c == fmt.Sprint(1+i%2) {
				all = append(all, row(i))
			}
		}
		out = all
	}
	_ = json.NewEncoder(w).Encode(out)
}

type ofCompany struct{}

// Kept replies and requests under way serve callers of one actor whom a scope holds to different values each their own.
func TestScopesPartWhatIsShared(t *testing.T) {
	h := &keeper{}
	srv := httptest.NewServer(h)
	defer srv.Close()
	db, err := orm.Open(context.Background(), httpapi.Source("blog", srv.URL), orm.Models(stock{}, pallet{}))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Use(rls.Scope("company", func(ctx context.Context, _ orm.Actor) (any, error) { return ctx.Value(ofCompany{}), nil })); err != nil {
		t.Fatal(err)
	}
	ctx := orm.WithActor(context.Background(), orm.Actor{ID: 1, TenantID: 1})
	in := func(company int64) context.Context { return context.WithValue(ctx, ofCompany{}, company) }
	stocks, pallets := orm.Repo[stock](db), orm.Repo[pallet](db)

	for who, ctx := range map[string]context.Context{"nobody": context.Background(), "a company of none": ctx, "a company of zero": in(0)} {
		_, err := stocks.All(ctx)
		_, single := stocks.ByID(1).One(ctx)
		_, must := pallets.All(ctx)
		for _, err := range []error{err, single, must, stocks.Create(ctx, &stock{ID: 1, CompanyID: 1})} {
			if !errors.Is(err, orm.ErrNoActor) {
				t.Errorf("%s: %v", who, err)
			}
		}
	}
	if n := h.calls.Load(); n != 0 {
		t.Errorf("%d requests were sent for nobody", n)
	}

	var wg sync.WaitGroup
	for range 20 {
		for _, company := range []int64{1, 2} {
			wg.Go(func() {
				rows, err := stocks.All(in(company))
				more, err2 := pallets.All(in(company))
				if err != nil || err2 != nil || len(rows) != 5 || len(more) != 5 {
					t.Errorf("company %d: %v, %v, %v, %v", company, rows, err, more, err2)
				}
				for i := range rows {
					if rows[i].CompanyID != company || more[i].CompanyID != company {
						t.Errorf("company %d was given %+v, %+v", company, rows[i], more[i])
					}
				}
				for id := range int64(4) {
					row, err := stocks.ByID(id + 1).One(in(company))
					if own := 1+(id+1)%2 == company; own && (err != nil || row.CompanyID != company) || !own && !errors.Is(err, orm.ErrNotFound) {
						t.Errorf("company %d: row %d is %+v, %v", company, id+1, row, err)
					}
				}
			})
		}
	}
	wg.Wait()

	made := stock{ID: 50, Name: "made"}
	if err := stocks.Create(in(1), &made); err != nil || made.CompanyID != 1 {
		t.Errorf("%+v, %v", made, err)
	}
	if body, _ := h.wrote.Load().(map[string]any); fmt.Sprint(body["company_id"]) != "1" {
		t.Errorf("the body is %v", body)
	}
	if err := stocks.Create(in(1), &stock{ID: 51, CompanyID: 2}); !errors.Is(err, orm.ErrDenied) {
		t.Errorf("a row of another company: %v", err)
	}
	before := h.calls.Load()
	if _, err := stocks.ByID(1).Update(in(1), stocks.F("Name").Set("stolen")); !errors.Is(err, orm.ErrNotFound) { // of company 2
		t.Errorf("an update of another company's row: %v", err)
	}
	if _, err := stocks.ByID(2).Update(in(1), stocks.F("CompanyID").Set(2)); !errors.Is(err, orm.ErrDenied) {
		t.Errorf("a row that moves: %v", err)
	}
	if body, _ := h.wrote.Load().(map[string]any); body["name"] == "stolen" {
		t.Errorf("the API was told %v in %d requests", body, h.calls.Load()-before)
	}
	h.swap.Store(true)
	foreign := stock{ID: 52, Name: "swapped"}
	if err := stocks.Create(in(1), &foreign); err == nil || foreign.CompanyID == 2 {
		t.Errorf("a reply with another company's row: %+v, %v", foreign, err)
	}
}
