package orm_test

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/sqlite"
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

// Author has posts, and a number of them that is computed.
type Author struct {
	ID     int64     `orm:"id,auto"`
	Name   string    `orm:"name"`
	Essays []Article `orm:"relation=id:author_id"`
	Count  int64     `orm:",computed"`
}

// Article holds text, a list, a document and a time.
type Article struct {
	ID       int64          `orm:"id,auto"`
	AuthorID *int64         `orm:"author_id"`
	Title    string         `orm:"title"`
	Body     string         `orm:"body"`
	Tags     []string       `orm:"tags"`
	Meta     map[string]any `orm:"meta,json"`
	PostedAt time.Time      `orm:"posted_at"`

	Author *Author `orm:"relation=author_id:id"`
}

var (
	Authors = orm.Bind[Author, struct {
		ID     orm.Col[Author, int64]
		Name   orm.Text[Author]
		Essays orm.Many[Author, Article]
		Count  orm.Col[Author, int64]
	}]()
	Articles = orm.Bind[Article, struct {
		ID       orm.Col[Article, int64]
		AuthorID orm.Col[Article, int64]
		Title    orm.Text[Article]
		Body     orm.Text[Article]
		Tags     orm.Array[Article, string]
		Meta     orm.JSON[Article, map[string]any]
		PostedAt orm.Time[Article]
		Author   orm.One[Article, Author]
	}]()
	ArticleSearch = orm.FullText("english", Articles.Title, Articles.Body)
)

// magazine opens a database in memory that holds three authors and four articles.
func magazine() orm.DB {
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Author{}, Article{}))
	check(err)
	check(orm.CreateTables(ctx, db))
	check(orm.CreateFullTextIndex(ctx, db, ArticleSearch))
	_, err = orm.Repo[Author](db).CreateMany(ctx, []Author{{Name: "Ada"}, {Name: "Bob"}, {Name: "Cleo"}})
	check(err)
	ada, bob := int64(1), int64(2)
	day := func(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 9, 0, 0, 0, time.UTC) }
	_, err = orm.Repo[Article](db).CreateMany(ctx, []Article{
		{AuthorID: &bob, Title: "Sailing home", Body: "A boat, two sails and a storm.", Tags: []string{"sea", "travel"}, Meta: map[string]any{"pages": 12, "lang": "en"}, PostedAt: day(2025, 12, 31)},
		{AuthorID: &ada, Title: "Storms", Body: "Why the wind turns.", Tags: []string{"weather"}, Meta: map[string]any{"pages": 3, "cover": map[string]any{"artist": "Eve"}}, PostedAt: day(2026, 1, 1)},
		{AuthorID: &ada, Title: "Boats of the north", Body: "Built to sail in any storm.", Tags: []string{"sea"}, PostedAt: day(2026, 3, 1)},
		{Title: "Letters", Body: "To nobody.", Tags: []string{}, Meta: map[string]any{"pages": nil}, PostedAt: day(2026, 3, 2)},
	})
	check(err)
	return db
}

func titles(articles []Article) []string {
	out := make([]string, len(articles))
	for i, a := range articles {
		out[i] = a.Title
	}
	return out
}

// By sorts by a column of the related row. A row without one sorts as NULL does.
func ExampleOne() {
	db := magazine()
	defer db.Close()
	list, err := orm.Repo[Article](db).
		OrderBy(Articles.Author.By(Authors.Name.Desc().NullsLast()), Articles.Title.Asc()).
		All(context.Background())
	for _, title := range titles(list) {
		fmt.Println(title)
	}
	fmt.Println(err)
	// Output:
	// Sailing home
	// Boats of the north
	// Storms
	// Letters
	// <nil>
}

// Count is the number of related rows: to sort by, to compare, and to read into a computed field.
func ExampleRelationCount() {
	ctx := context.Background()
	db := magazine()
	defer db.Close()
	authors, err := orm.Repo[Author](db).
		With(Authors.Essays.Count(Articles.Tags.Has("sea")).Into(Authors.Count)).
		OrderBy(Authors.Essays.Count().Desc()).
		All(ctx)
	for _, a := range authors {
		fmt.Println(a.Name, a.Count)
	}
	fmt.Println(err)
	silent, err := orm.Repo[Author](db).Where(Authors.Essays.Count().Eq(0)).Count(ctx)
	fmt.Println(silent, err)
	// Output:
	// Ada 1
	// Bob 1
	// Cleo 0
	// <nil>
	// 1 <nil>
}

// The values of a query take the place of a list. NULLs among them do no harm.
func ExampleValues() {
	ctx := context.Background()
	db := magazine()
	defer db.Close()
	recent := orm.Repo[Article](db).Where(Articles.PostedAt.Year().Eq(2026))
	show := func(p orm.Pred[Author]) {
		authors, err := orm.Repo[Author](db).Where(p).OrderBy(Authors.ID.Asc()).All(ctx)
		for _, a := range authors {
			fmt.Print(a.Name, " ")
		}
		fmt.Println(err)
	}
	show(Authors.ID.InQuery(orm.Values(recent, Articles.AuthorID)))
	show(Authors.ID.NotInQuery(orm.Values(recent, Articles.AuthorID)))
	// Output:
	// Ada <nil>
	// Bob Cleo <nil>
}

// A full-text search takes what people type. Rank puts the best match first.
func ExampleFullText() {
	ctx := context.Background()
	db := magazine()
	defer db.Close()
	for _, text := range []string{"storm boats", `"two sails"`, "storm -sailing", "letter or wind", `"((`} {
		list, err := orm.Repo[Article](db).
			Where(ArticleSearch.Matches(text)).
			OrderBy(ArticleSearch.Rank(text).Desc(), Articles.ID.Asc()).
			All(ctx)
		fmt.Println(len(list), err)
	}
	list, err := orm.Repo[Article](db).Where(ArticleSearch.Matches("letters")).All(ctx)
	fmt.Println(titles(list), err)
	// Output:
	// 2 <nil>
	// 1 <nil>
	// 1 <nil>
	// 2 <nil>
	// 0 <nil>
	// [Letters] <nil>
}

// A path leads into a document. What it is compared with says what type is meant.
func ExampleJSON() {
	ctx := context.Background()
	db := magazine()
	defer db.Close()
	articles := orm.Repo[Article](db)
	show := func(p orm.Pred[Article]) {
		list, err := articles.Where(p).OrderBy(Articles.ID.Asc()).All(ctx)
		fmt.Println(titles(list), err)
	}
	show(Articles.Meta.Path("pages").Gt(3))
	show(Articles.Meta.Path("cover", "artist").Eq("Eve"))
	show(Articles.Meta.Path("pages").IsNull()) // null, or not there
	show(orm.JSONHas(Articles.Meta, "pages"))  // null too

	after, err := articles.ByID(1).Update(ctx, Articles.Meta.SetPath("no", "lang"))
	text, _ := json.Marshal(after.Meta)
	fmt.Println(string(text), err)
	after, err = articles.ByID(1).Update(ctx, Articles.Meta.RemovePath("pages"), Articles.Meta.SetPath("en", "lang")) // one after the other
	fmt.Println(after.Meta, err)
	// Output:
	// [Sailing home] <nil>
	// [Storms] <nil>
	// [Boats of the north Letters] <nil>
	// [Sailing home Storms Letters] <nil>
	// {"lang":"no","pages":12} <nil>
	// map[lang:en] <nil>
}

// Has, HasAny and HasAll look at the elements of a list.
func ExampleArray() {
	ctx := context.Background()
	db := magazine()
	defer db.Close()
	show := func(p orm.Pred[Article]) {
		list, err := orm.Repo[Article](db).Where(p).OrderBy(Articles.ID.Asc()).All(ctx)
		fmt.Println(titles(list), err)
	}
	show(Articles.Tags.Has("sea"))
	show(Articles.Tags.HasAny("travel", "weather"))
	show(Articles.Tags.HasAll("sea", "travel"))
	show(Articles.Tags.IsEmpty())
	// Output:
	// [Sailing home Boats of the north] <nil>
	// [Sailing home Storms] <nil>
	// [Sailing home] <nil>
	// [Letters] <nil>
}

// The parts of a time are those of UTC.
func ExampleTime() {
	ctx := context.Background()
	db := magazine()
	defer db.Close()
	list, err := orm.Repo[Article](db).
		Where(Articles.PostedAt.Month().Eq(int(time.March)), Articles.PostedAt.Weekday().Ne(int(time.Sunday))).
		All(ctx)
	fmt.Println(titles(list), err)
	// Output: [Letters] <nil>
}

// Append puts elements behind those that the row holds, in the database: two at once lose nothing of each other.
func ExampleArray_append() {
	ctx := context.Background()
	db := magazine()
	defer db.Close()
	a, err := orm.Repo[Article](db).Where(Articles.ID.Eq(2)).Update(ctx, Articles.Tags.Append("sea", "physics"))
	fmt.Println(a.Tags, err)
	// Output: [weather sea physics] <nil>
}
