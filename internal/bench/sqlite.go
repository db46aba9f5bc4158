package bench

import (
	"context"
	"database/sql"
	"testing"

	_ "modernc.org/sqlite" // the driver, for those who write by hand

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source/sqlite"
)

// SQLite gives the contenders for the reads, by hand first, on a file of their own.
func SQLite(tb testing.TB) []Contender {
	tb.Helper()
	return seededSQLite(tb, 10_000).byHand(tb, 10_000).contenders()
}

// sqliteFile is a file with the tables of the benchmarks as the library makes them. raw is one with the same
// rows as people make it by hand, with the column types that the driver gives a time for; "" when nobody asks for it.
type sqliteFile struct{ path, raw string }

// seededSQLite makes the file: every user and order, and so many rows to scan.
func seededSQLite(tb testing.TB, scans int) *sqliteFile {
	tb.Helper()
	e := &sqliteFile{path: testkit.SQLite(tb)}
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", e.path), models())
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // what was written is committed
	if err := orm.CreateTables(ctx, db); err != nil {
		tb.Fatal(err)
	}
	fill(tb, db, rowsOf(userRows, UserAt))
	fill(tb, db, rowsOf(userRows*orderRows, OrderAt))
	fill(tb, db, rowsOf(scans, ScanAt))
	return e
}

// byHand makes the second file.
func (e *sqliteFile) byHand(tb testing.TB, scans int) *sqliteFile {
	tb.Helper()
	e.raw = testkit.SQLite(tb)
	db, err := sql.Open("sqlite", e.raw)
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // what was written is committed
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
	defer tx.Rollback() //nolint:errcheck // an error was told already
	put := func(text string, n int, row func(i int) []any) {
		st, err := tx.Prepare(text)
		if err != nil {
			tb.Fatal(err)
		}
		defer st.Close() //nolint:errcheck // it ends with its transaction
		for i := range n {
			if _, err := st.Exec(row(i + 1)...); err != nil {
				tb.Fatal(err)
			}
		}
	}
	put("INSERT INTO users ("+rawColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", userRows, func(i int) []any {
		r := UserAt(i)
		return []any{r.ID, r.Email, r.Name, r.Role, r.TenantID, r.Active, r.Balance, r.CreatedAt, r.DeletedAt}
	})
	put("INSERT INTO scans ("+rawColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", scans, func(i int) []any {
		r := ScanAt(i)
		return []any{r.ID, r.Email, r.Name, r.Role, r.TenantID, r.Active, r.Balance, r.CreatedAt, r.DeletedAt}
	})
	put("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?)", userRows*orderRows, func(i int) []any {
		o := OrderAt(i)
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

func (e *sqliteFile) orm(tb testing.TB, _ string, hooks bool) (context.Context, orm.DB) {
	tb.Helper()
	return opened(tb, hooks, sqlite.Source("main", e.path), models())
}

func (e *sqliteFile) contenders() []Contender {
	return []Contender{
		byRows(e, "Key", sqlKey), byRows(e, "List100", sqlList100), byRows(e, "List10k", sqlList10k), byRows(e, "Include", sqlInclude),
		ormContender("Key", "orm", e.orm, false, ormKey), ormContender("Key", "orm-hooks", e.orm, true, ormKey),
		ormContender("List100", "orm", e.orm, false, ormList100), ormContender("List100", "orm-hooks", e.orm, true, ormList100),
		ormContender("List10k", "orm", e.orm, false, ormList10k), ormContender("List10k", "orm-hooks", e.orm, true, ormList10k),
		ormContender("Include", "orm", e.orm, false, ormInclude), ormContender("Include", "orm-hooks", e.orm, true, ormInclude),
	}
}
