package orm_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/httpapi"
	"github.com/multi-orm/orm/source/sqlite"
)

// Customers live in one database, their invoices in another, and their ratings behind an API.
type Customer struct {
	ID   int64  `orm:"id,auto,datasource=crm"`
	Name string `orm:"name"`

	Invoices []Invoice `orm:"relation=id:customer_id"`
	Ratings  []Rating  `orm:"relation=id:customer_id"`
}

type Invoice struct {
	ID         int64   `orm:"id,auto,datasource=billing"`
	CustomerID int64   `orm:"customer_id,index"`
	Total      float64 `orm:"total"`
}

type Rating struct {
	ID         int64 `orm:"id,datasource=api"`
	CustomerID int64 `orm:"customer_id"`
	Stars      int   `orm:"stars"`
}

// Endpoints reads the ratings of many customers with one request.
func (Rating) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindBulk: httpapi.POST("/ratings/bulk").Body("customers", "$where.CustomerID.in").Items("$.data")}
}

var (
	Customers = orm.Bind[Customer, struct {
		Name     orm.Text[Customer]
		Invoices orm.Many[Customer, Invoice]
		Ratings  orm.Many[Customer, Rating]
	}]()
	Invoices = orm.Bind[Invoice, struct {
		Total orm.Col[Invoice, float64]
	}]()
)

// exampleAcross opens two databases and an API. The API fails once *down is true.
func exampleAcross(down *bool, opts ...orm.Option) (orm.DB, func()) {
	ctx := context.Background()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if *down {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"data": []map[string]any{{"id": 1, "customer_id": 1, "stars": 5}, {"id": 2, "customer_id": 2, "stars": 2}}})
	}))
	db, err := orm.Open(ctx, append(opts,
		sqlite.Source("crm", ":memory:"),
		sqlite.Source("billing", ":memory:"),
		httpapi.Source("api", api.URL, httpapi.Retries(0)),
		orm.Models(Customer{}, Invoice{}, Rating{}))...)
	if err != nil {
		log.Fatal(err)
	}
	if err := orm.CreateTables(ctx, db); err != nil {
		log.Fatal(err)
	}
	if _, err := orm.Repo[Customer](db).CreateMany(ctx, []Customer{{Name: "Ada"}, {Name: "Bob"}, {Name: "Cleo"}}); err != nil {
		log.Fatal(err)
	}
	if _, err := orm.Repo[Invoice](db).CreateMany(ctx, []Invoice{{CustomerID: 1, Total: 120}, {CustomerID: 1, Total: 80}, {CustomerID: 2, Total: 30}}); err != nil {
		log.Fatal(err)
	}
	return db, func() {
		_ = db.Close()
		api.Close()
	}
}

// Relations lead from one source into another as they do inside one: in filters and in includes.
func Example_acrossSources() {
	ctx := context.Background()
	db, done := exampleAcross(new(bool))
	defer done()
	customers := orm.Repo[Customer](db)

	rows, err := customers.
		Where(Customers.Invoices.Some(Invoices.Total.Gt(100))).
		With(Customers.Invoices.OrderBy(Invoices.Total.Desc()).Take(1)).
		All(ctx)
	for _, c := range rows {
		fmt.Println(c.Name, c.Invoices[0].Total)
	}
	fmt.Println(len(rows), err)

	rows, err = customers.Where(Customers.Invoices.None()).All(ctx)
	fmt.Println(rows[0].Name, err)
	// Output:
	// Ada 120
	// 1 <nil>
	// Cleo <nil>
}

// An API is one more source.
func Example_acrossAPI() {
	ctx := context.Background()
	db, done := exampleAcross(new(bool))
	defer done()
	rows, err := orm.Repo[Customer](db).With(Customers.Ratings, Customers.Invoices).All(ctx)
	for _, c := range rows {
		fmt.Println(c.Name, len(c.Ratings), len(c.Invoices))
	}
	fmt.Println(err)
	// Output:
	// Ada 1 2
	// Bob 1 1
	// Cleo 0 0
	// <nil>
}

// What a failing source leaves out is nil and told, never shown as none.
func ExampleQuery_BestEffort() {
	ctx := context.Background()
	down := true
	db, done := exampleAcross(&down)
	defer done()
	q := orm.Repo[Customer](db).With(Customers.Ratings, Customers.Invoices)

	_, err := q.All(ctx)
	fmt.Println(errors.Is(err, orm.ErrUpstream))

	var issues []orm.Issue
	rows, err := q.BestEffort(&issues).All(ctx)
	fmt.Println(rows[0].Name, rows[0].Ratings == nil, len(rows[0].Invoices), err)
	for _, i := range issues {
		fmt.Println(i.Source, i.Model, i.Path, i.Keys)
		fmt.Println(i.Cause)
	}
	// Output:
	// true
	// Ada true 2 <nil>
	// api Rating Ratings [1 2 3]
	// orm: include Ratings Rating (source api): source failed: POST /ratings/bulk answered 500 Internal Server Error
}

// Strict takes back what BestEffort said at Open.
func ExampleQuery_Strict() {
	down := true
	db, done := exampleAcross(&down, orm.BestEffort())
	defer done()
	_, err := orm.Repo[Customer](db).With(Customers.Ratings).Strict().All(context.Background())
	fmt.Println(errors.Is(err, orm.ErrUpstream))
	// Output: true
}

// Reads under Primary see what was just written, also where there are read replicas.
func ExamplePrimary() {
	db := example()
	defer db.Close()
	ctx := context.Background()
	team := Team{Name: "Field"}
	check(orm.Repo[Team](db).Create(ctx, &team))
	back, err := orm.Repo[Team](db).ByID(team.ID).One(orm.Primary(ctx))
	fmt.Println(back.Name, err)
	// Output: Field <nil>
}
