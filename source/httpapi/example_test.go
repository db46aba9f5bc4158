package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/httpapi"
)

// Rate is a model on an API; Endpoints says how it maps.
type Rate struct {
	Code  string  `orm:"code,id,table=rates,datasource=bank"`
	Value float64 `orm:"value"`
}

// Endpoints maps the model.
func (Rate) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{
		FindMany:   httpapi.GET("/rates").Query("min", "$where.Value.gte?").Items("$.rates"),
		FindUnique: httpapi.GET("/rates/{code}").Item("$"),
	}
}

func bank() *httptest.Server {
	mux := http.NewServeMux()
	send := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, text)
		}
	}
	mux.HandleFunc("GET /rates", send(`{"rates":[{"code":"CHF","value":0.95},{"code":"DKK","value":7.46},{"code":"SEK","value":11.2}]}`))
	mux.HandleFunc("GET /rates/DKK", send(`{"code":"DKK","value":7.46}`))
	return httptest.NewServer(mux)
}

func ExampleSource() {
	srv := bank()
	defer srv.Close()
	ctx := context.Background()
	db, err := orm.Open(ctx, httpapi.Source("bank", srv.URL, httpapi.Header("X-Key", "…")), orm.Models(Rate{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	rates := orm.Repo[Rate](db)
	one, err := rates.ByID("DKK").One(ctx)
	fmt.Println(one, err)
	// The API knows a lower bound only; it may ignore that. The rest is done here.
	some, err := rates.Where(rates.F("Value").Gte(1), rates.F("Code").Ne("SEK")).All(ctx)
	fmt.Println(some, err)
	_, err = rates.ByID("XXX").One(ctx)
	fmt.Println(errors.Is(err, orm.ErrNotFound))
	// Output:
	// {DKK 7.46} <nil>
	// [{DKK 7.46}] <nil>
	// true
}

func ExampleDataSource_Describe() {
	srv := bank()
	defer srv.Close()
	ctx := context.Background()
	db, err := orm.Open(ctx, httpapi.Source("bank", srv.URL), orm.Models(Rate{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	rates := orm.Repo[Rate](db)
	plan, err := rates.Where(rates.F("Value").Gte(1)).OrderBy(rates.F("Code").Asc()).Take(5).Explain(ctx)
	fmt.Print(plan)
	fmt.Println(err)
	// Output:
	// Rate (bank)
	//   GET /rates?min=… (sorted here, cut here)
	// <nil>
}

// An API that must do its own filtering: what it cannot be asked is refused instead of fetched whole.
func ExampleNoFiltering() {
	_ = httpapi.Source("blog", "https://api.example.com", httpapi.NoFiltering(), httpapi.MaxRows(10_000))
}

// Where the pages of a list lie under another path than the first.
func ExampleEndpoint_Below() {
	_ = httpapi.GET("/posts").Items("$.rows").Next("$.next").Below("/v2/posts")
}

// An API that is known to fail for some, such as one that answers 500 for what it does not know, may be asked on and on: without a
// breaker the failures of one caller end no calls of another.
func ExampleNoBreaker() {
	down := true
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"code":"DKK","value":7.46}`)
	}))
	defer srv.Close()
	ctx := context.Background()
	db, err := orm.Open(ctx, httpapi.Source("bank", srv.URL, httpapi.NoBreaker(), httpapi.Retries(0)), orm.Models(Rate{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	failed := 0
	for range 30 {
		if _, err := orm.Repo[Rate](db).ByID("DKK").One(ctx); errors.Is(err, orm.ErrUpstream) {
			failed++
		}
	}
	down = false
	rate, err := orm.Repo[Rate](db).ByID("DKK").One(ctx)
	fmt.Println(failed, rate.Value, err)
	// Output: 30 7.46 <nil>
}
