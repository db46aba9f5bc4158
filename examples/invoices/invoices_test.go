package main

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook/ormtest"
)

// A day in two firms, on each database.
func TestADay(t *testing.T) {
	engines(t, func(t *testing.T, s service) {
		s.do("", "GET", "/api/customers", "", 401)
		s.do("nobody", "GET", "/api/customers", "", 401)

		// an invoice, from draft to paid
		drafted := s.do("bob", "POST", "/invoices", `{"number":"A-1","customer":"ACME","lines":[{"sku":"LAMP","quantity":"2"},{"sku":"OAK","quantity":"1.333"}],"tags":["spring","rush"]}`, 201)
		if drafted["id"] != 1.0 || drafted["total"] != 11680.0 || drafted["status"] != "draft" || len(drafted["lines"].([]any)) != 2 || len(drafted["tags"].([]any)) != 2 {
			t.Errorf("drafted %s", text(drafted))
		}
		if got := text(drafted["lines"].([]any)[1].(map[string]any)["quantity"]); got != `"1.333"` {
			t.Errorf("the quantity is %s", got)
		}
		s.do("bob", "POST", "/invoices", `{"number":"A-1","customer":"ACME","lines":[{"sku":"LAMP","quantity":"1"}]}`, 409)
		s.do("bob", "POST", "/invoices", `{"number":"A-2","customer":"ACME","lines":[{"sku":"LAMP","quantity":"1.3333"}]}`, 422) // numeric(10,3)
		s.do("bob", "POST", "/invoices", `{"number":"A-2","customer":"NONE","lines":[{"sku":"LAMP","quantity":"1"}]}`, 400)
		s.do("bea", "POST", "/invoices", `{"number":"A-1","customer":"ACME","lines":[{"sku":"LAMP","quantity":"1"}]}`, 201) // another firm's numbers

		issued := s.do("bob", "POST", "/invoices/1/issue", "", 200)
		if issued["status"] != "issued" || issued["euros"] != 11680.0 || issued["dueOn"] != of(time.Now()).plus(term).String() {
			t.Errorf("issued %s", text(issued))
		}
		s.do("bob", "POST", "/invoices/1/issue", "", 409)
		s.do("bea", "POST", "/invoices/1/issue", "", 404)
		s.do("bob", "POST", "/invoices/1/payments", `{"amount":11680,"paidOn":"2026-02-01","method":"cash"}`, 403) // a clerk
		s.do("ann", "POST", "/invoices/1/payments", `{"amount":11681,"paidOn":"2026-02-01","method":"cash"}`, 400)
		s.do("ann", "POST", "/invoices/1/payments", `{"amount":1680,"paidOn":"2026-02-01","method":"cheque"}`, 422)
		s.do("ann", "POST", "/invoices/1/payments", `{"amount":1680,"paidOn":"2026-02-01","method":"card"}`, 200)
		paid := s.do("ann", "POST", "/invoices/1/payments", `{"amount":10000,"paidOn":"2026-02-03","method":"transfer"}`, 200)
		if paid["status"] != "paid" || text(paid["payments"].([]any)[0].(map[string]any)["paidOn"]) != `"2026-02-01"` {
			t.Errorf("paid %s", text(paid))
		}
		s.do("ann", "POST", "/invoices/1/payments", `{"amount":1,"paidOn":"2026-02-01","method":"cash"}`, 409)
		if tagged := s.do("bob", "PUT", "/invoices/1/tags", `["rush","export"]`, 200); len(tagged["tags"].([]any)) != 2 {
			t.Errorf("tagged %s", text(tagged))
		}

		// what is asked in the words of the request
		found := s.do("ann", "GET", "/api/invoices?countTotal&select=(where:(customer:(is:(name.like:'Ac%25')),tags:(some:(name:export))),with:(customer:T,lines:(with:(product:T)),payments:T,tags:T))", "", 200)
		if found["count"] != 1.0 || !strings.Contains(text(found), `"name":"Lamp"`) {
			t.Errorf("found %s", text(found))
		}
		if none := s.do("bea", "GET", "/api/invoices?select=(where:(status:paid))", "", 200); none["count"] != 0.0 {
			t.Errorf("another firm's invoices: %s", text(none))
		}
	})
}

// Ten payments at once are booked one after the other: never more than is due, on either database.
func TestPaymentsAtOnce(t *testing.T) {
	engines(t, func(t *testing.T, s service) {
		s.do("bob", "POST", "/invoices", `{"number":"A-1","customer":"ACME","lines":[{"sku":"LAMP","quantity":"2"}]}`, 201)
		s.do("bob", "POST", "/invoices/1/issue", "", 200)
		var booked atomic.Int32
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() {
				if w := s.answer(s.t.Context(), "ann", "POST", "/invoices/1/payments", `{"amount":3000,"paidOn":"2026-02-01","method":"card"}`); w.Code == 200 {
					booked.Add(1)
				}
			})
		}
		all.Wait()
		if n := booked.Load(); n != 3 {
			t.Errorf("%d payments of 30.00 were booked on 99.80", n)
		}
	})
}

// What is in a document is asked for and changed in place.
func TestDocuments(t *testing.T) {
	engines(t, func(t *testing.T, s service) {
		ctx := ormtest.As(t.Context(), 1, "accountant")
		customers := orm.Repo[Customer](s.db)
		found, err := customers.Where(Customers.Address.Path("country").Text().Eq("US")).One(ctx)
		if err != nil || found.Code != "ZEN" {
			t.Errorf("%+v, error %v", found, err)
		}
		moved, err := customers.ByID(found.ID).Update(ctx, Customers.Address.SetPath("Main St 1", "street"), Customers.Address.SetPath([]string{"gate 2"}, "notes"))
		if err != nil || moved.Address.City != "Boston" || moved.Address.Street != "Main St 1" || len(moved.Address.Notes) != 1 {
			t.Errorf("%+v, error %v", moved.Address, err)
		}
	})
}

// PATCH changes what the body names, and what was issued stays as it is.
func TestPatch(t *testing.T) {
	engines(t, func(t *testing.T, s service) {
		one := func(body map[string]any, name string) string { return text(body[name]) }
		changed := s.do("bob", "PATCH", "/api/customers/1", `{"email":"books@acme.example","address":{"street":"Kai 1","city":"Kiel","country":"DE"}}`, 200)
		if got := one(changed, "customers"); !strings.Contains(got, `"email":"books@acme.example"`) || !strings.Contains(got, `"name":"Acme"`) || !strings.Contains(got, `"since":"2024-03-01"`) {
			t.Error(got)
		}
		if changed = s.do("bob", "PATCH", "/api/customers/1", `{"email":null}`, 200); !strings.Contains(one(changed, "customers"), `"email":null`) {
			t.Error(text(changed))
		}
		s.do("bob", "PATCH", "/api/customers/1", `{"email":"none"}`, 422)
		s.do("bob", "PATCH", "/api/customers/1", `{"code":"X"}`, 400)
		s.do("bea", "PATCH", "/api/customers/1", `{"name":"X"}`, 404)
		s.do("bob", "PATCH", "/api/products/1", `{"price":1}`, 403)
		s.do("ann", "PATCH", "/api/products/1", `{"price":5990,"details":{"watts":5,"colour":{"shade":"red"}}}`, 200)

		s.do("bob", "POST", "/invoices", `{"number":"A-1","customer":"ACME","lines":[{"sku":"LAMP","quantity":"1"}]}`, 201)
		if got := one(s.do("bob", "PATCH", "/api/invoices/1", `{"note":"thanks","dueOn":"2026-12-24"}`, 200), "invoices"); !strings.Contains(got, `"dueOn":"2026-12-24"`) {
			t.Error(got)
		}
		s.do("bob", "POST", "/invoices/1/issue", "", 200)
		s.do("bob", "PATCH", "/api/invoices/1", `{"note":"changed"}`, 404)
		s.do("bob", "DELETE", "/api/invoices/1", "", 403)
		s.do("ann", "DELETE", "/api/invoices/1", "", 404)
	})
}

// The report says the same on each database, in euros, by the clocks of Berlin.
func TestReports(t *testing.T) {
	engines(t, func(t *testing.T, s service) {
		ctx := ormtest.As(t.Context(), 1, "accountant")
		eur := func(c Cents) *Cents { return &c }
		at := func(text string) *time.Time {
			x, err := time.Parse(time.RFC3339, text)
			if err != nil {
				t.Fatal(err)
			}
			return &x
		}
		made := ormtest.Plant(ctx, t, s.db,
			Invoice{Number: "1", CustomerID: 1, Currency: "EUR", Status: "paid", Total: 100, Euros: eur(100), IssuedAt: at("2025-12-31T23:30:00Z")},
			Invoice{Number: "2", CustomerID: 2, Currency: "USD", Status: "issued", Total: 5000, Euros: eur(4600), IssuedAt: at("2026-01-20T09:00:00Z")},
			Invoice{Number: "3", CustomerID: 1, Currency: "EUR", Status: "issued", Total: 70, Euros: eur(70), IssuedAt: at("2026-02-03T09:00:00Z")},
			Invoice{Number: "4", CustomerID: 1, Currency: "EUR", Status: "draft", Total: 9999},
		)
		ormtest.Plant(ctx, t, s.db,
			Line{InvoiceID: made[0].ID, ProductID: 1, Quantity: "0.1", Price: 1000, Amount: 100},
			Line{InvoiceID: made[2].ID, ProductID: 1, Quantity: "0.2", Price: 350, Amount: 70},
			Line{InvoiceID: made[1].ID, ProductID: 2, Quantity: "2", Price: 2500, Amount: 5000},
		)
		got := text(s.do("ann", "GET", "/report/monthly?year=2026", "", 200)["list"])
		if want := `[{"customers":2,"euros":4700,"invoices":2,"largest":4600,"month":"2026-01","paid":100},{"customers":1,"euros":70,"invoices":1,"largest":70,"month":"2026-02","paid":0}]`; got != want {
			t.Errorf("the months are\n%s, want\n%s", got, want)
		}
		got = text(s.do("ann", "GET", "/report/categories?year=2026", "", 200)["list"])
		if want := `[{"amount":170,"category":"Goods","currency":"EUR","lines":2,"quantity":"0.300"},{"amount":5000,"category":"Wood","currency":"USD","lines":1,"quantity":"2.000"}]`; got != want {
			t.Errorf("the categories are\n%s, want\n%s", got, want)
		}
		if got := text(s.do("bea", "GET", "/report/monthly?year=2026", "", 200)["list"]); got != "[]" {
			t.Errorf("another firm sees %s", got)
		}
		// one statement for the report, one to know who asks, and one to keep a trace of that, since it crossed firms
		ormtest.AssertStatements(t.Context(), t, s.db, 3, func(ctx context.Context) { s.send(ctx, "ann", "GET", "/report/monthly?year=2026", "", 200) })
		// those two, the invoices, one for each of five relations, and the sum beside them
		ormtest.AssertStatements(t.Context(), t, s.db, 9, func(ctx context.Context) {
			s.send(ctx, "ann", "GET", "/api/invoices?select=(with:(customer:T,lines:(with:(product:T)),payments:T,tags:T))", "", 200)
		})
	})
}

// The exchange rate is asked for once, by one request.
func TestRates(t *testing.T) {
	engines(t, func(t *testing.T, s service) {
		for _, n := range []string{"1", "2"} {
			s.do("bob", "POST", "/invoices", `{"number":"U-`+n+`","customer":"ZEN","lines":[{"sku":"LAMP","quantity":"1"}]}`, 201)
			if issued := s.do("bob", "POST", "/invoices/"+n+"/issue", "", 200); issued["euros"] != 4591.0 || issued["total"] != 4990.0 {
				t.Errorf("issued %s", text(issued))
			}
		}
		s.rates.AssertRequests(t, "GET /rates/USD")
		s.rates.Forget()
		s.do("ann", "POST", "/api/customers", `{"code":"YEN","name":"Yen","currency":"JPY","address":{},"since":"2026-01-01"}`, 201)
		s.do("bob", "POST", "/invoices", `{"number":"U-3","customer":"YEN","lines":[{"sku":"LAMP","quantity":"1"}]}`, 201)
		s.do("bob", "POST", "/invoices/3/issue", "", 400)
		s.rates.AssertRequests(t, "GET /rates/JPY")
		for _, r := range s.rates.Requests() {
			if r.Header.Get("Authorization") != "" {
				t.Error("the token of a user went to another team's service")
			}
		}
	})
}

// Categories are a tree.
func TestTree(t *testing.T) {
	engines(t, func(t *testing.T, s service) {
		s.do("ann", "POST", "/api/categories", `{"name":"Oak","parentId":2}`, 201)
		s.do("ann", "POST", "/api/categories", `{"name":"Theirs","parentId":3}`, 409) // another firm's category
		tree := s.do("ann", "GET", "/api/categories?select=(where:(parentId.isNull:T),with:(children:(with:(children:T))))", "", 200)
		if got := text(tree["categories"]); got != `[{"children":[{"children":[{"id":5,"name":"Oak"}],"id":2,"name":"Wood"}],"id":1,"name":"Goods","parentId":null}]` {
			t.Error(got)
		}
	})
}

// Every verb and path of the library is tried against the books, as each of two firms.
func TestFirmsAreApart(t *testing.T) {
	engines(t, func(t *testing.T, s service) {
		date := func(d *Date) { *d = day(2026, time.January, 2) }
		ormtest.AssertIsolated(t, s.db,
			ormtest.ReadOnly[Firm](), ormtest.Model[Category](), ormtest.Model[Tag](), ormtest.Model[Rate](), ormtest.Model[orm.OutboxEntry](),
			ormtest.ReadOnly(func(u *User) { u.Email = strings.ToLower(u.Name) + "@firm.example" }),
			ormtest.Model(func(c *Customer) { date(&c.Since); c.Currency, c.Email = "EUR", nil }),
			ormtest.Model(func(p *Product) { p.Price = 100 }),
			ormtest.Model(func(i *Invoice) { i.DueOn = nil; i.Currency = "EUR" }),
			ormtest.Model(func(l *Line) { l.Quantity = "1.5" }),
			ormtest.Model(func(p *Payment) { date(&p.PaidOn); p.Amount = 5 }),
			ormtest.Actors(orm.Actor{Role: "accountant"}, orm.Actor{Role: "accountant"}),
		)
	})
}
