package guard_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"

	"github.com/go-playground/validator/v10"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/source/sqlite"
)

// example is a database of one tenant's projects, and a context of somebody of that tenant.
func example() (context.Context, orm.Repo[Project]) {
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Project{}, Task{}, Tag{}, Person{}, Comment{}))
	if err != nil {
		log.Fatal(err)
	}
	ctx = orm.WithActor(ctx, orm.Actor{ID: int64(1), TenantID: int64(1)})
	lead, tag := Person{Name: "Ada", Email: "ada@example.com"}, Tag{Name: "red"}
	roof := Project{Slug: "roof", Title: "Roof", Status: "open", Tasks: []Task{}}
	for _, err := range []error{
		orm.CreateTables(ctx, db), db.Use(rls.Tenant()),
		orm.Repo[Person](db).Create(ctx, &lead), orm.Repo[Tag](db).Create(ctx, &tag),
		orm.Repo[Project](db).Create(ctx, &roof, Projects.Tasks.Create(&Task{Title: "tiles"}, &Task{Title: "bribe", Hidden: true}), Projects.Tags.Link(orm.Key[Tag](1)), Projects.Lead.Link(orm.Key[Person](1))),
		orm.Repo[Project](db).Create(ctx, &Project{Slug: "wall", Title: "Wall", Priority: 5}),
	} {
		if err != nil {
			log.Fatal(err)
		}
	}
	return ctx, orm.Repo[Project](db)
}

// print shows an answer as its reader gets it, or the refusal.
func print(answer any, err error) {
	if err != nil {
		fmt.Println(err)
		return
	}
	b, err := json.Marshal(answer)
	fmt.Println(string(b), err)
}

func ExampleCompiled_FindMany() {
	ctx, projects := example()
	defer projects.DB().Close()
	print(published.FindMany(ctx, projects, []byte(`{
		"where": {"title": {"contains": "o"}, "tasks": {"some": {"done": false}}},
		"select": {"title": true, "tasks": {"select": {"title": true}}, "_count": {"tasks": true}}
	}`)))
	print(published.FindMany(ctx, projects, []byte(`{"where": {"secret": "x"}}`)))
	print(published.FindMany(ctx, projects, []byte(`{"where": {"titel": "x"}}`)))
	// Output:
	// [{"title":"Roof","tasks":[{"title":"tiles"}],"_count":{"tasks":1}}] <nil>
	// guard: where.secret: the shape does not name it
	// guard: where.titel: the shape does not name it (did you mean "title"?)
}

func ExampleCompiled_FindFirst() {
	ctx, projects := example()
	defer projects.DB().Close()
	print(published.FindFirst(ctx, projects, []byte(`{"orderBy": {"title": "desc"}, "select": {"title": true}}`)))
	// Output: {"title":"Wall"} <nil>
}

func ExampleCompiled_FindUnique() {
	ctx, projects := example()
	defer projects.DB().Close()
	print(published.FindUnique(ctx, projects, []byte(`{"where": {"tenant_id": 1, "slug": "roof"}, "select": {"status": true}}`)))
	print(published.FindUnique(ctx, projects, []byte(`{"where": {"slug": "roof"}}`)))
	print(published.FindUnique(ctx, projects, []byte(`{"where": {"id": 99}}`)))
	// Output:
	// {"status":"open"} <nil>
	// guard: where: it names one row: id; or tenant_id and slug
	// guard: there is no such row
}

func ExampleCompiled_Count() {
	ctx, projects := example()
	defer projects.DB().Close()
	print(published.Count(ctx, projects, []byte(`{"where": {"NOT": {"status": {"in": ["done", "draft"]}}}}`)))
	// Output: 1 <nil>
}

func ExampleCompiled_Page() {
	ctx, projects := example()
	defer projects.DB().Close()
	page, err := published.Page(ctx, projects, []byte(`{"orderBy": {"title": "asc"}, "take": 1, "total": true, "select": {"title": true}}`))
	fmt.Println(page.Rows[0].Title, page.Total, page.Prev == "", err)
	page, err = published.Page(ctx, projects, fmt.Appendf(nil, `{"orderBy": {"title": "asc"}, "take": 1, "cursor": %q}`, page.Next))
	fmt.Println(page.Rows[0].Title, page.Next == "", err)
	_, err = published.Page(ctx, projects, []byte(`{"cursor": "made up"}`))
	fmt.Println(err)
	// Output:
	// Roof 2 true <nil>
	// Wall true <nil>
	// guard: cursor: the cursor was changed, or belongs to another request: begin at the first page
}

func ExampleCompiled_GroupBy() {
	ctx, projects := example()
	defer projects.DB().Close()
	print(published.GroupBy(ctx, projects, []byte(`{"by": ["status"], "_count": true, "_sum": {"priority": true}, "orderBy": {"status": "asc"}}`)))
	// Output: [{"status":"draft","_count":1,"_sum":{"priority":5}},{"status":"open","_count":1,"_sum":{"priority":3}}] <nil>
}

func ExampleCompiled_Query() {
	ctx, projects := example()
	defer projects.DB().Close()
	q, err := published.Query(ctx, projects, []byte(`{"where": {"status": "open"}}`))
	if err != nil {
		log.Fatal(err)
	}
	exists, err := q.Where(Projects.Priority.Gt(2)).Exists(ctx)
	fmt.Println(exists, err)
	// Output: true <nil>
}

func ExampleCompiled_Create() {
	ctx, projects := example()
	defer projects.DB().Close()
	print(published.Create(ctx, projects, []byte(`{
		"data": {"title": "Door", "slug": "door", "status": "done", "tags": {"link": {"id": 1}, "create": [{"name": "blue"}]}},
		"select": {"title": true, "status": true}
	}`)))
	_, err := published.Create(ctx, projects, []byte(`{"data": {"title": "", "slug": "x", "priority": 7}}`))
	fmt.Println(err)
	var rules validator.ValidationErrors
	fmt.Println(errors.As(err, &rules), len(rules))
	_, err = published.Create(ctx, projects, []byte(`{"data": {"title": "Door", "slug": "x", "tenant_id": 2}}`))
	fmt.Println(err)
	_, err = published.Create(ctx, projects, []byte(`{"data": {"title": "Door", "slug": "door"}}`))
	fmt.Println(err, errors.Is(err, orm.ErrConflict))
	// Output:
	// {"title":"Door","status":"draft"} <nil>
	// guard: data: priority: it breaks the rule max=5; title: it breaks the rule required
	// true 2
	// guard: data.tenant_id: the shape does not name it
	// guard: it stands in conflict with what is there true
}

func ExampleCompiled_CreateMany() {
	ctx, projects := example()
	defer projects.DB().Close()
	print(published.CreateMany(ctx, projects, []byte(`{"data": [{"title": "Door", "slug": "door"}, {"title": "Roof", "slug": "roof"}], "skipDuplicates": true}`)))
	// Output: 1 <nil>
}

func ExampleCompiled_Update() {
	ctx, projects := example()
	defer projects.DB().Close()
	print(published.Update(ctx, projects, []byte(`{"where": {"id": 1}, "data": {"title": "Green roof", "tags": {"set": []}}, "select": {"title": true}}`)))
	print(published.Update(ctx, projects, []byte(`{"where": {"id": 1}, "data": {"status": "done"}}`)))
	// Output:
	// {"title":"Green roof"} <nil>
	// guard: data.status: the shape does not name it
}

func ExampleCompiled_UpdateMany() {
	ctx, projects := example()
	defer projects.DB().Close()
	print(published.UpdateMany(ctx, projects, []byte(`{"where": {"status": "open"}, "data": {"priority": 1}}`)))
	print(published.UpdateMany(ctx, projects, []byte(`{"where": {"OR": [{}]}, "data": {"priority": 1}}`)))
	// Output:
	// 1 <nil>
	// guard: where: a write of many rows needs a condition of the request's own
}

func ExampleCompiled_Upsert() {
	ctx, projects := example()
	defer projects.DB().Close()
	for range 2 {
		print(published.Upsert(ctx, projects, []byte(`{"where": {"tenant_id": 1, "slug": "door"}, "create": {"title": "Door"}, "update": {"title": "Wide door"}, "select": {"title": true}}`)))
	}
	// Output:
	// {"title":"Door"} <nil>
	// {"title":"Wide door"} <nil>
}

func ExampleCompiled_Delete() {
	ctx, projects := example()
	defer projects.DB().Close()
	print(published.Delete(ctx, projects, []byte(`{"where": {"id": 2}, "select": {"title": true}}`)))
	// Output: {"title":"Wall"} <nil>
}

func ExampleCompiled_DeleteMany() {
	ctx, projects := example()
	defer projects.DB().Close()
	print(published.DeleteMany(ctx, projects, []byte(`{"where": {"title": {"contains": "all"}}}`)))
	print(published.DeleteMany(ctx, projects, []byte(`{}`)))
	// Output:
	// 1 <nil>
	// guard: where: a write of many rows needs a condition of the request's own
}

// The server's word for who asks chooses the shape.
func ExampleWithCaller() {
	ctx, projects := example()
	defer projects.DB().Close()
	shapes := guard.MustCompileVariants(guard.Variants[Project]{
		"/admin/projects":     {Select: guard.Only(Projects.Title, Projects.Priority), OrderBy: guard.Only(Projects.Title)},
		"/org/{org}/projects": {Select: guard.Only(Projects.Title), OrderBy: guard.Only(Projects.Title)},
	})
	body := []byte(`{"orderBy": {"title": "desc"}, "take": 1}`)
	print(shapes.FindMany(guard.WithCaller(ctx, "/admin/projects"), projects, body))
	print(shapes.FindMany(guard.WithCaller(ctx, "/org/{org}/projects"), projects, body))
	print(shapes.FindMany(ctx, projects, body))
	// Output:
	// [{"title":"Wall","priority":5}] <nil>
	// [{"title":"Wall"}] <nil>
	// guard: there is nothing for this caller
}

func ExampleDynamic() {
	ctx, projects := example()
	defer projects.DB().Close()
	c := guard.Dynamic(func(ctx context.Context) (guard.Shape[Project], error) {
		a, ok := orm.ActorFrom(ctx)
		if !ok {
			return guard.Shape[Project]{}, orm.ErrNoActor
		}
		s := guard.Shape[Project]{Select: guard.Only(Projects.Title)}
		if a.Role == "manager" {
			s.Select = guard.Only(Projects.Title, Projects.Budget)
		}
		return s, nil
	})
	print(c.FindFirst(ctx, projects, []byte(`{}`)))
	print(c.FindFirst(orm.WithActor(ctx, orm.Actor{ID: int64(2), TenantID: int64(1), Role: "manager"}), projects, []byte(`{}`)))
	// Output:
	// {"title":"Roof"} <nil>
	// {"title":"Roof","budget":null} <nil>
}

// Another grammar makes a tree of its own text and hands it to the same verbs.
func ExampleCompiled_Ask() {
	ctx, projects := example()
	defer projects.DB().Close()
	tree := guard.Request{Root: guard.Node{Kind: guard.Object, Members: []guard.Member{
		{Name: "where", Value: guard.Node{Kind: guard.Object, Members: []guard.Member{{Name: "status", Value: guard.Node{Kind: guard.String, Text: "open"}}}}},
		{Name: "take", Value: guard.Node{Kind: guard.Number, Text: "1"}},
	}}}
	n, err := published.Ask(tree).FindMany(ctx, projects)
	fmt.Println(len(n.Rows), err)
	// Output: 1 <nil>
}

// A shape with a mistake does not compile; all mistakes are told at once.
func ExampleCompile() {
	_, err := guard.Compile(guard.Shape[Project]{
		Select: guard.Only(Projects.ID, Projects.Secret),
		Where:  guard.Where[Project]{guard.Allow(Projects.Archived, guard.Contains)},
		Unique: guard.Uniques[Project]{guard.By(Projects.Title)},
	})
	fmt.Println(err)
	// Output:
	// orm: guard Project: invalid: Select: Secret is tagged hidden: it never leaves and is never asked about
	// orm: guard Project: invalid: Where: Archived: the operator contains does not suit the column
	// orm: guard Project: invalid: Unique[0]: the columns are neither the primary key nor a unique set of Project, which are ID; TenantID + Slug
}

// The status and the code are for the answer, the path for whoever sent the request; errors.Is finds what lies below.
func ExampleError() {
	ctx, projects := example()
	defer projects.DB().Close()
	_, err := published.FindMany(ctx, projects, []byte(`{"orderBy": [{"title": "up"}]}`))
	var refused *guard.Error
	if errors.As(err, &refused) {
		fmt.Println(refused.Status, refused.Code, refused.Path)
	}
	_, err = published.FindMany(context.Background(), projects, []byte(`{}`))
	fmt.Println(err, errors.Is(err, orm.ErrNoActor))
	// Output:
	// 400 SHAPE_INVALID orderBy[0].title
	// guard: it is not allowed true
}

// The tags of a model make a shape: filter= says what may be filtered by, readonly and hidden what may not be given and read.
func ExampleFromTags() {
	type Book struct {
		ID       int64  `orm:"id,auto"`
		Title    string `orm:"title,filter=prefix" validate:"required"`
		Price    int    `orm:"price,filter=lte"`
		Supplier string `orm:"supplier,hidden,readonly,default=none"`
	}
	db, err := orm.Open(context.Background(), sqlite.Source("main", ":memory:"), orm.Models(Book{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	if err := orm.CreateTables(context.Background(), db); err != nil {
		fmt.Println(err)
		return
	}
	shape, err := guard.FromTags(guard.Tags[Book]{Take: guard.Take{Max: 10}})
	if err != nil {
		fmt.Println(err)
		return
	}
	books := guard.MustCompile(shape)
	repo := orm.Repo[Book](db)
	made, err := books.CreateReturning(context.Background(), repo, []byte(`{"data": [{"title": "Go", "price": 30}, {"title": "SQL", "price": 50}]}`))
	text, _ := json.Marshal(made)
	fmt.Println(string(text), err)
	found, err := books.FindMany(context.Background(), repo, []byte(`{"where": {"price": {"lte": 40}}}`))
	text, _ = json.Marshal(found)
	fmt.Println(string(text), err)
	_, err = books.FindMany(context.Background(), repo, []byte(`{"where": {"supplier": "none"}}`))
	fmt.Println(err)
	// Output:
	// [{"id":1,"title":"Go","price":30},{"id":2,"title":"SQL","price":50}] <nil>
	// [{"id":1,"title":"Go","price":30}] <nil>
	// guard: where.supplier: the shape does not name it
}
