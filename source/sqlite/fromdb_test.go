package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source"
)

// given is a source over a database of the caller, with one connection that has its own settings.
func given(t *testing.T, query string) *DataSource {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+testkit.SQLite(t)+query)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return opened(t, FromDB("main", db))
}

func TestReadOnlyTransactions(t *testing.T) {
	for name, d := range map[string]*DataSource{
		"ours":   opened(t, Source("main", testkit.SQLite(t), MaxConns(1))),
		"memory": opened(t, Source("main", ":memory:", MaxConns(1))),
		"given":  given(t, ""),
	} {
		exec(t, d, "CREATE TABLE t (id INTEGER)")
		tx, err := d.Begin(t.Context(), source.TxOptions{ReadOnly: true})
		if err != nil {
			t.Fatal(name, err)
		}
		back := guarded(t, tx)
		if _, err := tx.Exec(t.Context(), "INSERT INTO t VALUES (1)", nil); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("%s: a write: %v", name, err)
		}
		back()
		if n := one(t, tx, "SELECT count(*) FROM t"); n != 0 {
			t.Errorf("%s: %d rows", name, n)
		}
		if err := tx.Commit(t.Context()); err != nil {
			t.Error(name, err)
		}
		exec(t, d, "INSERT INTO t VALUES (1)")
	}
	d := given(t, "?_pragma=query_only(1)")
	tx, err := d.Begin(t.Context(), source.TxOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Error(err)
	}
	if n := one(t, d, "PRAGMA query_only"); n != 1 {
		t.Error("the caller's own setting was lost")
	}
}

func TestTransactionsOnTheCallersDatabase(t *testing.T) {
	d := given(t, "")
	exec(t, d, "CREATE TABLE t (id INTEGER)")
	for _, commit := range []bool{true, false} {
		tx, err := d.Begin(t.Context(), source.TxOptions{})
		if err != nil {
			t.Fatal(err)
		}
		exec(t, tx, "INSERT INTO t VALUES (1)")
		var seen int64
		_, err = numbers(t, t.Context(), tx, "SELECT id FROM t", func(id int64) error {
			seen += one(t, tx, "SELECT count(*) FROM t") // a second result while the first is open
			return nil
		})
		if err != nil || seen == 0 {
			t.Errorf("saw %d, %v", seen, err)
		}
		end := tx.Rollback
		if commit {
			end = tx.Commit
		}
		if err := end(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := one(t, d, "SELECT count(*) FROM t"); n != 1 {
		t.Errorf("%d rows", n)
	}
}

func TestAPanicGivesTheConnectionBack(t *testing.T) {
	d := opened(t, Source("main", testkit.SQLite(t), MaxConns(1)))
	func() {
		defer func() { _ = recover() }()
		_, _ = numbers(t, t.Context(), d, "SELECT 1 UNION SELECT 2", func(int64) error { panic("reader") })
	}()
	one(t, d, "SELECT 1")
	tx, err := d.Begin(t.Context(), source.TxOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestACancelledReadInsideAnother(t *testing.T) {
	d := opened(t, Source("main", testkit.SQLite(t), MaxConns(1)))
	for range 50 {
		tx, err := d.Begin(t.Context(), source.TxOptions{})
		if err != nil {
			t.Fatal(err)
		}
		back := guarded(t, tx)
		ctx, cancel := context.WithCancel(t.Context())
		_, err = numbers(t, ctx, tx, long+"SELECT x FROM c", func(id int64) error {
			if id == 2 {
				go cancel() // database/sql closes the rows while the same connection works
			}
			one(t, tx, "SELECT 1")
			exec(t, tx, "CREATE TABLE IF NOT EXISTS t (id INTEGER)")
			return nil
		})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("cancelled: %v", err)
		}
		back()
		exec(t, tx, "CREATE TABLE IF NOT EXISTS t (id INTEGER)") // going back undid it
		exec(t, tx, "INSERT INTO t VALUES (1)")
		if err := tx.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := one(t, d, "SELECT count(*) FROM t"); n != 50 {
		t.Errorf("%d rows", n)
	}
}
