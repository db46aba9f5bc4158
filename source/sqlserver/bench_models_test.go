package sqlserver_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit/tds"
)

// The tables of the benchmarks, and their rows. Nothing in a row depends on chance or the clock.

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
	UserID    int64     `orm:"user_id"`
	Number    string    `orm:"order_number"`
	Total     *float64  `orm:"total_amount"`
	Status    string    `orm:"status"`
	TenantID  int64     `orm:"tenant_id,tenant"`
	CreatedAt time.Time `orm:"created_at"`
}

var benchUsers = orm.Bind[benchUser, struct {
	ID        orm.Col[benchUser, int64]
	Role      orm.Text[benchUser]
	Active    orm.Col[benchUser, bool]
	CreatedAt orm.Col[benchUser, time.Time]
	Orders    orm.Many[benchUser, benchOrder]
}]()

const benchTenant = int64(7)

func benchUserAt(i int) benchUser {
	u := benchUser{
		ID: int64(1000 + i), Email: fmt.Sprintf("user%06d@example.com", i), Role: []string{"admin", "editor", "viewer"}[i%3], TenantID: benchTenant,
		Active: true, Balance: float64(i) * 1.25, CreatedAt: now.Add(time.Duration(i) * time.Second),
	}
	if i%7 != 0 {
		name := fmt.Sprintf("First Last %d", i)
		u.Name = &name
	}
	return u
}

func benchUsersOf(n int) []benchUser {
	out := make([]benchUser, n)
	for i := range out {
		out[i] = benchUserAt(i)
	}
	return out
}

// benchIDs lists the ids of n users as JSON.
func benchIDs(n int) string {
	out := make([]int64, n)
	for i := range out {
		out[i] = benchUserAt(i).ID
	}
	text, _ := json.Marshal(out) // numbers have a form
	return string(text)
}

// userReply is the answer of n users.
func userReply(n int) tds.Reply {
	columns := tds.Columns("id", tds.BigInt, "email", tds.NVarChar, "name", tds.NVarChar, "role", tds.NVarChar, "tenant_id", tds.BigInt, "is_active", tds.Bit,
		"balance", tds.Float, "created_at", tds.DateTime2, "deleted_at", tds.DateTime2)
	var rows [][]any
	for _, u := range benchUsersOf(n) {
		row := []any{u.ID, u.Email, nil, u.Role, u.TenantID, u.Active, u.Balance, u.CreatedAt, nil}
		if u.Name != nil {
			row[2] = *u.Name
		}
		rows = append(rows, row)
	}
	return tds.Rows(columns, rows...)
}

// orderReply is the answer of the orders of n users, three of each.
func orderReply(n int) tds.Reply {
	columns := tds.Columns("id", tds.BigInt, "user_id", tds.BigInt, "order_number", tds.NVarChar, "total_amount", tds.Float, "status", tds.NVarChar,
		"tenant_id", tds.BigInt, "created_at", tds.DateTime2)
	var rows [][]any
	for i := range 3 * n {
		row := []any{int64(5000 + i), int64(1000 + i/3), fmt.Sprintf("ORD-%08d", i), nil, []string{"open", "paid"}[i%2], benchTenant, now.Add(time.Duration(i) * time.Minute)}
		if i%5 != 0 {
			row[3] = float64(i) * 0.75
		}
		rows = append(rows, row)
	}
	return tds.Rows(columns, rows...)
}

// idReply is the answer to the inserts of a text, each of which gives the ids of its rows.
func idReply(text string) tds.Reply {
	columns := tds.Columns("id", tds.BigInt)
	id := int64(1000)
	var r tds.Reply
	for _, insert := range strings.Split(text, "INSERT INTO")[1:] {
		_, values, _ := strings.Cut(insert, "VALUES")
		values, _, _ = strings.Cut(values, ") AS ")
		res := tds.Result{Columns: columns}
		for range strings.Count(values, "(") {
			id++
			res.Rows = append(res.Rows, []any{id})
		}
		r.Results = append(r.Results, res)
	}
	return r
}
