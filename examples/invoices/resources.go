package main

import (
	"net/http"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest"
)

// handler serves everything. A handler says nothing of firms and roles: the books hold to them by themselves.
func handler(db orm.DB) (http.Handler, error) {
	api, err := rest.New(db, resources()...)
	if err != nil {
		return nil, err
	}
	b := books{db}
	mux := http.NewServeMux()
	mux.Handle("/api/", http.StripPrefix("/api", api))
	mux.Handle("POST /invoices", action(b.draft))
	mux.Handle("POST /invoices/{id}/issue", action(b.issue))
	mux.Handle("POST /invoices/{id}/payments", action(b.pay))
	mux.Handle("PUT /invoices/{id}/tags", action(b.tag))
	mux.Handle("GET /report/monthly", action(b.monthly))
	mux.Handle("GET /report/categories", action(b.categories))
	return authenticate(db, mux), nil
}

// resources are what is read, filtered, sorted, paged and changed by the words of the request, within these shapes.
func resources() []rest.Option {
	customer := guard.Shape[Customer]{
		Select: guard.Only(Customers.ID, Customers.Code, Customers.Name, Customers.Email, Customers.Currency, Customers.Address, Customers.Since),
		Where: guard.Where[Customer]{guard.Allow(Customers.ID), guard.Allow(Customers.Code), guard.Allow(Customers.Name), guard.Allow(Customers.Since),
			guard.Related(Customers.Invoices, guard.Some|guard.None, guard.Where[Invoice]{guard.Allow(Invoices.Status)})},
		OrderBy: guard.Only(Customers.Name, Customers.Code, Customers.Since),
		Take:    guard.Take{Default: 20, Max: 100},
		Unique:  guard.Uniques[Customer]{guard.By(Customers.ID)},
		With:    guard.With[Customer]{guard.Count(Customers.Invoices)},
		Create: guard.Data[Customer]{guard.Accept(Customers.Code), guard.Accept(Customers.Name), guard.Accept(Customers.Email), guard.Accept(Customers.Currency),
			guard.Accept(Customers.Address), guard.Accept(Customers.Since)},
		Update: guard.Data[Customer]{guard.Accept(Customers.Name), guard.Accept(Customers.Email), guard.Accept(Customers.Address)},
	}
	leaf := guard.Shape[Category]{Select: guard.Only(Categories.ID, Categories.Name), OrderBy: guard.Only(Categories.Name), Default: guard.Order(Categories.Name.Asc())}
	branch := leaf
	branch.With = guard.With[Category]{guard.Include(Categories.Children, leaf)}
	tree := branch
	tree.Select = guard.Only(Categories.ID, Categories.Name, Categories.ParentID)
	tree.Where = guard.Where[Category]{guard.Allow(Categories.Name), guard.Allow(Categories.ParentID)}
	tree.With = guard.With[Category]{guard.Include(Categories.Children, branch), guard.Include(Categories.Parent, leaf)}
	tree.Create = guard.Data[Category]{guard.Accept(Categories.Name), guard.Accept(Categories.ParentID)}
	product := guard.Shape[Product]{
		Select:  guard.Only(Products.ID, Products.SKU, Products.Name, Products.Price, Products.CategoryID, Products.Details),
		Where:   guard.Where[Product]{guard.Allow(Products.SKU), guard.Allow(Products.Name), guard.Allow(Products.Price), guard.Related(Products.Category, guard.Is, guard.Where[Category]{guard.Allow(Categories.Name)})},
		OrderBy: guard.Only(Products.Name, Products.Price),
		Take:    guard.Take{Default: 20, Max: 100},
		With:    guard.With[Product]{guard.Include(Products.Category, leaf)},
		Create:  guard.Data[Product]{guard.Accept(Products.SKU), guard.Accept(Products.Name), guard.Accept(Products.Price), guard.Accept(Products.CategoryID), guard.Accept(Products.Details)},
		Update:  guard.Data[Product]{guard.Accept(Products.Name), guard.Accept(Products.Price), guard.Accept(Products.Details)},
	}
	line := guard.Shape[Line]{
		Select: guard.Only(Lines.ID, Lines.Quantity, Lines.Price, Lines.Amount),
		With:   guard.With[Line]{guard.Include(Lines.Product, guard.Shape[Product]{Select: guard.Only(Products.SKU, Products.Name), Always: true})},
	}
	invoice := guard.Shape[Invoice]{
		Select: guard.Only(Invoices.ID, Invoices.Number, Invoices.CustomerID, Invoices.Status, Invoices.Currency, Invoices.Total, Invoices.Euros, Invoices.IssuedAt, Invoices.DueOn, Invoices.Note, Invoices.Version),
		Where: guard.Where[Invoice]{guard.Allow(Invoices.Number), guard.Allow(Invoices.Status), guard.Allow(Invoices.Total), guard.Allow(Invoices.IssuedAt), guard.Allow(Invoices.DueOn),
			guard.Related(Invoices.Customer, guard.Is, guard.Where[Customer]{guard.Allow(Customers.Name), guard.Allow(Customers.Code)}),
			guard.Related(Invoices.Tags, guard.Some|guard.None, guard.Where[Tag]{guard.Allow(Tags.Name)})},
		Logic:   guard.And | guard.Or | guard.Not,
		OrderBy: guard.Only(Invoices.Number, Invoices.IssuedAt, Invoices.Total, Invoices.DueOn),
		Default: guard.Order(Invoices.CreatedAt.Desc(), Invoices.ID.Desc()),
		Take:    guard.Take{Default: 20, Max: 100},
		With: guard.With[Invoice]{guard.Include(Invoices.Customer, guard.Shape[Customer]{Select: guard.Only(Customers.Code, Customers.Name)}), guard.Include(Invoices.Lines, line),
			guard.Include(Invoices.Payments, guard.Shape[Payment]{Select: guard.Only(Payments.Amount, Payments.PaidOn, Payments.Method)}),
			guard.Include(Invoices.Tags, guard.Shape[Tag]{Select: guard.Only(Tags.Name)})},
	}
	// what was issued stays as it is: only drafts are changed and thrown away
	draft := invoice
	draft.Where = append(guard.Where[Invoice]{guard.Force(Invoices.Status.Eq("draft"))}, guard.Allow(Invoices.Number))
	draft.Update = guard.Data[Invoice]{guard.Accept(Invoices.Note), guard.Accept(Invoices.DueOn)}
	return []rest.Option{
		rest.Resource("customers", rest.Rules[Customer]{Get: by(customer), Post: by(customer), Patch: by(customer), Delete: by(customer), CountTotal: true}),
		rest.Resource("categories", rest.Rules[Category]{Get: by(tree), Post: by(tree)}),
		rest.Resource("products", rest.Rules[Product]{Get: by(product), Post: by(product), Patch: by(product)}),
		rest.Resource("invoices", rest.Rules[Invoice]{Get: by(invoice), Patch: by(draft), Delete: by(draft), CountTotal: true,
			Extras: map[string]guard.Aggregate{"euros": guard.Sum(Invoices.Euros)}}),
	}
}

// by serves one shape to everybody who is signed in; roles are the books' own business.
func by[T any](s guard.Shape[T]) rest.By[T] { return rest.By[T]{rest.All: s} }
