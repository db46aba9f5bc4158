package orm_test

import (
	"context"
	"fmt"
	"time"

	"github.com/multi-orm/orm"
)

// Bind is for package variables. Another model's column, or a value of another type, does not compile.
func ExampleBind() {
	people := orm.Bind[User, struct {
		Email     orm.Text[User]
		Name      orm.Text[User] // nullable, and still a Text
		Active    orm.Col[User, bool]
		CreatedAt orm.Col[User, time.Time]
		Orders    orm.Many[User, Order]
		Post      orm.One[User, Post]
	}]()

	db := example()
	defer db.Close()
	users, err := orm.Repo[User](db).
		Where(people.Active.Eq(true), people.CreatedAt.Gte(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC))).
		All(context.Background())
	fmt.Println(emails(users), err)
	// Output: [bob@example.com] <nil>
}

// F names a column in place; the compiler checks it.
func ExampleF() {
	db := example()
	defer db.Close()
	role := orm.F(func(u *User) *string { return &u.Role })
	users, err := orm.Repo[User](db).Where(role.Eq("admin")).All(context.Background())
	fmt.Println(emails(users), err)
	// Output: [ada@example.com] <nil>
}

// By name, for input that comes from outside. A wrong name, or a value that does not fit, is an error of the query.
func ExampleRepo_F() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	users := orm.Repo[User](db)

	admins, err := users.Where(users.F("Role").Eq("admin")).All(ctx)
	fmt.Println(emails(admins), err)
	_, err = users.Where(users.F("Emial").Eq("ada@example.com")).All(ctx)
	fmt.Println(err)
	_, err = users.Where(users.F("Active").Eq("yes")).All(ctx)
	fmt.Println(err)
	// Output:
	// [ada@example.com] <nil>
	// orm: User has no field "Emial" (did you mean "Email"?)
	// orm: All User.Active (source main): invalid: got string, want bool
}

func ExampleQuery_Where() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	show := func(ps ...orm.Pred[Order]) {
		orders, err := orm.Repo[Order](db).Where(ps...).OrderBy(Orders.ID.Asc()).All(ctx)
		for _, o := range orders {
			fmt.Print(o.Total, " ")
		}
		fmt.Println(err)
	}
	show(Orders.Total.Eq(80))
	show(Orders.Total.Ne(80))
	show(Orders.Total.Gt(80), Orders.Total.Lte(300)) // both
	show(Orders.Total.Between(80, 120))
	show(Orders.Status.In("open", "cancelled"))
	show(Orders.Status.NotIn("completed"))
	show(Orders.Status.In()) // nothing is in an empty list
	// Output:
	// 80 <nil>
	// 120 300 50 <nil>
	// 120 300 <nil>
	// 120 80 <nil>
	// 300 <nil>
	// 300 <nil>
	// <nil>
}

func ExampleOr() {
	db := example()
	defer db.Close()
	users, err := orm.Repo[User](db).
		Where(orm.Or(
			Users.Role.Eq("admin"),
			orm.And(Users.Active.Eq(false), Users.Name.IsNull()),
		)).
		All(context.Background())
	fmt.Println(emails(users), err)
	// Output: [ada@example.com cleo@example.org] <nil>
}

// NULL is neither equal nor unequal to a value, with Not as without: Cleo has no name.
func ExampleNot() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	users := orm.Repo[User](db)

	others, err := users.Where(orm.Not(Users.Name.Eq("Ada"))).All(ctx)
	fmt.Println(emails(others), err)
	others, err = users.Where(Users.Name.DistinctFrom("Ada")).All(ctx)
	fmt.Println(emails(others), err)
	// Output:
	// [bob@example.com] <nil>
	// [bob@example.com cleo@example.org] <nil>
}

// Text operators heed case unless Fold is said; % and _ are plain characters but in Like.
func ExampleText() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	show := func(p orm.Pred[User]) {
		users, err := orm.Repo[User](db).Where(p).OrderBy(Users.ID.Asc()).All(ctx)
		fmt.Println(emails(users), err)
	}
	show(Users.Email.EndsWith(".org"))
	show(Users.Email.Contains("%"))
	show(Users.Email.Like("%@example.___"))
	show(Users.Name.StartsWith("a"))
	show(Users.Name.Fold().StartsWith("a"))
	// Output:
	// [cleo@example.org] <nil>
	// [] <nil>
	// [ada@example.com bob@example.com cleo@example.org] <nil>
	// [] <nil>
	// [ada@example.com] <nil>
}

// Some, None and Every filter by the rows of a to-many relation, Is and IsNot by a to-one relation. They nest.
func ExampleMany() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	show := func(p orm.Pred[User]) {
		users, err := orm.Repo[User](db).Where(p).OrderBy(Users.ID.Asc()).All(ctx)
		fmt.Println(emails(users), err)
	}
	show(Users.Orders.Some(Orders.Total.Gt(100)))
	show(Users.Orders.None())
	show(Users.Orders.Every(Orders.Status.Eq("completed"))) // who has no order has none that fails
	show(Users.Teams.Some(Teams.Name.Eq("Docs")))           // many-to-many
	show(Users.Post.Is())
	show(Users.Orders.Some(Orders.User.Is(Users.Role.Eq("user"))))
	// Output:
	// [ada@example.com] <nil>
	// [cleo@example.org] <nil>
	// [bob@example.com cleo@example.org] <nil>
	// [ada@example.com] <nil>
	// [ada@example.com] <nil>
	// [bob@example.com] <nil>
}

// SQL is a condition in the source's own words. Its text must be a constant: no input can become SQL.
func ExampleSQL() {
	db := example()
	defer db.Close()
	orders, err := orm.Repo[Order](db).
		Where(orm.SQL[Order]("CAST(total AS INTEGER) % ? = 0", 100)).
		All(context.Background())
	fmt.Println(len(orders), orders[0].Total, err)
	// Output: 1 300 <nil>
}
