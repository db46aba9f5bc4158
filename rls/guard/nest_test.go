package guard_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
)

// nesting allows every write of related rows.
var nesting = guard.MustCompile(guard.Shape[Project]{
	Select: guard.Only(Projects.Title),
	Unique: guard.Uniques[Project]{guard.By(Projects.ID)},
	With: guard.With[Project]{
		guard.Include(Projects.Tasks, guard.Shape[Task]{Select: guard.Only(Tasks.ID, Tasks.Title, Tasks.Done), OrderBy: guard.Only(Tasks.ID), Default: guard.Order(Tasks.ID.Asc())}),
		guard.Include(Projects.Tags, guard.Shape[Tag]{Select: guard.Only(Tags.Name), Default: guard.Order(Tags.Name.Asc())}),
		guard.Include(Projects.Lead, guard.Shape[Person]{Select: guard.Only(People.Name)}),
	},
	Create: guard.Data[Project]{
		guard.Accept(Projects.Title), guard.Accept(Projects.Slug), guard.Fix(Projects.Archived.Set(false)), guard.Fix(Projects.Secret.Set("x")),
		guard.Nest(Projects.Lead, guard.Ops[Person]{
			Create:       guard.Data[Person]{guard.Accept(People.Name), guard.Accept(People.Email)},
			Link:         guard.By(People.Email),
			LinkOrCreate: guard.LinkOrCreate[Person]{Where: guard.By(People.Email), Create: guard.Data[Person]{guard.Accept(People.Name), guard.Accept(People.Email)}},
		}),
		guard.Nest(Projects.Tasks, guard.Ops[Task]{Create: newTask, CreateMany: newTask}),
	},
	Update: guard.Data[Project]{
		guard.Accept(Projects.Title),
		guard.Nest(Projects.Lead, guard.Ops[Person]{
			Create: guard.Data[Person]{guard.Accept(People.Name), guard.Accept(People.Email)},
			Link:   guard.By(People.Email), Unlink: guard.By(People.ID),
			Update: guard.Change[Person]{Data: guard.Data[Person]{guard.Accept(People.Name)}},
			Upsert: guard.Upsert[Person]{Create: guard.Data[Person]{guard.Accept(People.Name), guard.Accept(People.Email)}, Update: guard.Data[Person]{guard.Accept(People.Name)}},
			Delete: guard.By(People.ID),
		}),
		guard.Nest(Projects.Tasks, guard.Ops[Task]{
			Create: newTask, CreateMany: newTask, Link: guard.By(Tasks.ID), LinkOrCreate: guard.LinkOrCreate[Task]{Where: guard.By(Tasks.ID), Create: newTask},
			Update:     guard.Change[Task]{Where: guard.By(Tasks.ID), Data: guard.Data[Task]{guard.Accept(Tasks.Title), guard.Accept(Tasks.Done)}},
			UpdateMany: guard.ChangeMany[Task]{Where: guard.Where[Task]{guard.Allow(Tasks.Title), guard.Allow(Tasks.Done), guard.Force(Tasks.Hidden.Eq(false))}, Data: guard.Data[Task]{guard.Accept(Tasks.Done)}},
			Upsert:     guard.Upsert[Task]{Where: guard.By(Tasks.ID), Create: newTask, Update: guard.Data[Task]{guard.Accept(Tasks.Title)}},
			Delete:     guard.By(Tasks.ID), DeleteMany: guard.Where[Task]{guard.Allow(Tasks.Done), guard.Force(Tasks.Hidden.Eq(false))},
		}),
		guard.Nest(Projects.Tags, guard.Ops[Tag]{
			Create: guard.Data[Tag]{guard.Accept(Tags.Name)}, CreateMany: guard.Data[Tag]{guard.Accept(Tags.Name)},
			Link: guard.By(Tags.ID), Unlink: guard.By(Tags.ID), Set: guard.By(Tags.ID),
			LinkOrCreate: guard.LinkOrCreate[Tag]{Where: guard.By(Tags.ID), Create: guard.Data[Tag]{guard.Accept(Tags.Name)}},
			Delete:       guard.By(Tags.ID),
		}),
	},
})

var newTask = guard.Data[Task]{guard.Accept(Tasks.Title), guard.Accept(Tasks.Done), guard.Fix(Tasks.Hidden.Set(false))}

// The eleven writes of related rows, in both vocabularies; G27 and G29.
func TestNestedWrites(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, db orm.DB) {
		projects := orm.Repo[Project](db)
		step := func(data, sel, want string) {
			t.Helper()
			row, err := nesting.Update(ctx, projects, fmt.Appendf(nil, `{"where": {"id": 1}, "data": {%s}, "select": {%s}}`, data, sel))
			shows(t, row, err, want)
		}
		const tasks, tags, lead = `"tasks": true`, `"tags": true`, `"lead": true`
		step(`"tasks": {"create": {"title": "three", "done": false}}`, tasks,
			`{"tasks":[{"id":1,"title":"one","done":true},{"id":2,"title":"two","done":true},{"id":25,"title":"three","done":false}]}`)
		step(`"tasks": {"createMany": {"data": [{"title": "four", "done": false}, {"title": "five", "done": false}]}, "update": [{"where": {"id": 1}, "data": {"done": false}}], "delete": {"id": 2}}`, tasks,
			`{"tasks":[{"id":1,"title":"one","done":false},{"id":25,"title":"three","done":false},{"id":26,"title":"four","done":false},{"id":27,"title":"five","done":false}]}`)
		step(`"tasks": {"updateMany": {"where": {"title": {"startsWith": "f"}}, "data": {"done": true}}}`, tasks,
			`{"tasks":[{"id":1,"title":"one","done":false},{"id":25,"title":"three","done":false},{"id":26,"title":"four","done":true},{"id":27,"title":"five","done":true}]}`)
		step(`"tasks": {"deleteMany": [{"done": true}], "upsert": {"where": {"id": 25}, "create": {"title": "x", "done": false}, "update": {"title": "drei"}}, "connect": [{"id": 3}]}`, tasks,
			`{"tasks":[{"id":1,"title":"one","done":false},{"id":3,"title":"one","done":false},{"id":25,"title":"drei","done":false}]}`)
		step(`"tasks": {"upsert": {"where": {"id": 999}, "create": {"title": "six", "done": true}, "update": {"title": "no"}}, "connectOrCreate": {"where": {"id": 998}, "create": {"title": "seven", "done": false}}}`, tasks,
			`{"tasks":[{"id":1,"title":"one","done":false},{"id":3,"title":"one","done":false},{"id":25,"title":"drei","done":false},{"id":28,"title":"six","done":true},{"id":29,"title":"seven","done":false}]}`)

		step(`"tags": {"create": [{"name": "new"}], "disconnect": {"id": 1}}`, tags, `{"tags":[{"name":"new"}]}`)
		step(`"tags": {"set": [{"id": 1}, {"id": 2}]}`, tags, `{"tags":[{"name":"blue"},{"name":"red"}]}`)
		step(`"tags": {"unlink": {"id": 1}, "linkOrCreate": [{"where": {"id": 2}, "create": {"name": "no"}}]}`, tags, `{"tags":[{"name":"blue"}]}`)
		step(`"tags": {"delete": {"id": 2}}`, tags, `{"tags":[]}`)

		step(`"lead": {"update": {"name": "Boss"}}`, lead, `{"lead":{"name":"Boss"}}`)
		step(`"lead": {"disconnect": true}`, lead, `{"lead":null}`)
		step(`"lead": {"upsert": {"create": {"name": "Eve", "email": "eve@example.com"}, "update": {"name": "no"}}}`, lead, `{"lead":{"name":"Eve"}}`)
		step(`"lead": {"upsert": {"create": {"name": "no", "email": "no@example.com"}, "update": {"name": "Eva"}}}`, lead, `{"lead":{"name":"Eva"}}`)
		step(`"lead": {"link": {"email": "lead1@example.com"}}`, lead, `{"lead":{"name":"Boss"}}`)
		step(`"lead": {"create": {"name": "Zoe", "email": "zoe@example.com"}}`, lead, `{"lead":{"name":"Zoe"}}`)
		step(`"lead": {"delete": true}`, lead, `{"lead":null}`)

		row, err := nesting.Create(ctx, projects, []byte(`{"data": {"title": "T", "slug": "t", "lead": {"connectOrCreate": {"where": {"email": "yan@example.com"}, "create": {"name": "Yan"}}},
			"tasks": {"createMany": {"data": [{"title": "a", "done": true}]}}}, "select": {"lead": true, "tasks": {"select": {"title": true}}}}`))
		shows(t, row, err, `{"tasks":[{"title":"a"}],"lead":{"name":"Yan"}}`)
	})
}

// What a nested write must not do: reach rows that are not the row's own, do without a condition, tie rows elsewhere.
func TestNestedWritesAreRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, ctx context.Context, db orm.DB) {
		projects := orm.Repo[Project](db)
		for data, want := range map[string][2]string{
			`"tasks": {"update": {"where": {"id": 3}, "data": {"done": true}}}`:                       {guard.CodeNotFound, ""}, // of another project
			`"tasks": {"update": {"where": {"id": 13}, "data": {"done": true}}}`:                      {guard.CodeNotFound, ""}, // of another tenant
			`"tasks": {"delete": [{"id": 1}, {"id": 3}]}`:                                             {guard.CodeNotFound, ""},
			`"tasks": {"link": {"id": 13}}`:                                                           {guard.CodeConflict, ""},
			`"tasks": {"upsert": {"where": {"id": 1}, "create": {"title": "x"}, "update": {}}}`:       {guard.CodeShape, "data.tasks.upsert.update"},
			`"tasks": {"deleteMany": {}}`:                                                             {guard.CodeShape, "data.tasks.deleteMany"},
			`"tasks": {"deleteMany": [{"is_hidden": true}]}`:                                          {guard.CodeShape, "data.tasks.deleteMany[0]"},
			`"tasks": {"deleteMany": {"OR": [{}]}}`:                                                   {guard.CodeShape, "data.tasks.deleteMany"},
			`"tasks": {"updateMany": {"data": {"done": true}}}`:                                       {guard.CodeShape, "data.tasks.updateMany.where"},
			`"tasks": {"updateMany": {"where": {"done": {}}, "data": {"done": true}}}`:                {guard.CodeShape, "data.tasks.updateMany.where"},
			`"tasks": {"create": {"title": "x", "done": true, "project_id": 2}}`:                      {guard.CodeShape, "data.tasks.create.project_id"},
			`"tasks": {"create": {"title": "x", "done": true, "tenant_id": 2}}`:                       {guard.CodeShape, "data.tasks.create.tenant_id"},
			`"tasks": {"create": {"title": "x", "done": true, "id": 2}}`:                              {guard.CodeShape, "data.tasks.create.id"},
			`"tasks": {"create": {"title": "x", "done": true, "comments": {"create": {"body": ""}}}}`: {guard.CodeShape, "data.tasks.create.comments"},
			`"tasks": {"update": {"where": {"id": 1}, "data": {"is_hidden": true}}}`:                  {guard.CodeShape, "data.tasks.update.data.is_hidden"},
			`"tasks": {"createMany": [{"title": "x"}]}`:                                               {guard.CodeShape, "data.tasks.createMany[0].title"},
			`"lead": {"link": [{"email": "lead1@example.com"}]}`:                                      {guard.CodeShape, "data.lead.link"},
			`"lead": {"link": {"email": "lead2@example.com"}}`:                                        {guard.CodeConflict, ""},
			`"lead": {"delete": {"id": 1}}`:                                                           {guard.CodeShape, "data.lead.delete"},
			`"lead": {"set": []}`:                                                                     {guard.CodeShape, "data.lead.set"},
			`"lead": {"update": {"name": "x", "email": "y@example.com"}}`:                             {guard.CodeShape, "data.lead.update.email"},
			`"tags": {"link": {"id": 1, "name": "red"}}`:                                              {guard.CodeShape, "data.tags.link"},
			`"tags": {"update": {"where": {"id": 1}, "data": {"name": "x"}}}`:                         {guard.CodeShape, "data.tags.update"},
			`"tags": {"set": [], "link": {"id": 1}}`:                                                  {guard.CodeShape, "data.tags"},
			`"tags": {"set": true}`:                                                                   {guard.CodeShape, "data.tags.set"},
		} {
			_, err := nesting.Update(ctx, projects, fmt.Appendf(nil, `{"where": {"id": 1}, "data": {"title": "changed", %s}}`, data))
			if e := refused(t, err, want[0], want[1]); e != nil && t.Failed() {
				t.Log(data, errors.Unwrap(e))
			}
		}
		if n, err := projects.Where(Projects.Title.Eq("changed")).Count(ctx); n != 0 || err != nil {
			t.Errorf("a refused write changed %d rows: %v", n, err)
		}
	})
}
