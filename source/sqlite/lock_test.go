package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source/sqlite"
)

func add(ctx context.Context, db orm.DB) error {
	return orm.Repo[note](db).Create(ctx, &note{Text: "x"})
}

func count(t *testing.T, db orm.DB) int64 {
	t.Helper()
	n, err := orm.Repo[note](db).Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A transaction that says it only reads lets writers of other handles work, and sees one state. Any other keeps them out, for as
// long as they wait.
func TestReadersAndWritersOfTwoHandles(t *testing.T) {
	path := testkit.SQLite(t)
	db, other := open(t, sqlite.Source("main", path)), open(t, sqlite.Source("main", path))
	err := db.Tx(t.Context(), func(tx orm.DB) error {
		for i := range 20 {
			if n := count(t, tx); n != 0 {
				return fmt.Errorf("the state changed: %d rows", n)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			err := errors.Join(add(ctx, other), other.Tx(ctx, func(tx orm.DB) error { return add(ctx, tx) }))
			cancel()
			if err != nil {
				return fmt.Errorf("writer %d: %w", i, err)
			}
		}
		return nil
	}, orm.ReadOnly)
	if n := count(t, db); err != nil || n != 40 {
		t.Errorf("%d rows: %v", n, err)
	}
	err = db.Tx(t.Context(), func(tx orm.DB) error {
		n := count(t, tx)
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		if err := add(ctx, other); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a writer beside a transaction that may write: %v", err)
		}
		if err := add(t.Context(), tx); err != nil { // what was read still holds
			return err
		}
		if m := count(t, tx); m != n+1 {
			t.Errorf("%d rows, then %d", n, m)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// Transactions of a source that takes its lock late wait for it at their first write, and are told at once when what they read is
// out of date.
func TestLateLock(t *testing.T) {
	path := testkit.SQLite(t)
	db, other := open(t, sqlite.Source("main", "file:"+path+"?_txlock=deferred")), open(t, sqlite.Source("main", path))
	held, done := make(chan struct{}), make(chan error, 1)
	go func() {
		done <- other.Tx(t.Context(), func(tx orm.DB) error {
			err := add(t.Context(), tx)
			close(held)
			time.Sleep(300 * time.Millisecond)
			return err
		})
	}()
	<-held
	err := db.Tx(t.Context(), func(tx orm.DB) error { return add(t.Context(), tx) })
	if err = errors.Join(err, <-done); err != nil || count(t, db) != 2 {
		t.Fatalf("a first write did not wait: %v", err)
	}

	stale := func(attempts int, opts ...orm.TxOption) error {
		runs := 0
		err := db.Tx(t.Context(), func(tx orm.DB) error {
			runs++
			count(t, tx)
			if runs == 1 {
				if err := add(t.Context(), other); err != nil {
					t.Fatal(err)
				}
			}
			return add(t.Context(), tx)
		}, opts...)
		if runs != attempts {
			t.Errorf("%d runs, want %d", runs, attempts)
		}
		return err
	}
	start := time.Now()
	if err := stale(1); !engine.Retryable(err) || !errors.Is(err, orm.ErrUpstream) || time.Since(start) > 2*time.Second {
		t.Errorf("after %v: %v", time.Since(start), err)
	}
	if err := stale(2, orm.Retry(1)); err != nil {
		t.Error(err)
	}
	if n := count(t, db); n != 5 {
		t.Errorf("%d rows, want 5", n)
	}
}

// A lock is the database's: a transaction that may write holds it, one that takes it late takes it with the first locking read,
// and one that only reads cannot have it.
func TestLockingReads(t *testing.T) {
	path := testkit.SQLite(t)
	other := open(t, sqlite.Source("main", path))
	if err := add(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	for _, uri := range []string{path, "file:" + path + "?_txlock=deferred"} {
		db := open(t, sqlite.Source("main", uri))
		for _, lock := range []orm.RowLock{orm.ForUpdate, orm.ForShare} {
			err := db.Tx(t.Context(), func(tx orm.DB) error {
				rows, err := orm.Repo[note](tx).Query().Lock(lock).All(t.Context())
				if err != nil || len(rows) != 1 {
					return fmt.Errorf("%d rows: %w", len(rows), err)
				}
				ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
				defer cancel()
				if err := add(ctx, other); !errors.Is(err, context.DeadlineExceeded) {
					return fmt.Errorf("another wrote beside a lock: %w", err)
				}
				return nil
			})
			if err != nil {
				t.Errorf("%s: %v", uri, err)
			}
			err = db.Tx(t.Context(), func(tx orm.DB) error {
				_, err := orm.Repo[note](tx).Query().Lock(lock).All(t.Context())
				return err
			}, orm.ReadOnly)
			if !errors.Is(err, orm.ErrDenied) {
				t.Errorf("%s: in a transaction that only reads: %v", uri, err)
			}
			for _, wait := range []orm.RowLock{orm.SkipLocked, orm.NoWait} {
				err = db.Tx(t.Context(), func(tx orm.DB) error {
					_, err := orm.Repo[note](tx).Query().Lock(lock, wait).All(t.Context())
					return err
				})
				if !errors.Is(err, orm.ErrUnsupported) {
					t.Errorf("%s: %v", uri, err)
				}
			}
		}
		if _, err := orm.Repo[note](db).Query().Lock(orm.ForUpdate).All(t.Context()); !errors.Is(err, orm.ErrInvalid) {
			t.Errorf("%s: outside a transaction: %v", uri, err)
		}
	}
}
