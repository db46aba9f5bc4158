package client_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest"
	"github.com/multi-orm/orm/rls/rest/client"
	"github.com/multi-orm/orm/source/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// User writes posts.
type User struct {
	ID      int64  `orm:"id,auto"`
	Name    string `orm:"name,unique"`
	Secret  string `orm:"secret,hidden"`
	BossID  *int64 `orm:"boss_id"`
	Version int    `orm:"version,version"`

	Boss  *User  `orm:"relation=boss_id:id"`
	Posts []Post `orm:"relation=id:user_id"`
}

// Post has a user and tags.
type Post struct {
	ID        int64     `orm:"id,auto"`
	Title     string    `orm:"title"`
	Likes     *int64    `orm:"likes" json:"hearts"`
	UserID    *int64    `orm:"user_id"`
	CreatedAt time.Time `orm:"created_at,default=now"`

	User     *User     `orm:"relation=user_id:id" json:"author"`
	Comments []Comment `orm:"relation=id:post_id"`
	Tags     []Tag     `orm:"relation=id:id,through=post_tags(post_id:tag_id)"`
}

// Comment belongs to a post.
type Comment struct {
	ID     int64 `orm:"id,auto"`
	PostID int64 `orm:"post_id"`
	Text   string

	Post *Post `orm:"relation=post_id:id"`
}

// Tag is tied to posts.
type Tag struct {
	ID   int64  `orm:"id,auto"`
	Name string `orm:"name,unique"`
}

var (
	users = orm.Bind[User, struct {
		ID      orm.Col[User, int64]
		Name    orm.Text[User]
		Secret  orm.Text[User]
		BossID  orm.Col[User, int64]
		Version orm.Col[User, int]
		Boss    orm.One[User, User]
		Posts   orm.Many[User, Post]
	}]()
	posts = orm.Bind[Post, struct {
		ID        orm.Col[Post, int64]
		Title     orm.Text[Post]
		Likes     orm.Col[Post, int64]
		UserID    orm.Col[Post, int64]
		CreatedAt orm.Col[Post, time.Time]
		User      orm.One[Post, User]
		Comments  orm.Many[Post, Comment]
		Tags      orm.Many[Post, Tag]
	}]()
	comments = orm.Bind[Comment, struct {
		ID     orm.Col[Comment, int64]
		PostID orm.Col[Comment, int64]
		Text   orm.Text[Comment]
		Post   orm.One[Comment, Post]
	}]()
	tags = orm.Bind[Tag, struct {
		ID   orm.Col[Tag, int64]
		Name orm.Text[Tag]
	}]()
)

const logic = guard.And | guard.Or | guard.Not

func tagShape() guard.Shape[Tag] {
	return guard.Shape[Tag]{Select: guard.Only[Tag](tags.ID, tags.Name), Where: guard.Where[Tag]{guard.Allow(tags.ID), guard.Allow(tags.Name)}, Logic: logic, OrderBy: guard.Only[Tag](tags.ID, tags.Name)}
}

func commentShape() guard.Shape[Comment] {
	return guard.Shape[Comment]{Select: guard.Only[Comment](comments.ID, comments.PostID, comments.Text), Logic: logic, Skip: 1000,
		Where:   guard.Where[Comment]{guard.Allow(comments.ID), guard.Allow(comments.PostID), guard.Allow(comments.Text)},
		OrderBy: guard.Only[Comment](comments.ID, comments.Text),
		Create:  guard.Data[Comment]{guard.Accept(comments.PostID), guard.Accept(comments.Text)}}
}

func postWhere() guard.Where[Post] {
	return guard.Where[Post]{guard.Allow(posts.ID), guard.Allow(posts.Title, guard.Eq, guard.In, guard.Gt, guard.Contains, guard.StartsWith, guard.EndsWith, guard.Like, guard.Ne, guard.NotIn),
		guard.Allow(posts.Likes), guard.Allow(posts.UserID), guard.Allow(posts.CreatedAt),
		guard.Related(posts.Comments, guard.Some|guard.None|guard.Every, commentShape().Where), guard.Related(posts.Tags, guard.Some|guard.None|guard.Every, tagShape().Where)}
}

func userWhere() guard.Where[User] {
	return guard.Where[User]{guard.Allow(users.ID), guard.Allow(users.Name), guard.Allow(users.BossID), guard.Related(users.Posts, guard.Some|guard.None|guard.Every, postWhere()), guard.Allow(users.Version)}
}

func userShape(deeper int) guard.Shape[User] {
	s := guard.Shape[User]{Select: guard.Only[User](users.ID, users.Name, users.BossID, users.Version), Logic: logic, OrderBy: guard.Only[User](users.ID, users.Name, users.BossID), Skip: 1000,
		Where:  userWhere(),
		Update: guard.Data[User]{guard.Accept(users.Name), guard.Accept(users.BossID)}, Create: guard.Data[User]{guard.Accept(users.Name), guard.Accept(users.BossID), guard.Accept(users.Secret)}}
	if deeper > 0 {
		s.With = guard.With[User]{guard.Include(users.Posts, readOnly(postShape(deeper-1))), guard.Count(users.Posts), guard.Include(users.Boss, readOnly(userShape(0)))}
	}
	return s
}

func readOnly[T any](s guard.Shape[T]) guard.Shape[T] {
	s.Create, s.Update, s.Unique = nil, nil, nil
	return s
}

func postShape(deeper int) guard.Shape[Post] {
	s := guard.Shape[Post]{Select: guard.Only[Post](posts.ID, posts.Title, posts.Likes, posts.UserID, posts.CreatedAt), Logic: logic,
		Where: append(postWhere(), guard.Related(posts.User, guard.Is|guard.IsNot, userWhere())), OrderBy: guard.Only[Post](posts.ID, posts.Title, posts.Likes, posts.UserID), Skip: 1000,
		Create: guard.Data[Post]{guard.Accept(posts.Title), guard.Accept(posts.Likes), guard.Accept(posts.UserID)},
		Update: guard.Data[Post]{guard.Accept(posts.Title), guard.Accept(posts.Likes), guard.Accept(posts.UserID)}}
	s.With = guard.With[Post]{guard.Include(posts.Comments, readOnly(commentShape())), guard.Include(posts.Tags, readOnly(tagShape())), guard.Count(posts.Comments, commentShape().Where...)}
	if deeper > 0 {
		s.With = append(s.With, guard.Include(posts.User, readOnly(userShape(deeper-1))))
	}
	return s
}

func every[T any](s guard.Shape[T]) rest.Rules[T] {
	r := rest.Rules[T]{Get: rest.By[T]{rest.All: s}, Delete: rest.By[T]{rest.All: s}}
	if s.Create != nil {
		r.Post = rest.By[T]{rest.All: s}
	}
	if s.Update != nil {
		r.Patch = rest.By[T]{rest.All: s}
	}
	return r
}

// blog is the service: its database, and the requests that came.
type blog struct {
	testing.TB
	server *httptest.Server
	own    orm.DB

	mu    sync.Mutex
	asked []string
}

// service serves the four models with everything allowed, or as options say.
func service(t testing.TB, options ...rest.Option) *blog {
	t.Helper()
	b := &blog{TB: t}
	var err error
	if b.own, err = orm.Open(context.Background(), sqlite.Source("main", ":memory:"), orm.Models(User{}, Post{}, Comment{}, Tag{})); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.own.Close() })
	if err := orm.CreateTables(context.Background(), b.own); err != nil {
		t.Fatal(err)
	}
	if options == nil {
		options = []rest.Option{rest.Limits{MaxDepth: 5}, rest.Resource("users", every(userShape(3))), rest.Resource("posts", every(postShape(2))),
			rest.Resource("comments", every(commentShape())), rest.Resource("tags", every(tagShape()))}
	}
	api, err := rest.New(b.own, options...)
	if err != nil {
		t.Fatal(err)
	}
	b.server = httptest.NewServer(http.StripPrefix("/query", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q, _ := url.PathUnescape(r.URL.RawQuery)
		b.mu.Lock()
		b.asked = append(b.asked, strings.TrimSuffix(r.Method+" "+r.URL.EscapedPath()+"?"+q, "?"))
		b.mu.Unlock()
		api.ServeHTTP(w, r)
	})))
	t.Cleanup(b.server.Close)
	return b
}

// dial opens the service as a source.
func (b *blog) dial(opts ...client.Option) orm.DB {
	b.Helper()
	db, err := orm.Open(context.Background(), client.Source("blog", b.server.URL+"/query", opts...), orm.Models(User{}, Post{}, Comment{}, Tag{}))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	return db
}

// requests gives what was asked since the last time.
func (b *blog) requests() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := b.asked
	b.asked = nil
	return out
}

func (b *blog) one(about string) string {
	b.Helper()
	all := b.requests()
	if len(all) != 1 {
		b.Errorf("%s: %d requests:\n%s", about, len(all), strings.Join(all, "\n"))
		return ""
	}
	return all[0]
}

func ptr[T any](v T) *T { return &v }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func ok(err error) {
	if err != nil {
		panic(err)
	}
}

// fill writes three users, six posts, eight comments and two tags straight into the database of the service.
func (b *blog) fill() {
	ctx := context.Background()
	must(orm.Repo[User](b.own).CreateMany(ctx, []User{{Name: "ann", Secret: "s"}, {Name: "Bob", BossID: ptr(int64(1))}, {Name: "cy", BossID: ptr(int64(1))}}))
	must(orm.Repo[Post](b.own).CreateMany(ctx, []Post{
		{Title: "Hello a", Likes: ptr(int64(3)), UserID: ptr(int64(1))}, {Title: "Hello b", UserID: ptr(int64(1))}, {Title: "hello c", Likes: ptr(int64(1)), UserID: ptr(int64(2))},
		{Title: "50% _off_", Likes: ptr(int64(9)), UserID: ptr(int64(2))}, {Title: "it's, (so) 'it'", Likes: ptr(int64(3))}, {Title: "Hello é", Likes: ptr(int64(1) << 60), UserID: ptr(int64(1))},
	}))
	must(orm.Repo[Comment](b.own).CreateMany(ctx, []Comment{{PostID: 1, Text: "x"}, {PostID: 1, Text: "y"}, {PostID: 1, Text: "z"}, {PostID: 2, Text: "x"}, {PostID: 3, Text: "q"}, {PostID: 6, Text: "c"}, {PostID: 6, Text: "b"}, {PostID: 6, Text: "a"}}))
	must(orm.Repo[Tag](b.own).CreateMany(ctx, []Tag{{Name: "t1"}, {Name: "t2"}}))
	must(b.own.Exec(ctx, "INSERT INTO post_tags (post_id, tag_id) VALUES (1, 1), (1, 2), (3, 1)"))
}
