package rest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest"
	"github.com/multi-orm/orm/source/sqlite"
)

// The models of the tests: a blog with users, their posts, and baskets of fruit that anybody may fill.

type User struct {
	ID        string    `orm:"id,default=uuid"`
	Name      string    `orm:"name"`
	Email     string    `orm:"email,unique"`
	Role      string    `orm:"role,enum=user|admin,default=user"`
	Password  string    `orm:"password,hidden"`
	CreatedAt time.Time `orm:"created_at,default=now" json:"createdAt"`

	Posts []Post `orm:"relation=id:user_id"`
}

type Post struct {
	ID        string    `orm:"id,default=uuid"`
	UserID    string    `orm:"user_id" json:"userId"`
	Title     string    `orm:"title" validate:"required,max=50"`
	Body      string    `orm:"body" validate:"required,max=512"`
	Likes     int64     `orm:"likes"`
	Version   int       `orm:"version,version"`
	CreatedAt time.Time `orm:"created_at,default=now" json:"createdAt"`
	UpdatedAt time.Time `orm:"updated_at,default=now,update=now" json:"updatedAt"`

	User *User `orm:"relation=user_id:id"`
}

type Basket struct {
	ID       string `orm:"id,default=uuid"`
	Name     string `orm:"name,unique,size=30"`
	Capacity int    `orm:"capacity,default=20"`

	Fruit []Fruit `orm:"relation=id:basket_id"`
}

type Fruit struct {
	ID        string  `orm:"id,default=uuid"`
	Name      string  `orm:"name,unique"`
	Sweetness float64 `orm:"sweetness,default=0"`
	Sourness  float64 `orm:"sourness,default=0"`
	BasketID  string  `orm:"basket_id" json:"basketId"`

	Basket *Basket `orm:"relation=basket_id:id"`
}

var Users = orm.Bind[User, struct {
	ID        orm.Text[User]
	Name      orm.Text[User]
	Email     orm.Text[User]
	Role      orm.Text[User]
	CreatedAt orm.Col[User, time.Time]
	Posts     orm.Many[User, Post]
}]()

var Posts = orm.Bind[Post, struct {
	ID        orm.Text[Post]
	UserID    orm.Text[Post]
	Title     orm.Text[Post]
	Body      orm.Text[Post]
	Likes     orm.Col[Post, int64]
	CreatedAt orm.Col[Post, time.Time]
	UpdatedAt orm.Col[Post, time.Time]
	User      orm.One[Post, User]
}]()

var Baskets = orm.Bind[Basket, struct {
	ID       orm.Text[Basket]
	Name     orm.Text[Basket]
	Capacity orm.Col[Basket, int]
	Fruit    orm.Many[Basket, Fruit]
}]()

var Fruits = orm.Bind[Fruit, struct {
	ID        orm.Text[Fruit]
	Name      orm.Text[Fruit]
	Sweetness orm.Col[Fruit, float64]
	Sourness  orm.Col[Fruit, float64]
	BasketID  orm.Text[Fruit]
	Basket    orm.One[Fruit, Basket]
}]()

func ownPosts(_ context.Context, a orm.Actor) (orm.Pred[Post], error) {
	return Posts.UserID.Eq(a.ID.(string)), nil
}

var (
	author = guard.Shape[User]{Select: guard.Only(Users.ID, Users.Name, Users.Email)}

	ownPost = guard.Shape[Post]{
		Select:  guard.Only(Posts.ID, Posts.UserID, Posts.Title, Posts.Body, Posts.Likes, Posts.CreatedAt, Posts.UpdatedAt),
		Where:   guard.Where[Post]{guard.ForceFor(ownPosts), guard.Allow(Posts.ID), guard.Allow(Posts.Title), guard.Allow(Posts.Body), guard.Allow(Posts.Likes), guard.Allow(Posts.CreatedAt)},
		Logic:   guard.And | guard.Or | guard.Not,
		OrderBy: guard.Only(Posts.CreatedAt, Posts.Title, Posts.Likes),
		Default: guard.Order(Posts.CreatedAt.Asc(), Posts.ID.Asc()),
		Take:    guard.Take{Default: 10, Max: 11},
		Skip:    1000,
		With:    guard.With[Post]{guard.Include(Posts.User, author)},
		Create: guard.Data[Post]{guard.Accept(Posts.Title), guard.Accept(Posts.Body), guard.Fix(Posts.Likes.Set(0)),
			guard.FixFor(func(_ context.Context, a orm.Actor) (orm.Assign[Post], error) {
				return Posts.UserID.Set(a.ID.(string)), nil
			})},
		Update: guard.Data[Post]{guard.Accept(Posts.Title), guard.Accept(Posts.Body)},
	}

	publicPost = guard.Shape[Post]{Select: guard.Only(Posts.ID, Posts.Title), Take: guard.Take{Default: 5, Max: 5}}

	basket = guard.Shape[Basket]{
		Default: guard.Order(Baskets.Name.Asc()),
		Select:  guard.Only(Baskets.ID, Baskets.Name, Baskets.Capacity),
		Where:   guard.Where[Basket]{guard.Allow(Baskets.ID), guard.Allow(Baskets.Name), guard.Related(Baskets.Fruit, guard.Some|guard.None, guard.Where[Fruit]{guard.Allow(Fruits.Name)})},
		Take:    guard.Take{Default: 10, Max: 10},
		Create:  guard.Data[Basket]{guard.Accept(Baskets.Name).Rule("required,max=30"), guard.Accept(Baskets.Capacity)},
		With: guard.With[Basket]{guard.Include(Baskets.Fruit, guard.Shape[Fruit]{Select: guard.Only(Fruits.ID, Fruits.Name, Fruits.Sweetness),
			Where: guard.Where[Fruit]{guard.Allow(Fruits.Name)}, OrderBy: guard.Only(Fruits.Sweetness, Fruits.Name), Default: guard.Order(Fruits.Name.Asc())}), guard.Count(Baskets.Fruit)},
	}

	fruit = guard.Shape[Fruit]{
		Select: guard.Only(Fruits.ID, Fruits.Name, Fruits.Sweetness, Fruits.Sourness, Fruits.BasketID),
		Create: guard.Data[Fruit]{guard.Accept(Fruits.Name), guard.Accept(Fruits.Sweetness), guard.Accept(Fruits.Sourness), guard.Accept(Fruits.BasketID)},
		Take:   guard.Take{Default: 10, Max: 10},
	}
)

func blogRules() []rest.Option {
	return []rest.Option{
		rest.Resource("users", rest.Rules[User]{
			Get: rest.By[User]{"admin": {Select: guard.Only(Users.ID, Users.Name, Users.Email, Users.Role), Where: guard.Where[User]{guard.Allow(Users.Email)}, OrderBy: guard.Only(Users.Name)}},
		}),
		rest.Resource("posts", rest.Rules[Post]{
			Get:        rest.By[Post]{rest.Mine: ownPost, rest.Guest: publicPost},
			Post:       rest.By[Post]{rest.Mine: ownPost},
			Patch:      rest.By[Post]{rest.Mine: ownPost},
			Delete:     rest.By[Post]{rest.Mine: ownPost},
			CountTotal: true,
		}),
		rest.Resource("baskets", rest.Rules[Basket]{
			Get: rest.By[Basket]{rest.All: basket}, Post: rest.By[Basket]{rest.All: basket}, Delete: rest.By[Basket]{rest.All: basket}, EveryRow: true,
		}),
		rest.Resource("fruits", rest.Rules[Fruit]{
			Get: rest.By[Fruit]{rest.All: fruit}, Post: rest.By[Fruit]{rest.All: fruit}, Delete: rest.By[Fruit]{rest.All: fruit}, EveryRow: true, CountTotal: true,
		}),
	}
}

// bearer signs users in by their ids: "u1" is an admin.
func bearer(r *http.Request) (orm.Actor, bool, error) {
	id, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case !ok:
		return orm.Actor{}, false, nil
	case id == "bad":
		return orm.Actor{}, false, errors.New("the token has expired")
	case id == "u1":
		return orm.Actor{ID: id, Role: "admin"}, true, nil
	}
	return orm.Actor{ID: id, Role: "user"}, true, nil
}

func blogDB(t testing.TB) orm.DB {
	t.Helper()
	db, err := orm.Open(t.Context(), sqlite.Source("main", testkit.SQLite(t)), orm.Models(User{}, Post{}, Basket{}, Fruit{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := orm.CreateTables(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	for _, u := range []User{{ID: "u1", Name: "Mr. Admin", Email: "admin@local.dev", Role: "admin", Password: "x"}, {ID: "u2", Name: "Mr. User", Email: "user@local.dev", Password: "y"}} {
		if err := orm.Repo[User](db).Create(t.Context(), &u); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// site is an API that is served.
type site struct {
	t    testing.TB
	db   orm.DB
	api  *rest.API
	url  string
	user string // who asks; "" is nobody
}

func serve(t testing.TB, db orm.DB, options ...rest.Option) *site {
	t.Helper()
	api, err := rest.New(db, options...)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/query/", http.StripPrefix("/query", api))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return &site{t: t, db: db, api: api, url: server.URL + "/query"}
}

func (s *site) as(user string) *site {
	other := *s
	other.user = user
	return &other
}

// answered is an answer.
type answered struct {
	status int
	header http.Header
	text   string
	node   guard.Node
}

// at gives what a path such as posts.0.id leads to.
func (a answered) at(path string) *guard.Node {
	n := &a.node
	for name := range strings.SplitSeq(path, ".") {
		if n == nil {
			return nil
		}
		if n.Kind == guard.List {
			i := int(name[0] - '0')
			if i >= len(n.Items) {
				return nil
			}
			n = &n.Items[i]
			continue
		}
		n = n.Member(name)
	}
	return n
}

// value gives the text of what a path leads to, "" where there is nothing.
func (a answered) value(path string) string {
	n := a.at(path)
	switch {
	case n == nil:
		return ""
	case n.Kind == guard.String || n.Kind == guard.Number:
		return n.Text
	}
	b, _ := n.MarshalJSON()
	return string(b)
}

// ask sends a request: header lines such as "Content-Type: application/rjson" may stand before the body.
func (s *site) ask(method, path, body string, headers ...string) answered {
	s.t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url, reader)
	if err != nil {
		s.t.Fatal(err)
	}
	p, query, _ := strings.Cut(path, "?")
	r.URL.Opaque = strings.TrimSuffix(r.URL.Path, "/") + p
	r.URL.RawQuery = strings.ReplaceAll(query, " ", "%20")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if s.user != "" {
		r.Header.Set("Authorization", "Bearer "+s.user)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Content-Type" {
			r.Header.Del(name)
		}
		r.Header.Add(name, value)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	a := answered{status: res.StatusCode, header: res.Header, text: string(text)}
	if len(text) > 0 && strings.Contains(res.Header.Get("Content-Type"), "json") {
		if a.node, err = guard.ParseNode(text); err != nil {
			s.t.Fatalf("%s %s: no JSON: %s", method, path, text)
		}
	}
	return a
}

// want asks and holds the status.
func (s *site) want(status int, method, path, body string, headers ...string) answered {
	s.t.Helper()
	a := s.ask(method, path, body, headers...)
	if a.status != status {
		s.t.Fatalf("%s %s: %d, want %d: %s", method, path, a.status, status, a.text)
	}
	return a
}

func (a answered) holds(t testing.TB, pairs ...string) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if got := a.value(pairs[i]); got != pairs[i+1] {
			t.Errorf("%s is %q, want %q: %s", pairs[i], got, pairs[i+1], a.text)
		}
	}
}

const rjsonBody = "Content-Type: application/rjson"
