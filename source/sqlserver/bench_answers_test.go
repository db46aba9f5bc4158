package sqlserver_test

import (
	"encoding/json"
	"strings"

	"github.com/multi-orm/orm/internal/bench"
	"github.com/multi-orm/orm/internal/testkit/tds"
)

// The answers to the benchmarks, of the models that those of the other engines have.

// benchUserAt is one whom every workload asks for: living, active and of a role that is listed.
func benchUserAt(i int) bench.User {
	u := bench.UserAt(i)
	u.ID, u.Role, u.Active, u.DeletedAt = int64(1000+i), []string{"admin", "editor", "viewer"}[i%3], true, nil
	return u
}

func benchUsersOf(n int) []bench.User {
	out := make([]bench.User, n)
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
		o := bench.OrderAt(i)
		row := []any{int64(5000 + i), int64(1000 + i/3), o.Number, nil, o.Status, o.TenantID, o.CreatedAt}
		if o.Total != nil {
			row[3] = *o.Total
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
