package orm_test

import (
	"context"
	"database/sql"
	"testing"

	_ "modernc.org/sqlite" // the driver, for those who write by hand

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source/sqlite"
)

// sqliteBench is a file with the tables of the benchmarks as the library makes them. raw is one with the same
// rows as people make it by hand, with the column types that the driver gives a time for; "" when nobody asks for it.
type sqliteBench struct{ path, raw string }

// seededSQLite makes the file: every user and order, and so many rows to scan.
func seededSQLite(tb testing.TB, scans int) *sqliteBench {
	tb.Helper()
	e := &sqliteBench{path: testkit.SQLite(tb)}
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", e.path), benchModels)
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	if err := orm.CreateTables(ctx, db); err != nil {
		tb.Fatal(err)
	}
	fill(tb, db, rowsOf(benchUserRows, benchUserAt))
	fill(tb, db, rowsOf(benchUserRows*benchOrderRows, benchOrderAt))
	fill(tb, db, rowsOf(scans, benchScanAt))
	return e
}

// byHand makes the second file.
func (e *sqliteBench) byHand(tb testing.TB, scans int) *sqliteBench {
	tb.Helper()
	e.raw = testkit.SQLite(tb)
	db, err := sql.Open("sqlite", e.raw)
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	const people = `(id INTEGER PRIMARY KEY, email TEXT NOT NULL, name TEXT, role TEXT NOT NULL, tenant_id INTEGER NOT NULL, is_active BOOLEAN NOT NULL,
		balance REAL NOT NULL, created_at TIMESTAMP NOT NULL, deleted_at TIMESTAMP);`
	if _, err := db.Exec("PRAGMA journal_mode=WAL; CREATE TABLE users " + people + "CREATE TABLE scans " + people + `
		CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, order_number TEXT NOT NULL, total_amount REAL, status TEXT NOT NULL,
			tenant_id INTEGER NOT NULL, created_at TIMESTAMP NOT NULL);
		CREATE INDEX orders_user ON orders (user_id)`); err != nil {
		tb.Fatal(err)
	}
	tx, err := db.Begin()
	if err != nil {
		tb.Fatal(err)
	}
	defer tx.Rollback()
	put := func(text string, n int, row func(i int) []any) {
		st, err := tx.Prepare(text)
		if err != nil {
			tb.Fatal(err)
		}
		defer st.Close()
		for i := range n {
			if _, err := st.Exec(row(i + 1)...); err != nil {
				tb.Fatal(err)
			}
		}
	}
	put("INSERT INTO users ("+rawColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", benchUserRows, func(i int) []any {
		r := benchUserAt(i)
		return []any{r.ID, r.Email, r.Name, r.Role, r.TenantID, r.Active, r.Balance, r.CreatedAt, r.DeletedAt}
	})
	put("INSERT INTO scans ("+rawColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", scans, func(i int) []any {
		r := benchScanAt(i)
		return []any{r.ID, r.Email, r.Name, r.Role, r.TenantID, r.Active, r.Balance, r.CreatedAt, r.DeletedAt}
	})
	put("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?)", benchUserRows*benchOrderRows, func(i int) []any {
		o := benchOrderAt(i)
		return []any{o.ID, o.UserID, o.Number, o.Total, o.Status, o.TenantID, o.CreatedAt}
	})
	if err := tx.Commit(); err != nil {
		tb.Fatal(err)
	}
	return e
}

func fill[T any](tb testing.TB, db orm.DB, rows []T) {
	tb.Helper()
	if _, err := orm.Repo[T](db).CreateMany(context.Background(), rows); err != nil {
		tb.Fatal(err)
	}
}

func (e *sqliteBench) orm(tb testing.TB, _ string, hooks bool) (context.Context, orm.DB) {
	tb.Helper()
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", e.path), benchModels)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	if hooks {
		withHooks(tb, db)
		ctx = actor(ctx)
	}
	return ctx, db
}

// byRows is a contender with database/sql alone, unprepared.
func byRows[R any](e *sqliteBench, workload string, do func(ctx context.Context, db *sql.DB) (R, error)) contender {
	return contender{workload, "rawsql", func(tb testing.TB) runner {
		db, err := sql.Open("sqlite", e.raw)
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { db.Close() })
		var got R
		return runner{
			run: func(ctx context.Context) (err error) {
				got, err = do(ctx, db)
				return err
			},
			result: func() any { return got },
		}
	}}
}

func (e *sqliteBench) contenders() []contender {
	return []contender{
		byRows(e, "Key", sqlKey), byRows(e, "List100", sqlList100), byRows(e, "List10k", sqlList10k), byRows(e, "Include", sqlInclude),
		ormContender("Key", "orm", e.orm, false, ormKey), ormContender("Key", "orm-hooks", e.orm, true, ormKey),
		ormContender("List100", "orm", e.orm, false, ormList100), ormContender("List100", "orm-hooks", e.orm, true, ormList100),
		ormContender("List10k", "orm", e.orm, false, ormList10k), ormContender("List10k", "orm-hooks", e.orm, true, ormList10k),
		ormContender("Include", "orm", e.orm, false, ormInclude), ormContender("Include", "orm-hooks", e.orm, true, ormInclude),
	}
}

const sqlListSQL = "SELECT " + rawColumns + " FROM users WHERE is_active = ? AND role IN (?, ?, ?) AND deleted_at IS NULL ORDER BY created_at DESC, id LIMIT 100"

func sqlKey(ctx context.Context, db *sql.DB) (u benchUser, err error) {
	err = db.QueryRowContext(ctx, "SELECT "+rawColumns+" FROM users WHERE id = ?", benchKey).
		Scan(&u.ID, &u.Email, &u.Name, &u.Role, &u.TenantID, &u.Active, &u.Balance, &u.CreatedAt, &u.DeletedAt)
	return u, err
}

func sqlUsers(ctx context.Context, db *sql.DB, text string, args ...any) ([]benchUser, error) {
	rows, err := db.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []benchUser
	for rows.Next() {
		var u benchUser
		if err := rows.Scan(&u.ID, &u.Email, &u.Name, &u.Role, &u.TenantID, &u.Active, &u.Balance, &u.CreatedAt, &u.DeletedAt); err != nil {
			return nil, err
		}
		out = append(out, u)
	}
	return out, rows.Err()
}

func sqlList100(ctx context.Context, db *sql.DB) ([]benchUser, error) {
	return sqlUsers(ctx, db, sqlListSQL, true, "admin", "editor", "viewer")
}

func sqlList10k(ctx context.Context, db *sql.DB) ([]benchScan, error) {
	rows, err := db.QueryContext(ctx, "SELECT "+rawColumns+" FROM scans ORDER BY id LIMIT ?", 10_000)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []benchScan
	for rows.Next() {
		var u benchScan
		if err := rows.Scan(&u.ID, &u.Email, &u.Name, &u.Role, &u.TenantID, &u.Active, &u.Balance, &u.CreatedAt, &u.DeletedAt); err != nil {
			return nil, err
		}
		out = append(out, u)
	}
	return out, rows.Err()
}

func sqlInclude(ctx context.Context, db *sql.DB) ([]benchUser, error) {
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
	defer rows.Close()
	for rows.Next() {
		var o benchOrder
		if err := rows.Scan(&o.ID, &o.UserID, &o.Number, &o.Total, &o.Status, &o.TenantID, &o.CreatedAt); err != nil {
			return nil, err
		}
		u := &users[at[o.UserID]]
		u.Orders = append(u.Orders, o)
	}
	return users, rows.Err()
}
