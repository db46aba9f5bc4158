package main

import (
	"net/http"
	"strconv"
	"time"

	"github.com/multi-orm/orm"
)

// Month is what was billed in one month.
type Month struct {
	Month     *string `json:"month"` // of a column that may be NULL
	Invoices  int64   `orm:"agg=count(*)" json:"invoices"`
	Customers int64   `orm:"agg=count(distinct CustomerID)" json:"customers"`
	Euros     Cents   `orm:"agg=sum(Euros)" json:"euros"`
	Paid      Cents   `orm:"agg=sum(Euros)" json:"paid"`
	Largest   *Cents  `orm:"agg=max(Euros)" json:"largest"`
}

// year gives the moments between which a request wants its report: a year by the clocks of the firm's town.
func year(r *http.Request) (from, until time.Time, zone *time.Location, err error) {
	zone, err = time.LoadLocation("Europe/Berlin")
	if err != nil {
		return from, until, nil, err
	}
	y := time.Now().In(zone).Year()
	if text := r.FormValue("year"); text != "" {
		if y, err = strconv.Atoi(text); err != nil || y < 1900 || y > 9000 {
			return from, until, nil, bad("the year is no year")
		}
	}
	return time.Date(y, 1, 1, 0, 0, 0, 0, zone), time.Date(y+1, 1, 1, 0, 0, 0, 0, zone), zone, nil
}

// monthly gives the months of a year.
func (b books) monthly(r *http.Request) (int, any, error) {
	from, until, zone, err := year(r)
	if err != nil {
		return 0, nil, err
	}
	months, err := orm.Aggregate[Month](r.Context(), orm.Repo[Invoice](b.db).Where(Invoices.Status.In("issued", "paid"), issuedBetween(from, until)),
		orm.GroupBy("Month", Invoices.IssuedAt.Zone(zone).YearMonth()),
		orm.AggregateFilter("Paid", Invoices.Status.Eq("paid")))
	return http.StatusOK, months, err
}

// Sales is what was sold of a category.
type Sales struct {
	Category *string `json:"category"`
	Currency *string `json:"currency"`
	Lines    int64   `orm:"agg=count(*)" json:"lines"`
	Quantity string  `orm:"agg=sum(Quantity)" json:"quantity"`
	Amount   Cents   `orm:"agg=sum(Amount)" json:"amount"`
}

// categories gives the sales of a year by the category of the product, in the currencies they were billed in.
func (b books) categories(r *http.Request) (int, any, error) {
	from, until, _, err := year(r)
	if err != nil {
		return 0, nil, err
	}
	sales, err := orm.Aggregate[Sales](r.Context(), orm.Repo[Line](b.db).Where(Lines.Invoice.Is(Invoices.Status.In("issued", "paid"), issuedBetween(from, until))),
		orm.GroupBy("Category", orm.Through(Lines.Product, orm.Through(Products.Category, Categories.Name))),
		orm.GroupBy("Currency", orm.Through(Lines.Invoice, Invoices.Currency)))
	return http.StatusOK, sales, err
}
