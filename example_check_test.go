package orm_test

import (
	"context"
	"fmt"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/sqlite"
)

// Shelf and Tin are models of tables that another program has made and changed since.
type Shelf struct {
	ID   int64  `orm:"id,auto,table=shelves"`
	Code string `orm:"code,unique"`

	Tins []Tin `orm:"relation=id:shelf_id"`
}

type Tin struct {
	ID      int64   `orm:"id,auto"`
	ShelfID int64   `orm:"shelf_id"`
	Weight  float64 `orm:"weight"`
}

// Check tells what fails or comes out otherwise than the models say; with advice it tells also what could be better.
func ExampleDB_Check() {
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Shelf{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	for _, text := range []string{"CREATE TABLE shelves (id INTEGER PRIMARY KEY, code TEXT NOT NULL)",
		"CREATE TABLE tins (id INTEGER PRIMARY KEY, shelf_id INTEGER NOT NULL REFERENCES shelves, weight REAL, best_before DATE NOT NULL)"} {
		if _, err := db.Exec(ctx, orm.Unsafe(text)); err != nil {
			fmt.Println(err)
			return
		}
	}
	found, err := db.Check(ctx, orm.WithAdvice())
	for _, f := range found {
		fmt.Printf("%s.%s: %s (advice: %t)\n", f.Model, f.Field, f.Detail, f.Advice)
	}
	fmt.Println(err)
	// Output:
	// Shelf.Code: the tag says unique and the table shelves has no unique constraint or index on (code): two rows may share it, and an upsert that goes by it fails (advice: false)
	// Shelf.Tins: no index of the table tins begins with shelf_id, which the relation goes by: each load reads the whole table (advice: true)
	// Tin.: the column tins.best_before (DATE) is NOT NULL without a default and the model has no field for it: rows cannot be created (advice: false)
	// Tin.Weight: the column tins.weight may be NULL and the field cannot: use a pointer or sql.Null, or declare it NOT NULL (advice: false)
	// <nil>
}
