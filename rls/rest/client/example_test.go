package client_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest"
	"github.com/multi-orm/orm/rls/rest/client"
	"github.com/multi-orm/orm/source/sqlite"
)

// Book is served by one program and read by another.
type Book struct {
	ID    int64  `orm:"id,auto"`
	Title string `orm:"title"`
	Pages int    `orm:"pages"`
}

var books = orm.Bind[Book, struct {
	ID    orm.Col[Book, int64]
	Title orm.Text[Book]
	Pages orm.Col[Book, int]
}]()

// A resource of another service is read as a table is: filter, order and page go over in one request.
func ExampleSource() {
	ctx := context.Background()
	own := must(orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Book{})))
	defer own.Close()
	ok(orm.CreateTables(ctx, own))
	must(orm.Repo[Book](own).CreateMany(ctx, []Book{{Title: "Go", Pages: 300}, {Title: "Gardens", Pages: 90}, {Title: "Goats", Pages: 120}}))
	shape := guard.Shape[Book]{Select: guard.Only[Book](books.ID, books.Title, books.Pages), Where: guard.Where[Book]{guard.Allow(books.Title), guard.Allow(books.Pages)}, OrderBy: guard.Only[Book](books.Pages, books.ID)}
	api := must(rest.New(own, rest.Resource("books", rest.Rules[Book]{Get: rest.By[Book]{rest.All: shape}})))
	server := httptest.NewServer(http.StripPrefix("/query", api))
	defer server.Close()

	db := must(orm.Open(ctx, client.Source("library", server.URL+"/query"), orm.Models(Book{})))
	defer db.Close()
	found, err := orm.Repo[Book](db).Where(books.Title.StartsWith("Go"), books.Pages.Gt(100)).OrderBy(books.Pages.Desc()).Take(2).All(ctx)
	fmt.Println(found, err)
	// Output: [{1 Go 300} {3 Goats 120}] <nil>
}
