package guard_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/go-playground/validator/v10"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/rls/guard"
)

// The behaviours that the library owes at this boundary, by their numbers. What a table elsewhere in the package tries in
// every way is tried here once.
func TestRows(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, db orm.DB) {
		projects := orm.Repo[Project](db)
		compile := func(t *testing.T, change func(*guard.Shape[Project])) *guard.Compiled[Project] {
			t.Helper()
			c, err := guard.Compile(base(change))
			must(t, err)
			return c
		}
		wrong := func(t *testing.T, change func(*guard.Shape[Project])) {
			t.Helper()
			if _, err := guard.Compile(base(change)); !errors.Is(err, orm.ErrInvalid) {
				t.Errorf("got %v, want a mistake in the shape", err)
			}
		}
		count := func(t *testing.T, c *guard.Compiled[Project], where string, want int64) {
			t.Helper()
			n, err := c.Count(ctx, projects, []byte(`{"where": `+where+`}`))
			if err != nil || n != want {
				t.Errorf("%s: %d, want %d (%v)", where, n, want, err)
			}
		}
		find := func(c *guard.Compiled[Project], body string) error {
			_, err := c.FindMany(ctx, projects, []byte(body))
			return err
		}
		row := func(name string, test func(t *testing.T)) { t.Run(name, test) }

		row("G1 boundary and method in one step", func(t *testing.T) {
			rows, err := published.FindMany(ctx, projects, []byte(`{"select": {"id": true}, "take": 1}`))
			shows(t, rows, err, `[{"id":5}]`)
		})
		row("G2 unknown keys", func(t *testing.T) {
			refused(t, find(published, `{"where": {"tasks": {"some": {"x": 1}}}}`), guard.CodeShape, "where.tasks.some.x")
		})
		row("G3 permitted or forced", func(t *testing.T) {
			c := compile(t, func(s *guard.Shape[Project]) {
				s.Where = guard.Where[Project]{guard.Allow(Projects.Status), guard.Force(Projects.Notes.IsNull())}
			})
			count(t, c, `{"status": "open", "notes": "x"}`, 2)
			count(t, c, `{"status": "open", "notes": null}`, 2)
		})
		row("G4 forced conditions stand outside OR and NOT", func(t *testing.T) {
			count(t, published, `{"OR": [{"status": "open"}, {"NOT": {"status": "open"}}]}`, 5)
			count(t, published, `{"NOT": {"OR": [{"title": {"contains": "nothing"}}]}}`, 5)
		})
		row("G5 conflicting forced values", func(t *testing.T) {
			wrong(t, func(s *guard.Shape[Project]) {
				s.Where = guard.Where[Project]{guard.Force(Projects.Status.Eq("open")), guard.Force(Projects.Status.Eq("done"))}
			})
		})
		row("G6 forced and asked of one column", func(t *testing.T) {
			c := compile(t, func(s *guard.Shape[Project]) {
				s.Where = guard.Where[Project]{guard.Allow(Projects.Title), guard.Force(Projects.Title.Contains("ject"))}
			})
			count(t, c, `{"title": {"contains": "PROJECT 1", "mode": "insensitive"}}`, 1) // the mode is the request's own
			count(t, c, `{"title": {"contains": "nothing"}}`, 0)
		})
		row("G7 forced beside OR", func(t *testing.T) {
			c := compile(t, func(s *guard.Shape[Project]) {
				s.Logic, s.Where = guard.Or, guard.Where[Project]{guard.Allow(Projects.Status), guard.Allow(Projects.Priority), guard.Force(Projects.Archived.Eq(false))}
			})
			count(t, c, `{"OR": [{"priority": 6}, {"status": "done"}]}`, 1)
		})
		row("G8 the request's NOT and a forced NOT are two", func(t *testing.T) {
			c := compile(t, func(s *guard.Shape[Project]) {
				s.Logic, s.Where = guard.Not, guard.Where[Project]{guard.Allow(Projects.Status), guard.Force(orm.Not(Projects.Priority.Eq(1)))}
			})
			count(t, c, `{"NOT": {"status": "open"}}`, 3) // 6 less the two that are open and the one of priority 1
		})
		row("G9 an echo of what is forced", func(t *testing.T) {
			count(t, published, `{"archived": true}`, 5)
		})
		row("G10 take", func(t *testing.T) {
			c := compile(t, func(s *guard.Shape[Project]) { s.Take = guard.Take{Max: 2} })
			rows, err := c.FindMany(ctx, projects, []byte(`{}`))
			must(t, err)
			if len(rows.Rows) != 2 {
				t.Errorf("%d rows came by default", len(rows.Rows))
			}
			for body, code := range map[string]string{`{"take": 3}`: guard.CodeLimit, `{"take": 0}`: guard.CodeShape, `{"take": -1}`: guard.CodeShape, `{"take": true}`: guard.CodeShape} {
				refused(t, find(c, body), code, "take")
			}
			endless := compile(t, func(s *guard.Shape[Project]) { s.Take = guard.Take{Max: guard.NoLimit} })
			rows, err = endless.FindMany(ctx, projects, []byte(`{}`))
			must(t, err)
			if len(rows.Rows) != 6 {
				t.Errorf("%d rows came without a limit", len(rows.Rows))
			}
		})
		row("G11 orderBy", func(t *testing.T) {
			refused(t, find(published, `{"orderBy": {"createdAt": false}}`), guard.CodeShape, "orderBy.createdAt")
		})
		row("G12 unique selectors", func(t *testing.T) {
			one, err := published.FindUnique(ctx, projects, []byte(`{"where": {"slug": "p1", "tenant_id": 1}, "select": {"title": true}}`))
			shows(t, one, err, `{"title":"Project 1"}`)
			_, err = published.FindUnique(ctx, projects, []byte(`{"where": {"slug": "p1"}}`))
			refused(t, err, guard.CodeShape, "where")
		})
		row("G13 unique sets are the model's", func(t *testing.T) {
			wrong(t, func(s *guard.Shape[Project]) { s.Unique = guard.Uniques[Project]{guard.By(Projects.Title)} })
		})
		row("G14 Create is complete", func(t *testing.T) {
			wrong(t, func(s *guard.Shape[Project]) { s.Create = guard.Data[Project]{guard.Accept(Projects.Title)} })
		})
		row("G15 validate tags, and the given fields of an update", func(t *testing.T) {
			_, err := published.Update(ctx, projects, []byte(`{"where": {"id": 1}, "data": {"priority": 10}}`))
			e := refused(t, err, guard.CodeValidation, "data.priority")
			var rules validator.ValidationErrors
			if e == nil || !errors.As(e, &rules) || rules[0].Tag() != "max" {
				t.Errorf("%v holds no validator.ValidationErrors", e)
			}
			_, err = published.Update(ctx, projects, []byte(`{"where": {"id": 1}, "data": {"priority": 0}}`))
			must(t, err)
		})
		row("G16 a rule in place of the tag's, and one beside it", func(t *testing.T) {
			c := compile(t, func(s *guard.Shape[Project]) {
				s.Unique = guard.Uniques[Project]{guard.By(Projects.ID)}
				s.Update = guard.Data[Project]{guard.Accept(Projects.Title).Rule(""), guard.Accept(Projects.Priority).Also("oneof=2 4")}
			})
			one, err := c.Update(ctx, projects, []byte(`{"where": {"id": 2}, "data": {"title": "", "priority": 4}, "select": {"title": true}}`))
			shows(t, one, err, `{"title":""}`)
			_, err = c.Update(ctx, projects, []byte(`{"where": {"id": 2}, "data": {"priority": 3}}`))
			refused(t, err, guard.CodeValidation, "data.priority")
			_, err = c.Update(ctx, projects, []byte(`{"where": {"id": 2}, "data": {"title": "Project 1"}}`))
			must(t, err)
		})
		row("G17 coercion loses nothing, and Strict does without", func(t *testing.T) {
			count(t, published, `{"priority": {"in": ["5", 3.0]}}`, 2)
			strict := compile(t, func(s *guard.Shape[Project]) {
				s.Coercion, s.Where = guard.Strict, guard.Where[Project]{guard.Allow(Projects.Priority)}
			})
			refused(t, find(strict, `{"where": {"priority": "2"}}`), guard.CodeShape, "where.priority")
			refused(t, find(published, `{"where": {"priority": 1.5}}`), guard.CodeShape, "where.priority")
		})
		row("G18 coercion opens nothing", func(t *testing.T) {
			refused(t, find(published, `{"where": {"priority": {"gt": "0 OR 1=1"}}}`), guard.CodeShape, "where.priority.gt")
		})
		row("G19 types that a request cannot give", func(t *testing.T) {
			for _, s := range []guard.Shape[Everything]{
				{Select: guard.Only(Everythings.ID), Where: guard.Where[Everything]{guard.Allow(Everythings.Own)}},
				{Select: guard.Only(Everythings.ID), Update: guard.Data[Everything]{guard.Accept(Everythings.Own)}},
			} {
				if _, err := guard.Compile(s); !errors.Is(err, orm.ErrInvalid) {
					t.Error(err)
				}
			}
		})
		row("G20 mass writes need a condition of the request's own", func(t *testing.T) {
			_, err := published.DeleteMany(ctx, projects, []byte(`{"where": {"AND": [{}]}}`))
			if e := refused(t, err, guard.CodeShape, "where"); !errors.Is(e, orm.ErrUnboundedWrite) {
				t.Error(e)
			}
		})
		row("G21 combinators are exposed one by one", func(t *testing.T) {
			c := compile(t, func(s *guard.Shape[Project]) {
				s.Logic, s.Where = guard.And, guard.Where[Project]{guard.Allow(Projects.ID)}
			})
			count(t, c, `{"AND": [{"id": 1}]}`, 1)
			refused(t, find(c, `{"where": {"OR": [{"id": 1}]}}`), guard.CodeShape, "where.OR")
			refused(t, find(c, `{"where": {"AND": {"NOT": {"id": 1}}}}`), guard.CodeShape, "where.AND[0].NOT")
		})
		row("G22 relation filters", func(t *testing.T) {
			count(t, published, `{"tasks": {"none": {"done": false}}}`, 3)
			c := compile(t, func(s *guard.Shape[Project]) {
				s.Where = guard.Where[Project]{guard.Related(Projects.Lead, guard.Is|guard.IsNot, guard.Where[Person]{guard.Allow(People.Name)})}
			})
			count(t, c, `{"lead": {"is": {"name": "Lead 1"}}}`, 6)
			count(t, c, `{"lead": {"is": null}}`, 0)
			count(t, c, `{"lead": {"isNot": {"name": "Lead 1"}}}`, 0)
		})
		row("G23 projection is a whitelist that a request narrows", func(t *testing.T) {
			one, err := published.FindUnique(ctx, projects, []byte(`{"where": {"id": 3}, "select": {"tasks": true}}`))
			shows(t, one, err, `{"tasks":[{"id":5,"title":"one"}]}`)
		})
		row("G24 what comes by itself keeps its limits and conditions", func(t *testing.T) {
			one, err := published.FindUnique(ctx, projects, []byte(`{"where": {"id": 3}}`))
			must(t, err)
			if len(one.Value.Tasks) != 1 {
				t.Errorf("%d tasks came, one of them hidden", len(one.Value.Tasks))
			}
		})
		row("G25 writes give the same projection", func(t *testing.T) {
			one, err := published.Update(ctx, projects, []byte(`{"where": {"id": 3}, "data": {"title": "Project 2"}}`))
			must(t, err)
			if b := must1(json.Marshal(one)); strings.Contains(string(b), "secret") || !strings.Contains(string(b), `"tasks":[{"id":5,"title":"one"}]`) {
				t.Errorf("%s", b)
			}
		})
		row("G26 select or include, and neither where a number comes back", func(t *testing.T) {
			refused(t, find(published, `{"select": {"id": true}, "include": {"tasks": true}}`), guard.CodeShape, "include")
			_, err := published.DeleteMany(ctx, projects, []byte(`{"where": {"title": "x"}, "include": {"tasks": true}}`))
			refused(t, err, guard.CodeShape, "include")
		})
		row("G27 relation writes are allowed one by one", func(t *testing.T) {
			_, err := published.Update(ctx, projects, []byte(`{"where": {"id": 1}, "data": {"tags": {"delete": {"id": 1}}}}`))
			refused(t, err, guard.CodeShape, "data.tags.delete")
		})
		row("G28 nested writes of many rows need a condition", func(t *testing.T) {
			_, err := nesting.Update(ctx, projects, []byte(`{"where": {"id": 1}, "data": {"tasks": {"deleteMany": {"AND": []}}}}`))
			refused(t, err, guard.CodeShape, "data.tasks.deleteMany")
		})
		row("G29 set: [] clears, absent leaves alone", func(t *testing.T) {
			one, err := nesting.Update(ctx, projects, []byte(`{"where": {"id": 3}, "data": {"title": "Project 2"}, "select": {"tags": true}}`))
			shows(t, one, err, `{"tags":[{"name":"red"}]}`)
			one, err = nesting.Update(ctx, projects, []byte(`{"where": {"id": 3}, "data": {"tags": {"set": []}}, "select": {"tags": true}}`))
			shows(t, one, err, `{"tags":[]}`)
		})
		row("G30 one level of relation writes", func(t *testing.T) {
			wrong(t, func(s *guard.Shape[Project]) {
				s.Update = guard.Data[Project]{guard.Nest(Projects.Tasks, guard.Ops[Task]{Create: append(guard.Data[Task]{guard.Nest(Tasks.Comments, guard.Ops[Comment]{Link: guard.By(Comments.ID)})}, newTask...)})}
			})
		})
		row("G31 to G36 scopes act below the shape", func(t *testing.T) {
			one, err := published.Create(ctx, projects, []byte(`{"data": {"title": "scoped", "slug": "scoped"}}`))
			must(t, err)
			if one.Value.TenantID != 0 { // it is not part of what the shape reads
				t.Log(one.Value.TenantID)
			}
			if n, err := orm.Repo[Project](db).Where(Projects.Slug.Eq("scoped")).Count(actor(2)); n != 0 || err != nil {
				t.Errorf("another tenant sees %d: %v", n, err)
			}
			for _, nobody := range []context.Context{context.Background(), orm.WithActor(ctx, orm.Actor{ID: int64(1)}), orm.WithActor(ctx, orm.Actor{ID: int64(1), TenantID: "1"})} {
				_, err := published.Create(nobody, projects, []byte(`{"data": {"title": "x", "slug": "x"}}`))
				refused(t, err, guard.CodePolicy, "")
			}
			bare := unscoped(t)
			_, err = published.Create(ctx, orm.Repo[Project](bare), []byte(`{"data": {"title": "x", "slug": "x"}}`))
			if e := refused(t, err, guard.CodeInternal, ""); e != nil && !strings.Contains(e.Err.Error(), `scope "tenant"`) {
				t.Error(e.Err)
			}
		})
		row("G37 callers", func(t *testing.T) {
			c := guard.MustCompileVariants(guard.Variants[Project]{"/a": showing(Projects.ID)})
			refused(t, find(c, `{}`), guard.CodeCaller, "")
			refused(t, find(published, `{"caller": "/a"}`), guard.CodeShape, "caller")
		})
		row("G38 shapes of the context", func(t *testing.T) {
			c := guard.Dynamic(func(context.Context) (guard.Shape[Project], error) { panic("no") })
			refused(t, find(c, `{}`), guard.CodePolicy, "")
		})
		row("G39 errors carry status and code", func(t *testing.T) {
			e := refused(t, find(published, `{"take": 1000}`), guard.CodeLimit, "take")
			if e != nil && (e.Status != 413 || !errors.Is(e, orm.ErrLimit)) {
				t.Errorf("%d %v", e.Status, e.Err)
			}
			_, err := published.FindUnique(ctx, projects, []byte(`{"where": {"id": 999}}`))
			if e := refused(t, err, guard.CodeNotFound, ""); e != nil && (e.Status != 404 || !errors.Is(e, orm.ErrNotFound)) {
				t.Errorf("%d %v", e.Status, e.Err)
			}
		})
		row("G40 shapes are compiled once", func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("a wrong shape compiled")
				}
			}()
			guard.MustCompile(guard.Shape[Project]{})
		})
		row("G41 upsert", func(t *testing.T) {
			for _, step := range []struct{ body, want string }{
				{`{"where": {"tenant_id": 1, "slug": "up"}, "create": {"title": "made"}, "update": {"title": "changed"}, "select": {"title": true, "status": true}}`, `{"title":"made","status":"draft"}`},
				{`{"where": {"tenant_id": 1, "slug": "up"}, "create": {"title": "made"}, "update": {"title": "changed"}, "select": {"title": true}}`, `{"title":"changed"}`},
			} {
				one, err := published.Upsert(ctx, projects, []byte(step.body))
				shows(t, one, err, step.want)
			}
			_, err := published.Upsert(ctx, projects, []byte(`{"where": {"tenant_id": 2, "slug": "p0"}, "create": {"title": "x"}, "update": {"title": "x"}}`))
			if err == nil || must1(orm.Repo[Project](db).Where(Projects.Title.Eq("x")).Count(rls.Bypass(ctx, "the test looks at everything"))) > 1 {
				t.Errorf("another tenant's row: %v", err)
			}
		})
		row("G42 skipDuplicates", func(t *testing.T) {
			n, err := published.CreateMany(ctx, projects, []byte(`{"data": [{"title": "x", "slug": "p0"}, {"title": "y", "slug": "dup"}], "skipDuplicates": true}`))
			if n != 1 || err != nil {
				t.Error(n, err)
			}
			_, err = published.CreateMany(ctx, projects, []byte(`{"data": [{"title": "x", "slug": "p0"}]}`))
			refused(t, err, guard.CodeConflict, "")
		})
		row("G43 groups and having", func(t *testing.T) {
			c := compile(t, func(s *guard.Shape[Project]) {
				s.Where = guard.Where[Project]{guard.Allow(Projects.Slug), guard.Force(Projects.Archived.Eq(false))}
				s.Groups = guard.Groups[Project]{By: guard.Only(Projects.Status), Aggregates: guard.Aggregates(guard.CountAll, guard.Sum(Projects.Priority), guard.Avg(Projects.Priority), guard.Min(Projects.Slug), guard.Max(Projects.Budget))}
			})
			all, err := c.GroupBy(ctx, projects, []byte(`{"where": {"slug": {"in": ["p1", "p2", "p4", "p5"]}}, "by": "status", "_count": true, "_sum": {"priority": true}, "_avg": {"priority": true}, "_min": {"slug": true}, "_max": {"budget": true}, "orderBy": [{"_sum": {"priority": "desc"}}]}`))
			shows(t, all, err, `[{"status":"open","_count":2,"_sum":{"priority":9},"_avg":{"priority":4.5},"_min":{"slug":"p1"},"_max":{"budget":null}},{"status":"done","_count":1,"_sum":{"priority":3},"_avg":{"priority":3},"_min":{"slug":"p2"},"_max":{"budget":null}}]`)
			one, err := c.GroupBy(ctx, projects, []byte(`{"where": {"slug": {"in": ["p1", "p2"]}}, "_count": true, "having": {"_count": {"gt": 2}}}`))
			shows(t, one, err, `[]`)
		})
		row("G44 answers hold what was asked, no more", func(t *testing.T) {
			rows, err := published.FindMany(ctx, projects, []byte(`{"take": 100}`))
			must(t, err)
			text := string(must1(json.Marshal(rows)))
			for _, never := range []string{"s3cret", "tenant", "hidden", "slug"} {
				if strings.Contains(text, never) {
					t.Errorf("%s is in %s", never, text)
				}
			}
			for i := range rows.Rows {
				if p := &rows.Rows[i]; p.Secret != "" || p.Slug != "" || p.Notes != nil {
					t.Errorf("columns were read that nobody asked for: %+v", p)
				}
			}
		})
	})
}

// unscoped is a database without scopes.
func unscoped(t *testing.T) orm.DB {
	t.Helper()
	db := benchDB(t)
	must(t, orm.CreateTables(context.Background(), db))
	return db
}
