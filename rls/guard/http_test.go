package guard_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/source/httpapi"
	"github.com/multi-orm/orm/source/sqlite"
)

// Customer is a row of the database whose ratings another team's API keeps.
type Customer struct {
	ID       int64  `orm:"id,auto,datasource=main"`
	TenantID int64  `orm:"tenant_id,tenant"`
	Name     string `orm:"name"`

	Ratings []Rating `orm:"relation=id:customer_id"`
}

type Rating struct {
	ID         int64  `orm:"id,datasource=api"`
	CustomerID int64  `orm:"customer_id"`
	Stars      int    `orm:"stars"`
	Note       string `orm:"note"`
	Internal   bool   `orm:"internal"`
}

func (Rating) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{
		FindMany: httpapi.GET("/ratings").Query("stars", "$where.Stars.eq?").Items("$"),
		FindBulk: httpapi.POST("/ratings/bulk").Body("customers", "$where.CustomerID.in").Items("$"),
		Create:   httpapi.POST("/ratings").BodyAll().Item("$"),
	}
}

var Customers = orm.Bind[Customer, struct {
	ID      orm.Col[Customer, int64]
	Name    orm.Text[Customer]
	Ratings orm.Many[Customer, Rating]
}]()

var Ratings = orm.Bind[Rating, struct {
	ID         orm.Col[Rating, int64]
	CustomerID orm.Col[Rating, int64]
	Stars      orm.Col[Rating, int]
	Note       orm.Text[Rating]
	Internal   orm.Col[Rating, bool]
}]()

// Shapes hold over an API as over a database, and over a relation between the two.
func TestShapesOverAnAPI(t *testing.T) {
	rows := []map[string]any{
		{"id": 1, "customer_id": 1, "stars": 5, "note": "fine", "internal": false}, {"id": 2, "customer_id": 1, "stars": 1, "note": "bad", "internal": true},
		{"id": 3, "customer_id": 2, "stars": 4, "note": "good", "internal": false},
	}
	mux := http.NewServeMux()
	send := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v)
	}
	mux.HandleFunc("GET /ratings", func(w http.ResponseWriter, _ *http.Request) { send(w, rows) })
	mux.HandleFunc("POST /ratings/bulk", func(w http.ResponseWriter, r *http.Request) {
		var ask struct{ Customers []int }
		_ = json.NewDecoder(r.Body).Decode(&ask)
		send(w, slices.DeleteFunc(slices.Clone(rows), func(m map[string]any) bool { return !slices.Contains(ask.Customers, m["customer_id"].(int)) }))
	})
	var posted map[string]any
	mux.HandleFunc("POST /ratings", func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewDecoder(r.Body).Decode(&posted)
		send(w, posted)
	})
	api := httptest.NewServer(mux)
	defer api.Close()
	ctx := actor(1)
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), httpapi.Source("api", api.URL), orm.Models(Customer{}, Rating{}))
	must(t, err)
	defer db.Close()
	must(t, orm.CreateTables(ctx, db))
	must(t, db.Use(rls.Tenant(), rls.Global(Rating{})))
	_, err = orm.Repo[Customer](db).CreateMany(ctx, []Customer{{Name: "Ada"}, {Name: "Bob"}})
	must(t, err)

	rating := guard.Shape[Rating]{
		Select: guard.Only(Ratings.Stars, Ratings.Note), OrderBy: guard.Only(Ratings.Stars),
		Where: guard.Where[Rating]{guard.Allow(Ratings.Stars), guard.Allow(Ratings.Note), guard.Force(Ratings.Internal.Eq(false))}, Logic: guard.Or,
		Unique: guard.Uniques[Rating]{guard.By(Ratings.ID)},
		Create: guard.Data[Rating]{guard.Accept(Ratings.ID), guard.Accept(Ratings.CustomerID), guard.Accept(Ratings.Stars), guard.Accept(Ratings.Note), guard.Fix(Ratings.Internal.Set(true))},
	}
	ratings := guard.MustCompile(rating)
	found, err := ratings.FindMany(ctx, orm.Repo[Rating](db), []byte(`{"where": {"OR": [{"stars": {"lte": 4}}, {"note": {"startsWith": "f"}}]}, "orderBy": {"stars": "asc"}}`))
	shows(t, found, err, `[{"stars":4,"note":"good"},{"stars":5,"note":"fine"}]`)
	made, err := ratings.Create(ctx, orm.Repo[Rating](db), []byte(`{"data": {"id": 9, "customer_id": 2, "stars": 3, "note": "so so", "internal": false}}`))
	shows(t, made, err, `{"stars":3,"note":"so so"}`)
	if posted["internal"] != true {
		t.Errorf("the API got %v", posted)
	}

	rating.Create, rating.Unique = nil, nil
	customers := guard.MustCompile(guard.Shape[Customer]{
		Select: guard.Only(Customers.Name), OrderBy: guard.Only(Customers.Name),
		Where: guard.Where[Customer]{guard.Related(Customers.Ratings, guard.Some, guard.Where[Rating]{guard.Allow(Ratings.Stars)})},
		With:  guard.With[Customer]{guard.Include(Customers.Ratings, rating)},
	})
	both, err := customers.FindMany(ctx, orm.Repo[Customer](db), []byte(`{"orderBy": {"name": "asc"}, "include": {"ratings": {"select": {"stars": true}}}}`))
	shows(t, both, err, `[{"name":"Ada","ratings":[{"stars":5}]},{"name":"Bob","ratings":[{"stars":4}]}]`)
	none, err := customers.FindMany(ctx, orm.Repo[Customer](db), []byte(`{"where": {"ratings": {"some": {"stars": 1}}}}`)) // the one that is internal
	shows(t, none, err, `[]`)
	_, err = ratings.GroupBy(ctx, orm.Repo[Rating](db), []byte(`{"_count": true}`))
	if e := refused(t, err, guard.CodeShape, ""); e != nil && strings.Contains(e.Error(), api.URL) {
		t.Error(e)
	}
}

// A part of an answer that cannot be had fails the request, also where reads of the DB do what they can.
func TestAnswersAreWhole(t *testing.T) {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }))
	defer api.Close()
	ctx := actor(1)
	db, err := orm.Open(ctx, orm.BestEffort(), sqlite.Source("main", ":memory:"), httpapi.Source("api", api.URL, httpapi.Retries(0)), orm.Models(Customer{}, Rating{}))
	must(t, err)
	defer db.Close()
	must(t, orm.CreateTables(ctx, db))
	customer := Customer{Name: "Ada", TenantID: 1}
	must(t, orm.Repo[Customer](db).Create(ctx, &customer))
	c := guard.MustCompile(guard.Shape[Customer]{
		Select: guard.Only(Customers.Name),
		With:   guard.With[Customer]{guard.Include(Customers.Ratings, guard.Shape[Rating]{Select: guard.Only(Ratings.Stars)})},
	})
	_, err = c.FindMany(ctx, orm.Repo[Customer](db), []byte(`{"include": {"ratings": true}}`))
	if e := refused(t, err, guard.CodeInternal, ""); e != nil && (e.Status != 503 || strings.Contains(e.Error(), "127.0.0.1")) {
		t.Errorf("%d %v", e.Status, e)
	}
}
