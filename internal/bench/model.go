package bench

import (
	"time"

	"github.com/multi-orm/orm"
)

// User is a person with orders.
type User struct {
	ID        int64      `orm:"id,auto,table=users"`
	Email     string     `orm:"email"`
	Name      *string    `orm:"name"`
	Role      string     `orm:"role"`
	TenantID  int64      `orm:"tenant_id,tenant"`
	Active    bool       `orm:"is_active"`
	Balance   float64    `orm:"balance"`
	CreatedAt time.Time  `orm:"created_at"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`

	Orders []Order `orm:"relation=id:user_id"`
}

// Order is an order of a user.
type Order struct {
	ID        int64     `orm:"id,auto,table=orders"`
	UserID    int64     `orm:"user_id,index"`
	Number    string    `orm:"order_number"`
	Total     *float64  `orm:"total_amount"`
	Status    string    `orm:"status"`
	TenantID  int64     `orm:"tenant_id,tenant"`
	CreatedAt time.Time `orm:"created_at"`
}

// Scan is a row of the table of 100,000 rows.
type Scan struct {
	ID        int64      `orm:"id,auto,table=scans"`
	Email     string     `orm:"email"`
	Name      *string    `orm:"name"`
	Role      string     `orm:"role"`
	TenantID  int64      `orm:"tenant_id,tenant"`
	Active    bool       `orm:"is_active"`
	Balance   float64    `orm:"balance"`
	CreatedAt time.Time  `orm:"created_at"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`
}

// Newcomer is a row of the table that the writes write.
type Newcomer struct {
	ID        int64      `orm:"id,auto,table=news"`
	Email     string     `orm:"email"`
	Name      *string    `orm:"name"`
	Role      string     `orm:"role"`
	TenantID  int64      `orm:"tenant_id,tenant"`
	Active    bool       `orm:"is_active"`
	Balance   float64    `orm:"balance"`
	CreatedAt time.Time  `orm:"created_at"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`
}

// The columns of the models, and their relations.
var (
	Users = orm.Bind[User, struct {
		ID        orm.Col[User, int64]
		Role      orm.Text[User]
		Active    orm.Col[User, bool]
		CreatedAt orm.Col[User, time.Time]
		DeletedAt orm.Col[User, time.Time]
		Orders    orm.Many[User, Order]
	}]()
	Scans = orm.Bind[Scan, struct {
		ID orm.Col[Scan, int64]
	}]()
	Newcomers = orm.Bind[Newcomer, struct {
		ID     orm.Col[Newcomer, int64]
		Name   orm.Text[Newcomer]
		Active orm.Col[Newcomer, bool]
	}]()
)

func models() orm.Option { return orm.Models(User{}, Order{}, Scan{}, Newcomer{}) }
