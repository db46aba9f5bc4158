package rest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest"
)

// posts serves rules of posts alone, with three posts of u2's and one of u1's.
func posts(t *testing.T, rules rest.Rules[Post], options ...rest.Option) *site {
	t.Helper()
	s := serve(t, blogDB(t), append([]rest.Option{rest.Session(bearer), rest.Resource("posts", rules)}, options...)...)
	for i, p := range []Post{{ID: "p1", UserID: "u2", Title: "apple", Body: "a", Likes: 1}, {ID: "p2", UserID: "u2", Title: "50%_off", Body: "b", Likes: 2}, {ID: "p3", UserID: "u2", Title: "Pear", Body: "a", Likes: 3}, {ID: "p4", UserID: "u1", Title: "secret", Body: "s", Likes: 4}} {
		p.CreatedAt = time.UnixMilli(1_700_000_000_000 + int64(i)*1000).UTC()
		if err := orm.Repo[Post](s.db).Create(t.Context(), &p); err != nil {
			t.Fatal(err)
		}
	}
	return s.as("u2")
}

func ids(a answered) string {
	var out []string
	if n := a.at("posts"); n != nil {
		for i := range n.Items {
			out = append(out, n.Items[i].Member("id").Text)
		}
	}
	return strings.Join(out, " ")
}

func own() rest.Rules[Post] {
	return rest.Rules[Post]{Get: rest.By[Post]{rest.Mine: ownPost}, Post: rest.By[Post]{rest.Mine: ownPost}, Patch: rest.By[Post]{rest.Mine: ownPost}, Delete: rest.By[Post]{rest.Mine: ownPost}, CountTotal: true}
}

// B2, B34: a resource's name is not the table's, several show one model, and options merge; a name that stands twice does not.
func TestB2AndB34(t *testing.T) {
	db := blogDB(t)
	a := rest.Merge(rest.Resource("articles", rest.Rules[Post]{Get: rest.By[Post]{rest.Guest: publicPost}}))
	b := rest.Merge(rest.Resource("drafts", rest.Rules[Post]{Get: rest.By[Post]{rest.Guest: publicPost}}))
	s := serve(t, db, a, b)
	s.want(200, "GET", "/articles", "").holds(t, "articles", "[]")
	s.want(200, "GET", "/drafts", "").holds(t, "drafts", "[]")
	if _, err := rest.New(db, a, a); !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), "articles") {
		t.Error(err)
	}
}

// B5, B13, B15: rules that would not hold are errors of New, all at once.
func TestNewRefuses(t *testing.T) {
	db := blogDB(t)
	wide := publicPost
	wide.Take = guard.Take{Max: guard.NoLimit}
	deep := guard.Shape[User]{Select: guard.Only(Users.ID), With: guard.With[User]{guard.Include(Users.Posts, guard.Shape[Post]{Select: guard.Only(Posts.ID), With: guard.With[Post]{guard.Include(Posts.User, author)}})}}
	for name, x := range map[string]struct {
		options []rest.Option
		says    []string
	}{
		"mine that nothing narrows": {[]rest.Option{rest.Resource("posts", rest.Rules[Post]{Get: rest.By[Post]{rest.Mine: publicPost}, Delete: rest.By[Post]{rest.Mine: publicPost}})}, []string{`GET for "mine"`, `DELETE for "mine"`, "Force"}},
		"a list without a bound":    {[]rest.Option{rest.Resource("posts", rest.Rules[Post]{Get: rest.By[Post]{rest.All: wide}})}, []string{"Limits.MaxTake"}},
		"relations that are deep":   {[]rest.Option{rest.Limits{MaxDepth: 1}, rest.Resource("users", rest.Rules[User]{Get: rest.By[User]{rest.All: deep}})}, []string{"Limits.MaxDepth", "With.User"}},
		"a POST without Create":     {[]rest.Option{rest.Resource("posts", rest.Rules[Post]{Post: rest.By[Post]{rest.All: publicPost}})}, []string{"Create"}},
		"a PATCH without Update":    {[]rest.Option{rest.Resource("posts", rest.Rules[Post]{Patch: rest.By[Post]{rest.All: publicPost}})}, []string{"Update"}},
		"a shape with mistakes":     {[]rest.Option{rest.Resource("posts", rest.Rules[Post]{Get: rest.By[Post]{rest.All: {}}})}, []string{"Select"}},
		"no rule":                   {[]rest.Option{rest.Resource("posts", rest.Rules[Post]{})}, []string{"no rule"}},
		"no name":                   {[]rest.Option{rest.Resource("a/b", rest.Rules[Post]{Get: rest.By[Post]{rest.All: publicPost}})}, []string{"a/b"}},
		"no caller":                 {[]rest.Option{rest.Resource("posts", rest.Rules[Post]{Get: rest.By[Post]{"": publicPost}})}, []string{"a caller has a name"}},
		"no resource":               {nil, []string{"no resource"}},
		"nil":                       {[]rest.Option{nil}, []string{"nil"}},
		"limits":                    {[]rest.Option{rest.Limits{MaxBody: -1}, rest.Resource("posts", own())}, []string{"negative"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := rest.New(db, x.options...)
			if !errors.Is(err, orm.ErrInvalid) {
				t.Fatal(err)
			}
			for _, text := range x.says {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("%q is not in %v", text, err)
				}
			}
		})
	}
}

// B6: a flag comes first, then the own role, Mine and All; Guest is for nobody.
func TestB6Who(t *testing.T) {
	show := func(n int64) guard.Shape[Post] {
		return guard.Shape[Post]{Select: guard.Only(Posts.ID), Where: guard.Where[Post]{guard.Force(Posts.Likes.Eq(n))}}
	}
	s := posts(t, rest.Rules[Post]{Get: rest.By[Post]{rest.Mine: show(1), rest.All: show(2), rest.Guest: show(3), "admin": show(4)}})
	for _, x := range []struct{ user, flag, want string }{
		{"u2", "", "p1"}, {"u2", "?all", "p2"}, {"u2", "?guest", "p3"}, {"u2", "?guest|mine", "p3"}, {"u2", "?mine|guest", "p1"},
		{"u1", "", "p4"}, {"u1", "?mine", "p1"}, {"u1", "?all|mine", "p2"},
		{"", "", "p3"}, {"", "?all", "p2"}, {"", "?mine|guest", "p3"}, {"", "?mine|all", "p2"},
	} {
		if got := ids(s.as(x.user).want(200, "GET", "/posts"+x.flag, "")); got != x.want {
			t.Errorf("%q %s: %s, want %s", x.user, x.flag, got, x.want)
		}
	}
}

// B10, B29: the caller's conditions and the rule's are joined, whatever the caller's say.
func TestB10AndB29Where(t *testing.T) {
	s := posts(t, own())
	for where, want := range map[string]string{
		"(title:apple)":                                       "p1",
		"(title.eq:apple)":                                    "p1",
		"(title.ne:apple)":                                    "p2 p3",
		"(title.like:'app%')":                                 "p1",
		"(title.like:'%25ear')":                               "p3",
		"(title.ilike:'%25EAR')":                              "p3",
		"(title.ilike:'p%')":                                  "p3",
		"(title.like:'%25_off')":                              "",
		"(title.like:'50\\\\%25\\\\_off')":                    "p2",
		"(title.like:'50\\\\%25%')":                           "p2",
		"(title.notLike:'app%')":                              "p2 p3",
		"(title.notIlike:'P%')":                               "p1 p2",
		"(title.inArray:_(apple,Pear,secret)_)":               "p1 p3",
		"(title.notInArray:_(apple)_)":                        "p2 p3",
		"(title.contains:'%25_')":                             "p2",
		"(title:(contains:'PEA',mode:insensitive))":           "p3",
		"(likes.between:_(2,4)_)":                             "p2 p3",
		"(likes.notBetween:_(2,4)_)":                          "p1",
		"(likes.gte:2,likes.lt:3)":                            "p2",
		"(likes.gte:2,title.ilike:'pear',title.ne:x)":         "p3",
		"(createdAt.lt:1700000001000)":                        "p1",
		"(createdAt.between:_(1700000000500,1700000001500)_)": "p2",
		"(createdAt.gte:'2023-11-14T22:13:21Z',createdAt.lt:1700000002000)": "p2",
		"_((title:apple),(title:secret))_":                                  "p1",
		"_((title:apple,likes:2),(likes:3))_":                               "p3",
		"_()_":                                                              "",
		"(OR:_((title:apple),(title:Pear))_,likes.gt:1)":                    "p3",
		"(NOT:(title:apple))":                                               "p2 p3",
		"(NOT:_((title:apple),(likes:2))_,title.notLike:x)":                 "p3",
		"(AND:_((likes.gt:1),(likes.lt:3))_)":                               "p2",
		"()":                                                                "p1 p2 p3",
	} {
		if strings.Contains(where, "%25_off") && !strings.Contains(where, `\`) {
			s.want(400, "GET", "/posts?select=(where:"+where+")", "").holds(t, "path", "where.title.like")
			continue
		}
		if got := ids(s.want(200, "GET", "/posts?select=(where:"+where+")", "")); got != want {
			t.Errorf("%s: %q, want %q", where, got, want)
		}
	}
}

// B7, B8, B17, B20, B30: columns, counts by themselves, orders and pages.
func TestColumnsOrdersAndPages(t *testing.T) {
	s := posts(t, own())
	s.want(200, "GET", "/posts?select=(columns:(title:T,id:T),limit:1)", "").holds(t, "posts.0", `{"id":"p1","title":"apple"}`)
	s.want(200, "GET", "/posts?select=(columns:~F(body,userId,likes,createdAt,updatedAt)~,limit:1)", "").holds(t, "posts.0", `{"id":"p1","title":"apple"}`)
	s.want(200, "GET", "/posts?select=(columns:F,where:(body:a))", "").holds(t, "count", "2", "posts", "")
	s.want(200, "GET", "/posts?query={\"select\":false,\"where\":{\"body\":\"a\"},\"total\":true}", "").holds(t, "count", "2", "posts", "", "total", "3", "matched", "2")
	if got := ids(s.want(200, "GET", "/posts?select=(orderBy:(title:desc))", "")); got != "p1 p3 p2" {
		t.Error(got)
	}
	if got := ids(s.want(200, "GET", "/posts?select=(orderBy:_((title:-1),(likes:1))_,offset:1,limit:1)", "")); got != "p3" {
		t.Error(got)
	}
	page := s.want(200, "GET", "/posts?select=(cursor:'',limit:2,orderBy:(likes:desc))", "")
	if ids(page) != "p3 p2" || page.value("next") == "" || page.at("prev") != nil {
		t.Error(page.text)
	}
	last := s.want(200, "GET", "/posts?select=(cursor:'"+page.value("next")+"',limit:2,orderBy:(likes:desc))", "")
	if ids(last) != "p1" || last.at("next") != nil || last.value("prev") == "" {
		t.Error(last.text)
	}
	s.as("u1").want(400, "GET", "/posts?select=(cursor:'"+page.value("next")+"',limit:2,orderBy:(likes:desc))", "").holds(t, "path", "cursor")
	s.want(400, "GET", "/posts?select=(cursor:'"+page.value("next")+"',limit:2,orderBy:(likes:asc))", "").holds(t, "path", "cursor")
}

// B12, B14, B18: parts that are forbidden, limits that are clamped, and rows in place of lists.
func TestForbidClampAndSingle(t *testing.T) {
	rules := own()
	rules.Forbid = rest.ForbidWhere | rest.ForbidOrderBy | rest.ForbidLimit | rest.ForbidOffset | rest.ForbidWith | rest.ForbidColumns
	s := posts(t, rules)
	for _, q := range []string{"where:(title:a)", "orderBy:(title:asc)", "limit:1", "limit:0", "offset:0", "cursor:''", "with:(user:T)", "columns:~T(id)~", "columns:F", "with:(),columns:~T(id)~"} {
		s.want(400, "GET", "/posts?select=("+q+")", "").holds(t, "code", "SHAPE_INVALID")
	}
	rules = own()
	rules.OverLimit = rest.Clamp
	s = posts(t, rules)
	s.want(200, "GET", "/posts?select=(limit:999999999999999999999)", "").holds(t, "count", "3")
	s.want(400, "GET", "/posts?select=(limit:-1)", "")
	rules.Single = rest.Always
	s = posts(t, rules)
	s.want(200, "GET", "/posts", "").holds(t, "posts.id", "p1", "count", "")
	s.want(200, "GET", "/posts?select=(where:(title:x))", "").holds(t, "posts", "null")
	rules.Single = rest.Never
	s = posts(t, rules)
	s.want(403, "GET", "/posts?findFirst", "")
	rules.Single = rest.OnRequest
	s = posts(t, rules)
	s.want(200, "GET", "/posts?findFirst&select=(orderBy:(likes:desc))", "").holds(t, "posts.id", "p3")
}

// B19: values computed of all rows that pass, of the program's choosing.
func TestB19Extras(t *testing.T) {
	rules := own()
	rules.Extras = map[string]guard.Aggregate{"count": guard.CountAll, "likes": guard.Sum(Posts.Likes), "newest": guard.Max(Posts.CreatedAt)}
	s := posts(t, rules)
	s.want(200, "GET", "/posts?select=(limit:1)", "").holds(t, "count", "1", "extras", `{"count":3,"likes":6,"newest":"2023-11-14T22:13:22Z"}`)
	s.want(200, "GET", "/posts?select=(columns:F,where:(title:x))", "").holds(t, "count", "0", "extras", `{"count":0,"likes":null,"newest":null}`)
}

// B21, B22, B27: every item of a body is held against the rules, and what the server gives cannot be given.
func TestB21AndB22(t *testing.T) {
	s := posts(t, own())
	got := s.want(422, "POST", "/posts", `[{"title":"ok","body":"b"},{"title":"`+strings.Repeat("x", 51)+`","body":""}]`)
	got.holds(t, "path", "data[1]", "fields.0.path", "data[1].body", "fields.1.path", "data[1].title", "fields.1.rule", "it breaks the rule max=50")
	s.want(400, "POST", "/posts", `{"title":"ok","body":"b","userId":"u1"}`).holds(t, "path", "data.userId")
	s.want(201, "POST", "/posts", `{"title":"ok","body":"b","likes":100}`).holds(t, "posts.0.userId", "u2", "posts.0.likes", "0")
	s.want(201, "POST", "/posts", "title=a+b%26c&body=%C3%A9", "Content-Type: application/x-www-form-urlencoded").holds(t, "posts.0.title", "a b&c", "posts.0.body", "é")
	s.want(400, "POST", "/posts", "title=a&title=b&body=c", "Content-Type: application/x-www-form-urlencoded")
}

// B23, B24, B36: hooks run in the transaction of the request, an error or a panic of one undoes it, and nothing of the
// program's errors is shown but what an Error says.
func TestHooks(t *testing.T) {
	var trace []string
	fail, notes := "", 0
	rules := own()
	rules.Before = func(_ context.Context, op *rest.Op) error {
		trace = append(trace, "before "+op.Method+" "+op.Who)
		op.Values = map[string]any{"at": len(trace)}
		if fail == "before" {
			return &rest.Error{Status: 429, Detail: "slow down", RetryAfter: 1500 * time.Millisecond}
		}
		return nil
	}
	rules.After = func(ctx context.Context, op *rest.Op) error {
		trace = append(trace, fmt.Sprintf("after %d %v", op.Result.Count, op.Values["at"]))
		if op.Method == http.MethodPost {
			notes++
			note := User{Name: "note", Email: fmt.Sprint(notes, "@x")}
			if err := orm.Repo[User](op.DB).Create(ctx, &note); err != nil {
				return err
			}
		}
		switch fail {
		case "after":
			return errors.New("the password of the database is 1234")
		case "panic":
			panic("1234")
		}
		return nil
	}
	rules.AfterCommit = func(context.Context, *rest.Op) {
		trace = append(trace, "committed")
		if fail == "late" {
			panic("1234")
		}
	}
	rules.OnError = func(_ context.Context, op *rest.Op, err error) error {
		trace = append(trace, "failed")
		if fail == "after" && op.Result.Count > 0 {
			return &rest.Error{Status: 503, Code: "BUSY", Detail: "come back later", Err: err}
		}
		return nil
	}
	s := posts(t, rules)
	count := func() int64 {
		n, _ := orm.Repo[User](s.db).Query().Count(t.Context())
		m, _ := orm.Repo[Post](s.db).Query().Count(t.Context())
		return n*100 + m
	}
	check := func(want ...string) {
		t.Helper()
		if got := strings.Join(trace, ", "); got != strings.Join(want, ", ") {
			t.Errorf("%s, want %v", got, want)
		}
		trace = nil
	}
	body := `{"title":"x","body":"y"}`
	s.want(200, "GET", "/posts?countTotal", "").holds(t, "total", "3")
	check("before GET mine", "after 3 1")
	if count() != 204 {
		t.Fatal(count())
	}
	s.want(201, "POST", "/posts", body)
	check("before POST mine", "after 1 1", "committed")
	if count() != 305 {
		t.Fatal(count())
	}
	fail = "before"
	got := s.want(429, "POST", "/posts", body)
	got.holds(t, "detail", "slow down", "code", "TOO_MANY_REQUESTS")
	if got.header.Get("Retry-After") != "2" {
		t.Error(got.header)
	}
	fail = "after"
	s.want(503, "POST", "/posts", body).holds(t, "code", "BUSY", "detail", "come back later")
	trace, fail = nil, "panic"
	got = s.want(500, "POST", "/posts", body)
	got.holds(t, "code", "INTERNAL")
	if strings.Contains(got.text, "1234") {
		t.Error("the cause is shown:", got.text)
	}
	check("before POST mine", "after 1 1", "failed")
	if count() != 305 {
		t.Error("what failed was not undone:", count())
	}
	fail = "late"
	s.want(201, "POST", "/posts", body)
	if count() != 406 {
		t.Error(count())
	}
}

// An aborted request is undone, and its connection is back.
func TestAbortedRequest(t *testing.T) {
	rules := own()
	entered, done := make(chan bool), make(chan error, 1)
	rules.After = func(ctx context.Context, op *rest.Op) error {
		if op.Method == http.MethodPatch {
			close(entered)
			<-ctx.Done()
		}
		return nil
	}
	rules.OnError = func(_ context.Context, _ *rest.Op, err error) error {
		done <- err
		return nil
	}
	s := posts(t, rules)
	ctx, abort := context.WithCancel(t.Context())
	r, _ := http.NewRequestWithContext(ctx, http.MethodPatch, s.url+"/posts/p1", strings.NewReader(`{"title":"changed"}`))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer u2")
	go func() {
		<-entered
		abort()
	}()
	if res, err := http.DefaultClient.Do(r); err == nil {
		_ = res.Body.Close()
		t.Error("the request was answered")
	}
	if err := <-done; err == nil {
		t.Error("the request did not fail")
	}
	s.want(200, "GET", "/posts/p1", "").holds(t, "posts.title", "apple")
}

// A request that takes longer than Limits.Timeout is undone and told.
func TestTimeout(t *testing.T) {
	rules := own()
	rules.After = func(ctx context.Context, _ *rest.Op) error {
		<-ctx.Done()
		return ctx.Err()
	}
	s := posts(t, rules, rest.Limits{Timeout: 50 * time.Millisecond})
	s.want(503, "PATCH", "/posts/p1", `{"title":"changed"}`).holds(t, "code", "TIMEOUT")
	p, err := orm.Repo[Post](s.db).ByID("p1").One(t.Context())
	if err != nil || p.Title != "apple" {
		t.Error(p.Title, err)
	}
}

// B26: what would write a whole table is refused, what narrows by itself is not.
func TestB26MassWrites(t *testing.T) {
	everybody := ownPost
	everybody.Where = everybody.Where[1:]
	s := posts(t, rest.Rules[Post]{Get: rest.By[Post]{rest.Mine: ownPost}, Patch: rest.By[Post]{rest.Mine: ownPost, "admin": everybody}, Delete: rest.By[Post]{rest.Mine: ownPost, "admin": everybody}})
	admin := s.as("u1")
	for _, q := range []string{"", "?select=(where:())", "?select=(columns:F)", "?select=(where:(NOT:_()_))", "?select=(where:(id.notInArray:_()_),columns:F)"} {
		admin.want(400, "DELETE", "/posts"+q, "")
		admin.want(400, "PATCH", "/posts"+q, `{"title":"x"}`)
	}
	admin.want(200, "PATCH", "/posts?select=(where:(likes.gt:2),columns:~T(id)~)", `{"title":"x"}`).holds(t, "rowsAffected", "2")
	s.want(200, "PATCH", "/posts?select=(columns:F)", `{"body":"mine"}`).holds(t, "rowsAffected", "3", "count", "3")
	s.want(200, "DELETE", "/posts?select=(with:(user:T))", "").holds(t, "rowsAffected", "3", "posts.2.user.id", "u2")
	admin.want(200, "DELETE", "/posts?select=(where:(id:p4))", "").holds(t, "posts.0.title", "x", "posts.0.body", "s")

	few := posts(t, own(), rest.Limits{MaxRows: 2})
	few.want(413, "PATCH", "/posts", `{"body":"mine"}`)
	few.want(413, "DELETE", "/posts", "")
	few.want(200, "DELETE", "/posts?select=(columns:F)", "").holds(t, "rowsAffected", "3")
}

// A new row that the rule's own conditions do not admit is not written.
func TestNewRowsAreAdmitted(t *testing.T) {
	loud := guard.Shape[Post]{Select: guard.Only(Posts.ID, Posts.Title), Where: guard.Where[Post]{guard.Force(Posts.Title.StartsWith("ok"))},
		Create: guard.Data[Post]{guard.Accept(Posts.Title), guard.Accept(Posts.Body), guard.Accept(Posts.Likes), guard.Fix(Posts.UserID.Set("u2"))}}
	s := posts(t, rest.Rules[Post]{Post: rest.By[Post]{rest.Mine: loud}})
	s.want(201, "POST", "/posts", `{"title":"ok","body":"b","likes":1}`)
	s.want(403, "POST", "/posts", `{"title":"no","body":"b","likes":1}`)
	s.want(403, "POST", "/posts?select=(columns:F)", `[{"title":"ok","body":"b","likes":1},{"title":"no","body":"b","likes":1}]`)
	if n, _ := orm.Repo[Post](s.db).Query().Count(t.Context()); n != 5 {
		t.Error(n)
	}
}

// Rows with a version carry an entity tag, which If-Match and If-None-Match ask about.
func TestEntityTags(t *testing.T) {
	s := posts(t, own())
	tag := s.want(200, "GET", "/posts/p1?select=(columns:~T(title)~)", "").header.Get("ETag")
	s.want(304, "GET", "/posts/p1", "", "If-None-Match: "+tag)
	s.want(304, "HEAD", "/posts/p1", "", "If-None-Match: \"x\", W/"+tag)
	s.want(200, "GET", "/posts/p1?select=(with:(user:T))", "", "If-None-Match: "+tag)
	s.want(200, "GET", "/posts/p1", "", `If-None-Match: "99"`)
	next := s.want(200, "PATCH", "/posts/p1", `{"title":"b"}`, "If-Match: "+tag).header.Get("ETag")
	if next == tag || next == "" {
		t.Error(next)
	}
	s.want(412, "PATCH", "/posts/p1", `{"title":"c"}`, "If-Match: "+tag)
	s.want(412, "DELETE", "/posts/p1", "", "If-Match: "+tag)
	s.want(200, "PATCH", "/posts/p1", `{"title":"c"}`, "If-Match: \"77\", "+next)
	s.want(200, "PATCH", "/posts/p1", `{"title":"d"}`, "If-Match: *")
	s.want(200, "GET", "/posts/p1", "").holds(t, "posts.title", "d")
	last := s.want(200, "GET", "/posts/p1", "").header.Get("ETag")
	s.want(200, "DELETE", "/posts/p1", "", "If-Match: "+last).holds(t, "posts.title", "d", "rowsAffected", "1")
	s.want(404, "DELETE", "/posts/p1", "", "If-Match: "+last)
}

// B33, N44: the formats, by their texts.
func TestB33Formats(t *testing.T) {
	rules := own()
	for name, x := range map[string]struct {
		format rest.Format
		want   string
	}{
		"envelope": {nil, `{"total":3,"matched":1,"count":1,"posts":[{"id":"p1"}]}`},
		"bare":     {rest.Bare, `[{"id":"p1"}]`},
		"nicot":    {rest.NicotEnvelope, `{"statusCode":200,"success":true,"message":"success","data":[{"id":"p1"}]}`},
		"own": {func(w http.ResponseWriter, _ *http.Request, r *rest.Result) {
			w.Header().Set("X-Own", "yes")
			_, _ = fmt.Fprintf(w, "%d %s", r.Count, r.Rows.([]Post)[0].ID)
		}, "1 p1"},
	} {
		rules.Format = x.format
		s := posts(t, rules)
		if got := s.want(200, "GET", "/posts?countTotal&select=(where:(id:p1),columns:~T(id)~)", ""); got.text != x.want {
			t.Errorf("%s: %s", name, got.text)
		}
		if got := s.want(200, "HEAD", "/posts?countTotal&select=(where:(id:p1),columns:~T(id)~)", ""); got.header.Get("X-Own") != "" {
			t.Error("HEAD runs the format")
		}
	}
	rules.Format = rest.NicotEnvelope
	s := posts(t, rules)
	got := s.want(200, "GET", "/posts?select=(cursor:'',limit:2,columns:~T(id)~)", "")
	if got.value("pagination.nextCursor") == "" || got.at("pagination.previousCursor") != nil {
		t.Error(got.text)
	}
	s.want(200, "GET", "/posts?select=(columns:F)", "").holds(t, "data.count", "3")
}
