package guard_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

// published is the shape of the contract.
var published = guard.MustCompile(guard.Shape[Project]{
	Select: guard.Only(Projects.ID, Projects.Title, Projects.Status, Projects.CreatedAt),
	Where: guard.Where[Project]{
		guard.Allow(Projects.Title, guard.Eq, guard.Contains),
		guard.Allow(Projects.Status),
		guard.Allow(Projects.Priority),
		guard.Force(Projects.Archived.Eq(false)),
		guard.ForceFor(func(_ context.Context, a orm.Actor) (orm.Pred[Project], error) {
			if a.Role == "nobody" {
				return orm.Pred[Project]{}, errors.New("not you")
			}
			return Projects.Priority.Lt(9), nil
		}),
		guard.Related(Projects.Tasks, guard.Some|guard.None, guard.Where[Task]{guard.Allow(Tasks.Done)}),
	},
	Logic:   guard.And | guard.Or | guard.Not,
	OrderBy: guard.Only(Projects.CreatedAt, Projects.Title),
	Default: guard.Order(Projects.CreatedAt.Desc()),
	Take:    guard.Take{Default: 25, Max: 100},
	Skip:    guard.Skip(10_000),
	With: guard.With[Project]{
		guard.Include(Projects.Tasks, guard.Shape[Task]{
			Select: guard.Only(Tasks.ID, Tasks.Title), Where: guard.Where[Task]{guard.Force(Tasks.Hidden.Eq(false))},
			Take: guard.Take{Default: 5, Max: 20}, Always: true,
		}),
		guard.Count(Projects.Tasks),
	},
	Unique: guard.Uniques[Project]{guard.By(Projects.ID), guard.By(Projects.TenantID, Projects.Slug)},
	Create: guard.Data[Project]{
		guard.Accept(Projects.Title),
		guard.Accept(Projects.Slug),
		guard.Accept(Projects.Priority).Rule("min=1,max=5"),
		guard.Fix(Projects.Status.Set("draft")),
		guard.Fix(Projects.Archived.Set(false)),
		guard.Fix(Projects.Secret.Set("")),
		guard.FixFor(func(_ context.Context, a orm.Actor) (orm.Assign[Project], error) {
			return Projects.LeadID.Set(a.ID.(int64)), nil
		}),
		guard.Nest(Projects.Tags, guard.Ops[Tag]{Link: guard.By(Tags.ID), Set: guard.By(Tags.ID), Create: guard.Data[Tag]{guard.Accept(Tags.Name)}}),
	},
	Update: guard.Data[Project]{guard.Accept(Projects.Title), guard.Accept(Projects.Priority),
		guard.Nest(Projects.Tags, guard.Ops[Tag]{Link: guard.By(Tags.ID), Unlink: guard.By(Tags.ID), Set: guard.By(Tags.ID), Create: guard.Data[Tag]{guard.Accept(Tags.Name)}}),
	},
	Groups: guard.Groups[Project]{By: guard.Only(Projects.Status), Aggregates: guard.Aggregates(guard.CountAll, guard.Sum(Projects.Priority))},
})

// onBoth runs a test on SQLite and on PostgreSQL, over fixtures of two tenants.
func onBoth(t *testing.T, test func(t *testing.T, ctx context.Context, db orm.DB)) {
	t.Helper()
	sources := map[string]func(t *testing.T) orm.Option{
		"sqlite":   func(*testing.T) orm.Option { return sqlite.Source("main", ":memory:") },
		"postgres": func(t *testing.T) orm.Option { return postgres.Source("main", testkit.Postgres(t)) },
	}
	for name, source := range sources {
		t.Run(name, func(t *testing.T) {
			db := opened(t, source(t))
			test(t, actor(1), db)
		})
	}
}

func actor(tenant int64) context.Context {
	return orm.WithActor(context.Background(), orm.Actor{ID: tenant, TenantID: tenant, Role: "user"})
}

func opened(tb testing.TB, source orm.Option) orm.DB {
	tb.Helper()
	ctx := context.Background()
	db, err := orm.Open(ctx, source, orm.Models(Project{}, Task{}, Tag{}, Person{}, Comment{}))
	must(tb, err)
	tb.Cleanup(func() { _ = db.Close() })
	must(tb, orm.CreateTables(ctx, db))
	must(tb, db.Use(rls.Tenant()))
	for tenant := int64(1); tenant <= 2; tenant++ {
		fill(tb, actor(tenant), db, tenant)
	}
	return db
}

func fill(tb testing.TB, ctx context.Context, db orm.DB, tenant int64) {
	tb.Helper()
	lead := Person{Name: fmt.Sprint("Lead ", tenant), Email: fmt.Sprintf("lead%d@example.com", tenant)}
	must(tb, orm.Repo[Person](db).Create(ctx, &lead))
	tags := []Tag{{Name: "red"}, {Name: "blue"}}
	_, err := orm.Repo[Tag](db).CreateMany(ctx, tags)
	must(tb, err)
	for i := range 6 {
		p := Project{
			Slug: fmt.Sprint("p", i), Title: fmt.Sprint("Project ", i), Status: []string{"draft", "open", "done"}[i%3], Priority: i + 1, Archived: i == 5,
			Secret: "s3cret", CreatedAt: time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC), LeadID: &lead.ID,
		}
		must(tb, orm.Repo[Project](db).Create(ctx, &p, Projects.Tags.Link(orm.Key[Tag](tags[i%2].ID)),
			Projects.Tasks.Create(&Task{Title: "one", Done: i%2 == 0}, &Task{Title: "two", Hidden: true, Done: true})))
	}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// shows checks what a result says as JSON.
func shows(t *testing.T, v any, err error, want string) {
	t.Helper()
	if err != nil {
		t.Errorf("%v (%v)", err, errors.Unwrap(err))
		return
	}
	got, err := json.Marshal(v)
	must(t, err)
	if string(got) != strings.TrimSpace(want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// refused checks that a request was refused with a code, at a path.
func refused(t *testing.T, err error, code, path string) *guard.Error {
	t.Helper()
	var e *guard.Error
	if !errors.As(err, &e) {
		t.Errorf("got %v, want a refusal %s at %q", err, code, path)
		return nil
	}
	if e.Code != code || e.Path != path {
		t.Errorf("got %s at %q (%v; %v), want %s at %q", e.Code, e.Path, e, e.Err, code, path)
	}
	return e
}

func TestContract(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, db orm.DB) {
		projects := orm.Repo[Project](db)
		rows, err := published.FindMany(ctx, projects, []byte(`{"where": {"OR": [{"title": {"contains": "ject 1"}}, {"NOT": {"status": "open"}}], "tasks": {"some": {"done": true}}},
			"orderBy": [{"createdAt": "asc"}], "take": 2, "skip": 1, "select": {"id": true, "title": true, "tasks": {"select": {"title": true}, "take": 3}, "_count": {"tasks": true}}}`))
		shows(t, rows, err, `[{"id":3,"title":"Project 2","tasks":[{"title":"one"}],"_count":{"tasks":1}}]`)

		all, err := published.FindMany(ctx, projects, []byte(`{"take": 1}`))
		shows(t, all, err, `[{"id":5,"title":"Project 4","status":"open","createdAt":"2026-01-05T00:00:00Z","tasks":[{"id":9,"title":"one"}]}]`)

		one, err := published.FindUnique(ctx, projects, []byte(`{"where": {"tenant_id": 1, "slug": "p0"}, "select": {"title": true}}`))
		shows(t, one, err, `{"title":"Project 0"}`)
		_, err = published.FindUnique(ctx, projects, []byte(`{"where": {"tenant_id": 2, "slug": "p0"}}`))
		refused(t, err, guard.CodeNotFound, "")

		n, err := published.Count(ctx, projects, []byte(`{}`))
		if n != 5 || err != nil {
			t.Errorf("Count gave %d, %v", n, err)
		}
		page, err := published.Page(ctx, projects, []byte(`{"take": 2, "total": true, "select": {"title": true}}`))
		must(t, err)
		if len(page.Rows) != 2 || page.Next == "" || page.Prev != "" || page.Total != 5 {
			t.Errorf("page %+v", page)
		}
		page, err = published.Page(ctx, projects, []byte(`{"take": 2, "cursor": "`+page.Next+`", "select": {"title": true}}`))
		must(t, err)
		shows(t, &page.Result, nil, `[{"title":"Project 2"},{"title":"Project 1"}]`)

		groups, err := published.GroupBy(ctx, projects, []byte(`{"by": ["status"], "_count": true, "_sum": {"priority": true}, "having": {"_count": {"gte": 2}}, "orderBy": {"status": "desc"}}`))
		shows(t, groups, err, `[{"status":"open","_count":2,"_sum":{"priority":7}},{"status":"draft","_count":2,"_sum":{"priority":5}}]`)

		row, err := published.Create(ctx, projects, []byte(`{"data": {"title": "New", "slug": "new", "priority": 5, "status": "done", "tags": {"create": [{"name": "x"}], "link": {"id": 1}}}}`))
		shows(t, row, err, `{"id":13,"title":"New","status":"draft","createdAt":`+jsonOf(row)+`,"tasks":[]}`)
		row, err = published.Update(ctx, projects, []byte(`{"where": {"id": 13}, "data": {"title": "Newer", "tags": {"set": []}}, "select": {"title": true}}`))
		shows(t, row, err, `{"title":"Newer"}`)
		n, err = published.UpdateMany(ctx, projects, []byte(`{"where": {"title": {"contains": "New"}}, "data": {"priority": 1}}`))
		if n != 1 || err != nil {
			t.Errorf("UpdateMany gave %d, %v", n, err)
		}
		row, err = published.Upsert(ctx, projects, []byte(`{"where": {"id": 13}, "create": {"title": "a", "slug": "a"}, "update": {"title": "Newest"}, "select": {"title": true}}`))
		shows(t, row, err, `{"title":"Newest"}`)
		row, err = published.Upsert(ctx, projects, []byte(`{"where": {"id": 99}, "create": {"title": "a", "slug": "a"}, "update": {"title": "Newest"}, "select": {"title": true}}`))
		shows(t, row, err, `{"title":"a"}`)
		row, err = published.Delete(ctx, projects, []byte(`{"where": {"id": 13}, "select": {"title": true}}`))
		shows(t, row, err, `{"title":"Newest"}`)
		n, err = published.CreateMany(ctx, projects, []byte(`{"data": [{"title": "b", "slug": "b"}, {"title": "c", "slug": "c"}]}`))
		if n != 2 || err != nil {
			t.Errorf("CreateMany gave %d, %v", n, err)
		}
		n, err = published.DeleteMany(ctx, projects, []byte(`{"where": {"title": {"equals": "b"}}}`))
		if n != 1 || err != nil {
			t.Errorf("DeleteMany gave %d, %v", n, err)
		}
		q, err := published.Query(ctx, projects, []byte(`{"where": {"status": "open"}}`))
		must(t, err)
		if n, err := q.Count(ctx); n != 2 || err != nil {
			t.Errorf("Query gave %d, %v", n, err)
		}
	})
}

func jsonOf(row *guard.Row[Project]) string {
	if row == nil {
		return ""
	}
	b, _ := row.Value.CreatedAt.MarshalJSON()
	return string(b)
}
