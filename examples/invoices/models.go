package main

import (
	"time"

	"github.com/multi-orm/orm/source/httpapi"
)

// Firm is a tenant: it keeps its own books.
type Firm struct {
	ID   int64  `orm:"id,auto,tenant,datasource=books" json:"id"`
	Name string `orm:"name,size=80" validate:"required,max=80" json:"name"`
}

// Kept is what every row of a firm has.
type Kept struct {
	ID     int64 `orm:"id,auto,datasource=books" json:"id"`
	FirmID int64 `orm:"firm_id,tenant,index" json:"-"`
}

// Coded is Kept where a column tagged unique=per_firm is unique within the firm.
type Coded struct {
	ID     int64 `orm:"id,auto,datasource=books" json:"id"`
	FirmID int64 `orm:"firm_id,tenant,unique=per_firm" json:"-"`
}

// User works for a firm.
type User struct {
	Kept
	Email string `orm:"email,unique" validate:"required,email" json:"email"`
	Name  string `orm:"name,size=60" validate:"required,max=60" json:"name"`
	Role  string `orm:"role,enum=clerk|accountant" json:"role"`
	Token string `orm:"token,unique,hidden,default=uuid" json:"-"` // a hash of it
}

// Address is kept as a document.
type Address struct {
	Street  string   `json:"street"`
	City    string   `json:"city"`
	Country string   `json:"country"`
	Notes   []string `json:"notes,omitempty"`
}

// Customer is billed.
type Customer struct {
	Coded
	Code     string  `orm:"code,unique=per_firm,size=20" validate:"required,max=20" json:"code"`
	Name     string  `orm:"name,size=80" validate:"required,max=80" json:"name"`
	Email    *string `orm:"email" validate:"omitempty,email" json:"email"`
	Currency string  `orm:"currency,size=3,default=EUR" validate:"omitempty,len=3" json:"currency"`
	Address  Address `orm:"address,json" json:"address"`
	Since    Date    `orm:"since,type=date" json:"since"`

	Invoices []Invoice `orm:"relation=id:customer_id" json:"invoices,omitempty"`
}

// Category is one of a tree.
type Category struct {
	Kept
	Name     string `orm:"name,size=40" validate:"required,max=40" json:"name"`
	ParentID *int64 `orm:"parent_id,index" json:"parentId"`

	Parent   *Category  `orm:"relation=parent_id:id" json:"parent,omitempty"`
	Children []Category `orm:"relation=id:parent_id" json:"children,omitempty"`
}

// Product is sold.
type Product struct {
	Coded
	SKU        string         `orm:"sku,unique=per_firm,size=20" validate:"required,max=20" json:"sku"`
	Name       string         `orm:"name,size=80" validate:"required,max=80" json:"name"`
	Price      Cents          `orm:"price" validate:"min=0" json:"price"`
	CategoryID int64          `orm:"category_id,index" json:"categoryId"`
	Details    map[string]any `orm:"details,json" json:"details"`

	Category *Category `orm:"relation=category_id:id" json:"category,omitempty"`
}

// Invoice bills a customer. Its total is in the customer's currency, Euros what it was worth on the day that it was issued.
type Invoice struct {
	Coded
	Number     string     `orm:"number,unique=per_firm,size=20" validate:"required,max=20" json:"number"`
	CustomerID int64      `orm:"customer_id,index" json:"customerId"`
	Status     string     `orm:"status,enum=draft|issued|paid|void,default=draft" json:"status"`
	Currency   string     `orm:"currency,size=3" json:"currency"`
	Total      Cents      `orm:"total" json:"total"`
	Euros      *Cents     `orm:"euros" json:"euros"`
	IssuedAt   *time.Time `orm:"issued_at" json:"issuedAt"`
	DueOn      *Date      `orm:"due_on,type=date" json:"dueOn"`
	Note       string     `orm:"note,size=500" validate:"max=500" json:"note"`
	CreatedAt  time.Time  `orm:"created_at,default=now,createonly" json:"createdAt"`
	UpdatedAt  time.Time  `orm:"updated_at,update=now" json:"updatedAt"`
	DeletedAt  *time.Time `orm:"deleted_at,softdelete" json:"-"`
	Version    int        `orm:"version,version" json:"version"`

	Customer *Customer `orm:"relation=customer_id:id" json:"customer,omitempty"`
	Lines    []Line    `orm:"relation=id:invoice_id" json:"lines,omitempty"`
	Payments []Payment `orm:"relation=id:invoice_id" json:"payments,omitempty"`
	Tags     []Tag     `orm:"relation=id:id,through=invoice_tags(invoice_id:tag_id)" json:"tags,omitempty"`
}

// Line is a product on an invoice, at the price of the day. Its quantity is a decimal number, kept exact.
type Line struct {
	Kept
	InvoiceID int64  `orm:"invoice_id,index" json:"invoiceId"`
	ProductID int64  `orm:"product_id,index" json:"productId"`
	Quantity  string `orm:"quantity,type=numeric(10,3)" validate:"required" json:"quantity"`
	Price     Cents  `orm:"price" json:"price"`
	Amount    Cents  `orm:"amount" json:"amount"`

	Invoice *Invoice `orm:"relation=invoice_id:id" json:"invoice,omitempty"`
	Product *Product `orm:"relation=product_id:id" json:"product,omitempty"`
}

// Payment pays an invoice, or a part of it.
type Payment struct {
	Kept
	InvoiceID int64  `orm:"invoice_id,index" json:"invoiceId"`
	Amount    Cents  `orm:"amount" validate:"min=1" json:"amount"`
	PaidOn    Date   `orm:"paid_on,type=date" json:"paidOn"`
	Method    string `orm:"method,enum=transfer|card|cash" json:"method"`

	Invoice *Invoice `orm:"relation=invoice_id:id" json:"invoice,omitempty"`
}

// Tag marks invoices.
type Tag struct {
	Coded
	Name string `orm:"name,unique=per_firm,size=30" validate:"required,max=30" json:"name"`

	Invoices []Invoice `orm:"relation=id:id,through=invoice_tags(tag_id:invoice_id)" json:"-"`
}

// Rate is what one unit of a currency is worth in euros, as another team's service has it.
type Rate struct {
	Currency string `orm:"currency,id,datasource=rates" json:"currency"`
	Euros    string `orm:"euros,type=numeric(12,6)" json:"euros"`
}

// Endpoints maps the service of the rates: one at a time.
func (Rate) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{
		FindUnique: httpapi.GET("/rates/{currency}").Item("$"),
		Cache:      httpapi.Cache{TTL: time.Minute, Size: 200},
	}
}
