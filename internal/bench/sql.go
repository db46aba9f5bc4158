package bench

import (
	"context"
	"database/sql"
	"testing"
)

// The workloads as people write them by hand with database/sql.

// byRows is a contender with database/sql alone, unprepared.
func byRows[R any](e *sqliteFile, workload string, do func(ctx context.Context, db *sql.DB) (R, error)) Contender {
	return Contender{workload, "rawsql", func(tb testing.TB) Runner {
		db, err := sql.Open("sqlite", e.raw)
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { _ = db.Close() })
		var got R
		return Runner{
			Run: func(ctx context.Context) (err error) {
				got, err = do(ctx, db)
				return err
			},
			Result: func() any { return got },
		}
	}}
}

const sqlListSQL = "SELECT " + rawColumns + " FROM users WHERE is_active = ? AND role IN (?, ?, ?) AND deleted_at IS NULL ORDER BY created_at DESC, id LIMIT 100"

func sqlKey(ctx context.Context, db *sql.DB) (u User, err error) {
	err = db.QueryRowContext(ctx, "SELECT "+rawColumns+" FROM users WHERE id = ?", oneKey).
		Scan(&u.ID, &u.Email, &u.Name, &u.Role, &u.TenantID, &u.Active, &u.Balance, &u.CreatedAt, &u.DeletedAt)
	return u, err
}

func sqlUsers(ctx context.Context, db *sql.DB, text string, args ...any) ([]User, error) {
	rows, err := db.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	var out []User
	for rows.Next() {
		var u User
		if err := rows.Scan(&u.ID, &u.Email, &u.Name, &u.Role, &u.TenantID, &u.Active, &u.Balance, &u.CreatedAt, &u.DeletedAt); err != nil {
			return nil, err
		}
		out = append(out, u)
	}
	return out, rows.Err()
}

func sqlList100(ctx context.Context, db *sql.DB) ([]User, error) {
	return sqlUsers(ctx, db, sqlListSQL, true, "admin", "editor", "viewer")
}

func sqlList10k(ctx context.Context, db *sql.DB) ([]Scan, error) {
	rows, err := db.QueryContext(ctx, "SELECT "+rawColumns+" FROM scans ORDER BY id LIMIT ?", 10_000)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	var out []Scan
	for rows.Next() {
		var u Scan
		if err := rows.Scan(&u.ID, &u.Email, &u.Name, &u.Role, &u.TenantID, &u.Active, &u.Balance, &u.CreatedAt, &u.DeletedAt); err != nil {
			return nil, err
		}
		out = append(out, u)
	}
	return out, rows.Err()
}

func sqlInclude(ctx context.Context, db *sql.DB) ([]User, error) {
	users, err := sqlUsers(ctx, db, rawHundred)
	if err != nil {
		return nil, err
	}
	ids := make([]any, len(users))
	marks := make([]byte, 0, 2*len(users))
	at := make(map[int64]int, len(users))
	for i := range users {
		ids[i] = users[i].ID
		marks = append(marks, ',', '?')
		at[users[i].ID] = i
	}
	rows, err := db.QueryContext(ctx, "SELECT id, user_id, order_number, total_amount, status, tenant_id, created_at FROM orders WHERE user_id IN ("+string(marks[1:])+") ORDER BY user_id, id", ids...)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	for rows.Next() {
		var o Order
		if err := rows.Scan(&o.ID, &o.UserID, &o.Number, &o.Total, &o.Status, &o.TenantID, &o.CreatedAt); err != nil {
			return nil, err
		}
		u := &users[at[o.UserID]]
		u.Orders = append(u.Orders, o)
	}
	return users, rows.Err()
}
