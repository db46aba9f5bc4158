package guard_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
)

// listed rows of a write, and what the server adds to a request.
var server = guard.MustCompile(guard.Shape[Project]{
	Select: guard.Only(Projects.ID, Projects.Title),
	Where: guard.Where[Project]{guard.Allow(Projects.ID), guard.Allow(Projects.Priority), guard.Allow(Projects.Title, guard.Eq, guard.Like),
		guard.Force(Projects.Archived.Eq(false))},
	With:   guard.With[Project]{guard.Include(Projects.Lead, guard.Shape[Person]{Select: guard.Only(People.Name)}), guard.Count(Projects.Tasks)},
	Create: guard.Data[Project]{guard.Accept(Projects.Title), guard.Accept(Projects.Slug), guard.Accept(Projects.Priority), guard.Fix(Projects.Archived.Set(false)), guard.Fix(Projects.Secret.Set("x"))},
	Update: guard.Data[Project]{guard.Accept(Projects.Title), guard.Accept(Projects.Priority)},
	Unique: guard.Uniques[Project]{guard.By(Projects.ID)},
	Groups: guard.Groups[Project]{Aggregates: guard.Aggregates(guard.CountAll)},
})

// Writes of many rows give the rows as the shape shows them, those of others left alone.
func TestReturningVerbs(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, db orm.DB) {
		repo := orm.Repo[Project](db)
		made, err := server.CreateReturning(ctx, repo, []byte(`{"data": [{"title": "a", "slug": "a"}, {"title": "b", "slug": "b", "priority": 0}], "select": {"title": true, "lead": true}}`))
		shows(t, made, err, `[{"title":"a","lead":null},{"title":"b","lead":null}]`)
		if made.Rows[0].ID == 0 || made.Rows[1].ID == made.Rows[0].ID {
			t.Error("rows have no keys:", made.Rows)
		}
		_, err = server.CreateReturning(ctx, repo, []byte(`{"data": [{"title": "c", "slug": "c"}, {"title": "d", "slug": "a"}]}`))
		refused(t, err, guard.CodeConflict, "")
		changed, err := server.UpdateReturning(ctx, repo, []byte(`{"where": {"priority": {"lte": 2}, "title": {"like": "Project%"}}, "data": {"title": "low"}, "select": {"title": true, "lead": true}}`))
		shows(t, changed, err, `[{"title":"low","lead":{"name":"Lead 1"}},{"title":"low","lead":{"name":"Lead 1"}}]`)
		_, err = server.UpdateReturning(ctx, repo, []byte(`{"data": {"title": "all"}}`))
		refused(t, err, guard.CodeShape, "where")
		gone, err := server.DeleteReturning(ctx, repo, []byte(`{"where": {"title": {"like": "_ow"}}, "select": {"title": true, "lead": {"select": {"name": true}}}}`))
		shows(t, gone, err, `[{"title":"low","lead":{"name":"Lead 1"}},{"title":"low","lead":{"name":"Lead 1"}}]`)
		_, err = server.DeleteReturning(ctx, repo, []byte(`{}`))
		refused(t, err, guard.CodeShape, "where")
		_, err = server.DeleteReturning(ctx, repo, []byte(`{"where": {"priority": 3}, "select": {"_count": true}}`))
		refused(t, err, guard.CodeShape, "select")
		if n, err := orm.Repo[Project](db).Query().Count(actor(2)); n != 6 || err != nil {
			t.Error("another tenant lost rows:", n, err)
		}
		if n, err := orm.Repo[Project](db).Query().Count(ctx); n != 6 || err != nil {
			t.Error(n, err)
		}
	})
}

func tree(t *testing.T, text string) guard.Request {
	t.Helper()
	r, err := guard.ParseJSON([]byte(text))
	must(t, err)
	return r
}

// What a server adds holds for every verb and is no condition of the request's own.
func TestServersOwnWords(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, db orm.DB) {
		repo := orm.Repo[Project](db)
		only := func(text string) guard.Ask[Project] { return server.Ask(tree(t, text)).Where(Projects.Priority.Lte(2)) }
		rows, err := only(`{"select": {"title": true}}`).Reading(Projects.Priority, Projects.ID).FindMany(ctx, repo)
		shows(t, rows, err, `[{"title":"Project 0"},{"title":"Project 1"}]`)
		if rows.Rows[1].Priority != 2 || rows.Rows[1].Slug != "" {
			t.Error("read:", rows.Rows[1])
		}
		if n, err := only(`{}`).Count(ctx, repo); n != 2 || err != nil {
			t.Error(n, err)
		}
		if page, err := only(`{"total": true}`).Page(ctx, repo); err != nil || page.Total != 2 {
			t.Error(page, err)
		}
		groups, err := only(`{"_count": true}`).GroupBy(ctx, repo)
		must(t, err)
		if text, _ := json.Marshal(groups); string(text) != `[{"_count":2}]` {
			t.Error(string(text))
		}
		third := rows.Rows[0].ID + 2
		unseen := only(`{"where": {"id": ` + fmt.Sprint(third) + `}}`)
		_, err = unseen.FindUnique(ctx, repo)
		refused(t, err, guard.CodeNotFound, "")
		_, err = unseen.Delete(ctx, repo)
		refused(t, err, guard.CodeNotFound, "")
		_, err = only(`{"where": {"id": `+fmt.Sprint(third)+`}, "data": {"title": "x"}}`).Update(ctx, repo)
		refused(t, err, guard.CodeNotFound, "")
		_, err = only(`{"data": {"title": "x"}}`).UpdateMany(ctx, repo)
		refused(t, err, guard.CodeShape, "where")
		_, err = only(`{}`).DeleteMany(ctx, repo)
		refused(t, err, guard.CodeShape, "where")
		if n, err := only(`{"data": {"title": "x"}}`).EveryRow().UpdateMany(ctx, repo); n != 2 || err != nil {
			t.Error(n, err)
		}
		if n, err := only(`{}`).EveryRow().DeleteMany(ctx, repo); n != 2 || err != nil {
			t.Error(n, err)
		}
		if n, err := server.Ask(tree(t, `{}`)).EveryRow().DeleteMany(ctx, repo); n != 3 || err != nil { // one is archived
			t.Error(n, err)
		}
		if n, err := orm.Repo[Project](db).Query().Count(actor(2)); n != 6 || err != nil {
			t.Error("another tenant lost rows:", n, err)
		}
	})
}

// An import inserts what it can and tells the rest, row by row.
func TestImport(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, db orm.DB) {
		repo := orm.Repo[Project](db)
		results, err := server.Import(ctx, repo, []byte(`{"data": [{"title": "a", "slug": "a"}, {"title": ""}, {"title": "b", "slug": "p0"}, {"title": "c", "slug": "a"}, {"title": "d", "slug": "d", "color": 1}, {"title": "e", "slug": "e"}, {"title": "z", "slug": "z", "priority": 0}], "select": {"title": true}}`))
		must(t, err)
		want := []string{`{"title":"a"}`, guard.CodeValidation, guard.CodeConflict, guard.CodeConflict, guard.CodeShape, `{"title":"e"}`, guard.CodeShape}
		for i, r := range results {
			got := ""
			if r.Err != nil {
				got = r.Err.Code
			} else {
				text, _ := json.Marshal(r.Row)
				got = string(text)
			}
			if got != want[i] || r.Index != i {
				t.Errorf("%d: %s, want %s", r.Index, got, want[i])
			}
		}
		if n, err := repo.Query().Count(ctx); n != 8 || err != nil {
			t.Error(n, err)
		}
	})
}
