package sqlserver_test

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/internal/bench"
)

// The workloads as people write them with database/sql: a text that is ready, a variable for each row, append.

const (
	userColumns = "SELECT id, email, name, role, tenant_id, is_active, balance, created_at, deleted_at FROM users WHERE tenant_id = @p1 AND deleted_at IS NULL"

	rawKeyText     = userColumns + " AND id = @p2"
	rawList100Text = userColumns + " AND is_active = @p2 AND role IN (@p3, @p4, @p5) ORDER BY created_at DESC, id OFFSET 0 ROWS FETCH NEXT 100 ROWS ONLY"
	rawListText    = userColumns + " ORDER BY id OFFSET 0 ROWS FETCH NEXT @p2 ROWS ONLY"
	rawOrdersText  = "SELECT id, user_id, order_number, total_amount, status, tenant_id, created_at FROM orders WHERE tenant_id = @p1 AND user_id IN (SELECT v FROM OPENJSON(@p2) WITH (v bigint '$')) ORDER BY user_id, id"
)

func rawUsers(ctx context.Context, db *sql.DB, text string, args ...any) ([]bench.User, error) {
	rows, err := db.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []bench.User
	for rows.Next() {
		var u bench.User
		if err := rows.Scan(&u.ID, &u.Email, &u.Name, &u.Role, &u.TenantID, &u.Active, &u.Balance, &u.CreatedAt, &u.DeletedAt); err != nil {
			return nil, err
		}
		out = append(out, u)
	}
	return out, rows.Err()
}

// rawKey reads to the end of the answer: QueryRow does not, and the driver may then ask the server a second time to end it.
func rawKey(ctx context.Context, db *sql.DB) ([]bench.User, error) {
	return rawUsers(ctx, db, rawKeyText, bench.Tenant, benchKey)
}

func rawList100(ctx context.Context, db *sql.DB) ([]bench.User, error) {
	return rawUsers(ctx, db, rawList100Text, bench.Tenant, true, "admin", "editor", "viewer")
}

func rawList10k(ctx context.Context, db *sql.DB) ([]bench.User, error) {
	return rawUsers(ctx, db, rawListText, bench.Tenant, 10_000)
}

func rawInclude(ctx context.Context, db *sql.DB) ([]bench.User, error) {
	users, err := rawUsers(ctx, db, rawListText, bench.Tenant, 100)
	if err != nil {
		return nil, err
	}
	ids := []byte{'['}
	at := make(map[int64]int, len(users))
	for i := range users {
		if i > 0 {
			ids = append(ids, ',')
		}
		ids = strconv.AppendInt(ids, users[i].ID, 10)
		at[users[i].ID] = i
	}
	rows, err := db.QueryContext(ctx, rawOrdersText, bench.Tenant, string(append(ids, ']')))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var o bench.Order
		if err := rows.Scan(&o.ID, &o.UserID, &o.Number, &o.Total, &o.Status, &o.TenantID, &o.CreatedAt); err != nil {
			return nil, err
		}
		u := &users[at[o.UserID]]
		u.Orders = append(u.Orders, o)
	}
	return users, rows.Err()
}

const rawInsertText = "INSERT INTO users (email, name, role, tenant_id, is_active, balance, created_at, deleted_at) OUTPUT INSERTED.id "

// rawInserts inserts n rows, whose ids are made in the order of the rows.
func rawInserts(n int) string {
	var b strings.Builder
	b.WriteString(rawInsertText)
	if n > 1 {
		b.WriteString("SELECT email, name, role, tenant_id, is_active, balance, created_at, deleted_at FROM (")
	}
	b.WriteString("VALUES ")
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		for j := range 8 {
			b.WriteString([]string{"(", ", "}[min(j, 1)] + "@p" + strconv.Itoa(8*i+j+1))
		}
		if n > 1 {
			b.WriteString(", " + strconv.Itoa(i+1))
		}
		b.WriteString(")")
	}
	if n > 1 {
		b.WriteString(") AS v(email, name, role, tenant_id, is_active, balance, created_at, deleted_at, n) ORDER BY n")
	}
	return b.String()
}

// rawChunk is how many rows of eight columns a call takes.
const rawChunk = 262

var rawTexts = map[int]string{1: rawInserts(1), rawChunk: rawInserts(rawChunk), benchBulkRows % rawChunk: rawInserts(benchBulkRows % rawChunk)}

// inTx does what a write under hooks is: a transaction.
func inTx(ctx context.Context, db *sql.DB, do func(c *sql.Conn) error) error {
	c, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	if _, err := c.ExecContext(ctx, "SET XACT_ABORT OFF; BEGIN TRANSACTION"); err != nil {
		return err
	}
	if err := do(c); err != nil {
		_, failed := c.ExecContext(ctx, "ROLLBACK TRANSACTION")
		return errors.Join(err, failed)
	}
	_, err = c.ExecContext(ctx, "COMMIT TRANSACTION")
	return err
}

func rawCreate(ctx context.Context, c *sql.Conn, users []bench.User) error {
	args := make([]any, 0, 8*len(users))
	for i := range users {
		u := &users[i]
		args = append(args, u.Email, u.Name, u.Role, u.TenantID, u.Active, u.Balance, u.CreatedAt, u.DeletedAt)
	}
	rows, err := c.QueryContext(ctx, rawTexts[len(users)], args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for i := range users {
		if !rows.Next() {
			return errors.Join(errors.New("a row gave no id"), rows.Err())
		}
		if err := rows.Scan(&users[i].ID); err != nil {
			return err
		}
	}
	rows.Next() // to the end of the result
	return rows.Err()
}

func rawInsert(ctx context.Context, db *sql.DB) ([]bench.User, error) {
	users := []bench.User{benchRow}
	return users, inTx(ctx, db, func(c *sql.Conn) error { return rawCreate(ctx, c, users) })
}

// rawBulk makes a savepoint before each call, as the library does.
func rawBulk(ctx context.Context, db *sql.DB) ([]bench.User, error) {
	err := inTx(ctx, db, func(c *sql.Conn) error {
		for from := 0; from < len(benchBulk); from += rawChunk {
			if _, err := c.ExecContext(ctx, "SAVE TRANSACTION [orm_1]"); err != nil {
				return err
			}
			if err := rawCreate(ctx, c, benchBulk[from:min(from+rawChunk, len(benchBulk))]); err != nil {
				return err
			}
		}
		return nil
	})
	return benchBulk, err
}
