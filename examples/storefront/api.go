package main

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/multi-orm/orm"
)

// api serves orders and products. A handler says nothing of shops and roles: the store holds to them by itself.
type api struct {
	orders   orm.Repo[Order]
	products orm.Repo[Product]
	db       orm.DB
}

func newAPI(db orm.DB, tokens map[string]orm.Actor) http.Handler {
	a := api{orders: orm.Repo[Order](db), products: orm.Repo[Product](db), db: db}
	mux := http.NewServeMux()
	mux.Handle("GET /products", handler(a.listProducts))
	mux.Handle("GET /orders", handler(a.listOrders))
	mux.Handle("POST /orders", handler(a.createOrder))
	mux.Handle("GET /orders/{id}", handler(a.getOrder))
	mux.Handle("PATCH /orders/{id}", handler(a.changeOrder))
	mux.Handle("DELETE /orders/{id}", handler(a.deleteOrder))
	return authenticate(tokens, mux)
}

// listProducts gives what the catalogue has in stock.
func (a api) listProducts(r *http.Request) (int, any, error) {
	products, err := a.products.Where(Products.Stock.Gte(1)).OrderBy(Products.Title.Asc()).Take(100).All(r.Context())
	return http.StatusOK, products, err
}

type page struct {
	Orders []Order `json:"orders"`
	Next   string  `json:"next,omitempty"`
	Prev   string  `json:"prev,omitempty"`
}

// listOrders gives a page of orders, newest first, each line with its product: two statements and one request.
func (a api) listOrders(r *http.Request) (int, any, error) {
	q := a.orders.With(Orders.Lines.With(Lines.Product)).OrderBy(Orders.CreatedAt.Desc()).Take(20)
	if status := r.FormValue("status"); status != "" {
		q = q.Where(Orders.Status.Eq(status))
	}
	p, err := q.Page(r.Context(), r.FormValue("cursor"))
	return http.StatusOK, page{p.Rows, p.Next, p.Prev}, err
}

func (a api) getOrder(r *http.Request) (int, any, error) {
	id, err := orderID(r)
	if err != nil {
		return 0, nil, err
	}
	order, err := a.orders.ByID(id).With(Orders.Lines.With(Lines.Product)).One(r.Context())
	return http.StatusOK, order, err
}

type newOrder struct {
	Customer string `json:"customer"`
	Lines    []struct {
		SKU      string `json:"sku"`
		Quantity int    `json:"quantity"`
	} `json:"lines"`
}

// createOrder takes today's prices from the catalogue and writes the order with its lines, all or nothing.
func (a api) createOrder(r *http.Request) (int, any, error) {
	var in newOrder
	if err := decode(r, &in); err != nil {
		return 0, nil, err
	}
	ctx := r.Context()
	skus := make([]string, len(in.Lines))
	for i, l := range in.Lines {
		skus[i] = l.SKU
	}
	products, err := a.products.Where(Products.SKU.In(skus...)).All(ctx)
	if err != nil {
		return 0, nil, err
	}
	price := map[string]int64{}
	for _, p := range products {
		price[p.SKU] = p.Cents
	}
	order := Order{Customer: in.Customer, Status: "open"}
	var lines []*Line
	for _, l := range in.Lines {
		cents, ok := price[l.SKU]
		if !ok {
			return 0, nil, badRequest("the catalogue has no product " + strconv.Quote(l.SKU))
		}
		lines = append(lines, &Line{SKU: l.SKU, Quantity: l.Quantity, Cents: cents * int64(l.Quantity)})
	}
	if len(lines) == 0 {
		return 0, nil, badRequest("an order needs a line")
	}
	err = a.orders.Create(ctx, &order, Orders.Lines.Create(lines...))
	for _, l := range lines {
		order.Lines = append(order.Lines, *l)
	}
	return http.StatusCreated, order, err
}

type orderChange struct {
	Version  int             `json:"version"`
	Customer orm.Opt[string] `json:"customer"`
	Status   orm.Opt[string] `json:"status"`
}

// changeOrder changes what the body names. The version must be the one that was read, else it is a conflict.
func (a api) changeOrder(r *http.Request) (int, any, error) {
	id, err := orderID(r)
	if err != nil {
		return 0, nil, err
	}
	var in orderChange
	if err := decode(r, &in); err != nil {
		return 0, nil, err
	}
	ctx := r.Context()
	var order Order
	err = a.db.Tx(ctx, func(tx orm.DB) error {
		orders := orm.Repo[Order](tx)
		if order, err = orders.ByID(id).One(ctx); err != nil {
			return err
		}
		if order.Version != in.Version {
			return orm.ErrStale
		}
		if v, ok := in.Customer.Get(); ok {
			order.Customer = v
		}
		if v, ok := in.Status.Get(); ok {
			order.Status = v
		}
		return orders.Save(ctx, &order)
	})
	return http.StatusOK, order, err
}

func (a api) deleteOrder(r *http.Request) (int, any, error) {
	id, err := orderID(r)
	if err == nil {
		_, err = a.orders.ByID(id).Delete(r.Context())
	}
	return http.StatusNoContent, nil, err
}

func orderID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, badRequest("the order's number is not a number")
	}
	return id, nil
}

func decode(r *http.Request, to any) error {
	d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<20))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		return badRequest("the body is not the JSON that was asked for")
	}
	return nil
}
