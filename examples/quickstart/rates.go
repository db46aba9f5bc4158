package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/oauth2/clientcredentials"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/httpapi"
)

// Rate is what one euro buys of a currency. It lives behind an HTTP API, and is a model like the others.
type Rate struct {
	Code    string  `orm:"code,id,datasource=rates"`
	PerEuro float64 `orm:"per_euro"`
}

// Rates are the columns of Rate.
var Rates = orm.Bind[Rate, struct {
	Code    orm.Text[Rate]
	PerEuro orm.Col[Rate, float64]
}]()

// Endpoints says how the API maps: a list in pages, one rate, and many rates at once.
func (Rate) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{
		FindMany:   httpapi.GET("/rates").Query("page", "$cursor?").Query("below", "$where.PerEuro.lt?").Items("$.data").Next("$.next"),
		FindUnique: httpapi.GET("/rates/{code}").Item("$"),
		FindBulk:   httpapi.POST("/rates/bulk").Body("codes", "$where.Code.in").Items("$.data"),
	}
}

// ratesAPI is an HTTP API that the program starts for itself, with pages, a bulk endpoint and OAuth.
type ratesAPI struct {
	url    string
	server *http.Server
	done   chan error
	rates  []rate
}

type rate struct {
	Code    string  `json:"code"`
	PerEuro float64 `json:"per_euro"`
}

const (
	client, secret, token = "quickstart", "not a secret", "a token"

	pageSize = 10
)

// startRates serves on a free port of this machine.
func startRates() (*ratesAPI, error) {
	rates, err := read("rates", func(r *record) rate { return rate{r.text("code"), r.float("per_euro")} })
	if err != nil {
		return nil, fmt.Errorf("rates.csv: %w", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	a := &ratesAPI{url: "http://" + l.Addr().String(), rates: rates, done: make(chan error, 1)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", giveToken)
	mux.HandleFunc("GET /rates", authorized(a.list))
	mux.HandleFunc("GET /rates/{code}", authorized(a.one))
	mux.HandleFunc("POST /rates/bulk", authorized(a.bulk))
	a.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { a.done <- a.server.Serve(l) }()
	return a, nil
}

func (a *ratesAPI) close() {
	_ = a.server.Close()
	<-a.done
}

// source is the API as a data source. Tokens are fetched, kept and renewed by package oauth2.
func (a *ratesAPI) source(ctx context.Context) source.Source {
	c := clientcredentials.Config{ClientID: client, ClientSecret: secret, TokenURL: a.url + "/token"}
	return httpapi.Source("rates", a.url, httpapi.OAuth2(c.TokenSource(ctx)))
}

func giveToken(w http.ResponseWriter, r *http.Request) {
	if id, key, ok := r.BasicAuth(); !ok || id != client || key != "not+a+secret" { // the user information of OAuth is form-encoded
		http.Error(w, `{"error":"invalid_client"}`, http.StatusUnauthorized)
		return
	}
	answer(w, map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": 3600})
}

func authorized(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+token {
			http.Error(w, `{"error":"unauthorized"}`, http.StatusUnauthorized)
			return
		}
		next(w, r)
	}
}

// list gives pages of ten; the last has no next one.
func (a *ratesAPI) list(w http.ResponseWriter, r *http.Request) {
	found := a.rates
	if below, err := strconv.ParseFloat(r.FormValue("below"), 64); err == nil {
		found = nil
		for _, x := range a.rates {
			if x.PerEuro < below {
				found = append(found, x)
			}
		}
	}
	page, _ := strconv.Atoi(r.FormValue("page"))
	from := min(max(page-1, 0)*pageSize, len(found))
	to := min(from+pageSize, len(found))
	out := map[string]any{"data": found[from:to]}
	if to < len(found) {
		out["next"] = strconv.Itoa(max(page, 1) + 1)
	}
	answer(w, out)
}

func (a *ratesAPI) one(w http.ResponseWriter, r *http.Request) {
	for _, x := range a.rates {
		if x.Code == r.PathValue("code") {
			answer(w, x)
			return
		}
	}
	http.Error(w, `{"error":"no such rate"}`, http.StatusNotFound)
}

func (a *ratesAPI) bulk(w http.ResponseWriter, r *http.Request) {
	var ask struct{ Codes []string }
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&ask); err != nil {
		http.Error(w, `{"error":"bad request"}`, http.StatusBadRequest)
		return
	}
	wanted := map[string]bool{}
	for _, c := range ask.Codes {
		wanted[c] = true
	}
	found := []rate{}
	for _, x := range a.rates {
		if wanted[x.Code] {
			found = append(found, x)
		}
	}
	answer(w, map[string]any{"data": found})
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}
