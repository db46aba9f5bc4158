package orm_test

import (
	"fmt"
	"time"

	"github.com/multi-orm/orm"
)

// The models of the benchmarks, and their rows. Nothing in a row depends on chance or the clock.

type benchUser struct {
	ID        int64      `orm:"id,auto,table=users"`
	Email     string     `orm:"email"`
	Name      *string    `orm:"name"`
	Role      string     `orm:"role"`
	TenantID  int64      `orm:"tenant_id,tenant"`
	Active    bool       `orm:"is_active"`
	Balance   float64    `orm:"balance"`
	CreatedAt time.Time  `orm:"created_at"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`

	Orders []benchOrder `orm:"relation=id:user_id"`
}

type benchOrder struct {
	ID        int64     `orm:"id,auto,table=orders"`
	UserID    int64     `orm:"user_id,index"`
	Number    string    `orm:"order_number"`
	Total     *float64  `orm:"total_amount"`
	Status    string    `orm:"status"`
	TenantID  int64     `orm:"tenant_id,tenant"`
	CreatedAt time.Time `orm:"created_at"`
}

// benchScan is a row of the table of 100,000 rows.
type benchScan struct {
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

// benchNew is a row of the table that the writes write.
type benchNew struct {
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

var (
	benchUsers = orm.Bind[benchUser, struct {
		ID        orm.Col[benchUser, int64]
		Role      orm.Text[benchUser]
		Active    orm.Col[benchUser, bool]
		CreatedAt orm.Col[benchUser, time.Time]
		DeletedAt orm.Col[benchUser, time.Time]
		Orders    orm.Many[benchUser, benchOrder]
	}]()
	benchScans = orm.Bind[benchScan, struct {
		ID orm.Col[benchScan, int64]
	}]()
	benchNews = orm.Bind[benchNew, struct {
		ID     orm.Col[benchNew, int64]
		Name   orm.Text[benchNew]
		Active orm.Col[benchNew, bool]
	}]()
)

var benchModels = orm.Models(benchUser{}, benchOrder{}, benchScan{}, benchNew{})

const (
	benchTenant    = 7
	benchUserRows  = 1_000
	benchOrderRows = 10 // per user
	benchScanRows  = 100_000
	benchKey       = int64(417)
)

var benchEpoch = time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC)

func benchName(i int) *string {
	if i%7 == 0 {
		return nil
	}
	s := fmt.Sprintf("First Last %d", i)
	return &s
}

func benchRole(i int) string { return []string{"admin", "editor", "viewer", "billing", "guest"}[i%5] }

// benchScanAt is row i, from 1; the other tables of people have the same rows, some of them deleted.
func benchScanAt(i int) benchScan {
	return benchScan{
		ID: int64(i), Email: fmt.Sprintf("user%06d@example.com", i), Name: benchName(i), Role: benchRole(i), TenantID: benchTenant,
		Active: i%4 != 0, Balance: float64(i) * 1.25, CreatedAt: benchEpoch.Add(time.Duration(i*7919%100_003) * time.Second),
	}
}

func benchUserAt(i int) benchUser {
	s := benchScanAt(i)
	u := benchUser{ID: s.ID, Email: s.Email, Name: s.Name, Role: s.Role, TenantID: s.TenantID, Active: s.Active, Balance: s.Balance, CreatedAt: s.CreatedAt}
	if i%20 == 10 {
		at := benchEpoch.Add(time.Duration(i) * time.Hour)
		u.DeletedAt = &at
	}
	return u
}

func benchNewAt(i int) benchNew {
	n := benchNew(benchScanAt(i))
	n.ID = 0
	return n
}

func benchOrderAt(i int) benchOrder {
	o := benchOrder{
		ID: int64(i), UserID: int64((i-1)%benchUserRows + 1), Number: fmt.Sprintf("ORD-%08d", i), Status: []string{"open", "paid", "completed"}[i%3],
		TenantID: benchTenant, CreatedAt: benchEpoch.Add(time.Duration(i) * time.Minute),
	}
	if i%5 != 0 {
		t := float64(i) * 0.75
		o.Total = &t
	}
	return o
}

// rowsOf makes n rows.
func rowsOf[T any](n int, at func(i int) T) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = at(i + 1)
	}
	return out
}
