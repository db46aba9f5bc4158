package ormtest_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook/ormtest"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

type Shelf struct {
	ID   int64  `orm:"id,auto,table=kit_shelves"`
	Firm int64  `orm:"firm,tenant"`
	Name string `orm:"name,unique"`

	Jars []Jar `orm:"relation=id:shelf_id"`
}

type Jar struct {
	ID      int64 `orm:"id,auto,table=kit_jars"`
	Firm    int64 `orm:"firm,tenant"`
	ShelfID int64 `orm:"shelf_id,index"`
}

// both runs a test on the databases that are always there, side by side.
func both(t *testing.T, fn func(t *testing.T, src source.Source)) {
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); fn(t, sqlite.Source("main", ormtest.SQLite(t))) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); fn(t, postgres.Source("main", testkit.Postgres(t))) })
}

func TestOpenAndPlant(t *testing.T) {
	both(t, func(t *testing.T, src source.Source) {
		db := ormtest.Open(t, src, orm.Models(Shelf{}), rls.Tenant())
		mine, theirs := ormtest.As(t.Context(), 1, "clerk"), ormtest.As(t.Context(), 2, "")
		rows := ormtest.Plant(mine, t, db, Shelf{Name: "a"}, Shelf{Name: "b"})
		if rows[0].ID == 0 || rows[1].ID == rows[0].ID || rows[0].Firm != 1 {
			t.Errorf("planted %+v", rows)
		}
		if n, err := orm.Repo[Shelf](db).Count(theirs); n != 0 || err != nil {
			t.Errorf("the other tenant sees %d rows, error %v", n, err)
		}
		if a, ok := orm.ActorFrom(mine); !ok || a.Role != "clerk" || a.ID != 1 || a.TenantID != 1 {
			t.Errorf("the actor is %+v", a)
		}
		said := judging(t, func(j *judge) { ormtest.Plant(mine, j, db, Shelf{Name: "c"}, Shelf{Name: "a"}) })
		if len(said) != 1 || !strings.Contains(said[0], "planting rows") {
			t.Errorf("rows that cannot be planted: %q", said)
		}
		if n, err := orm.Repo[Shelf](db).Count(mine); n != 2 || err != nil {
			t.Errorf("a failed planting left %d rows, error %v", n, err)
		}
	})
}

func TestOpenFails(t *testing.T) {
	for name, opts := range map[string][]any{
		"no source":      {orm.Models(Shelf{})},
		"no option":      {memory(), orm.Models(Shelf{}), 7},
		"unfit scope":    {memory(), orm.Models(Country{}), rls.Tenant()},
		"broken factory": {sqlite.Source("main", t.TempDir()+"/none/at/all.db"), orm.Models(Shelf{})},
	} {
		if said := judging(t, func(j *judge) { ormtest.Open(j, opts...) }); len(said) != 1 {
			t.Errorf("%s: %q", name, said)
		}
	}
}

func TestSQLiteIsFresh(t *testing.T) {
	var paths [2]string
	t.Run("alive", func(t *testing.T) {
		for i := range paths {
			paths[i] = ormtest.SQLite(t)
			db := ormtest.Open(t, sqlite.Source("main", paths[i]), orm.Models(Shelf{}))
			ormtest.Plant(t.Context(), t, db, Shelf{Firm: 1, Name: "a"})
			mode, err := orm.Raw[string](t.Context(), db, "PRAGMA journal_mode")
			if err != nil || mode[0] != "wal" {
				t.Errorf("the file is in mode %v, error %v", mode, err)
			}
		}
	})
	for _, p := range paths {
		if _, err := os.Stat(p); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the file is still there: %v", err)
		}
	}
}

func TestStatements(t *testing.T) {
	both(t, func(t *testing.T, src source.Source) {
		db := ormtest.Open(t, src, orm.Models(Shelf{}), rls.Tenant())
		ctx := ormtest.As(t.Context(), 1, "")
		shelf := ormtest.Plant(ctx, t, db, Shelf{Name: "a"})[0]
		ormtest.Plant(ctx, t, db, Jar{ShelfID: shelf.ID})
		shelves := orm.Repo[Shelf](db)

		ormtest.AssertStatements(ctx, t, db, 2, func(ctx context.Context) {
			if rows, err := shelves.Include("Jars").All(ctx); err != nil || len(rows[0].Jars) != 1 {
				t.Errorf("%v, error %v", rows, err)
			}
		})
		ormtest.AssertStatements(ctx, t, db, 1, func(ctx context.Context) {
			err := db.Tx(ctx, func(tx orm.DB) error {
				_, err := orm.Repo[Shelf](tx).Count(ctx)
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
		ran := ormtest.Statements(ctx, t, db, func(ctx context.Context) {
			_, _ = shelves.Count(ctx)
			ormtest.AssertStatements(ctx, t, db, 1, func(ctx context.Context) { _, _ = shelves.Exists(ctx) }) // the outer one counts it too
			if _, err := orm.Raw[int64](rls.Bypass(ctx, "counts"), db, "SELECT 1"); err != nil {
				t.Error(err)
			}
		})
		var verbs []string
		for _, s := range ran {
			verbs = append(verbs, s.Verb+" "+s.Model)
		}
		if got := strings.Join(verbs, ", "); got != "select Shelf, select Shelf, raw " {
			t.Errorf("ran %q", got)
		}

		// what others do meanwhile is theirs
		var wg sync.WaitGroup
		wg.Go(func() {
			for range 50 {
				_, _ = shelves.Count(ctx)
			}
		})
		for range 20 {
			ormtest.AssertStatements(ctx, t, db, 1, func(ctx context.Context) { _, _ = shelves.Count(ctx) })
		}
		wg.Wait()
	})
}

func TestAssertStatementsFails(t *testing.T) {
	db := ormtest.Open(t, memory(), orm.Models(Shelf{}), rls.Tenant())
	other := ormtest.Open(t, memory(), orm.Models(Shelf{}), rls.Tenant())
	ctx := ormtest.As(t.Context(), 1, "")
	ormtest.Plant(ctx, t, db, Shelf{Name: "plain words"})
	shelves := orm.Repo[Shelf](db)
	for name, c := range map[string]struct {
		want int
		fn   func(ctx context.Context)
		says []string
	}{
		"too many": {1, func(ctx context.Context) {
			_, _ = shelves.Where(shelves.F("Name").Eq("plain words")).All(ctx)
			_, _ = shelves.Count(ctx)
		}, []string{"2 statement(s) ran, want 1", "1. select Shelf on main: SELECT", "2. select Shelf on main"}},
		"too few":       {2, func(ctx context.Context) { _, _ = shelves.Count(ctx) }, []string{"1 statement(s) ran, want 2"}},
		"failed":        {0, func(ctx context.Context) { _ = shelves.Create(ctx, &Shelf{Name: "plain words"}) }, []string{"1. insert Shelf", "(failed)"}},
		"other context": {1, func(context.Context) { _, _ = shelves.Count(ctx) }, []string{"0 statement(s) ran", "does the call use the context"}},
		"other DB":      {1, func(ctx context.Context) { _, _ = orm.Repo[Shelf](other).Count(ctx) }, []string{"0 statement(s) ran"}},
	} {
		said := judging(t, func(j *judge) { ormtest.AssertStatements(ctx, j, db, c.want, c.fn) })
		if len(said) != 1 || strings.Contains(fmt.Sprint(said), "plain words") {
			t.Errorf("%s: said %q", name, said)
			continue
		}
		for _, want := range c.says {
			if !strings.Contains(said[0], want) {
				t.Errorf("%s: said %q; want %q", name, said[0], want)
			}
		}
	}
	if said := judging(t, func(j *judge) { ormtest.AssertStatements(ctx, j, orm.DB{}, 0, func(context.Context) {}) }); len(said) != 1 {
		t.Errorf("a DB that was not opened: %q", said)
	}
}

// judging gives what fn says instead of failing the test.
func judging(t *testing.T, fn func(*judge)) []string {
	t.Helper()
	j := &judge{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		fn(j)
	}()
	<-done
	return j.said
}
