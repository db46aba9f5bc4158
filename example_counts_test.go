package orm_test

import (
	"context"
	"fmt"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/sqlite"
)

// Counts counts the related rows of rows that are there already, in one statement for all of them.
func ExampleRepo_Counts() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	users := orm.Repo[User](db)
	ada, err := users.ByID(1).One(ctx)
	check(err)
	bob, err := users.ByID(2).One(ctx)
	check(err)

	numbers, err := users.Counts(ctx, []*User{&bob, &ada, &bob}, Users.Orders.Count(), Users.Orders.Count(Orders.Total.Gt(50)), Users.Teams.Count())
	fmt.Println(numbers, err)
	// Output: [[1 3 1] [0 3 0] [1 2 1]] <nil>
}

// An assignment of a column in Create says its value, zero or not: no default fills it.
func ExampleRepo_Create_zero() {
	type Plan struct {
		ID    int64 `orm:"id,auto"`
		Seats int   `orm:"seats,default=5"`
	}
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Plan{}))
	check(err)
	defer db.Close()
	check(orm.CreateTables(ctx, db))
	plans := orm.Repo[Plan](db)
	byDefault, none := Plan{}, Plan{}
	check(plans.Create(ctx, &byDefault))
	check(plans.Create(ctx, &none, plans.F("Seats").Set(0)))
	fmt.Println(byDefault.Seats, none.Seats)
	// Output: 5 0
}
