package rest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest"
	"github.com/multi-orm/orm/source/sqlite"
)

// Recipe is the model of the examples.
type Recipe struct {
	ID      int64  `orm:"id,auto"`
	CookID  string `orm:"cook_id"`
	Title   string `orm:"title,filter=prefix" validate:"required,max=40"`
	Minutes int    `orm:"minutes,filter=lte"`
	Public  bool   `orm:"public,default=false"`
}

var Recipes = orm.Bind[Recipe, struct {
	ID      orm.Col[Recipe, int64]
	CookID  orm.Text[Recipe]
	Title   orm.Text[Recipe]
	Minutes orm.Col[Recipe, int]
	Public  orm.Col[Recipe, bool]
}]()

func recipes() orm.DB {
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Recipe{}))
	if err == nil {
		err = orm.CreateTables(ctx, db)
	}
	if err == nil {
		_, err = orm.Repo[Recipe](db).CreateMany(ctx, []Recipe{
			{CookID: "ann", Title: "Soup", Minutes: 30, Public: true}, {CookID: "ann", Title: "Secret sauce", Minutes: 90}, {CookID: "bob", Title: "Salad", Minutes: 10, Public: true},
		})
	}
	if err != nil {
		panic(err)
	}
	return db
}

// cook stands for the authentication of a real service.
func cook(r *http.Request) (orm.Actor, bool, error) {
	name := r.Header.Get("X-Cook")
	return orm.Actor{ID: name}, name != "", nil
}

// show sends a request and prints the answer.
func show(h http.Handler, cook, method, path, body string) {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	} else {
		r.Body, r.ContentLength = http.NoBody, 0
	}
	if cook != "" {
		r.Header.Set("X-Cook", cook)
	}
	r.Header.Set("X-Request-Id", "1")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	text, _ := io.ReadAll(w.Body)
	fmt.Println(w.Code, string(text))
}

// Cooks see and write their own recipes, guests see the public ones.
func ExampleNew() {
	db := recipes()
	defer db.Close()
	public := guard.Shape[Recipe]{
		Select:  guard.Only(Recipes.ID, Recipes.Title, Recipes.Minutes),
		Where:   guard.Where[Recipe]{guard.Force(Recipes.Public.Eq(true)), guard.Allow(Recipes.Minutes), guard.Allow(Recipes.Title)},
		OrderBy: guard.Only(Recipes.Minutes),
	}
	own := guard.Shape[Recipe]{
		Select: guard.Only(Recipes.ID, Recipes.Title, Recipes.Minutes, Recipes.Public),
		Where: guard.Where[Recipe]{guard.Allow(Recipes.Title), guard.ForceFor(func(_ context.Context, a orm.Actor) (orm.Pred[Recipe], error) {
			return Recipes.CookID.Eq(a.ID.(string)), nil
		})},
		Create: guard.Data[Recipe]{guard.Accept(Recipes.Title), guard.Accept(Recipes.Minutes), guard.FixFor(func(_ context.Context, a orm.Actor) (orm.Assign[Recipe], error) {
			return Recipes.CookID.Set(a.ID.(string)), nil
		})},
		Update: guard.Data[Recipe]{guard.Accept(Recipes.Title), guard.Accept(Recipes.Minutes), guard.Accept(Recipes.Public)},
	}
	api, err := rest.New(db, rest.Session(cook), rest.Resource("recipes", rest.Rules[Recipe]{
		Get:        rest.By[Recipe]{rest.Guest: public, rest.Mine: own},
		Post:       rest.By[Recipe]{rest.Mine: own},
		Patch:      rest.By[Recipe]{rest.Mine: own},
		CountTotal: true,
	}))
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.Handle("/query/", http.StripPrefix("/query", api))

	show(mux, "", "GET", "/query/recipes?select=(where:(minutes.lt:60),columns:~T(title)~,orderBy:(minutes:asc))", "")
	show(mux, "ann", "GET", "/query/recipes?countTotal&select=(where:(title.like:'Se%'))", "")
	show(mux, "ann", "POST", "/query/recipes?select=(columns:~T(id)~)", `{"title": "Bread", "minutes": 120}`)
	show(mux, "bob", "PATCH", "/query/recipes/4", `{"public": true}`)
	show(mux, "", "GET", "/query/recipes?select=(where:(cook_id:ann))", "")
	// Output:
	// 200 {"count":2,"recipes":[{"title":"Salad"},{"title":"Soup"}]}
	// 200 {"total":2,"matched":1,"count":1,"recipes":[{"id":2,"title":"Secret sauce","minutes":90,"public":false}]}
	// 201 {"rowsAffected":1,"count":1,"recipes":[{"id":4}]}
	// 404 {"type":"about:blank","title":"Not Found","status":404,"detail":"there is no such row","error":"there is no such row","code":"NOT_FOUND","requestId":"1"}
	// 400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"the shape does not name it","error":"where.cook_id: the shape does not name it","code":"SHAPE_INVALID","path":"where.cook_id","requestId":"1"}
}

// A resource of tags: filter= makes parameters, and what the tags withhold is neither shown nor taken.
func ExampleTagged() {
	db := recipes()
	defer db.Close()
	api, err := rest.New(db, rest.Tagged[Recipe]("recipes", rest.OmitResult("CookID"), rest.Routes(rest.RouteList)))
	if err != nil {
		fmt.Println(err)
		return
	}
	show(api, "", "GET", "/recipes?title=S&minutes=60", "")
	show(api, "", "GET", "/recipes?pageCount=2&recordsPerPage=2", "")
	show(api, "", "GET", "/recipes?minutes=soon", "")
	// Output:
	// 200 {"count":2,"recipes":[{"id":1,"title":"Soup","minutes":30,"public":true},{"id":3,"title":"Salad","minutes":10,"public":true}]}
	// 200 {"matched":3,"pageCount":2,"recordsPerPage":2,"totalPages":2,"count":1,"recipes":[{"id":3,"title":"Salad","minutes":10,"public":true}]}
	// 400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"it is a whole number that the column can hold","error":"minutes: it is a whole number that the column can hold","code":"SHAPE_INVALID","path":"minutes","requestId":"1"}
}

// Hooks run in the transaction of the request: what Before refuses is not written, and what After writes is undone with it.
func ExampleRules_before() {
	db := recipes()
	defer db.Close()
	title := guard.Shape[Recipe]{Select: guard.Only(Recipes.ID, Recipes.Title), Where: guard.Where[Recipe]{guard.Allow(Recipes.Title)}}
	api, err := rest.New(db, rest.Resource("recipes", rest.Rules[Recipe]{
		Delete: rest.By[Recipe]{rest.All: title},
		After: func(_ context.Context, op *rest.Op) error {
			if op.Result.RowsAffected > 1 {
				return &rest.Error{Status: http.StatusConflict, Detail: "one at a time", Err: errors.New("too many")}
			}
			return nil
		},
	}))
	if err != nil {
		fmt.Println(err)
		return
	}
	show(api, "", "DELETE", "/recipes?select=(where:(title.like:'S%'))", "")
	show(api, "", "DELETE", "/recipes?select=(where:(title:Salad))", "")
	// Output:
	// 409 {"type":"about:blank","title":"Conflict","status":409,"detail":"one at a time","error":"one at a time","code":"CONFLICT","requestId":"1"}
	// 200 {"rowsAffected":1,"count":1,"recipes":[{"id":3,"title":"Salad"}]}
}
