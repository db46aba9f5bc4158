package main

import (
	"time"

	"github.com/multi-orm/orm"
)

var (
	Users = orm.Bind[User, struct {
		Token orm.Text[User]
	}]()
	Customers = orm.Bind[Customer, struct {
		ID       orm.Col[Customer, int64]
		Code     orm.Text[Customer]
		Name     orm.Text[Customer]
		Email    orm.Text[Customer]
		Currency orm.Text[Customer]
		Address  orm.JSON[Customer, Address]
		Since    orm.Col[Customer, Date]
		Invoices orm.Many[Customer, Invoice]
	}]()
	Categories = orm.Bind[Category, struct {
		ID       orm.Col[Category, int64]
		Name     orm.Text[Category]
		ParentID orm.Col[Category, int64]
		Parent   orm.One[Category, Category]
		Children orm.Many[Category, Category]
	}]()
	Products = orm.Bind[Product, struct {
		ID         orm.Col[Product, int64]
		SKU        orm.Text[Product]
		Name       orm.Text[Product]
		Price      orm.Col[Product, Cents]
		CategoryID orm.Col[Product, int64]
		Details    orm.JSON[Product, map[string]any]
		Category   orm.One[Product, Category]
	}]()
	Invoices = orm.Bind[Invoice, struct {
		ID         orm.Col[Invoice, int64]
		Number     orm.Text[Invoice]
		CustomerID orm.Col[Invoice, int64]
		Status     orm.Text[Invoice]
		Currency   orm.Text[Invoice]
		Total      orm.Col[Invoice, Cents]
		Euros      orm.Col[Invoice, Cents]
		IssuedAt   orm.Time[Invoice]
		DueOn      orm.Col[Invoice, Date]
		Note       orm.Text[Invoice]
		CreatedAt  orm.Time[Invoice]
		Version    orm.Col[Invoice, int]
		Customer   orm.One[Invoice, Customer]
		Lines      orm.Many[Invoice, Line]
		Payments   orm.Many[Invoice, Payment]
		Tags       orm.Many[Invoice, Tag]
	}]()
	Lines = orm.Bind[Line, struct {
		ID        orm.Col[Line, int64]
		ProductID orm.Col[Line, int64]
		Quantity  orm.Text[Line]
		Price     orm.Col[Line, Cents]
		Amount    orm.Col[Line, Cents]
		Invoice   orm.One[Line, Invoice]
		Product   orm.One[Line, Product]
	}]()
	Payments = orm.Bind[Payment, struct {
		ID     orm.Col[Payment, int64]
		Amount orm.Col[Payment, Cents]
		PaidOn orm.Col[Payment, Date]
		Method orm.Text[Payment]
	}]()
	Tags = orm.Bind[Tag, struct {
		ID   orm.Col[Tag, int64]
		Name orm.Text[Tag]
	}]()
)

// issuedBetween keeps what was issued from one moment until before another.
func issuedBetween(from, until time.Time) orm.Pred[Invoice] {
	return orm.And(Invoices.IssuedAt.Gte(from), Invoices.IssuedAt.Lt(until))
}
