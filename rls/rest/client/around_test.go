package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest"
	"github.com/multi-orm/orm/rls/rest/client"
)

// Memo is somebody's own.
type Memo struct {
	ID      int64      `orm:"id,auto"`
	OwnerID string     `orm:"owner_id"`
	Text    string     `orm:"text"`
	GoneAt  *time.Time `orm:"gone_at,softdelete"`
}

// ownMemo is what the service has of it: that it keeps deleted rows is no matter of its own.
type ownMemo struct {
	ID      int64      `orm:"id,auto,table=memos"`
	OwnerID string     `orm:"owner_id"`
	Text    string     `orm:"text"`
	GoneAt  *time.Time `orm:"gone_at"`
}

var ownMemos = orm.Bind[ownMemo, struct {
	ID      orm.Col[ownMemo, int64]
	OwnerID orm.Text[ownMemo]
	Text    orm.Text[ownMemo]
	GoneAt  orm.Col[ownMemo, time.Time]
}]()

var memos = orm.Bind[Memo, struct {
	ID      orm.Col[Memo, int64]
	OwnerID orm.Text[Memo]
	Text    orm.Text[Memo]
}]()

// memoService shows everybody the memos of whom the token is.
func memoService(t *testing.T) (s *other, db orm.DB) {
	t.Helper()
	shape := all[ownMemo]()
	shape.Where = append(shape.Where[:1:1], guard.Allow(ownMemos.Text), guard.Allow(ownMemos.GoneAt), guard.ForceFor(func(_ context.Context, a orm.Actor) (orm.Pred[ownMemo], error) {
		return ownMemos.OwnerID.Eq(fmt.Sprint(a.ID)), nil
	}))
	s = otherService(t, []any{ownMemo{}}, rest.Session(func(r *http.Request) (orm.Actor, bool, error) {
		who, is := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer of ")
		return orm.Actor{ID: who}, is, nil
	}), rest.Resource("memos", rest.Rules[ownMemo]{Get: rest.By[ownMemo]{rest.Mine: shape}}))
	must(orm.Repo[ownMemo](s.own).CreateMany(context.Background(), []ownMemo{{OwnerID: "ann", Text: "a1"}, {OwnerID: "bob", Text: "b1"}, {OwnerID: "ann", Text: "a2"}}))
	db = must(orm.Open(context.Background(), client.Source("memos", s.server.URL, client.Auth(func(ctx context.Context, h http.Header) error {
		a, is := orm.ActorFrom(ctx)
		if !is {
			return errors.New("nobody asks")
		}
		h.Set("Authorization", fmt.Sprintf("Bearer of %v", a.ID))
		return nil
	})), orm.Models(Memo{})))
	t.Cleanup(func() { _ = db.Close() })
	return s, db
}

// Each request carries the credentials of the actor that it is for: many at once, and through a loader that they share.
func TestCredentialsOfTheActor(t *testing.T) {
	s, db := memoService(t)
	shared := orm.WithLoader(context.Background())
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			who, own, foreign := "ann", int64(1), int64(2)
			if i%2 == 1 {
				who, own, foreign = "bob", 2, 1
			}
			ctx := orm.WithActor(shared, orm.Actor{ID: who})
			list, err := orm.Repo[Memo](db).OrderBy(memos.ID.Asc()).All(ctx)
			if err != nil || len(list) == 0 {
				t.Error(list, err)
			}
			for _, m := range list {
				if m.OwnerID != who {
					t.Errorf("%s reads what is %s's", who, m.OwnerID)
				}
			}
			if m, err := orm.Repo[Memo](db).Load(ctx, own); err != nil || m.OwnerID != who {
				t.Error(m, err)
			}
			if m, err := orm.Repo[Memo](db).Load(ctx, foreign); !errors.Is(err, orm.ErrNotFound) {
				t.Error(who, m, err)
			}
		})
	}
	wg.Wait()
	seen := map[string]bool{}
	for _, r := range s.requests() {
		seen[r.credentials] = true
	}
	if len(seen) != 2 || !seen["Bearer of ann"] || !seen["Bearer of bob"] {
		t.Error(seen)
	}
	_, err := orm.Repo[Memo](db).Query().All(context.Background())
	if !errors.Is(err, orm.ErrAuth) || strings.Contains(err.Error(), "nobody asks") || len(s.requests()) > 0 {
		t.Error(err)
	}
}

// Explain tells which requests a query would send, without values, and sends none.
func TestExplainSendsNothing(t *testing.T) {
	b := service(t)
	far := b.dial()
	ctx := context.Background()
	b.requests()
	for name, c := range map[string]struct {
		q    orm.Query[Post]
		have []string
	}{
		"a list":  {orm.Repo[Post](far).Where(posts.Title.StartsWith("secret"), posts.Likes.Gt(4711)).With(posts.User).OrderBy(posts.Likes.Desc()).Take(5), []string{"GET /query/posts?select=", "title.startsWith", "likes", "limit:5", "with:(author:"}},
		"a row":   {orm.Repo[Post](far).ByID(4711), []string{"GET /query/posts/{key}"}},
		"related": {orm.Repo[Post](far).Where(posts.Comments.Some(comments.Text.Eq("secret"))).Select(posts.ID), []string{"comments:(some:(text:"}},
	} {
		p, err := c.q.Explain(ctx)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		text := strings.ReplaceAll(p.String(), "hearts", "likes")
		for _, w := range c.have {
			if !strings.Contains(text, w) {
				t.Errorf("%s: %q is not in %s", name, w, text)
			}
		}
		if strings.Contains(text, "secret") || strings.Contains(text, "4711") {
			t.Errorf("%s: the plan holds values: %s", name, text)
		}
	}
	if all := b.requests(); len(all) > 0 {
		t.Error(all)
	}
}

// Hooks and scopes of the program hold around a service as around a database.
func TestHooksAround(t *testing.T) {
	shape := all[ownMemo]()
	s := otherService(t, []any{ownMemo{}}, rest.Resource("memos", every(shape)))
	db := must(orm.Open(context.Background(), client.Source("memos", s.server.URL), orm.Models(Memo{})))
	t.Cleanup(func() { _ = db.Close() })
	ctx := context.Background()
	var ran []string
	var entries []hook.Entry
	ok(db.Use(hook.SoftDelete(), hook.Audit(func(_ context.Context, e hook.Entry) error { entries = append(entries, e); return nil }),
		hook.Before[Memo](func(_ context.Context, op *hook.Op) error {
			ran = append(ran, "before "+op.Name)
			if op.Name == "Count" {
				return orm.ErrDenied
			}
			return nil
		}),
		hook.After[Memo](func(_ context.Context, op *hook.Op) error {
			if rows, is := op.Rows.Interface().([]Memo); is && op.Name == "All" {
				for i := range rows {
					rows[i].Text = strings.ToUpper(rows[i].Text)
				}
			}
			return nil
		})))
	r := orm.Repo[Memo](db)
	m := Memo{OwnerID: "ann", Text: "one"}
	ok(r.Create(ctx, &m))
	must(orm.Repo[ownMemo](s.own).CreateMany(ctx, []ownMemo{{OwnerID: "ann", Text: "two"}}))
	if list, err := r.OrderBy(memos.ID.Asc()).All(ctx); err != nil || len(list) != 2 || list[0].Text != "ONE" {
		t.Error(list, err)
	}
	s.requests()
	if _, err := r.Count(ctx); !errors.Is(err, orm.ErrDenied) || len(s.requests()) > 0 {
		t.Error(err)
	}
	must(r.ByID(m.ID).Update(ctx, memos.Text.Set("changed")))
	must(r.ByID(m.ID).Delete(ctx))
	if left := must(r.Query().All(ctx)); len(left) != 1 || left[0].Text != "TWO" {
		t.Error(left)
	}
	if there := must(orm.Repo[ownMemo](s.own).Query().Count(ctx)); there != 2 {
		t.Errorf("a soft delete left %d rows in the service", there)
	}
	var kinds []string
	for _, e := range entries {
		kinds = append(kinds, fmt.Sprint(e.Op, e.Key["ID"], e.Old["Text"], e.New["Text"]))
	}
	if len(entries) != 3 || entries[0].New["Text"] != "one" || entries[1].Old["Text"] != "one" || entries[1].New["Text"] != "changed" || entries[2].Key["ID"] != m.ID {
		t.Error(kinds)
	}
	if len(ran) < 5 {
		t.Error(ran)
	}
}

// A stream that is left early gives back what it holds: the only request that may run at a time.
func TestStreamLeftEarly(t *testing.T) {
	b := service(t)
	ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
	defer stop()
	rows := make([]Comment, 350)
	for i := range rows {
		rows[i] = Comment{PostID: 1, Text: fmt.Sprint(i)}
	}
	must(orm.Repo[Comment](b.own).CreateMany(ctx, rows))
	far := must(orm.Open(ctx, client.Source("blog", b.server.URL+"/query"), orm.Models(User{}, Post{}, Comment{}, Tag{}), orm.Limits{MaxConcurrentRequests: 1}))
	defer func() { _ = far.Close() }()
	b.requests()
	for range 20 {
		n := 0
		for _, err := range orm.Repo[Comment](far).Where(comments.Text.Ne("x")).Rows(ctx) {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n == 3 {
				if got, err := orm.Repo[Comment](far).Count(ctx); err != nil || got != 350 { // inside the loop too
					t.Fatal(got, err)
				}
				break
			}
		}
	}
	if n := len(b.requests()); n != 40 {
		t.Errorf("%d requests: the pages that nobody asked for were read", n)
	}
}

// A stream whose context ends while the service answers ends with it, and so does the request.
func TestStreamCancelled(t *testing.T) {
	gone := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Preference-Applied", "handling=strict")
		h.Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"count":2,"tags":[{"id":1,"name":"a"},`))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		close(gone)
	}))
	defer server.Close()
	far := must(orm.Open(context.Background(), client.Source("blog", server.URL, client.Retries(0)), orm.Models(Tag{})))
	defer func() { _ = far.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	for row, err := range orm.Repo[Tag](far).Query().Rows(ctx) {
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Error(row, err)
		}
	}
	select {
	case <-gone:
	case <-time.After(10 * time.Second):
		t.Error("the request outlives its context")
	}
}

// What a service would not heed is refused by it, and a service that heeds nothing is found out.
func TestStrict(t *testing.T) {
	clamped := all[ownMemo]()
	clamped.Take = guard.Take{Max: 2}
	clamped.Where = guard.Where[ownMemo]{guard.Allow(ownMemos.ID), guard.Force(ownMemos.OwnerID.Eq("ann"))}
	s := otherService(t, []any{ownMemo{}}, rest.Resource("memos", rest.Rules[ownMemo]{Get: rest.By[ownMemo]{rest.All: clamped}, OverLimit: rest.Clamp}))
	ctx := context.Background()
	must(orm.Repo[ownMemo](s.own).CreateMany(ctx, []ownMemo{{OwnerID: "ann"}, {OwnerID: "bob"}, {OwnerID: "ann"}, {OwnerID: "ann"}, {OwnerID: "ann"}, {OwnerID: "ann"}}))
	open := func(url string) orm.Repo[Memo] {
		db := must(orm.Open(ctx, client.Source("memos", url, client.Retries(0)), orm.Models(Memo{})))
		t.Cleanup(func() { _ = db.Close() })
		return orm.Repo[Memo](db)
	}
	r := open(s.server.URL)
	if list, err := r.OrderBy(memos.ID.Desc()).Take(4).All(ctx); err != nil || len(list) != 4 || list[3].ID != 3 {
		t.Errorf("a limit that would be made smaller: %v %v", list, err)
	}
	_, err := r.Where(memos.OwnerID.Eq("bob")).All(ctx)
	var e *orm.Error
	if !errors.Is(err, orm.ErrUnsupported) || !errors.As(err, &e) || e.Field != "OwnerID" {
		t.Errorf("a column that the rule forces: %v", err)
	}
	proxy := httputil.NewSingleHostReverseProxy(must(url.Parse(s.server.URL)))
	proxy.ModifyResponse = func(r *http.Response) error { r.Header.Del("Preference-Applied"); return nil }
	lax := httptest.NewServer(proxy)
	defer lax.Close()
	if list, err := open(lax.URL).Take(2).All(ctx); !errors.Is(err, orm.ErrUpstream) {
		t.Errorf("a service that does not say that it was strict: %v %v", list, err)
	}
}

// Distinct rows are counted as they are listed, and pages go on after keys that are UUIDs where the rule names the operators.
func TestDistinctCount(t *testing.T) {
	b := service(t)
	b.fill()
	far := b.dial()
	ctx := context.Background()
	for _, db := range []orm.DB{b.own, far} {
		q := orm.Repo[Post](db).Select(posts.UserID).Distinct()
		if n := must(q.Count(ctx)); n != 3 {
			t.Error(n, len(must(q.OrderBy(posts.UserID.Asc()).All(ctx))))
		}
	}
}
