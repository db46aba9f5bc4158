package guard_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
)

// showing is a shape that tells itself by what it shows.
func showing(cols ...orm.Selectable[Project]) guard.Shape[Project] {
	return guard.Shape[Project]{Select: guard.Only(cols...), Unique: guard.Uniques[Project]{guard.By(Projects.ID)}}
}

// The caller that the server names chooses the shape: the most specific key counts, then "".
func TestVariants(t *testing.T) {
	v := guard.Variants[Project]{
		"/admin/projects":        showing(Projects.ID, Projects.Priority),
		"/org/{org}/projects":    showing(Projects.Title),
		"/org/mine/projects":     showing(Projects.Status),
		"/files/{path...}":       showing(Projects.Slug),
		"/files/{dir}/projects":  showing(Projects.Budget),
		"/org/{org}/projects/42": showing(Projects.ID),
	}
	strict := guard.MustCompileVariants(v)
	v[""] = showing(Projects.Notes)
	lax := guard.MustCompileVariants(v)
	db := frozen(t)
	for caller, want := range map[string]string{
		"/admin/projects": `{"id":1,"priority":1}`, "/org/7/projects": `{"title":"Project 0"}`, "/org/{org}/projects": `{"title":"Project 0"}`, "/org/mine/projects": `{"status":"draft"}`,
		"/org/7/projects/42": `{"id":1}`, "/files/a/projects": `{"budget":null}`, "/files/a/b/c": `{"slug":"p0"}`,
		"": "", "/": "", "/admin": "", "/admin/projects/": "", "/Admin/projects": "", "/org//projects": "", "/org/7/8/projects": "", "/x/admin/projects": "",
	} {
		ctx := guard.WithCaller(actor(1), caller)
		row, err := strict.FindUnique(ctx, orm.Repo[Project](db), []byte(`{"where": {"id": 1}}`))
		if want == "" {
			refused(t, err, guard.CodeCaller, "")
			row, err = lax.FindUnique(ctx, orm.Repo[Project](db), []byte(`{"where": {"id": 1}}`))
			want = `{"notes":null}`
		}
		shows(t, row, err, want)
	}
	_, err := strict.FindUnique(actor(1), orm.Repo[Project](db), []byte(`{"where": {"id": 1}, "caller": "/admin/projects"}`))
	refused(t, err, guard.CodeCaller, "")
	_, err = lax.FindUnique(actor(1), orm.Repo[Project](db), []byte(`{"where": {"id": 1}, "caller": "/admin/projects"}`))
	refused(t, err, guard.CodeShape, "caller")
}

func TestVariantsTellMistakes(t *testing.T) {
	ok := showing(Projects.ID)
	for want, v := range map[string]guard.Variants[Project]{
		"there is no variant":             {},
		"neither is more specific":        {"/a/{x}": ok, "/{y}/b": ok},
		"and \"/a/{x}\" match the same":   {"/a/{x}": ok, "/a/{y}": ok},
		"a wildcard is a whole segment":   {"/a/x{y}": ok},
		"{name...} stands at the end":     {"/a/{x...}/b": ok},
		"{$} stands at the end":           {"/a/{$}/b": ok},
		`variant "/a": `:                  {"/a": showing(Projects.Secret)},
		"Select: Secret is tagged hidden": {"": showing(Projects.Secret)},
	} {
		if _, err := guard.CompileVariants(v); !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want a mistake that says %q", err, want)
		}
	}
}

// A dynamic shape is made for each request; an error, a panic and a mistake refuse it, and the text tells none of them.
func TestDynamic(t *testing.T) {
	db := frozen(t)
	repo := orm.Repo[Project](db)
	made := 0
	c := guard.Dynamic(func(ctx context.Context) (guard.Shape[Project], error) {
		made++
		a, _ := orm.ActorFrom(ctx)
		switch a.Role {
		case "broken":
			return showing(Projects.Secret), nil
		case "denied":
			return guard.Shape[Project]{}, errors.New("s3cret reason")
		case "panic":
			panic("s3cret reason")
		case "admin":
			return showing(Projects.ID, Projects.Priority), nil
		}
		return showing(Projects.Title), nil
	})
	as := func(role string) context.Context {
		return orm.WithActor(context.Background(), orm.Actor{ID: int64(1), TenantID: 1, Role: role})
	}
	for role, want := range map[string]string{"admin": `{"id":1,"priority":1}`, "user": `{"title":"Project 0"}`} {
		row, err := c.FindUnique(as(role), repo, []byte(`{"where": {"id": 1}}`))
		shows(t, row, err, want)
	}
	for _, role := range []string{"broken", "denied", "panic"} {
		_, err := c.FindMany(as(role), repo, []byte(`{}`))
		if e := refused(t, err, guard.CodePolicy, ""); e != nil && (strings.Contains(e.Error(), "s3cret") || strings.Contains(e.Error(), "Secret")) {
			t.Error(e)
		}
	}
	if made != 5 {
		t.Errorf("%d shapes were made", made)
	}
	_, err := guard.Dynamic[Project](nil).FindMany(as("user"), repo, []byte(`{}`))
	refused(t, err, guard.CodePolicy, "")
}

// Forced conditions that depend on the actor refuse whoever has none, panics and conditions that say nothing.
func TestForcedFor(t *testing.T) {
	db := frozen(t)
	repo := orm.Repo[Project](db)
	for name, fn := range map[string]func(context.Context, orm.Actor) (orm.Pred[Project], error){
		"an error": func(context.Context, orm.Actor) (orm.Pred[Project], error) {
			return orm.Pred[Project]{}, errors.New("no")
		},
		"nothing":     func(context.Context, orm.Actor) (orm.Pred[Project], error) { return orm.Pred[Project]{}, nil },
		"a panic":     func(context.Context, orm.Actor) (orm.Pred[Project], error) { panic("no") },
		"a bad value": func(context.Context, orm.Actor) (orm.Pred[Project], error) { return repo.F("Nothing").Eq(1), nil },
	} {
		s := showing(Projects.ID)
		s.Where = guard.Where[Project]{guard.ForceFor(fn)}
		_, err := guard.MustCompile(s).FindMany(actor(1), repo, []byte(`{}`))
		if e := refused(t, err, guard.CodePolicy, ""); e == nil {
			t.Log(name)
		}
	}
	s := showing(Projects.ID)
	s.Where = guard.Where[Project]{guard.ForceFor(func(context.Context, orm.Actor) (orm.Pred[Project], error) { return orm.And[Project](), nil })}
	c := guard.MustCompile(s)
	if n, err := c.Count(actor(1), repo, []byte(`{}`)); n != 6 || err != nil {
		t.Error(n, err)
	}
	_, err := c.Count(context.Background(), repo, []byte(`{}`))
	if e := refused(t, err, guard.CodePolicy, ""); e != nil && !errors.Is(e, orm.ErrNoActor) {
		t.Error(e.Err)
	}
}

// What a shape forces on the rows of a relation holds at every door to them.
func TestForcedHoldsAtEveryDoor(t *testing.T) {
	db := frozen(t)
	repo := orm.Repo[Project](db)
	s := showing(Projects.ID)
	s.Where = guard.Where[Project]{guard.Related(Projects.Tasks, guard.Some|guard.Every|guard.None, guard.Where[Task]{guard.Allow(Tasks.Title)})}
	s.With = guard.With[Project]{
		guard.Include(Projects.Tasks, guard.Shape[Task]{Select: guard.Only(Tasks.Title), Where: guard.Where[Task]{guard.Force(Tasks.Hidden.Eq(false))}}),
		guard.Count(Projects.Tasks, guard.Allow(Tasks.Title)),
	}
	c := guard.MustCompile(s)
	rows, err := c.FindMany(actor(1), repo, []byte(`{"where": {"tasks": {"some": {"title": "two"}}}}`))
	shows(t, rows, err, `[]`)
	if n, err := c.Count(actor(1), repo, []byte(`{"where": {"tasks": {"every": {"title": "one"}}}}`)); n != 6 || err != nil {
		t.Error(n, err)
	}
	if n, err := c.Count(actor(1), repo, []byte(`{"where": {"tasks": {"none": {"title": "two"}}}}`)); n != 6 || err != nil {
		t.Error(n, err)
	}
	one, err := c.FindUnique(actor(1), repo, []byte(`{"where": {"id": 1}, "include": {"tasks": true, "_count": {"tasks": true}}}`))
	shows(t, one, err, `{"id":1,"tasks":[{"title":"one"}],"_count":{"tasks":1}}`)
	one, err = c.FindUnique(actor(1), repo, []byte(`{"where": {"id": 1}, "select": {"_count": {"tasks": {"where": {"title": "two"}}}}}`))
	shows(t, one, err, `{"_count":{"tasks":0}}`)
}

// One compiled shape serves many goroutines.
func TestConcurrentRequests(t *testing.T) {
	db := frozen(t)
	repo := orm.Repo[Project](db)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				if _, err := published.FindMany(actor(1), repo, []byte(`{"select": {"title": true, "tasks": true, "_count": true}}`)); err != nil {
					t.Error(err)
				}
				if _, err := published.GroupBy(actor(1), repo, []byte(`{"by": ["status"], "_count": true}`)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

// Keys are heeded as http.ServeMux heeds its patterns: the same pairs conflict, and the same one of two is chosen.
func TestVariantsChooseAsServeMux(t *testing.T) {
	keys := []string{"/a", "/a/", "/a/b", "/", "/{x}", "/{x}/", "/{x}/b", "/a/{x}", "/{x...}", "/a/{x...}", "/a/{$}", "/{$}", "/{x}/{$}", "/a/{x}/c", "/a/b/{x...}", "/{x}/{y}", "/{x}/b/{z...}", "/a/{y}/{z...}"}
	callers := []string{"/", "/a", "/a/", "/a/b", "/a/b/", "/a/b/c", "/c", "/c/", "/c/b", "/c/d", "/a/d/c", "/a/b/c/d"}
	repo := orm.Repo[Project](frozen(t))
	for i, a := range keys {
		for _, b := range keys[i+1:] {
			chosen := ""
			mux, fits := http.NewServeMux(), true
			func() {
				defer func() { fits = recover() == nil }()
				for _, key := range []string{a, b} {
					mux.HandleFunc(key, func(http.ResponseWriter, *http.Request) { chosen = key })
				}
			}()
			c, err := guard.CompileVariants(guard.Variants[Project]{a: showing(Projects.ID), b: showing(Projects.Title)})
			if fits != (err == nil) {
				t.Errorf("%s and %s: ServeMux takes them: %v, variants: %v", a, b, fits, err)
			}
			if !fits || err != nil {
				continue
			}
			for _, caller := range callers {
				chosen = ""
				answer := httptest.NewRecorder()
				mux.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, caller, nil))
				if answer.Code == http.StatusMovedPermanently || answer.Code == http.StatusTemporaryRedirect {
					continue
				}
				row, err := c.FindUnique(guard.WithCaller(actor(1), caller), repo, []byte(`{"where": {"id": 1}}`))
				switch chosen {
				case "":
					refused(t, err, guard.CodeCaller, "")
				case a:
					shows(t, row, err, `{"id":1}`)
				case b:
					shows(t, row, err, `{"title":"Project 0"}`)
				}
				if t.Failed() {
					t.Fatalf("%s and %s at %s: ServeMux chooses %q", a, b, caller, chosen)
				}
			}
		}
	}
}
