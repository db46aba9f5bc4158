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
