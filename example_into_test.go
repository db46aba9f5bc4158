package orm_test

import (
	"context"
	"fmt"

	"github.com/multi-orm/orm"
)

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
