package orm_test

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/sqlite"
)

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

// The index is made when it is asked for; FullTextSchema gives its statements to a migration tool.
func ExampleCreateFullTextIndex() {
	ctx := context.Background()
	db := magazine()
	defer db.Close()
	titles := orm.FullText("simple", Articles.Title)
	fmt.Println(orm.CreateFullTextIndex(ctx, db, titles))
	fmt.Println(orm.CreateFullTextIndex(ctx, db, titles)) // it is there
	text, err := orm.FullTextSchema(db, titles)
	fmt.Println(len(text) > 0, err)
	// Output:
	// <nil>
	// <nil>
	// true <nil>
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
	after, err = articles.ByID(1).Update(ctx, Articles.Meta.RemovePath("pages"))
	fmt.Println(after.Meta, err)
	// Output:
	// [Sailing home] <nil>
	// [Storms] <nil>
	// [Boats of the north Letters] <nil>
	// [Sailing home Storms Letters] <nil>
	// {"lang":"no","pages":12} <nil>
	// map[lang:no] <nil>
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
