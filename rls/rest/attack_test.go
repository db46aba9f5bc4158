package rest_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

// Doc is of an organisation and of a user, has a version and is deleted softly.
type Doc struct {
	ID      int64      `orm:"id,auto"`
	Org     string     `orm:"org,tenant"`
	User    string     `orm:"user_id,owner" json:"user"`
	Code    string     `orm:"code,unique=org+code" json:"code"`
	State   string     `orm:"state,default=draft"`
	Version int        `orm:"version,version"`
	Gone    *time.Time `orm:"gone,softdelete"`
}

var Docs = orm.Bind[Doc, struct {
	ID    orm.Col[Doc, int64]
	Code  orm.Text[Doc]
	State orm.Text[Doc]
}]()

func docShape() guard.Shape[Doc] {
	return guard.Shape[Doc]{
		Select: guard.Only(Docs.ID, Docs.Code, Docs.State), Where: guard.Where[Doc]{guard.Allow(Docs.ID), guard.Allow(Docs.Code), guard.Allow(Docs.State)},
		Logic: guard.And | guard.Or | guard.Not, OrderBy: guard.Only(Docs.ID, Docs.Code), Take: guard.Take{Default: 10, Max: 100}, Skip: 100,
		Create: guard.Data[Doc]{guard.Accept(Docs.Code), guard.Accept(Docs.State)},
		Update: guard.Data[Doc]{guard.Accept(Docs.Code), guard.Accept(Docs.State)},
	}
}

// draftShape forces what a request can break: the state.
func draftShape() guard.Shape[Doc] {
	s := docShape()
	s.Where = append(guard.Where[Doc]{guard.Force(Docs.State.Eq("draft"))}, s.Where...)
	return s
}

func docRules(shape guard.Shape[Doc], who ...string) rest.Rules[Doc] {
	by := rest.By[Doc]{}
	for _, w := range who {
		by[w] = shape
	}
	return rest.Rules[Doc]{Get: by, Post: by, Patch: by, Delete: by, CountTotal: true}
}

// member signs in by organisation, user and role, as in "Bearer a/u1/boss".
func member(r *http.Request) (orm.Actor, bool, error) {
	id, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	p := strings.Split(id+"//", "/")
	return orm.Actor{TenantID: p[0], ID: p[1], Role: p[2]}, ok, nil
}

// engines runs a test on SQLite and on PostgreSQL.
func engines(t *testing.T, fn func(t *testing.T, db orm.DB)) {
	for name, source := range map[string]func(t *testing.T) orm.Option{
		"sqlite":   func(t *testing.T) orm.Option { return sqlite.Source("main", testkit.SQLite(t)) },
		"postgres": func(t *testing.T) orm.Option { return postgres.Source("main", testkit.Postgres(t)) },
	} {
		t.Run(name, func(t *testing.T) { fn(t, docs(t, source(t))) })
	}
}

// docs has documents 1 and 2 of u1's and 3 of u2's in organisation a, and 4 of u3's in b.
func docs(t *testing.T, source orm.Option) orm.DB {
	t.Helper()
	db, err := orm.Open(t.Context(), source, orm.Models(Doc{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := errors.Join(orm.CreateTables(t.Context(), db), db.Use(rls.Tenant(), rls.Owner("boss"), hook.SoftDelete())); err != nil {
		t.Fatal(err)
	}
	for _, x := range [][3]string{{"a", "u1", "one"}, {"a", "u1", "two"}, {"a", "u2", "three"}, {"b", "u3", "four"}} {
		if err := orm.Repo[Doc](db).Create(orm.WithActor(t.Context(), orm.Actor{TenantID: x[0], ID: x[1]}), &Doc{Code: x[2]}); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// codes gives the documents of an answer.
func codes(a answered) string {
	var out []string
	if n := a.at("docs"); n != nil {
		for i := range n.Items {
			out = append(out, n.Items[i].Member("code").Text)
		}
	}
	return strings.Join(out, " ")
}

// Mine means the actor's own rows, for roles that the owner scope lets see all too.
func TestMineOfWhoSeesAll(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB) {
		s := serve(t, db, rest.Session(member), rest.Resource("docs", docRules(docShape(), rest.Mine)), rest.Tagged[Doc]("tagged", rest.For(rest.Mine), rest.CreateOrUpdate()))
		boss := s.as("a/u2/boss")
		for _, path := range []string{"/docs", "/docs?mine", "/docs?countTotal"} {
			if got := codes(boss.want(200, "GET", path, "")); got != "three" {
				t.Errorf("%s: %s", path, got)
			}
		}
		boss.want(404, "GET", "/docs/1", "")
		boss.want(404, "PATCH", "/docs/1", `{"state":"x"}`)
		boss.want(200, "PATCH", "/docs?mine", `{"state":"x"}`).holds(t, "rowsAffected", "1")
		boss.want(200, "DELETE", "/docs?mine&select=(columns:F)", "").holds(t, "rowsAffected", "1")
		if got := s.ask("POST", "/tagged", `{"id":1,"code":"stolen"}`, "Authorization: Bearer a/u2/boss"); got.status < 400 {
			t.Error("a row of another's was changed by an upsert:", got.text)
		}
		if got := codes(s.as("a/u1").want(200, "GET", "/docs", "")); got != "one two" {
			t.Error(got)
		}
		s.as("a/").want(403, "GET", "/docs", "")
		s.as("a//boss").want(200, "GET", "/docs", "").holds(t, "count", "0")
	})
}

// A new row has to be one that the rule admits, by itself, in a list, without an answer, and whatever columns come back.
func TestEveryNewRowIsAdmitted(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB) {
		s := serve(t, db, rest.Session(member), rest.Resource("docs", docRules(draftShape(), rest.All))).as("a/u1")
		for _, query := range []string{"", "?select=(columns:F)", "?select=(columns:~T(code)~)"} {
			s.want(403, "POST", "/docs"+query, `{"code":"no","state":"live"}`)
			s.want(403, "POST", "/docs"+query, `[{"code":"never"},{"code":"nor","state":"live"}]`)
			s.want(201, "POST", "/docs"+query, `{"code":"x`+query+`"}`)
			s.want(201, "POST", "/docs"+query, `[{"code":"y`+query+`"},{"code":"z`+query+`"}]`).holds(t, "rowsAffected", "2")
		}
		var many []string
		for i := range 250 {
			many = append(many, fmt.Sprintf(`{"code":"m%d"}`, i))
		}
		s.want(201, "POST", "/docs?select=(columns:F)", "["+strings.Join(many, ",")+"]").holds(t, "rowsAffected", "250")
		s.want(403, "POST", "/docs", strings.ReplaceAll("["+strings.Join(many, ","), `"m`, `"n`)+`,{"code":"bad","state":"live"}]`)
		s.want(201, "POST", "/docs", "[]").holds(t, "docs", "[]")
		s.want(200, "GET", "/docs?countTotal", "").holds(t, "total", "261")
	})
}

// Entity tags say what has changed, and nothing more.
func TestPreconditions(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB) {
		s := serve(t, db, rest.Session(member), rest.Resource("docs", docRules(docShape(), rest.Mine))).as("a/u1")
		s.want(304, "GET", "/docs/1", "", `If-None-Match: "0"`)
		s.want(200, "GET", "/docs/1?countTotal", "", `If-None-Match: "0"`).holds(t, "total", "2", "docs.code", "one")
		// the first row may be another than the one that had the version
		if tag := s.want(200, "GET", "/docs?findFirst", "", `If-None-Match: "0"`).header.Get("ETag"); tag != "" {
			t.Error(tag)
		}
		s.want(412, "GET", "/docs/1", "", `If-Match: "7"`)
		s.want(200, "GET", "/docs/1", "", `If-Match: "0"`)
		s.want(404, "GET", "/docs/3", "", `If-Match: "7"`)
		for _, tag := range []string{`*`, `"0"`, `"7"`} {
			s.want(400, "PATCH", "/docs/1", `{"state":"x"}`, "If-None-Match: "+tag)
			s.want(400, "DELETE", "/docs/1", "", "If-None-Match: "+tag)
			s.want(400, "POST", "/docs", `{"code":"x"}`, "If-None-Match: "+tag)
		}
		// what a hook changes is not told by the version
		rules := docRules(docShape(), rest.Mine)
		rules.After = func(context.Context, *rest.Op) error { return nil }
		s = serve(t, db, rest.Session(member), rest.Resource("docs", rules)).as("a/u1")
		s.want(200, "GET", "/docs/1", "", `If-None-Match: "0"`)
	})
}

// What After puts in the result is what is answered.
func TestAfterChangesTheResult(t *testing.T) {
	var change func(r *rest.Result)
	rules := docRules(docShape(), rest.Mine)
	rules.After = func(_ context.Context, op *rest.Op) error {
		change(op.Result)
		return nil
	}
	db := docs(t, sqlite.Source("main", testkit.SQLite(t)))
	s := serve(t, db, rest.Session(member), rest.Resource("docs", rules), rest.Tagged[Doc]("tagged", rest.For(rest.Mine), rest.CreateOrUpdate(), rest.Base(rest.Rules[Doc]{After: rules.After}))).as("a/u1")
	change = func(r *rest.Result) { r.Rows, r.Count = r.Rows.([]Doc)[1:], 1 }
	s.want(200, "GET", "/docs", "").holds(t, "docs.0.code", "two", "docs.1", "", "count", "1")
	change = func(r *rest.Result) { r.Rows = &Doc{ID: 9, Code: "other"} }
	s.want(200, "GET", "/docs/1", "").holds(t, "docs", `{"id":9,"code":"other","state":""}`)
	change = func(r *rest.Result) { r.Rows = (*Doc)(nil) }
	s.want(200, "GET", "/docs/1", "").holds(t, "docs", "null")
	change = func(r *rest.Result) { r.Rows.([]Doc)[0].State = "seen" }
	s.want(201, "POST", "/docs", `{"code":"n1"}`).holds(t, "docs.0.state", "seen")
	s.want(201, "POST", "/tagged", `[{"code":"n2"},{"code":"n3"}]`).holds(t, "tagged.0.state", "seen", "tagged.1.state", "draft")
	for _, broken := range []func(r *rest.Result){func(r *rest.Result) { r.Rows = nil }, func(r *rest.Result) { r.Rows = []string{"x"} }, func(r *rest.Result) { r.Status = 0 }} {
		change = broken
		s.want(500, "GET", "/docs", "")
		s.want(500, "POST", "/docs", `{"code":"never"}`)
		s.want(500, "POST", "/tagged", `{"code":"never"}`)
	}
	change = func(*rest.Result) {}
	s.want(200, "GET", "/docs?select=(where:(code:never))", "").holds(t, "count", "0")
}

// A panic of any function of the program's is answered, as long as nothing was.
func TestPanicsAreAnswered(t *testing.T) {
	db := docs(t, sqlite.Source("main", testkit.SQLite(t)))
	rules := docRules(docShape(), rest.Mine)
	site := func(change func(r *rest.Rules[Doc]), options ...rest.Option) *site {
		r := rules
		change(&r)
		return serve(t, db, append([]rest.Option{rest.Resource("docs", r)}, options...)...).as("a/u1")
	}
	none := func(*rest.Rules[Doc]) {}
	signed := rest.Session(member)
	site(none, signed, rest.OnError(func(context.Context, *rest.Op, error) { panic("OnError") })).want(500, "GET", "/nothing", "")
	site(func(r *rest.Rules[Doc]) {
		r.OnError = func(context.Context, *rest.Op, error) error { panic("OnError") }
	}, signed).want(500, "GET", "/docs/9", "")
	site(none, rest.Session(func(*http.Request) (orm.Actor, bool, error) { panic("Session") })).want(500, "GET", "/docs", "")
	s := site(func(r *rest.Rules[Doc]) {
		r.Format = func(w http.ResponseWriter, _ *http.Request, _ *rest.Result) {
			w.Header().Set("Content-Type", "text/csv")
			panic("Format")
		}
	}, signed)
	if got := s.want(500, "GET", "/docs", ""); got.header.Get("Content-Type") != "application/problem+json" {
		t.Error(got.header)
	}
	s = site(func(r *rest.Rules[Doc]) {
		r.Format = func(w http.ResponseWriter, _ *http.Request, _ *rest.Result) {
			_, _ = io.WriteString(w, "half")
			w.(http.Flusher).Flush()
			panic("Format")
		}
	}, signed)
	if res, text := raw(t, s, "GET /query/docs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a/u1\r\n\r\n"); res == nil || text != "half" {
		t.Error("an answer that had begun is another:", text)
	}
	site(func(r *rest.Rules[Doc]) { r.AfterCommit = func(_ context.Context, op *rest.Op) { op.Result = nil } }, signed).want(201, "POST", "/docs", `{"code":"x"}`).holds(t, "docs.0.code", "x")
}

// Session and hooks see when the request has to be done.
func TestDeadline(t *testing.T) {
	db := docs(t, sqlite.Source("main", testkit.SQLite(t)))
	slow := rest.Session(func(r *http.Request) (orm.Actor, bool, error) {
		<-r.Context().Done()
		return orm.Actor{}, false, context.Cause(r.Context())
	})
	s := serve(t, db, slow, rest.Limits{Timeout: 50 * time.Millisecond}, rest.Resource("docs", docRules(docShape(), rest.Mine)))
	s.want(503, "GET", "/docs", "").holds(t, "code", "TIMEOUT")
}

// A request that is refused before its body was read is answered in time, and the connection goes on where the body came.
func TestRefusedBeforeTheBody(t *testing.T) {
	db := docs(t, sqlite.Source("main", testkit.SQLite(t)))
	s := serve(t, db, rest.Session(member), rest.Limits{Timeout: time.Second}, rest.Resource("docs", docRules(docShape(), rest.Mine)))
	head := "Host: x\r\nAuthorization: Bearer a/u1\r\nContent-Type: application/json\r\n"
	for _, text := range []string{
		"POST /query/nothing HTTP/1.1\r\n" + head + "Content-Length: 100\r\n\r\n",
		"POST /query/nothing HTTP/1.1\r\n" + head + "Transfer-Encoding: chunked\r\n\r\n5\r\n{",
		"GET /query/docs HTTP/1.1\r\n" + head + "Content-Length: 100\r\n\r\n{",
		"POST /query/docs?x HTTP/1.1\r\n" + head + "Content-Length: 100\r\n\r\n{",
	} {
		start := time.Now()
		if res, _ := raw(t, s, text); res == nil || res.StatusCode/100 != 4 || time.Since(start) > 5*time.Second {
			t.Errorf("%q: %v after %v", text, res, time.Since(start))
		}
	}
	conn, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(s.url, "http://"), "/query"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	reader := bufio.NewReader(conn)
	for i, x := range []struct {
		text   string
		status int
	}{
		{"POST /query/nothing HTTP/1.1\r\n" + head + "Content-Length: 2\r\n\r\n{}", 404}, {"GET /query/docs/1 HTTP/1.1\r\n" + head + "\r\n", 200},
		{"POST /query/docs?x HTTP/1.1\r\n" + head + "Content-Length: 2\r\n\r\n{}", 400}, {"POST /query/docs HTTP/1.1\r\n" + head + "Content-Length: 12\r\n\r\n{\"code\":\"p\"}", 201},
	} {
		_, _ = io.WriteString(conn, x.text)
		res, err := http.ReadResponse(reader, nil)
		if err != nil || res.StatusCode != x.status {
			t.Fatal(i, res, err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
	}
}
