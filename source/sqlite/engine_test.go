package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// numbers reads scalars through the raw road.
func numbers(tb testing.TB, ctx context.Context, x source.RawExecutor, text string, each func(int64) error) ([]int64, error) {
	tb.Helper()
	type row struct {
		ID int64 `orm:"id"`
	}
	m, err := model.Of(reflect.TypeFor[row]())
	if err != nil {
		tb.Fatal(err)
	}
	rows := &source.Rows{Slab: source.SlabOf[row](0), Resolve: func([]string) ([]builder.Column, error) {
		return []builder.Column{{Field: m.Fields[0]}}, nil
	}}
	if each != nil {
		rows.Each = func() error { return each(*(*int64)(rows.At(rows.Len() - 1))) }
	}
	err = x.Query(ctx, text, nil, rows)
	var out []int64
	for _, r := range source.Take[row](&rows.Slab) {
		out = append(out, r.ID)
	}
	return out, err
}

func one(tb testing.TB, x source.RawExecutor, text string) int64 {
	tb.Helper()
	got, err := numbers(tb, tb.Context(), x, text, nil)
	if err != nil || len(got) != 1 {
		tb.Fatalf("%s: %v, %v", text, got, err)
	}
	return got[0]
}

func exec(tb testing.TB, x source.RawExecutor, text string) int64 {
	tb.Helper()
	n, err := x.Exec(tb.Context(), text, nil)
	if err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
	return n
}

func opened(tb testing.TB, d *DataSource) *DataSource {
	tb.Helper()
	if err := d.Open(tb.Context(), nil); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := d.Close(); err != nil {
			tb.Error(err)
		}
	})
	return d
}

// long counts for many seconds when nobody interrupts it.
const long = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 200000000) "

func TestInterruptedTransactionIsNotContinued(t *testing.T) {
	d := opened(t, Source("main", testkit.SQLite(t), MaxConns(1)))
	exec(t, d, "CREATE TABLE t (id INTEGER)")
	tx, err := d.Begin(t.Context(), source.TxOptions{})
	if err != nil {
		t.Fatal(err)
	}
	exec(t, tx, "INSERT INTO t VALUES (1)")
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := tx.Exec(ctx, "INSERT INTO t "+long+"SELECT x FROM c", nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("an interrupted write: %v", err)
	}
	// SQLite has rolled back. What follows would be committed one by one.
	if _, err := tx.Exec(t.Context(), "INSERT INTO t VALUES (2)", nil); !errors.Is(err, fault.ErrUpstream) {
		t.Errorf("a write after that: %v", err)
	}
	if err := tx.Savepoint(t.Context(), "s"); !errors.Is(err, fault.ErrUpstream) {
		t.Errorf("a savepoint after that: %v", err)
	}
	if err := tx.Commit(t.Context()); !errors.Is(err, fault.ErrUpstream) {
		t.Errorf("a commit after that: %v", err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Errorf("a rollback after that: %v", err)
	}
	if n := one(t, d, "SELECT count(*) FROM t"); n != 0 {
		t.Errorf("%d rows stayed", n)
	}
}

// guarded sets a savepoint before a statement that fails. back checks that nothing runs before it is gone back to, as on
// every database, and goes back.
func guarded(t *testing.T, tx source.Tx) (back func()) {
	t.Helper()
	if err := tx.Savepoint(t.Context(), "guard"); err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		if _, err := tx.Exec(t.Context(), "SELECT 1", nil); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("a statement after a failed one: %v", err)
		}
		if err := tx.Release(t.Context(), "guard"); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("a release after a failed statement: %v", err)
		}
		if err := tx.RollbackTo(t.Context(), "guard"); err != nil {
			t.Fatal(err)
		}
	}
}

func TestInterruptedReadLeavesTheTransaction(t *testing.T) {
	d := opened(t, Source("main", testkit.SQLite(t), MaxConns(1)))
	exec(t, d, "CREATE TABLE t (id INTEGER)")
	tx, err := d.Begin(t.Context(), source.TxOptions{})
	if err != nil {
		t.Fatal(err)
	}
	exec(t, tx, "INSERT INTO t VALUES (1)")
	back := guarded(t, tx)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := numbers(t, ctx, tx, long+"SELECT sum(x) FROM c", nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("an interrupted read: %v", err)
	}
	back()
	exec(t, tx, "INSERT INTO t VALUES (2)")
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := one(t, d, "SELECT count(*) FROM t"); n != 2 {
		t.Errorf("%d rows", n)
	}
}

func TestEndedTransaction(t *testing.T) {
	d := opened(t, Source("main", ":memory:", MaxConns(1)))
	for range 3 {
		tx, err := d.Begin(t.Context(), source.TxOptions{Isolation: source.ReadCommitted})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := tx.Commit(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("a commit whose context is done: %v", err)
		}
		if err := tx.Rollback(ctx); err != nil {
			t.Error(err)
		}
		if _, err := tx.Exec(t.Context(), "SELECT 1", nil); !errors.Is(err, fault.ErrClosed) {
			t.Errorf("after the end: %v", err)
		}
		if err := tx.Commit(t.Context()); !errors.Is(err, fault.ErrClosed) {
			t.Errorf("a commit after the end: %v", err)
		}
	}
	if n := d.pool.Stats().InUse; n != 0 {
		t.Errorf("%d connections are out", n)
	}
}

func TestSavepoints(t *testing.T) {
	d := opened(t, Source("main", ":memory:"))
	exec(t, d, "CREATE TABLE t (id INTEGER)")
	tx, err := d.Begin(t.Context(), source.TxOptions{})
	if err != nil {
		t.Fatal(err)
	}
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	exec(t, tx, "INSERT INTO t VALUES (1)")
	do(tx.Savepoint(t.Context(), `a"b`))
	exec(t, tx, "INSERT INTO t VALUES (2)")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	do(tx.RollbackTo(gone, `a"b`))
	do(tx.Release(t.Context(), `a"b`))
	back := guarded(t, tx)
	if err := tx.Release(t.Context(), "nobody"); !errors.Is(err, fault.ErrInvalid) {
		t.Errorf("a savepoint that is not there: %v", err)
	}
	back()
	exec(t, tx, "INSERT INTO t VALUES (3)")
	do(tx.Commit(t.Context()))
	if n := one(t, d, "SELECT sum(id) FROM t"); n != 4 {
		t.Errorf("sum %d", n)
	}
}

func TestReadersHoldUpACommitInMemory(t *testing.T) {
	d := opened(t, Source("main", ":memory:"))
	exec(t, d, "CREATE TABLE t (id INTEGER); INSERT INTO t VALUES (1), (2), (3)")
	wait := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		_, err := numbers(t, t.Context(), d, "SELECT id FROM t", func(id int64) error {
			if id == 1 {
				close(wait)
				time.Sleep(300 * time.Millisecond)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-wait
	if n := exec(t, d, "UPDATE t SET id = id + 10"); n != 3 {
		t.Errorf("%d rows", n)
	}
	wg.Wait()
	if n := one(t, d, "SELECT sum(id) FROM t"); n != 36 {
		t.Errorf("sum %d", n)
	}
}

func TestRawExecCountsItsOwnRows(t *testing.T) {
	d := opened(t, Source("main", ":memory:", MaxConns(1)))
	exec(t, d, "CREATE TABLE t (id INTEGER)")
	for i, c := range []struct {
		text string
		want int64
	}{{"INSERT INTO t VALUES (1), (2)", 2}, {"CREATE TABLE u (id INTEGER)", 0}, {"UPDATE t SET id = 5 WHERE id > 9", 0}, {"-- nothing", 0}, {"UPDATE t SET id = 7; DELETE FROM t WHERE 1", 2}} {
		if n := exec(t, d, c.text); n != c.want {
			t.Errorf("%d: %s touched %d rows", i, c.text, n)
		}
	}
}

func TestTheReadersErrorIsReturnedAsItIs(t *testing.T) {
	d := opened(t, Source("main", ":memory:", MaxConns(1)))
	enough := errors.New("enough")
	got, err := numbers(t, t.Context(), d, long+"SELECT x FROM c", func(id int64) error {
		if id == 3 {
			return enough
		}
		return nil
	})
	if err != enough || len(got) != 3 { //nolint:errorlint // this very value
		t.Errorf("%v, %v", got, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err = numbers(t, ctx, d, long+"SELECT x FROM c", func(id int64) error {
		if id == 3 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled read: %v", err)
	}
	one(t, d, "SELECT 1")
}

func TestErrorsByCode(t *testing.T) {
	d := opened(t, Source("main", ":memory:"))
	exec(t, d, `CREATE TABLE p (id INTEGER PRIMARY KEY, u TEXT UNIQUE, n TEXT NOT NULL DEFAULT '', c INTEGER CHECK (c > 0)) STRICT;
		CREATE TABLE w (id TEXT PRIMARY KEY) WITHOUT ROWID;
		CREATE TABLE f (p INTEGER REFERENCES p(id), r INTEGER REFERENCES p(id) ON DELETE RESTRICT);
		INSERT INTO p (id, u) VALUES (1, 'secret'), (2, 'x'); INSERT INTO w VALUES ('secret'); INSERT INTO f VALUES (1, NULL), (NULL, 2)`)
	for text, want := range map[string]error{
		"INSERT INTO p (u) VALUES ('secret')":              fault.ErrConflict,
		"INSERT INTO p (id) VALUES (1)":                    fault.ErrConflict,
		"INSERT INTO w VALUES ('secret')":                  fault.ErrConflict,
		"INSERT INTO p (n) VALUES (NULL)":                  fault.ErrInvalid,
		"INSERT INTO p (c) VALUES (-1)":                    fault.ErrInvalid,
		"INSERT INTO p (c) VALUES ('secret')":              fault.ErrInvalid,
		"INSERT INTO f VALUES (99, NULL)":                  fault.ErrReference,
		"DELETE FROM p WHERE id = 1":                       fault.ErrReference,
		"DELETE FROM p WHERE id = 2":                       fault.ErrReference,
		"SELECT secret FROM p":                             fault.ErrInvalid,
		"SELECT * FROM secret":                             fault.ErrInvalid,
		"SELECT ?1":                                        fault.ErrInvalid,
		"SELEC":                                            fault.ErrInvalid,
		"INSERT INTO sqlite_schema VALUES (1, 2, 3, 4, 5)": fault.ErrInvalid,
	} {
		_, err := d.Exec(t.Context(), text, nil)
		var e *fault.Error
		if !errors.Is(err, want) || !errors.As(err, &e) || e.Source != "main" || contains(err.Error(), "secret") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func contains(s, sub string) bool {
	for i := range len(s) - len(sub) + 1 {
		if s[i:i+len(sub)] == sub {
			return true
		}
	}
	return false
}

func TestLocksAreRetryable(t *testing.T) {
	path := testkit.SQLite(t)
	d, other := opened(t, Source("main", path)), opened(t, Source("other", path))
	d.system.MaxWait = 100 * time.Millisecond
	exec(t, d, "CREATE TABLE t (id INTEGER)")
	tx, err := other.Begin(t.Context(), source.TxOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	_, first := d.Exec(t.Context(), "INSERT INTO t VALUES (1)", nil)
	_, second := d.Begin(t.Context(), source.TxOptions{})
	for _, err := range []error{first, second} {
		var r interface{ Retryable() bool }
		if !errors.Is(err, fault.ErrUpstream) || !errors.As(err, &r) || !r.Retryable() {
			t.Errorf("a locked database: %v", err)
		}
	}
	if n := d.pool.Stats().InUse; n != 0 {
		t.Errorf("%d connections are out", n)
	}
}

func TestCloseEndsEverything(t *testing.T) {
	d := Source("main", ":memory:")
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := d.Open(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		exec(t, d, "CREATE TABLE t (id INTEGER)") // gone the second time
		for range 2 {
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := d.Exec(t.Context(), "SELECT 1", nil); !errors.Is(err, fault.ErrClosed) {
		t.Error(err)
	}
	if _, err := d.Begin(t.Context(), source.TxOptions{}); !errors.Is(err, fault.ErrClosed) {
		t.Error(err)
	}
}

func TestStatementsAreKeptByUse(t *testing.T) {
	d := opened(t, Source("main", ":memory:", MaxConns(1)))
	c, err := d.pool.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Give()
	err = c.SQL.Raw(func(dc any) error {
		k := dc.(*conn)
		ask := func(text string) driver.Rows {
			rows, err := k.QueryContext(t.Context(), text, nil)
			if err != nil {
				t.Fatal(err)
			}
			return rows
		}
		open := ask("SELECT 'open'")
		for i := range 2 * maxStatements {
			_ = ask(fmt.Sprintf("SELECT %d", i)).Close()
			_ = ask("SELECT 'used'").Close()
		}
		if n := len(k.kept.by); n != maxStatements {
			t.Errorf("%d statements are kept", n)
		}
		if k.kept.by["SELECT 'used'"] == nil || k.kept.by["SELECT 'open'"] == nil || k.kept.by["SELECT 0"] != nil {
			t.Error("those used last were not kept")
		}
		second := ask("SELECT 'open'") // the same statement while rows of it are open
		for _, r := range []driver.Rows{open, second} {
			v := make([]driver.Value, 1)
			if err := r.Next(v); err != nil || v[0] != "open" {
				t.Errorf("%v, %v", v, err)
			}
			_ = r.Close()
			_ = r.Close()
		}
		for i := range 64 {
			_ = ask(fmt.Sprintf("SELECT %d /* %060000d */", i, 0)).Close()
		}
		if k.kept.size > maxAllText {
			t.Errorf("%d bytes of text are kept", k.kept.size)
		}
		n := 0
		for s := k.kept.root.next; s != &k.kept.root; s = s.next {
			n += len(s.text)
		}
		if n != k.kept.size {
			t.Errorf("%d bytes, counted %d", n, k.kept.size)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestALockHeldTooLongIsTyped(t *testing.T) {
	path := testkit.SQLite(t)
	holder := opened(t, Source("main", path))
	tx, err := holder.Begin(t.Context(), source.TxOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	for _, uri := range []string{path, "file:" + path + "?_txlock=deferred"} {
		d := opened(t, Source("main", uri))
		d.system.MaxWait = 100 * time.Millisecond
		_, err := d.Exec(t.Context(), "CREATE TABLE t (x)", nil)
		waiting, late := d.Begin(t.Context(), source.TxOptions{})
		if late == nil {
			_, late = waiting.Exec(t.Context(), "CREATE TABLE t (x)", nil)
			_ = waiting.Rollback(t.Context())
		}
		for _, err := range []error{err, late} {
			if !errors.Is(err, fault.ErrUpstream) || !retryable(err) {
				t.Errorf("%s: %v", uri, err)
			}
		}
	}
}

func retryable(err error) bool {
	var r interface{ Retryable() bool }
	return errors.As(err, &r) && r.Retryable()
}
