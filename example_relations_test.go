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

// Related rows are changed by name, or all that pass a condition; others are never reached.
func ExampleMany_Update() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	users := orm.Repo[User](db)
	_, err := users.ByID(1).Update(ctx,
		Users.Orders.Update(orm.Key[Order](3), Orders.Status.Set("shipped"), Orders.Total.Inc(5)),
		Users.Orders.UpdateMany(Orders.Total.Lt(100), Orders.Status.Set("small")),
	)
	check(err)
	u, err := users.With(Users.Orders.OrderBy(Orders.ID.Asc())).ByID(1).One(ctx)
	for _, o := range u.Orders {
		fmt.Println(o.ID, o.Total, o.Status)
	}
	fmt.Println(err)

	_, err = users.ByID(1).Update(ctx, Users.Orders.Update(orm.Key[Order](4), Orders.Status.Set("mine"))) // Bob's
	fmt.Println(err)
	// Output:
	// 1 120 completed
	// 2 80 small
	// 3 305 shipped
	// <nil>
	// orm: Update User.Orders (source main): not found: a row of Order to update is not there, or is not related
}

// Upsert changes the related row, or makes one; LinkOrCreate ties a row that is there, or makes one.
func ExampleMany_Upsert() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	users := orm.Repo[User](db)
	order := Order{Total: 1, Status: "new"}
	_, err := users.ByID(2).Update(ctx,
		Users.Orders.Upsert(orm.Key[Order](4), &order, Orders.Status.Set("late")),
		Users.Teams.LinkOrCreate(Teams.Name.Eq("Docs"), &Team{}),
		Users.Teams.LinkOrCreate(Teams.Name.Eq("Press"), &Team{}),
	)
	check(err)
	fmt.Println(order.ID, order.Total, order.Status)
	u, err := users.Include("Teams").ByID(2).One(ctx)
	fmt.Println(u.Teams, err)

	_, err = users.ByID(2).Update(ctx, Users.Orders.Upsert(orm.Key[Order](1), &Order{ID: 1}, Orders.Status.Set("mine"))) // Ada's
	fmt.Println(errors.Is(err, orm.ErrConflict))
	// Output:
	// 4 50 late
	// [{1 Core} {2 Docs} {3 Press}] <nil>
	// true
}

// Delete removes related rows by name, DeleteMany those that pass a condition.
func ExampleMany_Delete() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	users := orm.Repo[User](db)
	_, err := users.ByID(1).Update(ctx, Users.Orders.Delete(orm.Key[Order](3)), Users.Orders.DeleteMany(Orders.Total.Lt(100)))
	check(err)
	left, err := orm.Repo[Order](db).Sort("ID").All(ctx)
	check(err)
	for _, o := range left {
		fmt.Println(o.ID, o.UserID)
	}
	_, err = users.ByID(1).Update(ctx, Users.Orders.Delete(orm.Key[Order](1), orm.Key[Order](4))) // the second is Bob's
	fmt.Println(errors.Is(err, orm.ErrNotFound))
	_, err = users.ByID(1).Update(ctx, Users.Orders.Delete())
	fmt.Println(errors.Is(err, orm.ErrUnboundedWrite))
	// Output:
	// 1 1
	// 4 2
	// true
	// true
}

// CreateMany makes many related rows; SkipDuplicates leaves out those that are there.
func ExampleMany_CreateMany() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	users := orm.Repo[User](db)
	_, err := users.ByID(3).Update(ctx, Users.Teams.CreateMany([]*Team{{Name: "Core"}, {Name: "Press"}}, orm.SkipDuplicates()))
	check(err)
	u, err := users.Include("Teams").ByID(3).One(ctx)
	fmt.Println(len(u.Teams), u.Teams[0].Name, err)
	// Output:
	// 1 Press <nil>
}

// The row that a relation to one leads to is changed, made or deleted with the row that refers to it.
func ExampleOne_Update() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	users, title := orm.Repo[User](db), orm.Repo[Post](db).F("Title")
	_, err := users.ByID(1).Update(ctx, Users.Post.Update(title.Set("Hello again")))
	check(err)
	_, err = users.ByID(2).Update(ctx, Users.Post.Update(title.Set("None")))
	fmt.Println(errors.Is(err, orm.ErrNotFound))
	_, err = users.ByID(2).Update(ctx, Users.Post.Upsert(&Post{Title: "First"}, title.Set("Later")))
	check(err)
	u, err := users.ByID(1).Update(ctx, Users.Post.Delete())
	fmt.Println(u.PostID == nil, err)
	all, err := orm.Repo[Post](db).All(ctx)
	fmt.Println(all, err)
	// Output:
	// true
	// true <nil>
	// [{2 First}] <nil>
}
