package resilience

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

type Shelf struct {
	ID    int64  `orm:"id,auto"`
	Name  string `orm:"name"`
	Books []Book `orm:"relation=id:shelf_id"`
}

type Book struct {
	ID      int64  `orm:"id,auto"`
	ShelfID int64  `orm:"shelf_id"`
	Title   string `orm:"title"`
}

// As many streams with includes as there are connections all come to their end: none waits for a second connection while it
// holds one.
func TestStreamsWithIncludesShareAPool(t *testing.T) {
	for engine, src := range map[string]source.Source{
		"postgres": postgres.Source("main", testkit.Postgres(t), postgres.MaxConns(4)),
		"sqlite":   sqlite.Source("main", testkit.SQLite(t), sqlite.MaxConns(4)),
	} {
		t.Run(engine, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			db, err := orm.Open(ctx, src, orm.Models(Shelf{}, Book{}))
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			}()
			if err := orm.CreateTables(ctx, db); err != nil {
				t.Fatal(err)
			}
			shelves := make([]Shelf, 1200)
			for i := range shelves {
				shelves[i] = Shelf{Name: fmt.Sprint(i)}
			}
			if _, err := orm.Repo[Shelf](db).CreateMany(ctx, shelves); err != nil {
				t.Fatal(err)
			}
			var all []Book
			for _, s := range shelves {
				all = append(all, Book{ShelfID: s.ID, Title: "a"}, Book{ShelfID: s.ID, Title: "b"})
			}
			if _, err := orm.Repo[Book](db).CreateMany(ctx, all); err != nil {
				t.Fatal(err)
			}
			var at sync.WaitGroup // all have their first row before any goes on
			at.Add(4)
			var work sync.WaitGroup
			for range 4 {
				work.Go(func() {
					n, books := 0, 0
					for s, err := range orm.Repo[Shelf](db).Include("Books").Rows(ctx) {
						if err != nil {
							t.Error(err)
							if n == 0 {
								at.Done()
							}
							return
						}
						if n++; n == 1 {
							at.Done()
							at.Wait()
						}
						books += len(s.Books)
					}
					if n != 1200 || books != 2400 {
						t.Errorf("%d shelves, %d books", n, books)
					}
				})
			}
			work.Wait()
			for s, err := range orm.Repo[Shelf](db).Include("Books").Rows(ctx) { // given up at the first row
				if err != nil || len(s.Books) != 2 {
					t.Fatal(s, err)
				}
				break
			}
			if n, err := orm.Repo[Shelf](db).Count(ctx); n != 1200 || err != nil {
				t.Error(n, err)
			}
		})
	}
}

// Close does not wait for ever for what runs on.
func TestCloseWithin(t *testing.T) {
	w := newWorld(t, Note{})
	db := w.faulty(postgres.MaxConns(4), postgres.CloseWithin(200*time.Millisecond))
	ended := make(chan error, 2)
	running := make(chan struct{}, 2)
	go func() {
		ended <- db.Tx(w.ctx, func(tx orm.DB) error {
			if err := orm.Repo[Note](tx).Create(w.ctx, &Note{Text: "half"}); err != nil {
				return err
			}
			running <- struct{}{}
			_, err := orm.Repo[Note](tx).Where(orm.SQL[Note]("pg_sleep(60) IS NOT NULL")).Count(w.ctx)
			return err
		})
	}()
	go func() {
		running <- struct{}{}
		_, err := db.Exec(w.ctx, "SELECT pg_sleep(60)")
		ended <- err
	}()
	<-running
	<-running
	time.Sleep(50 * time.Millisecond)
	closed := make(chan error, 1)
	go func() { closed <- db.Close() }()
	select {
	case err := <-closed:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("Close waits for what does not end")
	}
	for range 2 {
		if err := <-ended; err == nil {
			t.Error("a statement was cut and says that it was done")
		}
	}
	if _, there := w.texts()["half"]; there {
		t.Error("half a transaction is there")
	}
	if _, err := w.plain.Exec(w.ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"); err != nil {
		t.Log(err) // those that still sleep would outlive the test
	}
}
