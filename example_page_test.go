package orm_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/sqlite"
)

type Tune struct {
	ID    int64 `orm:"id,auto"`
	Title string
	Plays int64
}

var Tunes = orm.Bind[Tune, struct {
	Title orm.Text[Tune]
	Plays orm.Col[Tune, int64]
}]()

func ExampleQuery_Page() {
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Tune{}), orm.CursorKey([]byte("sixteen or more random bytes")))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	if err := orm.CreateTables(ctx, db); err != nil {
		fmt.Println(err)
		return
	}
	tunes := orm.Repo[Tune](db)
	if _, err := tunes.CreateMany(ctx, []Tune{{Title: "a", Plays: 5}, {Title: "b", Plays: 9}, {Title: "c", Plays: 5}, {Title: "d", Plays: 7}, {Title: "e", Plays: 1}}); err != nil {
		fmt.Println(err)
		return
	}
	q := tunes.OrderBy(Tunes.Plays.Desc()).Take(2)
	show := func(p orm.Page[Tune]) {
		for _, t := range p.Rows {
			fmt.Print(t.Title, " ")
		}
		fmt.Println("more before:", p.Prev != "", "more after:", p.Next != "")
	}
	first, err := q.Page(ctx, "", orm.WithTotal)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(first.Total, "tunes")
	show(first)
	second, err := q.Page(ctx, first.Next)
	if err != nil {
		fmt.Println(err)
		return
	}
	show(second)
	last, err := q.Page(ctx, second.Next)
	if err != nil {
		fmt.Println(err)
		return
	}
	show(last)
	_, err = q.Where(Tunes.Plays.Gt(2)).Page(ctx, first.Next) // it belongs to another query
	fmt.Println(errors.Is(err, orm.ErrBadCursor))
	// Output:
	// 5 tunes
	// b d more before: false more after: true
	// a c more before: true more after: true
	// e more before: true more after: false
	// true
}

func ExampleQuery_PageNumber() {
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Tune{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	if err := orm.CreateTables(ctx, db); err != nil {
		fmt.Println(err)
		return
	}
	tunes := orm.Repo[Tune](db)
	if _, err := tunes.CreateMany(ctx, []Tune{{Title: "a"}, {Title: "b"}, {Title: "c"}}); err != nil {
		fmt.Println(err)
		return
	}
	p, err := tunes.Query().Take(2).PageNumber(ctx, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Rows[0].Title, "on page", p.Number, "of", p.Pages, "with", p.Total, "in all")
	// Output: c on page 2 of 2 with 3 in all
}

// A page is answered as JSON as it is. No total was asked for, so it is -1.
func ExamplePage() {
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Tune{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	if err := orm.CreateTables(ctx, db); err != nil {
		fmt.Println(err)
		return
	}
	page, err := orm.Repo[Tune](db).OrderBy(Tunes.Plays.Desc()).Page(ctx, "")
	if err != nil {
		fmt.Println(err)
		return
	}
	first, err := orm.Repo[Tune](db).OrderBy(Tunes.Plays.Desc()).PageNumber(ctx, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range []any{page, first} {
		text, err := json.Marshal(v)
		fmt.Println(string(text), err)
	}
	// Output:
	// {"rows":[],"total":-1} <nil>
	// {"rows":[],"number":1,"pages":1,"total":0} <nil>
}
