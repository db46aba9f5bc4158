package ormtest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook/ormtest"
	"github.com/multi-orm/orm/source/httpapi"
)

// Ware lives behind an API.
type Ware struct {
	ID    int64    `orm:"id,auto,datasource=wares"`
	Name  string   `orm:"name"`
	Kind  string   `orm:"kind"`
	Price *float64 `orm:"price"`
	Pin   string   `orm:"pin,hidden"`
}

// Endpoints maps it.
func (Ware) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{
		FindMany: httpapi.GET("/v1/wares").Query("kind", "$where.Kind.eq?").Query("sort", "$orderBy").Query("offset", "$skip").Query("limit", "$take").
			Items("$.items").Total("$.total").ByteOrder(),
		FindUnique: httpapi.GET("/v1/wares/{id}").Item("$"),
		FindBulk:   httpapi.GET("/v1/wares").Query("id", "$where.ID.in").Items("$.items"),
		Create:     httpapi.POST("/v1/wares").BodyAll().Item("$"),
		Update:     httpapi.PATCH("/v1/wares/{id}").BodyAll().Item("$"),
		Delete:     httpapi.DELETE("/v1/wares/{id}"),
	}
}

func cents(f float64) *float64 { return &f }

func wares() ormtest.Route {
	return ormtest.Rows("/v1/wares", Ware{ID: 4, Name: "tea", Kind: "food", Price: cents(2.5)}, Ware{ID: 7, Name: "mug", Kind: "tool"}, Ware{ID: 2, Name: "rice", Kind: "food", Price: cents(10)})
}

func TestRowsServeASource(t *testing.T) {
	api := ormtest.NewAPI(t, wares())
	db := ormtest.Open(t, httpapi.Source("wares", api.URL, httpapi.Header("Authorization", "Bearer hush-hush")), orm.Models(Ware{}))
	ctx, repo := t.Context(), orm.Repo[Ware](db)

	rows, err := repo.Where(repo.F("Kind").Eq("food")).Sort("-ID").All(ctx)
	if err != nil || len(rows) != 2 || rows[0].Name != "tea" || *rows[1].Price != 10 {
		t.Errorf("%+v, error %v", rows, err)
	}
	api.AssertRequests(t, "GET /v1/wares?kind=food&limit=100&offset=0")
	if header := api.Requests()[0].Header.Get("Authorization"); header != ormtest.Redacted {
		t.Errorf("the credentials are recorded: %q", header)
	}

	api.Forget()
	if rows, err = repo.Where(repo.F("ID").In(2, 7)).All(ctx); err != nil || len(rows) != 2 {
		t.Errorf("%+v, error %v", rows, err)
	}
	if w, err := repo.ByID(7).One(ctx); err != nil || w.Name != "mug" || w.Price != nil {
		t.Errorf("%+v, error %v", w, err)
	}
	if _, err := repo.ByID(99).One(ctx); err == nil {
		t.Error("a row that is not there was found")
	}
	if rows, err = repo.Sort("Name").Skip(1).Take(1).All(ctx); err != nil || len(rows) != 1 || rows[0].Name != "rice" {
		t.Errorf("%+v, error %v", rows, err)
	}
	api.AssertRequests(t, "GET /v1/wares/7", "GET /v1/wares?id=2,7", "GET /v1/wares/99", "GET /v1/wares?limit=1&offset=1&sort=name,id")

	api.Forget()
	w := Ware{Name: "pot", Kind: "tool", Pin: "0000"}
	if err := repo.Create(ctx, &w); err != nil || w.ID != 8 {
		t.Errorf("%+v, error %v", w, err)
	}
	if w, err := repo.ByID(8).Update(ctx, orm.F(func(w *Ware) *string { return &w.Name }).Set("pan")); err != nil || w.Name != "pan" || w.Kind != "tool" {
		t.Errorf("%+v, error %v", w, err)
	}
	if _, err := repo.ByID(8).Delete(ctx); err != nil {
		t.Error(err)
	}
	if n, err := repo.Count(ctx); n != 3 || err != nil {
		t.Errorf("%d rows are left, error %v", n, err)
	}
	var writes []string
	for _, r := range api.Requests() {
		if r.Method != "GET" {
			writes = append(writes, r.String())
		}
	}
	want := []string{`POST /v1/wares {"kind":"tool","name":"pot","pin":"[redacted]","price":null}`, `PATCH /v1/wares/8 {"name":"pan"}`, "DELETE /v1/wares/8"}
	if !slices.Equal(writes, want) {
		t.Errorf("wrote %q", writes)
	}
}

// A source's statements are counted whatever they ask of the API.
func TestStatementsOfAnAPI(t *testing.T) {
	api := ormtest.NewAPI(t, wares())
	db := ormtest.Open(t, httpapi.Source("wares", api.URL), orm.Models(Ware{}))
	ormtest.AssertStatements(t.Context(), t, db, 1, func(ctx context.Context) { _, _ = orm.Repo[Ware](db).All(ctx) })
	said := judging(t, func(j *judge) {
		ormtest.AssertStatements(t.Context(), j, db, 0, func(ctx context.Context) { _, _ = orm.Repo[Ware](db).All(ctx) })
	})
	if len(said) != 1 || !strings.Contains(said[0], "1. select Ware on wares") {
		t.Errorf("said %q", said)
	}
}

func TestRowsByHand(t *testing.T) {
	api := ormtest.NewAPI(t, wares(), ormtest.Handle("GET /odd", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	do := func(method, path, kind, body string) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, api.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if kind != "" {
			r.Header.Set("Content-Type", kind)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		text, _ := io.ReadAll(res.Body)
		return res.StatusCode, string(text)
	}
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	for _, c := range []struct {
		method, path, body string
		status             int
		holds              string
	}{
		{"GET", "/v1/wares?name[]=tea&name[]=mug&sort=-price", "", 200, `"id":7,"kind":"tool","name":"mug","pin":"","price":null},{"id":4`}, // NULL is the largest
		{"GET", "/v1/wares?kind=food&sort=price&limit=1", "", 200, `{"items":[{"id":4,"kind":"food","name":"tea","pin":"","price":2.5}],"total":2}`},
		{"GET", "/v1/wares?offset=9", "", 200, `{"items":[],"total":3}`},
		{"GET", "/v1/wares?knid=food", "", 400, "knid"},
		{"GET", "/v1/wares?limit=-1", "", 400, "limit"},
		{"GET", "/v1/wares?sort=weight", "", 400, "weight"},
		{"GET", "/v1/wares/5", "", 404, ""},
		{"POST", "/v1/wares", `{"id":4,"name":"x"}`, 409, "there already"},
		{"POST", "/v1/wares", `{"nmae":"x"}`, 400, "nmae"},
		{"POST", "/v1/wares", `[]`, 400, "no JSON object"},
		{"PUT", "/v1/wares/2", `{"name":"oats"}`, 200, `{"id":2,"kind":null,"name":"oats","pin":null,"price":null}`},
		{"PUT", "/v1/wares/2", `{"id":3}`, 400, "does not change"},
		{"PATCH", "/v1/wares/5", `{}`, 404, ""},
		{"DELETE", "/v1/wares/5", ``, 404, ""},
		{"GET", "/odd", "", 418, ""},
		{"GET", "/nowhere", "", 404, ""},
	} {
		if status, text := do(c.method, c.path, "application/json", c.body); status != c.status || !strings.Contains(text, c.holds) {
			t.Errorf("%s %s: %d %s; want %d with %s", c.method, c.path, status, text, c.status, c.holds)
		}
	}

	api.Forget()
	do("POST", "/nowhere?api_key=1234&a=b", "application/x-www-form-urlencoded", "user=ann&client_secret=5678")
	do("POST", "/nowhere", "application/json", `{"b":[{"Password":"1","n":12345678901234567890}],"a":"<"}`)
	do("POST", "/nowhere", "text/plain", "secret words")
	api.AssertRequests(t, "POST /nowhere?a=b&api_key=[redacted] client_secret=[redacted]&user=ann",
		`POST /nowhere {"a":"<","b":[{"Password":"[redacted]","n":12345678901234567890}]}`, "POST /nowhere [12 bytes]")
}

func TestAssertRequestsFails(t *testing.T) {
	api := ormtest.NewAPI(t, wares())
	db := ormtest.Open(t, httpapi.Source("wares", api.URL), orm.Models(Ware{}))
	for range 2 {
		if _, err := orm.Repo[Ware](db).ByID(7).One(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	said := judging(t, func(j *judge) { api.AssertRequests(j, "GET /v1/wares/7", "GET /v1/wares/8") })
	if len(said) != 1 || !strings.Contains(said[0], "not asked:\n\t\tGET /v1/wares/8") || !strings.Contains(said[0], "asked besides:\n\t\tGET /v1/wares/7") {
		t.Errorf("said %q", said)
	}
	if said := judging(t, func(j *judge) { api.AssertRequests(j, "GET /v1/wares/7", "GET /v1/wares/7") }); len(said) != 0 {
		t.Errorf("what is right fails: %q", said)
	}
}

func TestAPIIsMadeOfFitParts(t *testing.T) {
	type Keyless struct{ Name string }
	for name, route := range map[string]ormtest.Route{
		"no key": ormtest.Rows[Keyless]("/keyless"), "a key twice": ormtest.Rows("/wares", Ware{ID: 1}, Ware{ID: 1}),
	} {
		if said := judging(t, func(j *judge) { ormtest.NewAPI(j, route) }); len(said) != 1 || !strings.HasPrefix(said[0], "ormtest: ") {
			t.Errorf("%s: %s", name, fmt.Sprint(said))
		}
	}
}
