package main

import (
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/httpapi"
)

// Order belongs to one shop, its tenant. A deleted order stays in the table, and two clerks cannot overwrite
// each other's changes.
type Order struct {
	ID        int64      `orm:"id,auto,datasource=shop" json:"id"`
	ShopID    int64      `orm:"shop_id,tenant" json:"-"`
	Customer  string     `orm:"customer,size=200" validate:"required,max=200" json:"customer"`
	Status    string     `orm:"status,enum=open|paid|sent" json:"status"`
	CreatedAt time.Time  `orm:"created_at,default=now,createonly" json:"createdAt"`
	UpdatedAt time.Time  `orm:"updated_at,update=now" json:"updatedAt"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete" json:"-"`
	Version   int        `orm:"version,version" json:"version"`

	Lines []Line `orm:"relation=id:order_id" json:"lines,omitempty"`
}

// Line is one product in an order. The product lives in another team's catalogue, behind HTTP.
type Line struct {
	ID       int64  `orm:"id,auto,datasource=shop" json:"id"`
	ShopID   int64  `orm:"shop_id,tenant" json:"-"`
	OrderID  int64  `orm:"order_id,index" json:"-"`
	SKU      string `orm:"sku,size=40" validate:"required" json:"sku"`
	Quantity int    `orm:"quantity" validate:"min=1" json:"quantity"`
	Cents    int64  `orm:"cents" json:"cents"`

	Order   *Order   `orm:"relation=order_id:id" json:"-"`
	Product *Product `orm:"relation=sku:sku" json:"product,omitempty"`
}

// Product is what the catalogue knows. It is the same for every shop.
type Product struct {
	SKU   string `orm:"sku,id,datasource=catalogue" json:"sku"`
	Title string `orm:"title" json:"title"`
	Cents int64  `orm:"cents" json:"cents"`
	Stock int    `orm:"stock" json:"stock"`
}

// Endpoints says how the catalogue's API maps: a paged list, one product, and many at once by their numbers.
func (Product) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{
		FindMany: httpapi.GET("/products").Query("min_stock", "$where.Stock.gte?").Query("offset", "$skip").Query("limit", "$take").
			Items("$.products").Total("$.total"),
		FindUnique: httpapi.GET("/products/{sku}").Item("$"),
		FindBulk:   httpapi.POST("/products/bulk").Body("skus", "$where.SKU.in").Items("$.products").Chunk(100),
		Cache:      httpapi.Cache{TTL: 10 * time.Second, Size: 1000},
	}
}

// Entry is one line of the audit trail, written in the transaction of the change it tells of.
type Entry struct {
	ID     int64     `orm:"id,auto,datasource=shop,table=audit_entries"`
	ShopID int64     `orm:"shop_id,tenant"`
	At     time.Time `orm:"at,default=now"`
	Who    string    `orm:"who"`
	What   string    `orm:"what"`
}

// AuditExempt says that the trail of the trail is not kept.
func (Entry) AuditExempt() {}

var (
	Orders = orm.Bind[Order, struct {
		ID        orm.Col[Order, int64]
		Customer  orm.Text[Order]
		Status    orm.Text[Order]
		Version   orm.Col[Order, int]
		CreatedAt orm.Col[Order, time.Time]
		Lines     orm.Many[Order, Line]
	}]()
	Lines = orm.Bind[Line, struct {
		SKU     orm.Text[Line]
		Product orm.One[Line, Product]
	}]()
	Products = orm.Bind[Product, struct {
		SKU   orm.Text[Product]
		Title orm.Text[Product]
		Stock orm.Col[Product, int]
	}]()
)
