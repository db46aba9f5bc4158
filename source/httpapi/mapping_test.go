package httpapi_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/httpapi"
)

type bare struct {
	ID int64 `orm:"id,table=bares"`
}

type wrong struct {
	ID   int64  `orm:"id,table=wrongs"`
	Name string `orm:"name"`
}

func (wrong) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{
		FindMany:   httpapi.GET("/a").Query("n", "$where.Nam.eq").Query("o", "$where.Name.eqq").Query("p", "$what").Items("$["),
		FindUnique: httpapi.GET("/a/{name}").Item("$"),
		FindFirst:  httpapi.GET("/a"),
		FindBulk:   httpapi.GET("/a").Items("$"),
		Count:      httpapi.GET("/a"),
		Create:     httpapi.GET("/a").BodyAll(),
		CreateMany: httpapi.POST("/a").Form("x", "1").Body("y", "$data"),
		Update:     httpapi.PUT("/a").BodyAll(),
		Delete:     httpapi.DELETE("/a/{id").Header("Host", "x"),
		Upsert:     httpapi.PUT("//a/{id}").BodyAll(),
	}
}

// A wrong mapping is found at Open; each error names the model and quotes the part that is wrong.
func TestWrongMappings(t *testing.T) {
	_, err := orm.Open(context.Background(), httpapi.Source("x", "http://localhost"), orm.Models(wrong{}, bare{}))
	if !errors.Is(err, orm.ErrInvalid) {
		t.Fatal(err)
	}
	for _, want := range []string{
		`wrong: invalid: FindMany: GET "/a": Query("n", "$where.Nam.eq"): wrong has no field "Nam" (did you mean "Name"?)`,
		`Query("o", "$where.Name.eqq"): unknown operator "eqq" (did you mean "eq"?)`, `"$what" is no template`, `Items("$["): not a JSONPath`,
		`FindUnique: GET "/a/{name}": {name} is no part of the key`, `FindFirst: GET "/a": Item is missing`, `FindBulk: GET "/a": a bulk read needs`,
		`Count: GET "/a": Total is missing`, `Create: GET "/a": a GET has no body`, `CreateMany: POST "/a": a body is either JSON or a form`,
		`Update: PUT "/a": nothing in it names the row`, `Delete: DELETE "/a/{id": a brace is opened`, `Header("Host", "x"): the header belongs to the transport`,
		`Upsert: PUT "//a/{id}": a path has no empty segment`, `bare: invalid: the model is bound to an HTTP API`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s\nlacks %s", err, want)
		}
	}
	for _, url := range []string{"", "ftp://x", "http://", "http://me:secret@x", "http://x?key=secret"} {
		_, err := orm.Open(context.Background(), httpapi.Source("x", url), orm.Models(Post{}))
		if !errors.Is(err, orm.ErrInvalid) || leaks(err) {
			t.Errorf("%s: %v", url, err)
		}
	}
}

type page struct {
	Slug string `orm:"slug,id,table=pages,datasource=blog"`
}

func (page) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindUnique: httpapi.GET("/pages/{slug}").Item("$")}
}

// A key stays one segment of the path, whatever it holds, or is refused before anything is sent.
func TestKeysInPaths(t *testing.T) {
	var uri string
	db := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		uri = r.RequestURI
		reply(w, 404, nil)
	}), orm.Models(page{}))
	for key, want := range map[string]string{
		"a/b": "/pages/a%2Fb", "../x": "/pages/..%2Fx", "{id}": "/pages/%7Bid%7D", "a?b=c#d": "/pages/a%3Fb=c%23d", "%2e%2e": "/pages/%252e%252e", "é ;": "/pages/%C3%A9%20%3B", `a\b`: "/pages/a%5Cb",
	} {
		uri = ""
		if _, err := orm.Repo[page](db).ByID(key).One(context.Background()); !errors.Is(err, orm.ErrNotFound) || uri != want {
			t.Errorf("%q: %s, %v", key, uri, err)
		}
	}
	for _, key := range []string{"", ".", "..", "a\r\nX: y", "a\x00", "\x7f"} {
		uri = ""
		if _, err := orm.Repo[page](db).ByID(key).One(context.Background()); !errors.Is(err, orm.ErrInvalid) || uri != "" {
			t.Errorf("%q: %s, %v", key, uri, err)
		}
	}
	// what the API needs and the query does not say
	if _, err := orm.Repo[page](db).All(context.Background()); !errors.Is(err, orm.ErrUnsupported) || !strings.Contains(err.Error(), "FindUnique needs Slug.eq") {
		t.Error(err)
	}
}
