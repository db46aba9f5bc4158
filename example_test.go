package orm_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/sqlite"
)

// The models of all examples.

type User struct {
	ID        int64      `orm:"id,auto,datasource=main"`
	Email     string     `orm:"email,unique" validate:"required,email"`
	Name      *string    `orm:"name"`
	Role      string     `orm:"role,enum=admin|user"`
	TenantID  int64      `orm:"tenant_id,tenant"`
	Active    bool       `orm:"is_active"`
	Password  string     `orm:"password_hash,hidden"`
	CreatedAt time.Time  `orm:"created_at,default=now"`
	UpdatedAt time.Time  `orm:"updated_at,update=now"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`
	Version   int        `orm:"version,version"`

	Orders []Order `orm:"relation=id:user_id"`
	Post   *Post   `orm:"relation=post_id:id"`
	Teams  []Team  `orm:"relation=id:id,through=memberships(user_id:team_id)"`
	PostID *int64  `orm:"post_id"`
}

type Order struct {
	ID        int64     `orm:"id,auto"`
	UserID    int64     `orm:"user_id,index"`
	Total     float64   `orm:"total"`
	Status    string    `orm:"status"`
	CreatedAt time.Time `orm:"created_at,default=now"`

	User *User `orm:"relation=user_id:id"`
}

type Post struct {
	ID    int64  `orm:"id,auto"`
	Title string `orm:"title"`
}

type Team struct {
	ID   int64  `orm:"id,auto"`
	Name string `orm:"name,unique"`
}

// The columns that the examples use, bound once.
var (
	Users = orm.Bind[User, struct {
		ID        orm.Col[User, int64]
		Email     orm.Text[User]
		Name      orm.Text[User]
		Role      orm.Text[User]
		Active    orm.Col[User, bool]
		CreatedAt orm.Col[User, time.Time]
		Orders    orm.Many[User, Order]
		Post      orm.One[User, Post]
		Teams     orm.Many[User, Team]
	}]()
	Orders = orm.Bind[Order, struct {
		ID        orm.Col[Order, int64]
		UserID    orm.Col[Order, int64]
		Total     orm.Col[Order, float64]
		Status    orm.Text[Order]
		CreatedAt orm.Col[Order, time.Time]
		User      orm.One[Order, User]
	}]()
	Teams = orm.Bind[Team, struct {
		Name orm.Text[Team]
	}]()
)

// example opens a database in memory that holds three users, four orders, two teams and a post.
func example(options ...orm.Option) orm.DB {
	ctx := context.Background()
	options = append(options, sqlite.Source("main", ":memory:"), orm.Models(User{}, Order{}, Post{}, Team{}))
	db, err := orm.Open(ctx, options...)
	check(err)
	check(orm.CreateTables(ctx, db))

	day := func(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }
	check(orm.Repo[Post](db).Create(ctx, &Post{Title: "Hello"}))
	ada, bob, post := "Ada", "Bob", int64(1)
	_, err = orm.Repo[User](db).CreateMany(ctx, []User{
		{Email: "ada@example.com", Name: &ada, Role: "admin", TenantID: 123, Active: true, CreatedAt: day(1), PostID: &post},
		{Email: "bob@example.com", Name: &bob, Role: "user", TenantID: 123, Active: true, CreatedAt: day(2)},
		{Email: "cleo@example.org", Role: "user", TenantID: 123, CreatedAt: day(3)},
	})
	check(err)
	_, err = orm.Repo[Order](db).CreateMany(ctx, []Order{
		{UserID: 1, Total: 120, Status: "completed", CreatedAt: day(4)},
		{UserID: 1, Total: 80, Status: "completed", CreatedAt: day(5)},
		{UserID: 1, Total: 300, Status: "open", CreatedAt: day(6)},
		{UserID: 2, Total: 50, Status: "completed", CreatedAt: day(7)},
	})
	check(err)
	_, err = orm.Repo[Team](db).CreateMany(ctx, []Team{{Name: "Core"}, {Name: "Docs"}})
	check(err)
	_, err = db.Exec(ctx, "INSERT INTO memberships (user_id, team_id) VALUES (1, 1), (1, 2), (2, 1)")
	check(err)
	return db
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func emails(users []User) []string {
	out := make([]string, len(users))
	for i, u := range users {
		out[i] = u.Email
	}
	return out
}

// A whole program but for the models: the admins and the nameless with an order above 100, each with their
// last five completed orders and their post.
func Example() {
	ctx := orm.WithActor(context.Background(), orm.Actor{ID: 7, TenantID: 123, Role: "sales"})
	db := example()
	defer db.Close()

	users, err := orm.Repo[User](db).
		Where(Users.Role.Eq("admin"), orm.Or(Users.Email.EndsWith("@example.com"), Users.Name.IsNull())).
		Where(Users.Orders.Some(Orders.Total.Gt(100))).
		With(Users.Orders.Where(Orders.Status.Eq("completed")).OrderBy(Orders.CreatedAt.Desc()).Take(5)).
		Include("Post").
		OrderBy(Users.CreatedAt.Desc(), Users.Name.Asc()).Skip(0).Take(10).
		All(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, u := range users {
		fmt.Println(u.Email, u.Post.Title)
		for _, o := range u.Orders {
			fmt.Println("-", o.CreatedAt.Format(time.DateOnly), o.Total)
		}
	}
	// Output:
	// ada@example.com Hello
	// - 2026-03-05 80
	// - 2026-03-04 120
}

// Open checks the models and connects. Nothing else does: there is no global state.
func ExampleOpen() {
	ctx := context.Background()
	db, err := orm.Open(ctx,
		sqlite.Source("main", ":memory:"),
		orm.Models(User{}, Order{}, Post{}, Team{}),
		orm.Limits{MaxIncludeDepth: 3},
	)
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	check(orm.CreateTables(ctx, db))

	n, err := orm.Repo[User](db).Count(ctx)
	fmt.Println(n, err)
	// Output: 0 <nil>
}

// Mistakes in tags stop the start, all at once.
func ExampleOpen_mistake() {
	type Invoice struct {
		ID     int64  `orm:"id,auto,datasource=mian"`
		Status string `orm:"status"`
	}
	_, err := orm.Open(context.Background(), sqlite.Source("main", ":memory:"), orm.Models(Invoice{}))
	fmt.Println(err)
	// Output: orm: open Invoice: invalid: datasource "mian" is not among the sources given (did you mean "main"?)
}

// Repo is a type: a service holds one for each model, from a DB or from a transaction.
func ExampleRepo() {
	type Accounts struct {
		users  orm.Repo[User]
		orders orm.Repo[Order]
	}
	db := example()
	defer db.Close()
	a := Accounts{users: orm.Repo[User](db), orders: orm.Repo[Order](db)}

	ctx := context.Background()
	n, err := a.users.Count(ctx)
	fmt.Println(n, err)
	n, err = a.orders.Where(Orders.Status.Eq("open")).Count(ctx)
	fmt.Println(n, err)
	// Output:
	// 3 <nil>
	// 1 <nil>
}

// A query is an immutable value: keep a base and branch from it.
func ExampleQuery() {
	ctx := context.Background()
	db := example()
	defer db.Close()

	active := orm.Repo[User](db).Where(Users.Active.Eq(true))
	admins, err := active.Where(Users.Role.Eq("admin")).Count(ctx)
	fmt.Println(admins, err)
	all, err := active.Count(ctx)
	fmt.Println(all, err)
	// Output:
	// 1 <nil>
	// 2 <nil>
}
