package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source/sqlite"
)

type note struct {
	ID   int64   `orm:"id,auto,table=notes"`
	Key  *string `orm:"key,unique"`
	Text string  `orm:"text"`
	Size float64 `orm:"size"`
	Big  uint64  `orm:"big"`
}

func open(t *testing.T, src *sqlite.DataSource) orm.DB {
	t.Helper()
	db, err := orm.Open(t.Context(), src, orm.Models(note{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := orm.CreateTables(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	return db
}

func both(t *testing.T, fn func(t *testing.T, db orm.DB)) {
	t.Run("memory", func(t *testing.T) { fn(t, open(t, sqlite.Source("main", ":memory:"))) })
	t.Run("file", func(t *testing.T) { fn(t, open(t, sqlite.Source("main", testkit.SQLite(t)))) })
}

func TestManyGoroutinesShareOneDatabase(t *testing.T) {
	both(t, func(t *testing.T, db orm.DB) {
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				for range 20 {
					if err := orm.Repo[note](db).Create(t.Context(), &note{Text: "x"}); err != nil {
						t.Error(err)
						return
					}
					if _, err := orm.Repo[note](db).Count(t.Context()); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		if n, err := orm.Repo[note](db).Count(t.Context()); err != nil || n != 320 {
			t.Errorf("counted %d, %v", n, err)
		}
	})
}

func TestDatabasesInMemoryAreApart(t *testing.T) {
	a, b := open(t, sqlite.Source("main", ":memory:")), open(t, sqlite.Source("main", ":memory:"))
	if err := orm.Repo[note](a).Create(t.Context(), &note{}); err != nil {
		t.Fatal(err)
	}
	if n, err := orm.Repo[note](b).Count(t.Context()); err != nil || n != 0 {
		t.Errorf("the other database has %d rows, %v", n, err)
	}
}

func TestReadOnlyTransactionRefusesWrites(t *testing.T) {
	both(t, func(t *testing.T, db orm.DB) {
		err := db.Tx(t.Context(), func(tx orm.DB) error {
			return orm.Repo[note](tx).Create(t.Context(), &note{})
		}, orm.ReadOnly)
		if !errors.Is(err, orm.ErrDenied) {
			t.Errorf("a write in a read-only transaction: %v", err)
		}
		if err := orm.Repo[note](db).Create(t.Context(), &note{}); err != nil {
			t.Errorf("the connection kept the mode: %v", err)
		}
	})
}

func TestWaitingForALockHeedsTheContext(t *testing.T) {
	both(t, func(t *testing.T, db orm.DB) {
		err := db.Tx(t.Context(), func(tx orm.DB) error {
			if err := orm.Repo[note](tx).Create(t.Context(), &note{}); err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			start := time.Now()
			err := orm.Repo[note](db).Create(ctx, &note{})
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 3*time.Second {
				t.Errorf("after %v: %v", time.Since(start), err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestStatementsSurviveSchemaChanges(t *testing.T) {
	db := open(t, sqlite.Source("main", testkit.SQLite(t), sqlite.MaxConns(1)))
	notes := orm.Repo[note](db)
	for i := range 3 {
		if err := notes.Create(t.Context(), &note{Text: "x"}); err != nil {
			t.Fatal(err)
		}
		if all, err := notes.Where(notes.F("Text").Eq("x")).All(t.Context()); err != nil || len(all) != i+1 {
			t.Fatal(len(all), err)
		}
		if i == 0 {
			if _, err := db.Exec(t.Context(), "ALTER TABLE notes ADD COLUMN more TEXT"); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestTheSameStatementCanBeOpenTwice(t *testing.T) {
	db := open(t, sqlite.Source("main", testkit.SQLite(t), sqlite.MaxConns(1)))
	notes := make([]note, 5)
	if _, err := orm.Repo[note](db).CreateMany(t.Context(), notes); err != nil {
		t.Fatal(err)
	}
	seen := 0
	err := db.Tx(t.Context(), func(tx orm.DB) error {
		for _, err := range orm.Repo[note](tx).Rows(t.Context()) {
			if err != nil {
				return err
			}
			for _, err := range orm.Repo[note](tx).Rows(t.Context()) {
				if err != nil {
					return err
				}
				seen++
			}
		}
		return nil
	})
	if err != nil || seen != 25 {
		t.Errorf("saw %d rows, %v", seen, err)
	}
}

func TestLeavingAStreamGivesTheConnectionBack(t *testing.T) {
	db := open(t, sqlite.Source("main", testkit.SQLite(t), sqlite.MaxConns(1)))
	if _, err := orm.Repo[note](db).CreateMany(t.Context(), make([]note, 100)); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		for _, err := range orm.Repo[note](db).Rows(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	for _, err := range orm.Repo[note](db).Rows(ctx) {
		cancel()
		last = err
	}
	if last != nil && !errors.Is(last, context.Canceled) {
		t.Errorf("a cancelled stream: %v", last)
	}
	if n, err := orm.Repo[note](db).Count(t.Context()); err != nil || n != 100 {
		t.Errorf("afterwards: %d, %v", n, err)
	}
}

func TestErrorsAreMappedByCode(t *testing.T) {
	db := open(t, sqlite.Source("main", ":memory:"))
	notes := orm.Repo[note](db)
	key := "k"
	if err := notes.Create(t.Context(), &note{Key: &key}); err != nil {
		t.Fatal(err)
	}
	if err := notes.Create(t.Context(), &note{Key: &key}); !errors.Is(err, orm.ErrConflict) {
		t.Errorf("a second row with the key: %v", err)
	}
	if err := notes.Create(t.Context(), &note{Size: math.NaN()}); !errors.Is(err, orm.ErrInvalid) {
		t.Errorf("NaN: %v", err)
	}
	if err := notes.Create(t.Context(), &note{Big: math.MaxUint64}); !errors.Is(err, orm.ErrInvalid) {
		t.Errorf("a number above int64: %v", err)
	}
	if _, err := orm.Raw[int64](t.Context(), db, "SELECT nothing FROM nowhere"); !errors.Is(err, orm.ErrInvalid) {
		t.Errorf("a table that is not there: %v", err)
	}
	if _, err := orm.Raw[string](t.Context(), db, `SELECT "no column"`); !errors.Is(err, orm.ErrInvalid) {
		t.Errorf("double quotes must not make text: %v", err)
	}
	if _, err := orm.Open(t.Context(), sqlite.Source("main", filepath.Join(t.TempDir(), "no", "such", "folder")), orm.Models(note{})); !errors.Is(err, orm.ErrUpstream) {
		t.Errorf("a file that cannot be opened: %v", err)
	}
}

func TestFromDBLeavesTheDatabaseOpen(t *testing.T) {
	plain, err := sql.Open("sqlite", testkit.SQLite(t))
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	db := open(t, sqlite.FromDB("main", plain))
	if err := orm.Repo[note](db).Create(t.Context(), &note{}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := plain.PingContext(t.Context()); err != nil {
		t.Errorf("the caller's database was closed: %v", err)
	}
	if err := orm.Repo[note](db).Create(t.Context(), &note{}); !errors.Is(err, orm.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}
