package rest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/rest"
)

// B1, B11, B16, B25, B32, N31: the walk through the blog, request by request, as a client of the query language sends them.
func TestWalkThrough(t *testing.T) {
	blog := serve(t, blogDB(t), append(blogRules(), rest.Session(bearer))...)
	user := blog.as("u2")

	first := user.want(201, "POST", "/posts?countTotal&select=(columns:~T(id,title,body)~)", `{ "title": "first post", "body": "Hello world!" }`)
	first.holds(t, "total", "1", "rowsAffected", "1", "count", "1", "posts.0.title", "first post", "posts.0.body", "Hello world!", "posts.0.userId", "")
	id := first.value("posts.0.id")

	var ten []string
	for i := range 10 {
		ten = append(ten, fmt.Sprintf("(title: 'first post %d', body: 'Hello world %d!')", i+1, i+1))
	}
	user.want(201, "POST", "/posts?countTotal&select=(columns:F)", "_(\n"+strings.Join(ten, ",\n")+"\n)_", rjsonBody).
		holds(t, "total", "11", "rowsAffected", "10", "count", "10", "posts", "")

	user.want(200, "PATCH", "/posts?mine&countTotal&select=(where:(id:'"+id+"'),columns:~T(id,title,body)~)", `{ "body": "Bye world!" }`).
		holds(t, "total", "11", "rowsAffected", "1", "posts.0.body", "Bye world!")

	since := time.Now().Add(-20 * time.Minute).Unix()
	for _, where := range []string{"(body.like:'Bye%%',createdAt.gte:SINCE000)", "_((body.like:'Bye%%'),(createdAt.gte:SINCE000))_"} {
		got := user.want(200, "GET", "/posts?select=(where:"+strings.ReplaceAll(where, "SINCE", fmt.Sprint(since))+",columns:~T(id,title,body)~,orderBy:(createdAt:'asc'))", "")
		n := "1"
		if where[0] == '_' {
			n = "10" // the rule's own limit
		}
		got.holds(t, "count", n, "posts.0.body", "Bye world!")
	}
	user.want(200, "GET", "/posts?countTotal", "").holds(t, "total", "11", "matched", "11", "count", "10", "posts.0.id", id)
	user.want(200, "GET", "/posts?mine|guest", "").holds(t, "count", "10")
	blog.want(200, "GET", "/posts?mine|guest", "").holds(t, "count", "5")
	user.want(200, "GET", "/posts?mine&countTotal&select=(columns:~T(id,title)~)", "").holds(t, "count", "10", "posts.0.title", "first post", "posts.0.body", "")
	user.want(200, "GET", "/posts?mine&countTotal&select=(limit:5,columns:T)", "").holds(t, "count", "5", "total", "11")
	user.want(200, "GET", "/posts?mine&countTotal&select=(offset:18,columns:T)", "").holds(t, "count", "0", "posts", "[]")
	user.want(200, "GET", "/posts?mine&countTotal&select=(offset:8,limit:5,columns:T)", "").holds(t, "count", "3")
	user.want(200, "GET", "/posts?mine&select=(limit:11,columns:~T(id,title,body)~,with:(user:T))", "").
		holds(t, "count", "11", "posts.0.user.name", "Mr. User", "posts.0.user.password", "")
	user.want(400, "GET", "/posts?mine&select=(columns:~T(id,title,body)~,with:(user:(columns:~T(name)~,with:(posts:(columns:~T(title)~,with:(users:(columns:~T(id)~)))))))", "").
		holds(t, "code", "SHAPE_INVALID")
	user.want(200, "GET", "/posts?mine&select=(where:(id.eq:'"+id+"'),columns:~T(id,title,body)~)", "").holds(t, "count", "1", "posts.0.id", id)

	user.want(200, "DELETE", "/posts?mine&countTotal&select=(where:(id:'"+id+"'),columns:~T(id,title,body)~)", "").holds(t, "total", "10", "rowsAffected", "1", "posts.0.body", "Bye world!")
	user.want(200, "DELETE", "/posts?mine&countTotal&select=(columns:~T(id,title,body)~)", "").holds(t, "total", "0", "rowsAffected", "10")
	user.want(200, "DELETE", "/posts?mine&countTotal&select=(columns:F)", "").holds(t, "total", "0", "rowsAffected", "0", "posts", "")
	user.want(200, "DELETE", "/posts?mine&countTotal", "").holds(t, "total", "0", "rowsAffected", "0", "posts", "[]")

	made := blog.want(201, "POST", "/baskets?select=(columns:~T(id,name,capacity)~)", "_(( name:'Basket 1', capacity:5 ),( name:'Basket 2', capacity:10 ))_", rjsonBody)
	made.holds(t, "count", "2", "baskets.0.name", "Basket 1", "baskets.1.capacity", "10")
	blog.want(200, "GET", "/fruits", "").holds(t, "count", "0", "fruits", "[]")
	blog.want(201, "POST", "/fruits", fmt.Sprintf("_(( name: 'Apple', sweetness: 7, sourness: 2, basketId: '%[1]s' ),( name: 'Banana', sweetness: 7, basketId: '%[1]s' ),( name: 'Mango', sweetness: 9, sourness: 2, basketId: '%[2]s' ))_",
		made.value("baskets.0.id"), made.value("baskets.1.id")), rjsonBody).holds(t, "rowsAffected", "3", "fruits.2.name", "Mango")
	blog.want(200, "GET", "/baskets?select=(columns:~T(name,capacity)~,with:(fruit:(columns:~T(name)~)))", "").
		holds(t, "count", "2", "baskets.0", `{"name":"Basket 1","capacity":5,"fruit":[{"name":"Apple"},{"name":"Banana"}]}`)
	blog.want(200, "GET", "/baskets?select=(columns:~T(name)~,with:(fruit:(orderBy:(sweetness:-1,name:asc),where:(name.like:'%an%'),columns:~T(name,sweetness)~)))", "").
		holds(t, "baskets.1", `{"name":"Basket 2","fruit":[{"name":"Mango","sweetness":9}]}`)
	blog.want(200, "DELETE", "/fruits", "").holds(t, "rowsAffected", "3")
	blog.want(200, "DELETE", "/baskets?select=(columns:F)", "").holds(t, "rowsAffected", "2")

	for path, want := range map[string]string{"/posts": "OPTIONS, HEAD, GET, POST, PATCH, DELETE", "/posts?mine": "OPTIONS, HEAD, GET, POST, PATCH, DELETE", "/fruits?guest": "OPTIONS"} {
		if got := user.want(204, "OPTIONS", path, "").header.Get("Allow"); got != want {
			t.Errorf("OPTIONS %s: %s, want %s", path, got, want)
		}
	}
	if n, err := orm.Repo[Post](blog.db).Query().Count(t.Context()); err != nil || n != 0 {
		t.Error(n, err)
	}
}
