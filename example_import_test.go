package orm_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/multi-orm/orm"
)

// Import inserts what can be inserted and tells of each row what became of it.
func ExampleRepo_Import() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	rows := []Team{{Name: " Sales "}, {Name: "Core"}, {Name: ""}, {Name: "Legal"}, {Name: "Legal"}}
	results, err := orm.Repo[Team](db).Import(ctx, rows, orm.Batch(100), orm.Check(func(_ context.Context, t *Team) error {
		if t.Name = strings.TrimSpace(t.Name); t.Name == "" {
			return errors.New("a team needs a name")
		}
		return nil
	}))
	for _, r := range results {
		fmt.Printf("%d %q inserted=%t conflict=%t\n", r.Index, r.Row.Name, r.Err == nil, errors.Is(r.Err, orm.ErrConflict))
	}
	fmt.Println(results[2].Err, err)
	// Output:
	// 0 "Sales" inserted=true conflict=false
	// 1 "Core" inserted=false conflict=true
	// 2 "" inserted=false conflict=false
	// 3 "Legal" inserted=true conflict=false
	// 4 "Legal" inserted=false conflict=true
	// a team needs a name <nil>
}

// SaveMany writes rows by their keys, all or none.
func ExampleRepo_SaveMany() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	orders := orm.Repo[Order](db)
	open, err := orders.Where(Orders.UserID.Eq(1)).OrderBy(Orders.ID.Asc()).All(ctx)
	check(err)
	for i := range open {
		open[i].Total += 1
	}
	n, err := orders.SaveMany(ctx, open, Orders.Total)
	fmt.Println(n, err)
	_, err = orders.SaveMany(ctx, []Order{open[0], {ID: 99}}, Orders.Total)
	fmt.Println(errors.Is(err, orm.ErrNotFound))
	// Output:
	// 3 <nil>
	// true
}

// Inserted tells what an upsert did.
func ExampleConflict_Inserted() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	var inserted bool
	for range 2 {
		t := Team{Name: "Sales"}
		err := orm.Repo[Team](db).Upsert(ctx, orm.On(Teams.Name).Inserted(&inserted), &t)
		fmt.Println(t.ID, inserted, err)
	}
	// Output:
	// 3 true <nil>
	// 3 false <nil>
}

// A write gives relations back, and a Create the columns that the database makes.
func ExampleQuery_Create() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	u := User{Email: "dan@example.com", Role: "user"}
	err := orm.Repo[User](db).Select(Users.CreatedAt).With(Users.Teams).Create(ctx, &u, Users.Teams.Link(Teams.Name.Eq("Core")))
	fmt.Println(u.ID, u.Teams, err)

	u, err = orm.Repo[User](db).ByID(1).With(Users.Orders.Where(Orders.Status.Eq("open"))).Update(ctx, Users.Active.Set(false))
	fmt.Println(u.Active, len(u.Orders), err)
	// Output:
	// 4 [{1 Core}] <nil>
	// false 1 <nil>
}

// Attempt counts how often a transaction was begun.
func ExampleDB_Attempt() {
	db := example()
	defer db.Close()
	err := db.Tx(context.Background(), func(tx orm.DB) error {
		fmt.Println("attempt", tx.Attempt())
		return nil
	}, orm.Retry(3))
	fmt.Println(err)
	// Output:
	// attempt 1
	// <nil>
}

// A saved row comes back with its relations, read in the same transaction.
func ExampleQuery_Save() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	users := orm.Repo[User](db)
	u, err := users.ByID(1).One(ctx)
	check(err)
	u.Role = "user"
	err = users.With(Users.Orders).Save(ctx, &u, Users.Role)
	fmt.Println(u.Role, len(u.Orders), err)
	// Output: user 3 <nil>
}

// An upsert gives the relations of the row that it made or changed.
func ExampleQuery_Upsert() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	u := User{Email: "ada@example.com", Role: "admin"}
	err := orm.Repo[User](db).With(Users.Orders).Upsert(ctx, orm.On(Users.Email), &u, Users.Role.Set("user"))
	fmt.Println(u.ID, u.Role, len(u.Orders), err)
	// Output: 1 user 3 <nil>
}
