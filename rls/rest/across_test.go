package rest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest"
	"github.com/multi-orm/orm/source/httpapi"
	"github.com/multi-orm/orm/source/sqlite"
)

// Buyer is a row of the database; another team's API keeps what buyers say of things.
type Buyer struct {
	ID       int64  `orm:"id,auto,datasource=main"`
	TenantID string `orm:"tenant_id,tenant"`
	Name     string `orm:"name"`

	Says []Saying `orm:"relation=id:buyer_id"`
}

type Saying struct {
	ID      int64  `orm:"id,auto,datasource=api"`
	BuyerID int64  `orm:"buyer_id" json:"buyerId"`
	Stars   int    `orm:"stars"`
	Text    string `orm:"text"`

	Buyer *Buyer `orm:"relation=buyer_id:id"`
}

func (Saying) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{
		FindMany: httpapi.GET("/says").Items("$"),
		FindBulk: httpapi.POST("/says/bulk").Body("buyers", "$where.BuyerID.in").Items("$"),
		Create:   httpapi.POST("/says").BodyAll().Item("$"),
	}
}

var Buyers = orm.Bind[Buyer, struct {
	ID   orm.Col[Buyer, int64]
	Name orm.Text[Buyer]
	Says orm.Many[Buyer, Saying]
}]()

var Sayings = orm.Bind[Saying, struct {
	ID, BuyerID orm.Col[Saying, int64]
	Stars       orm.Col[Saying, int]
	Text        orm.Text[Saying]
	Buyer       orm.One[Saying, Buyer]
}]()

// sayings is the other team's API.
type sayings struct {
	mu   sync.Mutex
	rows []map[string]any
	fail bool
}

func (a *sayings) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.fail {
		http.Error(w, "secret of the other team", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if r.Method == http.MethodPost && r.URL.Path == "/says" {
		row := map[string]any{}
		_ = json.NewDecoder(r.Body).Decode(&row)
		row["id"] = len(a.rows) + 1
		a.rows = append(a.rows, row)
		_ = json.NewEncoder(w).Encode(row)
		return
	}
	out := []map[string]any{}
	ask := struct{ Buyers []float64 }{}
	_ = json.NewDecoder(r.Body).Decode(&ask)
	for _, row := range a.rows {
		ok := r.URL.Path == "/says"
		for _, b := range ask.Buyers {
			ok = ok || fmt.Sprint(row["buyer_id"]) == fmt.Sprint(b)
		}
		if ok {
			out = append(out, row)
		}
	}
	_ = json.NewEncoder(w).Encode(out)
}

// Resources of an API, and of rows with relations to it, hold what resources of a database hold.
func TestResourcesOverAnAPI(t *testing.T) {
	api := &sayings{}
	for i, b := range []int{1, 1, 2, 3} {
		api.rows = append(api.rows, map[string]any{"id": i + 1, "buyer_id": b, "stars": 5 - i, "text": strings.Repeat("x", i+1)})
	}
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	db, err := orm.Open(t.Context(), sqlite.Source("main", testkit.SQLite(t)), httpapi.Source("api", server.URL), orm.Models(Buyer{}, Saying{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := errors.Join(orm.CreateTables(t.Context(), db), db.Use(rls.Tenant(), rls.Global(Saying{}))); err != nil {
		t.Fatal(err)
	}
	for _, b := range []Buyer{{Name: "Ada", TenantID: "a"}, {Name: "Bo", TenantID: "a"}, {Name: "Cy", TenantID: "b"}} {
		if err := orm.Repo[Buyer](db).Create(rls.Bypass(t.Context(), "fill"), &b); err != nil {
			t.Fatal(err)
		}
	}
	says := guard.Shape[Saying]{Select: guard.Only(Sayings.ID, Sayings.BuyerID, Sayings.Stars), Where: guard.Where[Saying]{guard.Allow(Sayings.Stars)}, OrderBy: guard.Only(Sayings.ID, Sayings.Stars), Take: guard.Take{Default: 2, Max: 10}}
	buyers := guard.Shape[Buyer]{
		Select: guard.Only(Buyers.ID, Buyers.Name), Where: guard.Where[Buyer]{guard.Allow(Buyers.Name), guard.Related(Buyers.Says, guard.Some, guard.Where[Saying]{guard.Allow(Sayings.Stars)})},
		OrderBy: guard.Only(Buyers.ID), Take: guard.Take{Default: 10, Max: 10}, With: guard.With[Buyer]{guard.Include(Buyers.Says, says)},
	}
	making := says
	making.Create = guard.Data[Saying]{guard.Accept(Sayings.BuyerID), guard.Accept(Sayings.Stars), guard.Accept(Sayings.Text)}
	s := serve(t, db, rest.Session(member),
		rest.Resource("buyers", rest.Rules[Buyer]{Get: rest.By[Buyer]{rest.All: buyers}, CountTotal: true}),
		rest.Resource("says", rest.Rules[Saying]{Get: rest.By[Saying]{rest.All: says}, Post: rest.By[Saying]{rest.All: making}, CountTotal: true})).as("a/u1")

	s.want(200, "GET", "/buyers?countTotal&select=(with:(says:(orderBy:(stars:asc))))", "").
		holds(t, "total", "2", "count", "2", "buyers.0.says.0.stars", "4", "buyers.0.says.1.stars", "5", "buyers.1.says.0.stars", "3")
	s.want(200, "GET", "/buyers?select=(where:(says.some:(stars.lte:3)))", "").holds(t, "count", "1", "buyers.0.name", "Bo")
	s.want(200, "GET", "/says?countTotal&select=(where:(stars.gte:3),orderBy:(stars:asc))", "").holds(t, "total", "4", "matched", "3", "count", "2", "says.0.stars", "3")
	s.want(200, "GET", "/says/4", "").holds(t, "says.stars", "2")
	s.want(404, "GET", "/says/9", "")
	s.want(201, "POST", "/says", `{"buyerId":2,"stars":1,"text":"new"}`).holds(t, "rowsAffected", "1")
	if got := api.rows[4]; got["buyer_id"] != 2.0 || got["text"] != "new" {
		t.Errorf("the API was sent %v", got)
	}
	api.fail = true
	for _, path := range []string{"/says", "/buyers?select=(with:(says:()))"} {
		if got := s.ask("GET", path, ""); got.status != 503 || bytes.Contains([]byte(got.text), []byte("secret")) {
			t.Errorf("%s: %d %s", path, got.status, got.text)
		}
	}
	s.want(200, "GET", "/buyers", "").holds(t, "count", "2")

	making.Where = guard.Where[Saying]{guard.Force(Sayings.Stars.Gt(2))}
	if _, err := rest.New(db, rest.Resource("says", rest.Rules[Saying]{Post: rest.By[Saying]{rest.All: making}})); !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), "could not be undone") {
		t.Error("a new row that its conditions do not admit:", err)
	}
}
