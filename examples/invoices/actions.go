package main

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest"
)

// books is what the actions work on.
type books struct{ db orm.DB }

// action answers with a status and a body, or with an error.
type action func(r *http.Request) (status int, body any, err error)

func (a action) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status, body, err := a(r)
	if err != nil {
		fail(w, r, err)
		return
	}
	reply(w, status, body)
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// fail tells the caller what is his business. Errors of the library hold no values and are put into words that may be shown.
func fail(w http.ResponseWriter, r *http.Request, err error) {
	text := guard.ErrorOf(err).Error()
	if own := (*rest.Error)(nil); errors.As(err, &own) {
		text = own.Error()
	}
	status := orm.HTTPStatus(err)
	if status >= 500 || true {
		println(err.Error())
		slog.ErrorContext(r.Context(), "request failed", "path", r.URL.Path, "error", err)
	}
	reply(w, status, map[string]string{"error": text})
}

func bad(detail string) error { return &rest.Error{Status: http.StatusBadRequest, Detail: detail} }

func decode(r *http.Request, to any) error {
	d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<20))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		return bad("the body is not the JSON that was asked for")
	}
	return nil
}

func number(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, bad("the invoice's number is not a number")
	}
	return id, nil
}

type newInvoice struct {
	Number   string `json:"number"`
	Customer string `json:"customer"` // its code
	Note     string `json:"note"`
	Lines    []struct {
		SKU      string `json:"sku"`
		Quantity string `json:"quantity"`
	} `json:"lines"`
	Tags []string `json:"tags"`
}

// draft writes an invoice with its lines, at the prices of today, and its tags: all or nothing.
func (b books) draft(r *http.Request) (int, any, error) {
	var in newInvoice
	if err := decode(r, &in); err != nil {
		return 0, nil, err
	}
	ctx := r.Context()
	customer, err := orm.Repo[Customer](b.db).Where(Customers.Code.Eq(in.Customer)).One(ctx)
	if errors.Is(err, orm.ErrNotFound) {
		err = bad("there is no such customer")
	}
	if err != nil {
		return 0, nil, err
	}
	skus := make([]string, len(in.Lines))
	for i, l := range in.Lines {
		skus[i] = l.SKU
	}
	products, err := orm.Repo[Product](b.db).Where(Products.SKU.In(skus...)).All(ctx)
	if err != nil {
		return 0, nil, err
	}
	known := map[string]Product{}
	for _, p := range products {
		known[p.SKU] = p
	}
	invoice := Invoice{Number: in.Number, CustomerID: customer.ID, Currency: customer.Currency, Note: in.Note}
	var lines []*Line
	for _, l := range in.Lines {
		p, ok := known[l.SKU]
		if !ok {
			return 0, nil, bad("there is no product " + strconv.Quote(l.SKU))
		}
		amount, err := p.Price.times(l.Quantity)
		if err != nil || amount <= 0 {
			return 0, nil, bad("a quantity is a decimal number above zero")
		}
		invoice.Total += amount
		lines = append(lines, &Line{ProductID: p.ID, Quantity: l.Quantity, Price: p.Price, Amount: amount})
	}
	if len(lines) == 0 {
		return 0, nil, bad("an invoice needs a line")
	}
	sets := []orm.Assign[Invoice]{Invoices.Lines.Create(lines...)}
	for _, name := range in.Tags {
		sets = append(sets, Invoices.Tags.LinkOrCreate(Tags.Name.Eq(name), &Tag{Name: name}))
	}
	err = orm.Repo[Invoice](b.db).With(Invoices.Lines, Invoices.Tags).Create(ctx, &invoice, sets...)
	return http.StatusCreated, invoice, err
}

// term is how long a customer may take to pay.
const term = 30

// issue fixes an invoice: what it is worth in euros comes from the service of the rates.
func (b books) issue(r *http.Request) (int, any, error) {
	id, err := number(r)
	if err != nil {
		return 0, nil, err
	}
	ctx := r.Context()
	invoice, err := orm.Repo[Invoice](b.db).ByID(id).One(ctx)
	if err != nil {
		return 0, nil, err
	}
	euros := invoice.Total
	if invoice.Currency != "EUR" {
		rate, err := orm.Repo[Rate](b.db).ByID(invoice.Currency).One(ctx)
		if errors.Is(err, orm.ErrNotFound) {
			err = bad("there is no rate for the currency")
		}
		if err != nil {
			return 0, nil, err
		}
		if euros, err = invoice.Total.times(rate.Euros); err != nil {
			return 0, nil, err
		}
	}
	now := time.Now()
	n, err := orm.Repo[Invoice](b.db).Where(Invoices.ID.Eq(id), Invoices.Status.Eq("draft"), Invoices.Version.Eq(invoice.Version)).
		UpdateMany(ctx, Invoices.Status.Set("issued"), Invoices.Euros.Set(euros), Invoices.IssuedAt.Set(now), Invoices.DueOn.Set(of(now).plus(term)))
	if err == nil && n == 0 {
		err = &rest.Error{Status: http.StatusConflict, Detail: "it is no draft, or was changed meanwhile"}
	}
	if err != nil {
		return 0, nil, err
	}
	invoice, err = orm.Repo[Invoice](b.db).ByID(id).One(ctx)
	return http.StatusOK, invoice, err
}

type newPayment struct {
	Amount Cents  `json:"amount"`
	PaidOn Date   `json:"paidOn"`
	Method string `json:"method"`
}

// pay books a payment. Two that come at once are booked one after the other, and never more than is due.
func (b books) pay(r *http.Request) (int, any, error) {
	id, err := number(r)
	if err != nil {
		return 0, nil, err
	}
	var in newPayment
	if err := decode(r, &in); err != nil {
		return 0, nil, err
	}
	ctx := r.Context()
	var invoice Invoice
	err = b.db.Tx(ctx, func(tx orm.DB) error {
		invoices := orm.Repo[Invoice](tx)
		if invoice, err = invoices.ByID(id).With(Invoices.Payments).Lock(orm.ForUpdate).One(ctx); err != nil {
			return err
		}
		if invoice.Status != "issued" {
			return &rest.Error{Status: http.StatusConflict, Detail: "only what was issued can be paid"}
		}
		due := invoice.Total - in.Amount
		for _, p := range invoice.Payments {
			due -= p.Amount
		}
		if due < 0 {
			return bad("it is more than is due")
		}
		sets := []orm.Assign[Invoice]{Invoices.Payments.Create(&Payment{Amount: in.Amount, PaidOn: in.PaidOn, Method: in.Method})}
		if due == 0 {
			sets = append(sets, Invoices.Status.Set("paid"))
		}
		invoice, err = invoices.With(Invoices.Payments).ByID(id).Update(ctx, sets...)
		return err
	}, orm.Retry(3))
	return http.StatusOK, invoice, err
}

// tag gives an invoice exactly the tags that are named; those that are new are made.
func (b books) tag(r *http.Request) (int, any, error) {
	id, err := number(r)
	if err != nil {
		return 0, nil, err
	}
	var names []string
	if err := decode(r, &names); err != nil {
		return 0, nil, err
	}
	ctx := r.Context()
	tags, named := make([]Tag, len(names)), make([]orm.Pred[Tag], len(names))
	for i, name := range names {
		tags[i].Name, named[i] = name, Tags.Name.Eq(name)
	}
	var invoice Invoice
	err = b.db.Tx(ctx, func(tx orm.DB) error {
		if _, err := orm.Repo[Tag](tx).CreateMany(ctx, tags, orm.SkipDuplicates()); err != nil {
			return err
		}
		invoice, err = orm.Repo[Invoice](tx).With(Invoices.Tags.OrderBy(Tags.Name.Asc())).ByID(id).Update(ctx, Invoices.Tags.Set(named...))
		return err
	}, orm.Retry(3))
	return http.StatusOK, invoice, err
}
