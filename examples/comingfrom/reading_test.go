package comingfrom_test

import (
	"errors"
	"fmt"

	"github.com/multi-orm/orm"
)

func Example_reading() {
	ctx, db := library()
	defer db.Close()
	authors, books := orm.Repo[Author](db), orm.Repo[Book](db)

	a, err := authors.ByID(1).One(ctx)
	fmt.Println("1 ", a.Name, err)

	a, err = authors.Where(Authors.Email.Eq("bob@example.com")).One(ctx)
	fmt.Println("2 ", a.Name, err)

	_, err = authors.ByID(99).One(ctx)
	fmt.Println("3 ", errors.Is(err, orm.ErrNotFound))

	all, err := authors.Where(Authors.Sales.Gt(3), Authors.Name.StartsWith("A")).All(ctx)
	fmt.Println("4 ", len(all), err)

	all, err = authors.Where(orm.Or(Authors.Name.Eq("Ada"), orm.Not(Authors.Sales.Gt(7)))).All(ctx)
	fmt.Println("5 ", len(all), err)

	all, err = authors.Where(Authors.ID.In(1, 2, 3)).All(ctx)
	fmt.Println("6 ", len(all), err)

	all, err = authors.Where(Authors.Nick.IsNull()).All(ctx)
	fmt.Println("7 ", len(all), err)

	all, err = authors.Where(Authors.Name.Fold().Contains("AD")).All(ctx)
	fmt.Println("8 ", len(all), err)

	all, err = authors.OrderBy(Authors.Sales.Desc(), Authors.Name.Asc()).Skip(1).Take(10).All(ctx)
	fmt.Println("9 ", all[0].Name, err)

	all, err = authors.Select(Authors.ID, Authors.Name).All(ctx)
	fmt.Println("10", all[0].Name, all[0].Email == "", err)

	n, err := authors.Where(Authors.Sales.Gte(5)).Count(ctx)
	fmt.Println("11", n, err)

	ok, err := authors.Where(Authors.Name.Eq("Eve")).Exists(ctx)
	fmt.Println("12", ok, err)

	page, err := authors.OrderBy(Authors.Name.Asc()).Take(1).Page(ctx, "")
	fmt.Println("13", page.Rows[0].Name, page.Next != "", err)

	all, err = authors.With(Authors.Books.Where(Books.Price.Gt(600)).OrderBy(Books.Title.Asc()), Authors.Tags).All(ctx)
	fmt.Println("14", len(all[0].Books), len(all[1].Books), err)

	all, err = authors.Where(Authors.Books.Some(Books.Price.Gt(1000))).All(ctx)
	fmt.Println("15", len(all), all[0].Name, err)

	b, err := books.Where(Books.Author.Is(Authors.Name.Eq("Bob"))).One(ctx)
	fmt.Println("16", b.Title, err)

	b, err = books.Where(Books.Meta.Path("lang").Eq("en")).One(ctx)
	fmt.Println("17", b.Title, err)

	type sums struct {
		AuthorID int64
		Books    int64 `orm:"agg=count(*)"`
		Income   int64 `orm:"agg=sum(Price)"`
	}
	groups, err := orm.Aggregate[sums](ctx, books)
	fmt.Println("18", len(groups), groups[0].Books, groups[0].Income, err)

	type card struct {
		Name  string
		Email string
	}
	cards, err := orm.Into[card](authors.OrderBy(Authors.Name.Asc())).All(ctx)
	fmt.Println("19", cards[0], err)

	for a, err := range authors.OrderBy(Authors.ID.Asc()).Rows(ctx) {
		fmt.Println("20", a.Name, err)
	}

	type line struct{ Name, Title string }
	lines, err := orm.Raw[line](ctx, db, "SELECT a.name, b.title FROM {{Book}} b JOIN {{Author}} a ON a.id = b.author_id WHERE b.price > ? ORDER BY b.title", 600)
	fmt.Println("21", lines, err)

	text, args, err := authors.Where(Authors.Name.Eq("Ada")).Select(Authors.ID).SQL()
	fmt.Println("22", text != "", len(args) > 0, err)
	// Output:
	// 1  Ada <nil>
	// 2  Bob <nil>
	// 3  true
	// 4  1 <nil>
	// 5  2 <nil>
	// 6  2 <nil>
	// 7  2 <nil>
	// 8  1 <nil>
	// 9  Bob <nil>
	// 10 Ada true <nil>
	// 11 2 <nil>
	// 12 false <nil>
	// 13 Ada true <nil>
	// 14 2 0 <nil>
	// 15 1 Ada <nil>
	// 16 Boats <nil>
	// 17 Engines <nil>
	// 18 2 2 2000 <nil>
	// 19 {Ada ada@example.com} <nil>
	// 20 Ada <nil>
	// 20 Bob <nil>
	// 21 [{Ada Engines} {Ada Notes}] <nil>
	// 22 true true <nil>
}
