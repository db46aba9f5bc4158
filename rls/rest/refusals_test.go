package rest_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/rest"
)

// refusing serves the blog with small limits, and with a post of u2's.
func refusing(t *testing.T) (*site, string) {
	t.Helper()
	blog := serve(t, blogDB(t), append(blogRules(), rest.Session(bearer), rest.Limits{MaxQuery: 4 << 10, MaxBody: 64 << 10, Timeout: time.Second})...)
	post := Post{ID: "p1", UserID: "u2", Title: "one", Body: "first"}
	if err := orm.Repo[Post](blog.db).Create(t.Context(), &post); err != nil {
		t.Fatal(err)
	}
	return blog.as("u2"), post.ID
}

// B3, B9, B37: every request that is not allowed is refused with its status, a code and the place of what is wrong.
func TestRefusals(t *testing.T) {
	s, _ := refusing(t)
	for _, x := range []struct {
		method, path, body string
		status             int
		code, at           string
		headers            []string
	}{
		{"GET", "/nothing", "", 404, "NOT_FOUND", "", nil},
		{"GET", "/", "", 404, "NOT_FOUND", "", nil},
		{"GET", "/posts/", "", 404, "NOT_FOUND", "", nil},
		{"GET", "/posts/p1/x", "", 404, "NOT_FOUND", "", nil},
		{"GET", "/posts/p2", "", 404, "NOT_FOUND", "", nil},
		{"GET", "/posts/p1%2Fx", "", 404, "NOT_FOUND", "", nil},
		{"GET", "/posts/..p1..", "", 404, "NOT_FOUND", "", nil},
		{"GET", "/users", "", 403, "POLICY_DENIED", "", nil},
		{"PUT", "/posts", "{}", 405, "METHOD_NOT_ALLOWED", "", nil},
		{"PATCH", "/baskets", "{}", 405, "METHOD_NOT_ALLOWED", "", nil},
		{"POST", "/posts/p1", "{}", 405, "METHOD_NOT_ALLOWED", "", nil},
		{"GET", "/posts?all", "", 403, "POLICY_DENIED", "", nil},
		{"GET", "/posts?color=red", "", 400, "SHAPE_INVALID", "color", nil},
		{"GET", "/posts?title=one", "", 400, "SHAPE_INVALID", "title", nil},
		{"GET", "/posts?mine&mine", "", 400, "SHAPE_INVALID", "mine", nil},
		{"GET", "/posts?mine&guest", "", 400, "SHAPE_INVALID", "guest", nil},
		{"GET", "/posts?mine|mine", "", 400, "SHAPE_INVALID", "mine|mine", nil},
		{"GET", "/posts?mine=no", "", 400, "SHAPE_INVALID", "mine", nil},
		{"GET", "/posts?countTotal&countTotal", "", 400, "SHAPE_INVALID", "countTotal", nil},
		{"GET", "/baskets?countTotal", "", 403, "POLICY_DENIED", "countTotal", nil},
		{"GET", "/posts?select=(limit:1)&select=(limit:2)", "", 400, "SHAPE_INVALID", "select", nil},
		{"GET", "/posts?select=(limit:1)&query={}", "", 400, "SHAPE_INVALID", "query", nil},
		{"GET", "/posts?select=(limit:1", "", 400, "SHAPE_INVALID", "select", nil},
		{"GET", "/posts?select=(limit:1)x", "", 400, "SHAPE_INVALID", "select", nil},
		{"GET", "/posts?select=(limit:1,limit:2)", "", 400, "SHAPE_INVALID", "select", nil},
		{"GET", "/posts?select=_(1)_", "", 400, "SHAPE_INVALID", "", nil},
		{"GET", "/posts?select=(limits:1)", "", 400, "SHAPE_INVALID", "limits", nil},
		{"GET", "/posts?select=(limit:-1)", "", 400, "SHAPE_INVALID", "limit", nil},
		{"GET", "/posts?select=(limit:0)", "", 400, "SHAPE_INVALID", "limit", nil},
		{"GET", "/posts?select=(limit:X)", "", 400, "SHAPE_INVALID", "limit", nil},
		{"GET", "/posts?select=(limit:I)", "", 400, "SHAPE_INVALID", "limit", nil},
		{"GET", "/posts?select=(limit:-I)", "", 400, "SHAPE_INVALID", "limit", nil},
		{"GET", "/posts?select=(limit:1e400)", "", 400, "SHAPE_INVALID", "limit", nil},
		{"GET", "/posts?select=(limit:1.5)", "", 400, "SHAPE_INVALID", "limit", nil},
		{"GET", "/posts?select=(limit:'5')", "", 400, "SHAPE_INVALID", "limit", nil},
		{"GET", "/posts?select=(limit:12)", "", 413, "LIMIT", "limit", nil},
		{"GET", "/posts?select=(offset:-1)", "", 400, "SHAPE_INVALID", "offset", nil},
		{"GET", "/posts?select=(offset:1001)", "", 413, "LIMIT", "offset", nil},
		{"GET", "/posts?select=(where:(userId:'u1'))", "", 400, "SHAPE_INVALID", "where.userId", nil},
		{"GET", "/posts?select=(where:(body.starts:'x'))", "", 400, "SHAPE_INVALID", "where.body.starts", nil},
		{"GET", "/posts?select=(where:(likes.gt:many))", "", 400, "SHAPE_INVALID", "where.likes.gt", nil},
		{"GET", "/posts?select=(where:(likes.gt:1.5))", "", 400, "SHAPE_INVALID", "where.likes.gt", nil},
		{"GET", "/posts?select=(where:(likes.gt:N))", "", 400, "SHAPE_INVALID", "where.likes.gt", nil},
		{"GET", "/posts?select=(where:(likes.notInArray:_(1,x)_))", "", 400, "SHAPE_INVALID", "where.likes.notInArray[1]", nil},
		{"GET", "/posts?select=(where:(NOT:(likes.ne:x)))", "", 400, "SHAPE_INVALID", "where.NOT.likes.ne", nil},
		{"GET", "/posts?select=(where:(OR:_((title.ilike:5),(title:a))_))", "", 400, "SHAPE_INVALID", "where.OR.title.ilike", nil},
		{"GET", "/posts?select=(where:(title.like:5))", "", 400, "SHAPE_INVALID", "where.title.like", nil},
		{"GET", "/posts?select=(where:(title.like:'a%25b%25c'))", "", 400, "SHAPE_INVALID", "where.title.like", nil},
		{"GET", "/posts?select=(where:(createdAt.gte:soon))", "", 400, "SHAPE_INVALID", "where.createdAt.gte", nil},
		{"GET", "/posts?select=(where:(createdAt.gte:1e3))", "", 400, "SHAPE_INVALID", "where.createdAt.gte", nil},
		{"GET", "/posts?select=(where:(nothing:1))", "", 400, "SHAPE_INVALID", "where.nothing", nil},
		{"GET", "/posts?select=(where:(user:(is:(name:x))))", "", 400, "SHAPE_INVALID", "where.user", nil},
		{"GET", "/posts?select=(where:'title')", "", 400, "SHAPE_INVALID", "where", nil},
		{"GET", "/posts?select=(orderBy:(body:asc))", "", 400, "SHAPE_INVALID", "orderBy[0].body", nil},
		{"GET", "/posts?select=(orderBy:(title:up))", "", 400, "SHAPE_INVALID", "orderBy[0].title", nil},
		{"GET", "/posts?select=(orderBy:(title:2))", "", 400, "SHAPE_INVALID", "orderBy[0].title", nil},
		{"GET", "/posts?select=(orderBy:title)", "", 400, "SHAPE_INVALID", "orderBy", nil},
		{"GET", "/posts?select=(columns:~T(id,password)~)", "", 400, "SHAPE_INVALID", "columns.password", nil},
		{"GET", "/posts?select=(columns:~F(password)~)", "", 400, "SHAPE_INVALID", "columns.password", nil},
		{"GET", "/posts?select=(columns:(id:T,title:F))", "", 400, "SHAPE_INVALID", "columns", nil},
		{"GET", "/posts?select=(columns:(id:1))", "", 400, "SHAPE_INVALID", "columns.id", nil},
		{"GET", "/posts?select=(columns:())", "", 400, "SHAPE_INVALID", "columns", nil},
		{"GET", "/posts?select=(columns:id)", "", 400, "SHAPE_INVALID", "columns", nil},
		{"GET", "/posts?select=(columns:F,limit:1)", "", 400, "SHAPE_INVALID", "limit", nil},
		{"GET", "/posts?select=(with:(user:(where:(id:x))))", "", 400, "SHAPE_INVALID", "with.user.where.id", nil},
		{"GET", "/posts?select=(with:(user:(limit:1)))", "", 400, "SHAPE_INVALID", "with.user.limit", nil},
		{"GET", "/posts?select=(with:(user:(cursor:'')))", "", 400, "SHAPE_INVALID", "with.user.cursor", nil},
		{"GET", "/posts?select=(with:(comments:T))", "", 400, "SHAPE_INVALID", "with.comments", nil},
		{"GET", "/posts?select=(with:user)", "", 400, "SHAPE_INVALID", "with", nil},
		{"GET", "/posts?select=(cursor:'x.y')", "", 400, "SHAPE_INVALID", "cursor", nil},
		{"GET", "/posts?select=(cursor:5)", "", 400, "SHAPE_INVALID", "cursor", nil},
		{"GET", "/posts?findFirst&select=(cursor:'')", "", 400, "SHAPE_INVALID", "cursor", nil},
		{"GET", "/posts/p1?findFirst", "", 400, "SHAPE_INVALID", "findFirst", nil},
		{"GET", "/posts/p1?select=(where:(title:one))", "", 400, "SHAPE_INVALID", "where", nil},
		{"GET", "/posts/p1?select=(columns:F)", "", 400, "SHAPE_INVALID", "columns", nil},
		{"GET", "/posts?query={\"where\":{\"title\":\"a\",\"title\":\"b\"}}", "", 400, "SHAPE_INVALID", "", nil},
		{"GET", "/posts?query=[]", "", 400, "SHAPE_INVALID", "query", nil},
		{"GET", "/posts?query={\"data\":{}}", "", 400, "SHAPE_INVALID", "data", nil},
		{"GET", "/posts?%FF=1", "", 400, "SHAPE_INVALID", "", nil},
		{"GET", "/posts?" + strings.Repeat("a&", 100), "", 400, "SHAPE_INVALID", "", nil},
		{"GET", "/posts?select=" + strings.Repeat("(where:", 70), "", 400, "SHAPE_INVALID", "select", nil},
		{"GET", "/posts?select=(where:(OR:" + strings.Repeat("_((OR:", 8) + "_((title:a))_" + strings.Repeat("))_", 8) + "))", "", 413, "LIMIT", "where.OR[0].OR[0].OR[0].OR[0].OR[0].OR", nil},
		{"GET", "/posts?select=(where:(title.inArray:_(" + strings.Repeat("a,", 1500) + "a)_))", "", 413, "LIMIT", "where.title.inArray", nil},
		{"GET", "/posts?select='" + strings.Repeat("x", 5000) + "'", "", 414, "LIMIT", "", nil},
		{"GET", "/posts", "{}", 400, "SHAPE_INVALID", "", nil},
		{"DELETE", "/posts/p1", "{}", 400, "SHAPE_INVALID", "", nil},
		{"DELETE", "/posts?select=(where:(title:one),limit:1)", "", 400, "SHAPE_INVALID", "limit", nil},
		{"POST", "/posts", "{", 400, "SHAPE_INVALID", "", nil},
		{"POST", "/posts", `{"title":"x","title":"y","body":"z"}`, 400, "SHAPE_INVALID", "", nil},
		{"POST", "/posts", `{"title":"x","body":"z"} {}`, 400, "SHAPE_INVALID", "", nil},
		{"POST", "/posts", `"x"`, 400, "SHAPE_INVALID", "data", nil},
		{"POST", "/posts", `{"title":"x","body":"z","userId":"u1"}`, 400, "SHAPE_INVALID", "data.userId", nil},
		{"POST", "/posts", `{"title":"x","body":"z","version":1}`, 400, "SHAPE_INVALID", "data.version", nil},
		{"POST", "/posts", `{"title":"x"}`, 422, "VALIDATION_FAILED", "data.body", nil},
		{"POST", "/posts", `{"title":5,"body":"z"}`, 422, "VALIDATION_FAILED", "data.title", nil},
		{"POST", "/posts", `{"title":"","body":""}`, 422, "VALIDATION_FAILED", "data", nil},
		{"POST", "/posts", `[{"title":"x","body":"z"},{"title":"x"}]`, 422, "VALIDATION_FAILED", "data[1].body", nil},
		{"POST", "/posts?select=(where:(title:x))", `{"title":"x","body":"z"}`, 400, "SHAPE_INVALID", "where", nil},
		{"POST", "/posts?query={\"data\":{}}", `{"title":"x","body":"z"}`, 400, "SHAPE_INVALID", "data", nil},
		{"POST", "/posts", `(title:x,body:(`, 400, "SHAPE_INVALID", "", []string{rjsonBody}},
		{"POST", "/posts", strings.Repeat("~", 100), 400, "SHAPE_INVALID", "", []string{rjsonBody}},
		{"POST", "/posts", "_(" + strings.Repeat("1,", 25_000) + "1)_", 413, "LIMIT", "", []string{rjsonBody}},
		{"POST", "/posts", `<post/>`, 415, "UNSUPPORTED_MEDIA_TYPE", "", []string{"Content-Type: text/xml"}},
		{"POST", "/posts", `{}`, 415, "UNSUPPORTED_MEDIA_TYPE", "", []string{"Content-Type: application/json; charset=latin1"}},
		{"POST", "/posts", `{}`, 415, "UNSUPPORTED_MEDIA_TYPE", "", []string{"Content-Encoding: gzip"}},
		{"POST", "/posts", `{"title":"` + strings.Repeat("x", 70<<10) + `"}`, 413, "LIMIT", "", nil},
		{"PATCH", "/posts/p1", `{}`, 400, "SHAPE_INVALID", "data", nil},
		{"PATCH", "/posts/p1", `{"likes":5}`, 400, "SHAPE_INVALID", "data.likes", nil},
		{"PATCH", "/posts/p1", `[{"title":"x"}]`, 400, "SHAPE_INVALID", "data", nil},
		{"PATCH", "/posts/p1", `{"title":null}`, 422, "VALIDATION_FAILED", "data.title", nil},
		{"PATCH", "/posts/p2", `{"title":"x"}`, 404, "NOT_FOUND", "", nil},
		{"PATCH", "/posts/p1", `{"title":"x"}`, 412, "STALE", "", []string{`If-Match: "7"`}},
		{"PATCH", "/posts/p1", `{"title":"x"}`, 412, "STALE", "", []string{`If-Match: W/"0", "x", "07"`}},
		{"PATCH", "/posts/p1", `{"title":"x"}`, 400, "SHAPE_INVALID", "", []string{`If-Match: 7`}},
		{"PATCH", "/posts/p2", `{"title":"x"}`, 404, "NOT_FOUND", "", []string{`If-Match: "7"`}},
		{"PATCH", "/posts?select=(where:(id:p1))", `{"title":"x"}`, 400, "SHAPE_INVALID", "", []string{`If-Match: "1"`}},
	} {
		t.Run(x.method+x.path[:min(60, len(x.path))], func(t *testing.T) {
			s := *s
			s.t = t
			got := s.want(x.status, x.method, x.path, x.body, x.headers...)
			got.holds(t, "code", x.code, "path", x.at, "status", fmt.Sprint(x.status))
			if got.value("error") == "" || got.value("detail") == "" || got.value("requestId") == "" || got.header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("the problem is not told whole: %s", got.text)
			}
		})
	}
	s.want(200, "GET", "/posts/p1", "").holds(t, "posts.title", "one", "posts.body", "first")
	if n, err := orm.Repo[Post](s.db).Query().Count(t.Context()); err != nil || n != 1 {
		t.Error("a refused request wrote:", n, err)
	}
}

// B4: who is not signed in, or not as the session wants it.
func TestNobody(t *testing.T) {
	s, _ := refusing(t)
	nobody := s.as("")
	nobody.want(401, "GET", "/posts?mine", "").holds(t, "code", "UNAUTHENTICATED")
	nobody.want(200, "GET", "/posts", "").holds(t, "posts.0", `{"id":"p1","title":"one"}`)
	nobody.want(403, "POST", "/posts", `{"title":"x","body":"y"}`)
	nobody.want(403, "GET", "/users", "")
	got := s.as("bad").want(401, "GET", "/posts", "")
	if got.header.Get("WWW-Authenticate") == "" || strings.Contains(got.text, "expired") {
		t.Error("the session's own words are shown, or no challenge:", got.text)
	}
	// whoever acts in the context, a session that knows nobody makes them nobody; without a session they are who they are
	acting := func(api http.Handler) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/posts?mine|guest", nil)
		api.ServeHTTP(w, r.WithContext(orm.WithActor(r.Context(), orm.Actor{ID: "u2"})))
		return w
	}
	if w := acting(s.api); strings.Contains(w.Body.String(), "body") {
		t.Error("an actor of the context is taken for who sent the request:", w.Body)
	}
	owner := ownPost
	seen, err := rest.New(s.db, rest.Session(func(*http.Request) (orm.Actor, bool, error) { return orm.Actor{ID: "u2"}, false, nil }), rest.Resource("posts", rest.Rules[Post]{Get: rest.By[Post]{rest.All: owner}}))
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/posts", nil)
	seen.ServeHTTP(w, r.WithContext(orm.WithActor(r.Context(), orm.Actor{ID: "u2"})))
	if w.Code != 401 {
		t.Error("a rule of an actor's own rows is answered to nobody:", w.Code, w.Body)
	}
	bare, err := rest.New(s.db, rest.Resource("posts", own()))
	if err != nil {
		t.Fatal(err)
	}
	if w := acting(bare); !strings.Contains(w.Body.String(), `"body":"first"`) {
		t.Error(w.Body)
	}
	// a role that is called as a kind of caller is none
	odd := serve(t, s.db, append(blogRules(), rest.Session(func(r *http.Request) (orm.Actor, bool, error) {
		return orm.Actor{ID: "u2", Role: r.Header.Get("X-Role")}, true, nil
	}))...)
	odd.want(200, "GET", "/posts", "", "X-Role: guest").holds(t, "posts.0.body", "first")
	odd.want(403, "GET", "/users", "", "X-Role: mine")
	odd.want(200, "GET", "/users", "", "X-Role: admin").holds(t, "count", "2")
}

// raw sends what net/http's client would not.
func raw(t *testing.T, s *site, text string) (*http.Response, string) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(s.url, "http://"), "/query"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	_, _ = io.WriteString(conn, text)
	method, _, _ := strings.Cut(text, " ")
	res, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		return nil, ""
	}
	defer func() { _ = res.Body.Close() }()
	body, _ := io.ReadAll(res.Body)
	return res, string(body)
}

func TestRawRequests(t *testing.T) {
	s, _ := refusing(t)
	head := "Host: x\r\nAuthorization: Bearer u2\r\n"
	for name, x := range map[string]struct {
		text   string
		status int
	}{
		"a body without an end":              {"POST /query/posts HTTP/1.1\r\n" + head + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"title\":", 408},
		"a chunked body without an end":      {"POST /query/posts HTTP/1.1\r\n" + head + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"tit\r\n", 408},
		"a chunked body that is too large":   {"POST /query/posts HTTP/1.1\r\n" + head + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("4000\r\n"+strings.Repeat(" ", 0x4000)+"\r\n", 5), 413},
		"a body that is announced too large": {"POST /query/posts HTTP/1.1\r\n" + head + "Content-Type: application/json\r\nContent-Length: 99999999\r\n\r\n", 413},
		"HEAD with a body":                   {"HEAD /query/posts HTTP/1.1\r\n" + head + "Content-Length: 2\r\n\r\n{}", 400},
		"GET with a chunked body":            {"GET /query/posts HTTP/1.1\r\n" + head + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400},
		"a method in a header":               {"GET /query/posts HTTP/1.1\r\n" + head + "X-HTTP-Method-Override: DELETE\r\n\r\n", 200},
		"a method in another header":         {"POST /query/posts HTTP/1.1\r\n" + head + "X-HTTP-Method: DELETE\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", 422},
		"no type of a body":                  {"POST /query/posts HTTP/1.1\r\n" + head + "Content-Length: 2\r\n\r\n{}", 415},
		"a pattern without escapes":          {"GET /query/posts?select=(where:(title.like:'on%')) HTTP/1.1\r\n" + head + "\r\n", 200},
		"an invalid escape in the path":      {"GET /query/posts/%zz HTTP/1.1\r\n" + head + "\r\n", 400},
		"dots in a path":                     {"GET /query/posts/%2e%2e HTTP/1.1\r\n" + head + "\r\n", 404},
		"an unknown method":                  {"BREW /query/posts HTTP/1.1\r\n" + head + "\r\n", 405},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res, body := raw(t, s, x.text)
			if res == nil || res.StatusCode != x.status && (name != "dots in a path" || res.StatusCode/100 != 3) {
				t.Errorf("%v, want %d: %s", res, x.status, body)
			}
		})
	}
}

// B31: HEAD is GET without a body.
func TestHead(t *testing.T) {
	s, _ := refusing(t)
	got := s.want(200, "HEAD", "/posts/p1", "")
	if got.text != "" || got.header.Get("ETag") != `"0"` || got.header.Get("Content-Type") != "application/json" {
		t.Error(got)
	}
	s.want(404, "HEAD", "/posts/p2", "")
	s.want(400, "HEAD", "/posts?select=(limit:X)", "")
}
