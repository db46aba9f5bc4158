package rest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest"
	"github.com/multi-orm/orm/source/sqlite"
)

// Article has a tag of every kind that a resource reads.
type Article struct {
	ID        int64      `orm:"id,auto,filter=in"`
	Title     string     `orm:"title,filter=prefix" validate:"required"`
	Body      string     `orm:"body,filter=contains|eq"`
	Rating    *int       `orm:"rating,filter=zeronull"`
	Score     int        `orm:"score,filter=gte&ne,default=0"`
	Live      bool       `orm:"live,filter=bool,default=false"`
	Kind      string     `orm:"kind,filter=notin,default=news,enum=news|blog|test"`
	Slug      string     `orm:"slug,createonly,unique"`
	Note      *string    `orm:"note,updateonly"`
	Internal  string     `orm:"internal,readonly,default=x"`
	Secret    *string    `orm:"secret,hidden"`
	Plain     *string    `orm:"plain"`
	Silent    *string    `orm:"silent,noquery"`
	AuthorID  *int64     `orm:"author_id"`
	Version   int        `orm:"version,version"`
	CreatedAt time.Time  `orm:"created_at,default=now"`
	UpdatedAt time.Time  `orm:"updated_at,default=now,update=now"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`

	Byline string `orm:"byline,computed,needs=Author"`
	Motto  string `orm:"motto,computed,needs=Author.Profile"`

	Author *Author `orm:"relation=author_id:id"`
}

type Author struct {
	ID       int64     `orm:"id,auto"`
	Name     string    `orm:"name"`
	Token    *string   `orm:"token,hidden"`
	Profile  *Profile  `orm:"relation=id:author_id"`
	Articles []Article `orm:"relation=id:author_id"`
}

type Profile struct {
	ID       int64  `orm:"id,auto"`
	AuthorID int64  `orm:"author_id,unique"`
	Motto    string `orm:"motto"`
}

var Articles = orm.Bind[Article, struct {
	Live orm.Col[Article, bool]
}]()

func ptr[V any](v V) *V { return &v }

func articles(t *testing.T, options ...rest.TaggedOption) *site {
	t.Helper()
	db, err := orm.Open(t.Context(), sqlite.Source("main", testkit.SQLite(t)), orm.Models(Article{}, Author{}, Profile{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	err = errors.Join(orm.CreateTables(t.Context(), db), db.Use(hook.SoftDelete(), hook.Validate(),
		hook.Computed("Byline", []string{"Title"}, func(_ context.Context, rows []*Article) error {
			for _, r := range rows {
				if r.Author != nil {
					r.Byline = r.Title + " by " + r.Author.Name
				}
			}
			return nil
		}),
		hook.Computed("Motto", []string{"Title"}, func(_ context.Context, rows []*Article) error {
			for _, r := range rows {
				if r.Author != nil && r.Author.Profile != nil {
					r.Motto = r.Author.Profile.Motto
				}
			}
			return nil
		})))
	if err != nil {
		t.Fatal(err)
	}
	author := Author{Name: "Ann", Token: ptr("t")}
	if err := orm.Repo[Author](db).Create(t.Context(), &author); err != nil {
		t.Fatal(err)
	}
	if err := orm.Repo[Profile](db).Create(t.Context(), &Profile{AuthorID: author.ID, Motto: "on"}); err != nil {
		t.Fatal(err)
	}
	for i := range 6 {
		a := Article{Title: fmt.Sprint("title_", i), Body: "body " + string(rune('a'+i)), Score: i, Live: i%2 == 0, Slug: fmt.Sprint("s", i), Kind: []string{"news", "blog", "test"}[i%3], Secret: ptr("s"), AuthorID: &author.ID}
		if i == 1 {
			a.Rating = ptr(3)
		}
		if err := orm.Repo[Article](db).Create(t.Context(), &a); err != nil {
			t.Fatal(err)
		}
	}
	return serve(t, db, rest.Tagged[Article]("articles", options...))
}

func keys(a answered) string {
	var out []string
	if n := a.at("articles"); n != nil {
		for i := range n.Items {
			out = append(out, n.Items[i].Member("id").Text)
		}
	}
	return strings.Join(out, " ")
}

// N10 to N14: parameters by the words of filter=; a value that cannot be read is refused and is never no filter.
func TestN10ToN14(t *testing.T) {
	s := articles(t)
	for query, want := range map[string]string{
		"title=title_": "1 2 3 4 5 6", "title=title_1": "2", "title=title%25": "", "title=itle": "",
		"body=b": "1 2 3 4 5 6", "body=body+c": "3", "body=_": "",
		"id=1,3,5": "1 3 5", "id=2&id=4": "2 4", "id=": "?", "id=1,": "?", "id=1,x": "?", "id=1.5": "?",
		"rating=0": "1 3 4 5 6", "rating=3": "2", "rating=0,0": "?", "rating=x": "?",
		"score=3": "5 6", "score=x": "?", "score=1&score=2": "?",
		"live=true": "1 3 5", "live=1": "1 3 5", "live=false": "2 4 6", "live=0": "2 4 6", "live=yes": "?", "live=": "?", "live=TRUE": "?",
		"kind=news,test": "2 5", "kind=nothing": "?",
		"live=1&score=1":                        "3 5",
		"live=1&select=(where:(id.in:_(1,2)_))": "1", "plain=x": "?", "silent=x": "?", "secret=s": "?", "nothing=x": "?",
	} {
		status := 200
		if want == "?" {
			status = 400
		}
		got := s.want(status, "GET", "/articles?"+query, "")
		if status == 200 && keys(got) != want {
			t.Errorf("%s: %q, want %q", query, keys(got), want)
		}
		if status == 400 && got.value("code") != "SHAPE_INVALID" {
			t.Error(query, got.text)
		}
	}
	s.want(400, "DELETE", "/articles?live=1", "") // N9: they are of GET
	s.want(400, "GET", "/articles/1?live=1", "")
	s.want(200, "HEAD", "/articles?live=1", "")
}

// N17, N18: parameters of the program's own, and what they mean.
func TestN17Decode(t *testing.T) {
	s := articles(t, rest.Parameter("ids", "ID", "in"), rest.Decode("ids", rest.CSV[int64]), rest.Parameter("below", "Score", "lt"), rest.Parameter("any", "Title", "prefix|eq"),
		rest.Decode("below", func(text string) (int, error) {
			if text == "panic" {
				panic(text)
			}
			return map[string]int{"two": 2}[text], nil
		}))
	for query, want := range map[string]string{"ids=1,3": "1 3", "below=two": "1 2", "any=title_4": "5", "ids=1&below=two": "1"} {
		if got := keys(s.want(200, "GET", "/articles?"+query, "")); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	s.want(400, "GET", "/articles?ids=1,x", "").holds(t, "path", "ids")
	s.want(400, "GET", "/articles?below=panic", "").holds(t, "path", "below")
	for name, options := range map[string][]rest.TaggedOption{
		"no such parameter":     {rest.Decode("nothing", rest.CSV[int64])},
		"no such field":         {rest.Parameter("x", "Nothing", "eq")},
		"no such word":          {rest.Parameter("x", "Title", "eqq")},
		"a name twice":          {rest.Parameter("title", "Body", "eq")},
		"a name of ours":        {rest.Parameter("select", "Body", "eq")},
		"no such relation":      {rest.Relations("Autor")},
		"no such field to omit": {rest.OmitResult("Titel")},
		"another model":         {rest.Scope(guard.Force(Posts.Title.Eq("x")))},
		"another model's rules": {rest.Base(rest.Rules[Post]{})},
		"a page size":           {rest.PageSize(10, 5)},
		"nil":                   {nil},
	} {
		if _, err := rest.New(s.db, rest.Tagged[Article]("articles", options...)); !errors.Is(err, orm.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// N7, N8, N20, N21, N26: which fields a stage knows.
func TestStages(t *testing.T) {
	s := articles(t)
	s.want(200, "GET", "/articles/1", "").holds(t, "articles", `{"id":1,"title":"title_0","body":"body a","rating":null,"score":0,"live":true,"kind":"news","slug":"s0","note":null,"internal":"x","plain":null,"silent":null,"author_id":1}`)
	for _, name := range []string{"id", "note", "internal", "version", "created_at", "updated_at", "deleted_at", "byline", "author"} {
		s.want(400, "POST", "/articles", `{"title":"t","body":"b","slug":"n","`+name+`":null}`).holds(t, "path", "data."+name)
	}
	s.want(422, "POST", "/articles", `{"title":"t","body":"b"}`).holds(t, "path", "data.slug")
	s.want(201, "POST", "/articles", `{"title":"t","body":"b","slug":"n","secret":"in"}`).holds(t, "articles.0.id", "7", "articles.0.secret", "")
	for _, name := range []string{"id", "slug", "internal", "version", "created_at"} {
		s.want(400, "PATCH", "/articles/1", `{"`+name+`":null}`).holds(t, "path", "data."+name)
	}
	s.want(200, "PATCH", "/articles/1", `{"note":"seen","title":"new"}`).holds(t, "articles.note", "seen", "articles.title", "new")
	s.want(400, "GET", "/articles?select=(orderBy:(plain:asc))", "")
	s.want(400, "GET", "/articles?select=(where:(silent:x))", "")

	omitted := articles(t, rest.OmitResult("Body", "Internal"), rest.OmitCreate("Rating"), rest.OmitUpdate("Title"), rest.OmitQuery("Live"), rest.VersionDates())
	got := omitted.want(200, "GET", "/articles/1", "")
	if got.at("articles.body") != nil || got.at("articles.internal") != nil || got.value("articles.version") == "" || got.value("articles.created_at") == "" || got.at("articles.deleted_at") == nil {
		t.Error(got.text)
	}
	omitted.want(400, "POST", "/articles", `{"title":"t","body":"b","slug":"n","rating":1}`)
	omitted.want(400, "PATCH", "/articles/1", `{"title":"t"}`)
	omitted.want(400, "GET", "/articles?live=1", "")
	omitted.want(400, "GET", "/articles?select=(where:(live:T))", "")
}

// N20, N21: relations that are named come with every row, computed fields with the relations that they need.
func TestRelationsAndComputed(t *testing.T) {
	s := articles(t, rest.Relations("Author"))
	s.want(200, "GET", "/articles?title=title_0&select=(columns:F)", "").holds(t, "count", "1")
	got := s.want(200, "GET", "/articles/1", "")
	got.holds(t, "articles.author", `{"id":1,"name":"Ann"}`, "articles.byline", "title_0 by Ann")
	if got.at("articles.motto") != nil {
		t.Error("a computed field is shown without what it needs:", got.text)
	}
	s = articles(t, rest.Relations("Author.Profile"))
	s.want(200, "GET", "/articles/1", "").holds(t, "articles.author", `{"id":1,"name":"Ann","profile":{"id":1,"author_id":1,"motto":"on"}}`, "articles.motto", "on")
	s.want(201, "POST", "/articles", `[]`).holds(t, "articles", "[]")
}

// N33, N34: pages by number with totals, and by cursor.
func TestTaggedPages(t *testing.T) {
	s := articles(t, rest.PageSize(2, 4))
	page := s.want(200, "GET", "/articles?pageCount=2&live=1", "")
	page.holds(t, "pageCount", "2", "recordsPerPage", "2", "totalPages", "2", "matched", "3", "count", "1")
	s.want(200, "GET", "/articles?pageCount=3&recordsPerPage=4", "").holds(t, "count", "0", "articles", "[]", "totalPages", "2")
	s.want(200, "GET", "/articles?recordsPerPage=3", "").holds(t, "count", "3")
	first := s.want(200, "GET", "/articles?paginationCursor=&recordsPerPage=4", "")
	if keys(first) != "1 2 3 4" || first.at("prev") != nil {
		t.Error(first.text)
	}
	if last := s.want(200, "GET", "/articles?recordsPerPage=4&paginationCursor="+first.value("next"), ""); keys(last) != "5 6" || last.at("next") != nil {
		t.Error(last.text)
	}
	for query, status := range map[string]int{"pageCount=0": 400, "pageCount=-1": 400, "pageCount=x": 400, "pageCount=1e3": 400, "pageCount=1&pageCount=2": 400, "recordsPerPage=0": 400, "recordsPerPage=5": 413,
		"pageCount=999999999": 413, "pageCount=99999999999999999999": 413, "paginationCursor=x": 400, "paginationCursor=&pageCount=1": 400, "paginationCursor=&paginationCursor=": 400,
		"recordsPerPage=2&select=(limit:1)": 400} {
		s.want(status, "GET", "/articles?"+query, "")
	}
	nicot := articles(t, rest.PageSize(2, 4), rest.Base(rest.Rules[Article]{Format: rest.NicotEnvelope}))
	if got := nicot.want(200, "GET", "/articles?select=(columns:~T(id)~)", ""); got.text != `{"statusCode":200,"success":true,"message":"success","total":6,"perPage":2,"totalPages":3,"pageCount":1,"data":[{"id":1},{"id":2}]}` {
		t.Error(got.text)
	}
	got := nicot.want(200, "GET", "/articles?paginationCursor=&select=(columns:~T(id)~)", "")
	if got.value("pagination.nextCursor") == "" || got.value("data") != `[{"id":1},{"id":2}]` {
		t.Error(got.text)
	}
}

// N27, N28: an import inserts what it can, in the order of the file.
func TestTaggedImport(t *testing.T) {
	s := articles(t)
	s.want(405, "POST", "/articles/import", `[]`)
	s = articles(t, rest.Import())
	for path, allow := range map[string]string{"/articles/import": "OPTIONS, HEAD, GET, PATCH, DELETE, POST", "/articles/1": "OPTIONS, HEAD, GET, PATCH, DELETE"} {
		if got := s.want(204, "OPTIONS", path, "").header.Get("Allow"); got != allow {
			t.Errorf("%s: %s", path, got)
		}
	}
	got := s.want(200, "POST", "/articles/import", `[{"title":"a","body":"b","slug":"i1"},{"title":"","body":"b","slug":"i2"},{"title":"c","body":"b","slug":"s0"},{"title":"d","body":"b","slug":"i1"},{"title":"e","body":"b","slug":"i3"}]`)
	got.holds(t, "rowsAffected", "2", "count", "5", "results.0.ok", "true", "results.0.articles.title", "a", "results.1.code", "VALIDATION_FAILED", "results.1.path", "data[1].title",
		"results.2.code", "CONFLICT", "results.3.code", "CONFLICT", "results.4.index", "4", "results.4.articles.slug", "i3")
	if n, _ := orm.Repo[Article](s.db).Query().Count(t.Context()); n != 8 {
		t.Error(n)
	}
	s.want(400, "POST", "/articles/import", `{"title":"a"}`)
	s.want(200, "POST", "/articles/import", `[]`).holds(t, "results", "[]")
}

// N19, N23, N24, N29, N32: unknown parameters, conditions that always hold, soft deletes and ways that there are not.
func TestTaggedRest(t *testing.T) {
	s := articles(t, rest.IgnoreUnknown(), rest.Scope(guard.Force(Articles.Live.Eq(true))), rest.Base(rest.Rules[Article]{CountTotal: true}))
	if got := s.want(200, "GET", "/articles?nothing=1&countTotal", ""); keys(got) != "1 3 5" || got.value("total") != "3" {
		t.Error(got.text)
	}
	s.want(404, "GET", "/articles/2", "")
	s.want(404, "DELETE", "/articles/2", "")
	s.want(200, "DELETE", "/articles/1", "").holds(t, "rowsAffected", "1")
	s.want(404, "GET", "/articles/1", "")
	if n, _ := orm.Repo[Article](s.db).Query().WithDeleted().Count(t.Context()); n != 6 {
		t.Error("the row is gone for good:", n)
	}
	some := articles(t, rest.Routes(rest.RouteList|rest.RouteCreate))
	some.want(405, "GET", "/articles/1", "")
	some.want(405, "DELETE", "/articles/1", "")
	some.want(405, "PATCH", "/articles", `{}`)
	if got := some.want(204, "OPTIONS", "/articles", "").header.Get("Allow"); got != "OPTIONS, HEAD, GET, POST" {
		t.Error(got)
	}
}

// Country has a key that its rows are given.
type Country struct {
	Code      string     `orm:"code,id"`
	Name      string     `orm:"name"`
	Since     int        `orm:"since,createonly"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`
}

// N25: a row whose key is there is changed, one that is not is made, all in one transaction.
func TestN25CreateOrUpdate(t *testing.T) {
	db, err := orm.Open(t.Context(), sqlite.Source("main", testkit.SQLite(t)), orm.Models(Country{}))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := errors.Join(orm.CreateTables(t.Context(), db), db.Use(hook.SoftDelete())); err != nil {
		t.Fatal(err)
	}
	s := serve(t, db, rest.Tagged[Country]("countries", rest.CreateOrUpdate()), rest.Tagged[Country]("strict"))
	s.want(201, "POST", "/countries", `[{"code":"fr","name":"France","since":843},{"code":"it","name":"Italy","since":1861}]`).holds(t, "rowsAffected", "2", "countries.1.name", "Italy")
	s.want(201, "POST", "/countries", `[{"code":"it","name":"Italia","since":1},{"code":"es","name":"Spain","since":1479}]`).
		holds(t, "countries.0", `{"code":"it","name":"Italia","since":1861}`, "countries.1.code", "es")
	s.want(409, "POST", "/strict", `{"code":"it","name":"x","since":1}`)
	s.want(422, "POST", "/countries", `[{"code":"pt","name":"Portugal","since":1143},{"code":"it","name":5,"since":1}]`)
	s.want(404, "GET", "/countries/pt", "")
	s.want(200, "DELETE", "/countries/it", "")
	s.want(404, "GET", "/countries/it", "")
	s.want(409, "POST", "/strict", `{"code":"it","name":"x","since":1}`)
	s.want(201, "POST", "/countries", `{"code":"it","name":"Italy","since":1946}`).holds(t, "countries.0", `{"code":"it","name":"Italy","since":1946}`)
	s.want(200, "GET", "/countries/it", "").holds(t, "countries.since", "1946")
	if n, _ := orm.Repo[Country](db).Query().WithDeleted().Count(t.Context()); n != 3 {
		t.Error("the deleted row stayed beside the new one:", n)
	}
}

// A model whose rows are not soft-deleted is made or updated too: there is nothing for a new row to be made over.
func TestN25CreateOrUpdateWithoutSoftDelete(t *testing.T) {
	db, err := orm.Open(t.Context(), sqlite.Source("main", testkit.SQLite(t)), orm.Models(Country{}, River{}))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := orm.CreateTables(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	s := serve(t, db, rest.Tagged[Country]("countries", rest.CreateOrUpdate()), rest.Tagged[River]("rivers", rest.CreateOrUpdate()))
	s.want(201, "POST", "/countries", `{"code":"it","name":"Italy","since":1861}`)
	s.want(201, "POST", "/countries", `{"code":"it","name":"Italia","since":1}`).holds(t, "countries.0.name", "Italia")
	s.want(201, "POST", "/rivers", `{"name":"Po"}`).holds(t, "rivers.0.id", "1")
	s.want(400, "POST", "/rivers", `[{"name":"Arno"},{"id":1,"name":"Tiber"}]`).holds(t, "path", "data[1].id")
	s.want(422, "POST", "/countries", `[{"code":"es","name":"Spain","since":1479},{"code":"it","name":5,"since":1}]`).holds(t, "path", "data[1].name")
}

type River struct {
	ID   int64  `orm:"id,auto"`
	Name string `orm:"name"`
}
