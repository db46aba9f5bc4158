package orm_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/multi-orm/orm"
)

// Create fills what the source and the library make: the key, default= and update= columns.
func ExampleRepo_Create() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	u := User{Email: "dan@example.com", Role: "user", TenantID: 123}
	err := orm.Repo[User](db).Create(ctx, &u)
	fmt.Println(u.ID, u.CreatedAt.IsZero(), err)

	err = orm.Repo[User](db).Create(ctx, &User{Email: "dan@example.com", Role: "user"})
	fmt.Println(errors.Is(err, orm.ErrConflict))
	err = orm.Repo[User](db).Create(ctx, &User{Email: "eve@example.com", Role: "root"})
	fmt.Println(err)
	// Output:
	// 4 false <nil>
	// true
	// orm: Create User.Role (source main): invalid: the value must be one of admin, user
}

// CreateMany inserts all or none and fills the keys in input order.
func ExampleRepo_CreateMany() {
	db := example()
	defer db.Close()
	teams := []Team{{Name: "Sales"}, {Name: "Legal"}}
	n, err := orm.Repo[Team](db).CreateMany(context.Background(), teams)
	fmt.Println(n, teams, err)
	// Output: 2 [{3 Sales} {4 Legal}] <nil>
}

func ExampleSkipDuplicates() {
	db := example()
	defer db.Close()
	teams := []Team{{Name: "Core"}, {Name: "Legal"}}
	n, err := orm.Repo[Team](db).CreateMany(context.Background(), teams, orm.SkipDuplicates())
	fmt.Println(n, err)
	// Output: 1 <nil>
}

// Progress tells of each batch that one statement took.
func ExampleProgress() {
	db := example()
	defer db.Close()
	posts := make([]Post, 2500)
	n, err := orm.Repo[Post](db).CreateMany(context.Background(), posts,
		orm.Progress(func(done, total int) { fmt.Println(done, "of", total) }))
	fmt.Println(n, err)
	// Output:
	// 1000 of 2500
	// 2000 of 2500
	// 2500 of 2500
	// 2500 <nil>
}

// Update changes one row and gives it as it then is. What is said is written, false and "" too.
func ExampleQuery_Update() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	u, err := orm.Repo[User](db).ByID(1).Update(ctx, Users.Active.Set(false), Users.Name.SetNull())
	fmt.Println(u.Email, u.Active, u.Name == nil, u.Version, err)

	o, err := orm.Repo[Order](db).ByID(4).Update(ctx, Orders.Total.Inc(25))
	fmt.Println(o.Total, err)

	_, err = orm.Repo[User](db).ByID(99).Update(ctx, Users.Active.Set(true))
	fmt.Println(errors.Is(err, orm.ErrNotFound))
	// Output:
	// ada@example.com false true 1 <nil>
	// 75 <nil>
	// true
}

func ExampleQuery_UpdateMany() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	n, err := orm.Repo[Order](db).Where(Orders.Status.Eq("open")).UpdateMany(ctx, Orders.Status.Set("cancelled"))
	fmt.Println(n, err)

	_, err = orm.Repo[Order](db).Query().UpdateMany(ctx, Orders.Status.Set("cancelled"))
	fmt.Println(errors.Is(err, orm.ErrUnboundedWrite), err)
	n, err = orm.Repo[Order](db).EveryRow().UpdateMany(ctx, Orders.Status.Set("cancelled"))
	fmt.Println(n, err)
	// Output:
	// 1 <nil>
	// true orm: UpdateMany Order (source main): mass write without a condition: add Where, or say EveryRow
	// 4 <nil>
}

func ExampleQuery_UpdateReturning() {
	db := example()
	defer db.Close()
	orders, err := orm.Repo[Order](db).Where(Orders.UserID.Eq(2)).
		UpdateReturning(context.Background(), Orders.Total.Inc(1))
	fmt.Println(orders[0].ID, orders[0].Total, err)
	// Output: 4 51 <nil>
}

// DeleteReturning gives the rows that it removed as they were.
func ExampleQuery_DeleteReturning() {
	db := example()
	defer db.Close()
	orders, err := orm.Repo[Order](db).Where(Orders.UserID.Eq(2)).DeleteReturning(context.Background())
	fmt.Println(len(orders), orders[0].ID, orders[0].Total, err)
	_, err = orm.Repo[Order](db).Query().DeleteReturning(context.Background())
	fmt.Println(errors.Is(err, orm.ErrUnboundedWrite))
	// Output:
	// 1 4 50 <nil>
	// true
}

// Save writes every column. With a version column it refuses a row that changed since it was read.
func ExampleRepo_Save() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	users := orm.Repo[User](db)
	mine, err := users.ByID(1).One(ctx)
	check(err)
	yours := mine

	mine.Active = false
	fmt.Println(users.Save(ctx, &mine), mine.Version)
	yours.Role = "user"
	err = users.Save(ctx, &yours)
	fmt.Println(errors.Is(err, orm.ErrStale))
	// Output:
	// <nil> 1
	// true
}

// Delete gives the row as it was.
func ExampleQuery_Delete() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	o, err := orm.Repo[Order](db).ByID(3).Delete(ctx)
	fmt.Println(o.Total, err)
	_, err = orm.Repo[Order](db).ByID(3).Delete(ctx)
	fmt.Println(errors.Is(err, orm.ErrNotFound))
	// Output:
	// 300 <nil>
	// true
}

func ExampleQuery_DeleteMany() {
	db := example()
	defer db.Close()
	n, err := orm.Repo[Order](db).Where(Orders.Status.Eq("completed")).DeleteMany(context.Background())
	fmt.Println(n, err)
	// Output: 3 <nil>
}

// Upsert is one atomic statement. Without assignments the row that exists gets what the struct holds.
func ExampleRepo_Upsert() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	users := orm.Repo[User](db)
	name := "Adele"
	u := User{Email: "ada@example.com", Name: &name, Role: "user", TenantID: 123}
	err := users.Upsert(ctx, orm.On(Users.Email), &u, Users.Name.Set("Adele"))
	fmt.Println(u.ID, *u.Name, u.Role, err)

	u = User{Email: "dan@example.com", Role: "user", TenantID: 123}
	err = users.Upsert(ctx, orm.On(Users.Email), &u, Users.Name.Set("Dan"))
	fmt.Println(u.Email, u.Name == nil, err)
	// Output:
	// 1 Adele admin <nil>
	// dan@example.com true <nil>
}
