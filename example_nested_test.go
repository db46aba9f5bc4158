package orm_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/multi-orm/orm"
)

// A row and its related rows are written in one transaction; made keys are filled into the structs.
func ExampleRepo_Create_related() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	u := User{Email: "dan@example.com", Role: "user"}
	first, second := Order{Total: 10}, Order{Total: 20}
	err := orm.Repo[User](db).Create(ctx, &u,
		Users.Orders.Create(&first, &second),
		Users.Post.Create(&Post{Title: "Hi"}),
		Users.Teams.Link(Teams.Name.Eq("Docs")),
	)
	fmt.Println(u.ID, *u.PostID, first.ID, second.UserID, err)

	// Nothing is written when one of them cannot be.
	err = orm.Repo[User](db).Create(ctx, &User{Email: "eve@example.com", Role: "user"},
		Users.Orders.Create(&Order{Total: 1}),
		Users.Teams.Link(orm.Key[Team](99)),
	)
	fmt.Println(err)
	n, err := orm.Repo[User](db).Where(Users.Email.Eq("eve@example.com")).Count(ctx)
	fmt.Println(n, err)
	// Output:
	// 4 2 5 4 <nil>
	// orm: Create User.Teams (source main): reference to a row that does not exist, or is still in use: a row of Team to link is not there
	// 0 <nil>
}

// Link ties rows that exist, Unlink unties them, Set makes the relation exactly what it names.
func ExampleMany_Link() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	users := orm.Repo[User](db)
	teams := func() {
		u, err := users.Include("Teams").ByID(2).One(ctx)
		fmt.Println(u.Teams, err)
	}

	_, err := users.ByID(2).Update(ctx, Users.Teams.Link(orm.Key[Team](2)), Users.Active.Set(false))
	check(err)
	teams()
	_, err = users.ByID(2).Update(ctx, Users.Teams.Unlink(Teams.Name.Eq("Core")))
	check(err)
	teams()
	_, err = users.ByID(2).Update(ctx, Users.Teams.Set(Teams.Name.In("Core")))
	check(err)
	teams()
	_, err = users.ByID(2).Update(ctx, Users.Teams.Set())
	check(err)
	teams()

	_, err = users.ByID(1).Update(ctx, Users.Orders.Set())
	fmt.Println(errors.Is(err, orm.ErrInvalid))
	// Output:
	// [{1 Core} {2 Docs}] <nil>
	// [{2 Docs}] <nil>
	// [{1 Core}] <nil>
	// [] <nil>
	// true
}

// A to-one relation takes one row; Unlink leaves it empty.
func ExampleOne_Link() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	users := orm.Repo[User](db)
	u, err := users.ByID(2).Update(ctx, Users.Post.Link(orm.Key[Post](1)))
	fmt.Println(*u.PostID, err)
	u, err = users.ByID(2).Update(ctx, Users.Post.Unlink())
	fmt.Println(u.PostID == nil, err)
	// Output:
	// 1 <nil>
	// true <nil>
}

// SetFrom copies a column of the same row, SetSQL takes what the database computes.
func ExampleSetSQL() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	orders := orm.Repo[Order](db)
	o, err := orders.ByID(1).Update(ctx, orm.SetSQL(Orders.Total, "total * ? + 1", 2), Orders.Status.Set("doubled"))
	fmt.Println(o.Total, err)
	o, err = orders.ByID(1).Update(ctx, Orders.Total.Mul(0.5))
	fmt.Println(o.Total, err)
	o, err = orders.ByID(1).Update(ctx, Orders.UserID.SetFrom(Orders.ID))
	fmt.Println(o.UserID, err)
	// Output:
	// 241 <nil>
	// 120.5 <nil>
	// 1 <nil>
}
