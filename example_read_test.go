package orm_test

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/multi-orm/orm"
)

func ExampleQuery_All() {
	db := example()
	defer db.Close()
	users, err := orm.Repo[User](db).Where(Users.Role.Eq("user")).All(context.Background())
	fmt.Println(emails(users), err)
	// Output: [bob@example.com cleo@example.org] <nil>
}

// First goes by key where no order is given.
func ExampleQuery_First() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	u, err := orm.Repo[User](db).OrderBy(Users.CreatedAt.Desc()).First(ctx)
	fmt.Println(u.Email, err)

	_, err = orm.Repo[User](db).Where(Users.Email.Eq("eve@example.com")).First(ctx)
	fmt.Println(errors.Is(err, orm.ErrNotFound), err)
	// Output:
	// cleo@example.org <nil>
	// true orm: First User: not found
}

// One is for a condition that one row passes.
func ExampleQuery_One() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	u, err := orm.Repo[User](db).Where(Users.Email.Eq("bob@example.com")).One(ctx)
	fmt.Println(u.ID, err)

	_, err = orm.Repo[User](db).Where(Users.Role.Eq("user")).One(ctx)
	fmt.Println(err)
	// Output:
	// 2 <nil>
	// orm: One User: invalid: more than one row passes the conditions: use First, or All
}

func ExampleQuery_ByID() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	u, err := orm.Repo[User](db).ByID(2).One(ctx)
	fmt.Println(u.Email, err)

	_, err = orm.Repo[User](db).ByID(0).One(ctx)
	fmt.Println(err)
	// Output:
	// bob@example.com <nil>
	// orm: One User.ID: invalid: the key is zero
}

func ExampleQuery_Count() {
	db := example()
	defer db.Close()
	n, err := orm.Repo[Order](db).Where(Orders.Status.Eq("completed")).Count(context.Background())
	fmt.Println(n, err)
	// Output: 3 <nil>
}

func ExampleQuery_Exists() {
	db := example()
	defer db.Close()
	ok, err := orm.Repo[User](db).Where(Users.Role.Eq("admin")).Exists(context.Background())
	fmt.Println(ok, err)
	// Output: true <nil>
}

// Rows holds one window of rows in memory, includes too. Leaving the loop ends the statement.
func ExampleQuery_Rows() {
	db := example()
	defer db.Close()
	for u, err := range orm.Repo[User](db).With(Users.Orders).Rows(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(u.Email, len(u.Orders))
	}
	// Output:
	// ada@example.com 3
	// bob@example.com 1
	// cleo@example.org 0
}

// NULL sorts as the largest value on every source, unless NullsFirst or NullsLast is said.
func ExampleQuery_OrderBy() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	users := orm.Repo[User](db)
	rows, err := users.OrderBy(Users.Role.Desc(), Users.Name.Asc()).All(ctx)
	fmt.Println(emails(rows), err)
	rows, err = users.OrderBy(Users.Name.Asc().NullsFirst()).All(ctx)
	fmt.Println(emails(rows), err)
	// Output:
	// [bob@example.com cleo@example.org ada@example.com] <nil>
	// [cleo@example.org ada@example.com bob@example.com] <nil>
}

// Sort takes names that come from outside.
func ExampleQuery_Sort() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	rows, err := orm.Repo[User](db).Sort("-CreatedAt", "Name").All(ctx)
	fmt.Println(emails(rows), err)
	_, err = orm.Repo[User](db).Sort("-CreatdAt").All(ctx)
	fmt.Println(err)
	// Output:
	// [cleo@example.org bob@example.com ada@example.com] <nil>
	// orm: User has no field "CreatdAt" (did you mean "CreatedAt"?)
}

// A page never shows a row twice: the key breaks ties of the order.
func ExampleQuery_Take() {
	db := example()
	defer db.Close()
	rows, err := orm.Repo[User](db).OrderBy(Users.Role.Asc()).Skip(1).Take(2).All(context.Background())
	fmt.Println(emails(rows), err)
	// Output: [bob@example.com cleo@example.org] <nil>
}

func ExampleQuery_Select() {
	db := example()
	defer db.Close()
	u, err := orm.Repo[User](db).Select(Users.ID, Users.Email).First(context.Background())
	fmt.Printf("%d %s %q %v\n", u.ID, u.Email, u.Role, err)
	// Output: 1 ada@example.com "" <nil>
}

func ExampleQuery_Omit() {
	db := example()
	defer db.Close()
	users := orm.Repo[User](db)
	u, err := users.Omit(users.F("Password"), Users.Email).First(context.Background())
	fmt.Printf("%d %q %s %v\n", u.ID, u.Email, u.Role, err)
	// Output: 1 "" admin <nil>
}

func ExampleQuery_Distinct() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	statuses := orm.Repo[Order](db).Select(Orders.Status).Distinct()
	orders, err := statuses.OrderBy(Orders.Status.Asc()).All(ctx)
	fmt.Println(orders[0].Status, orders[1].Status, err)
	n, err := statuses.Count(ctx)
	fmt.Println(n, err)
	// Output:
	// completed open <nil>
	// 2 <nil>
}

// Include loads relations by name; a path loads each on the way. A to-many that was included is never nil.
func ExampleQuery_Include() {
	db := example()
	defer db.Close()
	users, err := orm.Repo[User](db).Include("Orders", "Post", "Teams").All(context.Background())
	for _, u := range users {
		fmt.Println(u.Email, len(u.Orders), len(u.Teams), u.Post != nil)
	}
	fmt.Println(users[2].Orders == nil, err)
	// Output:
	// ada@example.com 3 2 true
	// bob@example.com 1 1 false
	// cleo@example.org 0 0 false
	// false <nil>
}

// A join brings related rows with the statement of the query itself, in one round trip.
func ExampleBranch_strategy() {
	db := example()
	defer db.Close()
	user := orm.Bind[Order, struct{ User orm.One[Order, User] }]().User
	orders, err := orm.Repo[Order](db).With(user.Strategy(orm.Join)).OrderBy(Orders.Total.Desc()).Take(2).All(context.Background())
	for _, o := range orders {
		fmt.Println(o.Total, o.User.Email)
	}
	fmt.Println(err)
	// Output:
	// 300 ada@example.com
	// 120 ada@example.com
	// <nil>
}

// With loads a relation as told: Take counts for each parent. It is one statement, however many parents there are.
func ExampleQuery_With() {
	db := example()
	defer db.Close()
	users, err := orm.Repo[User](db).
		With(
			Users.Orders.Where(Orders.Status.Eq("completed")).OrderBy(Orders.Total.Desc()).Take(1),
			Users.Teams.OrderBy(Teams.Name.Desc()),
		).
		Take(2).
		All(context.Background())
	for _, u := range users {
		fmt.Println(u.Email, u.Orders[0].Total, u.Teams[0].Name)
	}
	fmt.Println(err)
	// Output:
	// ada@example.com 120 Docs
	// bob@example.com 50 Core
	// <nil>
}

// Teaser is what a page shows of an article.
type Teaser struct {
	Headline string `orm:"title"`
	Author   *Byline
}

// Byline is what a page shows of an author.
type Byline struct{ Name string }

// Profile is what a page shows of an author with essays.
type Profile struct {
	Name   string
	Essays []struct{ Title string }
}

func ExampleInto() {
	ctx, db := context.Background(), magazine()
	defer db.Close()

	teasers, err := orm.Into[Teaser](orm.Repo[Article](db).OrderBy(Articles.PostedAt.Desc()).Take(3)).All(ctx)
	check(err)
	for _, t := range teasers {
		if t.Author == nil {
			fmt.Println(t.Headline)
			continue
		}
		fmt.Println(t.Headline, "by", t.Author.Name)
	}
	// Output:
	// Letters
	// Boats of the north by Ada
	// Storms by Ada
}

func ExampleInto_with() {
	ctx, db := context.Background(), magazine()
	defer db.Close()

	ada, err := orm.Into[Profile](orm.Repo[Author](db).Where(Authors.Name.Eq("Ada")).
		With(Authors.Essays.OrderBy(Articles.Title.Asc()).Take(1))).One(ctx)
	check(err)
	fmt.Println(ada.Name, ada.Essays[0].Title, len(ada.Essays))
	// Output: Ada Boats of the north 1
}

func ExampleProjection_Page() {
	ctx, db := context.Background(), magazine()
	defer db.Close()

	q := orm.Into[Teaser](orm.Repo[Article](db).OrderBy(Articles.PostedAt.Desc()).Take(2))
	for cursor := ""; ; {
		page, err := q.Page(ctx, cursor, orm.WithTotal)
		check(err)
		for _, t := range page.Rows {
			fmt.Println(t.Headline)
		}
		fmt.Println("of", page.Total)
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	// Output:
	// Letters
	// Boats of the north
	// of 4
	// Storms
	// Sailing home
	// of 4
}

// Resolvers that know nothing of each other ask for rows by key. With a loader in the context of the request their
// calls become one statement, and a row that was read is not read again.
func ExampleWithLoader() {
	db := example()
	defer db.Close()
	ctx := orm.WithLoader(context.Background())

	names := make([]string, 6)
	var wg sync.WaitGroup
	for i := range names {
		wg.Go(func() {
			team, err := orm.Repo[Team](db).Load(ctx, i%2+1)
			check(err)
			names[i] = team.Name
		})
	}
	wg.Wait()
	fmt.Println(names)

	_, err := orm.Repo[Team](db).ByID(1).Update(ctx, Teams.Name.Set("Kernel")) // a write empties the loader
	check(err)
	team, err := orm.Repo[Team](db).Load(ctx, 1)
	fmt.Println(team.Name, err)
	// Output:
	// [Core Docs Core Docs Core Docs]
	// Kernel <nil>
}
