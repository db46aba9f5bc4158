package orm_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/sqlite"
)

// CreateTables is for tests and quick starts. It creates what is absent and may be called twice.
func ExampleCreateTables() {
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Team{}))
	check(err)
	defer db.Close()
	fmt.Println(orm.CreateTables(ctx, db))
	fmt.Println(orm.CreateTables(ctx, db))
	n, err := orm.Repo[Team](db).Count(ctx)
	fmt.Println(n, err)
	// Output:
	// <nil>
	// <nil>
	// 0 <nil>
}

// Schema prints what CreateTables runs.
func ExampleSchema() {
	db, err := orm.Open(context.Background(), sqlite.Source("main", ":memory:"), orm.Models(Team{}))
	check(err)
	defer db.Close()
	fmt.Print(orm.Schema(db))
	// Output:
	// -- source main
	// CREATE TABLE IF NOT EXISTS "teams" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "name" TEXT NOT NULL);
	// CREATE UNIQUE INDEX IF NOT EXISTS "teams_name_key" ON "teams" ("name");
}

// A foreign key is written where a relation says so, at either end of it.
func ExampleCreateTables_foreignKeys() {
	type Line struct {
		ID        int64 `orm:"id,auto"`
		InvoiceID int64 `orm:"invoice_id"`
	}
	type Invoice struct {
		ID    int64  `orm:"id,auto"`
		Lines []Line `orm:"relation=id:invoice_id,ondelete=cascade"`
	}
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Invoice{}))
	check(err)
	defer db.Close()
	check(orm.CreateTables(ctx, db))
	fmt.Println(orm.Repo[Line](db).Create(ctx, &Line{InvoiceID: 7}))

	invoice := Invoice{}
	check(orm.Repo[Invoice](db).Create(ctx, &invoice))
	check(orm.Repo[Line](db).Create(ctx, &Line{InvoiceID: invoice.ID}))
	_, err = orm.Repo[Invoice](db).ByID(invoice.ID).Delete(ctx)
	check(err)
	fmt.Println(orm.Repo[Line](db).Count(ctx))
	// Output:
	// orm: Create Line.InvoiceID (source main): reference to a row that does not exist, or is still in use: InvoiceID leads to no row of Invoice (relation Invoice.Lines)
	// 0 <nil>
}

// What a new row does not say is left to the column's DEFAULT and read back.
func ExampleCreateTables_defaults() {
	type Ticket struct {
		ID     int64     `orm:"id,auto"`
		Status string    `orm:"status,dbdefault='open'"`
		Rank   *int      `orm:"rank,dbdefault=3"`
		At     time.Time `orm:"at,dbdefault=CURRENT_TIMESTAMP"`
	}
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Ticket{}))
	check(err)
	defer db.Close()
	check(orm.CreateTables(ctx, db))
	tickets := []Ticket{{}, {Status: "closed"}}
	_, err = orm.Repo[Ticket](db).CreateMany(ctx, tickets)
	check(err)
	for _, t := range tickets {
		fmt.Println(t.ID, t.Status, *t.Rank, t.At.IsZero())
	}
	// Output:
	// 1 open 3 false
	// 2 closed 3 false
}

// Of the rows that where= says, no two share a unique column; the others may.
func ExampleCreateTables_partialIndex() {
	type Draft struct {
		ID    int64  `orm:"id,auto"`
		Owner int64  `orm:"owner,unique,where=state = 'open'"`
		State string `orm:"state,enum=open|sent"`
	}
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Draft{}))
	check(err)
	defer db.Close()
	check(orm.CreateTables(ctx, db))
	for _, state := range []string{"open", "sent", "sent", "open"} {
		err := orm.Repo[Draft](db).Create(ctx, &Draft{Owner: 7, State: state})
		fmt.Println(state, errors.Is(err, orm.ErrConflict))
	}
	// Output:
	// open false
	// sent false
	// sent false
	// open true
}

// The index is made when it is asked for; FullTextSchema gives its statements to a migration tool.
func ExampleCreateFullTextIndex() {
	ctx := context.Background()
	db := magazine()
	defer db.Close()
	titles := orm.FullText("simple", Articles.Title)
	fmt.Println(orm.CreateFullTextIndex(ctx, db, titles))
	fmt.Println(orm.CreateFullTextIndex(ctx, db, titles)) // it is there
	text, err := orm.FullTextSchema(db, titles)
	fmt.Println(len(text) > 0, err)
	// Output:
	// <nil>
	// <nil>
	// true <nil>
}

// Check tells what fails or comes out otherwise than the models say; with advice it tells also what could be better.
func ExampleDB_Check() {
	// models of tables that another program has made and changed since
	type Tin struct {
		ID      int64   `orm:"id,auto"`
		ShelfID int64   `orm:"shelf_id"`
		Weight  float64 `orm:"weight"`
	}
	type Shelf struct {
		ID   int64  `orm:"id,auto,table=shelves"`
		Code string `orm:"code,unique"`

		Tins []Tin `orm:"relation=id:shelf_id"`
	}
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

// parcel is written by the depot; parcelLine is what lists show of it.
type parcel struct {
	ID      int64  `orm:"id,auto,table=parcels"`
	Code    string `orm:"code,unique"`
	Weight  int64  `orm:"weight"`
	Remarks string `orm:"remarks"`
	Version int    `orm:"version,version"`
}

type parcelLine struct {
	ID      int64  `orm:"id,auto,table=parcels"`
	Code    string `orm:"code,readonly"`
	Version int    `orm:"version,version"`
}

// Two models may be of one table; the second reads and writes less.
func ExampleModels_oneTable() {
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(parcel{}, parcelLine{}))
	if err != nil {
		panic(err)
	}
	defer db.Close()
	if err := orm.CreateTables(ctx, db); err != nil {
		panic(err)
	}
	err = orm.Repo[parcel](db).Create(ctx, &parcel{Code: "A-1", Weight: 1200})
	lines, err2 := orm.Repo[parcelLine](db).All(ctx)
	fmt.Println(lines, err, err2)
	// Output: [{1 A-1 0}] <nil> <nil>
}
