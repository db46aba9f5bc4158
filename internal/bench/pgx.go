package bench

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// The workloads as people write them by hand with pgx, and tuned: destinations hoisted, slices sized.

const (
	rawColumns = "id, email, name, role, tenant_id, is_active, balance, created_at, deleted_at"
	rawKeySQL  = "SELECT " + rawColumns + " FROM users WHERE id = $1"
	rawListSQL = "SELECT " + rawColumns + " FROM users WHERE is_active = $1 AND role IN ($2, $3, $4) AND deleted_at IS NULL ORDER BY created_at DESC, id LIMIT 100"
	raw10kSQL  = "SELECT " + rawColumns + " FROM scans ORDER BY id LIMIT $1"
	raw100kSQL = "SELECT " + rawColumns + " FROM scans ORDER BY id"
	rawHundred = "SELECT " + rawColumns + " FROM users WHERE deleted_at IS NULL ORDER BY id LIMIT 100"
	rawOrders  = "SELECT id, user_id, order_number, total_amount, status, tenant_id, created_at FROM orders WHERE user_id = ANY($1) ORDER BY user_id, id"

	rawInsertSQL = `INSERT INTO news (email, name, role, tenant_id, is_active, balance, created_at, deleted_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`
	rawBulkSQL = `INSERT INTO news (email, name, role, tenant_id, is_active, balance, created_at, deleted_at)
		SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bool[], $6::float8[], $7::timestamptz[], $8::timestamptz[]) RETURNING id`
)

func rawKey(ctx context.Context, pool *pgxpool.Pool) (u User, err error) {
	err = pool.QueryRow(ctx, rawKeySQL, oneKey).
		Scan(&u.ID, &u.Email, &u.Name, &u.Role, &u.TenantID, &u.Active, &u.Balance, &u.CreatedAt, &u.DeletedAt)
	return u, err
}

func rawUsers(ctx context.Context, pool *pgxpool.Pool, text string, args ...any) ([]User, error) {
	rows, err := pool.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
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

func rawList100(ctx context.Context, pool *pgxpool.Pool) ([]User, error) {
	return rawUsers(ctx, pool, rawListSQL, true, "admin", "editor", "viewer")
}

func tunedList100(ctx context.Context, pool *pgxpool.Pool) ([]User, error) {
	rows, err := pool.Query(ctx, rawListSQL, true, "admin", "editor", "viewer")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make([]User, 0, 100)
	var u User
	dst := []any{&u.ID, &u.Email, &u.Name, &u.Role, &u.TenantID, &u.Active, &u.Balance, &u.CreatedAt, &u.DeletedAt}
	for rows.Next() {
		if err := rows.Scan(dst...); err != nil {
			return nil, err
		}
		out = append(out, u)
	}
	return out, rows.Err()
}

func rawScans(ctx context.Context, pool *pgxpool.Pool, text string, args ...any) ([]Scan, error) {
	rows, err := pool.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
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

func tunedScans(ctx context.Context, pool *pgxpool.Pool, n int, text string, args ...any) ([]Scan, error) {
	rows, err := pool.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make([]Scan, 0, n)
	var u Scan
	dst := []any{&u.ID, &u.Email, &u.Name, &u.Role, &u.TenantID, &u.Active, &u.Balance, &u.CreatedAt, &u.DeletedAt}
	for rows.Next() {
		if err := rows.Scan(dst...); err != nil {
			return nil, err
		}
		out = append(out, u)
	}
	return out, rows.Err()
}

func rawList10k(ctx context.Context, pool *pgxpool.Pool) ([]Scan, error) {
	return rawScans(ctx, pool, raw10kSQL, 10_000)
}

func tunedList10k(ctx context.Context, pool *pgxpool.Pool) ([]Scan, error) {
	return tunedScans(ctx, pool, 10_000, raw10kSQL, 10_000)
}

func rawLoad100k(ctx context.Context, pool *pgxpool.Pool) ([]Scan, error) {
	return rawScans(ctx, pool, raw100kSQL)
}

func tunedLoad100k(ctx context.Context, pool *pgxpool.Pool) ([]Scan, error) {
	return tunedScans(ctx, pool, scanRows, raw100kSQL)
}

func rawInclude(ctx context.Context, pool *pgxpool.Pool) ([]User, error) {
	users, err := rawUsers(ctx, pool, rawHundred)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(users))
	at := make(map[int64]int, len(users))
	for i := range users {
		ids[i] = users[i].ID
		at[users[i].ID] = i
	}
	rows, err := pool.Query(ctx, rawOrders, ids)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
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

func rawStream100k(ctx context.Context, pool *pgxpool.Pool) (s sums, err error) {
	rows, err := pool.Query(ctx, raw100kSQL)
	if err != nil {
		return s, err
	}
	defer rows.Close()
	for rows.Next() {
		var u Scan
		if err := rows.Scan(&u.ID, &u.Email, &u.Name, &u.Role, &u.TenantID, &u.Active, &u.Balance, &u.CreatedAt, &u.DeletedAt); err != nil {
			return s, err
		}
		s.add(&u)
	}
	return s, rows.Err()
}

func tunedStream100k(ctx context.Context, pool *pgxpool.Pool) (s sums, err error) {
	rows, err := pool.Query(ctx, raw100kSQL)
	if err != nil {
		return s, err
	}
	defer rows.Close()
	var u Scan
	dst := []any{&u.ID, &u.Email, &u.Name, &u.Role, &u.TenantID, &u.Active, &u.Balance, &u.CreatedAt, &u.DeletedAt}
	for rows.Next() {
		if err := rows.Scan(dst...); err != nil {
			return s, err
		}
		s.add(&u)
	}
	return s, rows.Err()
}

func rawInsert(row Newcomer) func(ctx context.Context, pool *pgxpool.Pool) (Newcomer, error) {
	return func(ctx context.Context, pool *pgxpool.Pool) (Newcomer, error) {
		r := row
		err := pool.QueryRow(ctx, rawInsertSQL,
			r.Email, r.Name, r.Role, r.TenantID, r.Active, r.Balance, r.CreatedAt, r.DeletedAt).Scan(&r.ID)
		return r, err
	}
}

func rawBulk(all []Newcomer) func(ctx context.Context, pool *pgxpool.Pool) ([]Newcomer, error) {
	return func(ctx context.Context, pool *pgxpool.Pool) ([]Newcomer, error) {
		n := len(all)
		emails, names, roles := make([]string, n), make([]*string, n), make([]string, n)
		tenants, active, balances := make([]int64, n), make([]bool, n), make([]float64, n)
		created, deleted := make([]time.Time, n), make([]*time.Time, n)
		for i := range all {
			r := &all[i]
			emails[i], names[i], roles[i], tenants[i] = r.Email, r.Name, r.Role, r.TenantID
			active[i], balances[i], created[i], deleted[i] = r.Active, r.Balance, r.CreatedAt, r.DeletedAt
		}
		rows, err := pool.Query(ctx, rawBulkSQL,
			emails, names, roles, tenants, active, balances, created, deleted)
		if err != nil {
			return nil, err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return nil, err
		}
		for i := range ids {
			all[i].ID = ids[i]
		}
		return all, nil
	}
}

func rawUpdate(ctx context.Context, pool *pgxpool.Pool) (int64, error) {
	tag, err := pool.Exec(ctx, "UPDATE news SET name = $1, is_active = $2 WHERE id = $3", "Renamed", true, 1)
	return tag.RowsAffected(), err
}
