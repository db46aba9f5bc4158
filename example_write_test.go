package orm_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/source/sqlite"
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

// UserPatch is what a client may change of a user.
type UserPatch struct {
	Email  orm.Opt[string] `json:"email,omitzero"`
	Name   orm.Opt[string] `json:"name,omitzero"`
	Active orm.Opt[bool]   `json:"active,omitzero"`
}

// A patch tells what the client left out from what it emptied.
func ExamplePatchOf() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	users := orm.Repo[User](db)

	var p UserPatch
	check(json.Unmarshal([]byte(`{"name": null, "active": false}`), &p))
	u, err := users.ByID(1).Update(ctx, orm.PatchOf[User](p)...)
	fmt.Println(u.Email, u.Name == nil, u.Active, err)

	_, err = users.ByID(1).Update(ctx, orm.PatchOf[User](UserPatch{Email: orm.Null[string]()})...)
	fmt.Println(err)

	type Wrong struct{ Emial orm.Opt[string] }
	_, err = users.ByID(1).Update(ctx, orm.PatchOf[User](Wrong{})...)
	fmt.Println(err)
	// Output:
	// ada@example.com true false <nil>
	// orm: Update User.Email (source main): invalid: the column is not nullable
	// orm: User has no field "Emial" (did you mean "Email"?)
}

// An absent key stays absent on the way back.
func ExampleOpt() {
	text, err := json.Marshal(UserPatch{Email: orm.Value("x@example.com"), Name: orm.Null[string]()})
	fmt.Println(string(text), err)

	var p UserPatch
	check(json.Unmarshal([]byte(`{"email": "y@example.com"}`), &p))
	email, ok := p.Email.Get()
	fmt.Println(email, ok, p.Name.IsZero(), p.Name.IsNull(), p.Active.Or(true))
	// Output:
	// {"email":"x@example.com","name":null} <nil>
	// y@example.com true true false true
}

// A soft-deleted row keeps its key. OnExisting says whether a new row of that key takes its place or brings it back.
func ExampleQuery_OnExisting() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	check(db.Use(hook.SoftDelete()))
	users := orm.Repo[User](db)
	bob, err := users.ByID(2).Delete(ctx)
	check(err)

	err = users.Create(ctx, &User{ID: bob.ID, Email: "bob@example.com", Role: "user"})
	fmt.Println(errors.Is(err, orm.ErrConflict))

	u := User{ID: bob.ID, Email: "robert@example.com", Role: "admin", TenantID: 123}
	err = users.OnExisting(orm.Revive).Create(ctx, &u)
	fmt.Println(u.Email, u.CreatedAt.Equal(bob.CreatedAt), u.Version, err)

	err = users.OnExisting(orm.Revive).Create(ctx, &User{ID: bob.ID, Email: "new@example.com", Role: "user"})
	fmt.Println("a living row:", errors.Is(err, orm.ErrConflict))

	_, err = users.ByID(bob.ID).Delete(ctx)
	check(err)
	u = User{ID: bob.ID, Email: "bob@example.com", Role: "user", TenantID: 123}
	err = users.OnExisting(orm.Replace).Create(ctx, &u)
	fmt.Println(u.Email, u.CreatedAt.Equal(bob.CreatedAt), u.Version, err)
	// Output:
	// true
	// robert@example.com true 1 <nil>
	// a living row: true
	// bob@example.com false 0 <nil>
}

// With hook.SoftDelete, a delete hides the row. Restore brings it back, ForceDelete removes it for good.
func ExampleQuery_Restore() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	check(db.Use(hook.SoftDelete()))
	users := orm.Repo[User](db)

	n, err := users.Where(Users.Role.Eq("user")).DeleteMany(ctx)
	fmt.Println(n, err)
	gone, err := users.Query().OnlyDeleted().All(ctx)
	fmt.Println(emails(gone), err)

	n, err = users.Where(Users.Email.Eq("bob@example.com")).Restore(ctx)
	fmt.Println(n, err)
	n, err = users.Where(Users.Email.Eq("cleo@example.org")).ForceDelete(ctx)
	fmt.Println(n, err)
	all, err := users.Query().WithDeleted().All(ctx)
	fmt.Println(emails(all), err)
	// Output:
	// 2 <nil>
	// [bob@example.com cleo@example.org] <nil>
	// 1 <nil>
	// 1 <nil>
	// [ada@example.com bob@example.com] <nil>
}
