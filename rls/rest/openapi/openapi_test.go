package openapi_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/apitest"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest"
	"github.com/multi-orm/orm/rls/rest/openapi"
	"github.com/multi-orm/orm/rls/rest/outline"
	"github.com/multi-orm/orm/source/sqlite"
)

var update = flag.Bool("update", false, "write the golden document anew")

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

func library(t testing.TB) *rest.API {
	t.Helper()
	db, err := orm.Open(t.Context(), sqlite.Source("main", testkit.SQLite(t)), orm.Models(apitest.Models()...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	a, err := apitest.New(db)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// as gives the outline for a caller: the editor, an author, or nobody.
func as(t testing.TB, who string) outline.API {
	t.Helper()
	return library(t).Outline(orm.Actor{ID: int64(1), Role: who}, who != "")
}

func about() openapi.Info {
	return openapi.Info{Title: "Library", Version: "1.2", Description: "Books.", Server: "/query"}
}

func build(t testing.TB, api outline.API, info openapi.Info) []byte {
	t.Helper()
	doc, err := openapi.Build(api, info)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// document is a document, to look at.
type document struct{ v any }

func parsed(t testing.TB, text []byte) document {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return document{v}
}

// at gives what names lead to, as JSON; "" is nothing.
func (d document) at(names ...string) string {
	v := d.v
	for _, name := range names {
		m, _ := v.(map[string]any)
		if v = m[name]; v == nil {
			return ""
		}
	}
	b, _ := json.Marshal(v)
	return string(b)
}

func only(api outline.API, names ...string) (out outline.API) {
	for _, r := range api.Resources {
		if slices.Contains(names, r.Name) {
			out.Resources = append(out.Resources, r)
		}
	}
	return out
}

// lines writes a document with a line for each operation and each component.
func lines(t testing.TB, doc []byte) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, doc, "", "\t"); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	deep := false
	for line := range strings.Lines(b.String()) {
		text := strings.TrimLeft(line, "\t")
		now := len(line)-len(text) > 3
		switch {
		case now || deep:
			text = strings.TrimRight(text, "\n")
			if !now {
				text += "\n"
			}
			out.WriteString(text)
		case strings.HasPrefix(line, "\t\t\t") && strings.HasSuffix(line, "{\n"):
			out.WriteString(strings.TrimRight(line, "\n"))
			now = true
		default:
			out.WriteString(line)
		}
		deep = now
	}
	return out.String()
}

func TestGolden(t *testing.T) {
	info := about()
	info.Security = openapi.Security{Format: "JWT"}
	got := lines(t, build(t, only(as(t, "author"), "books", "reviews"), info))
	path := filepath.Join("testdata", "author.json")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || got != string(want) {
		t.Errorf("%s: the document differs from the golden one (%v): if that is meant, run the test with -update", path, err)
	}
}

// The same outline gives the same bytes.
func TestDeterministic(t *testing.T) {
	a := library(t)
	first := build(t, a.Outline(orm.Actor{Role: "editor"}, true), about())
	for range 5 {
		if !bytes.Equal(first, build(t, a.Outline(orm.Actor{Role: "editor"}, true), about())) {
			t.Fatal("two documents of one outline differ")
		}
	}
	if !bytes.Equal(first, build(t, library(t).Outline(orm.Actor{Role: "editor"}, true), about())) {
		t.Error("another API of the same rules has another document")
	}
}

// A document says nothing of what its caller may not see.
func TestHidden(t *testing.T) {
	for who, words := range map[string][]string{
		"":       {"secret", "editor", `"mine"`, "BooksCreate", "version\":{", "booksCreate"},
		"author": {"secret", "editor", "BooksEditor", "BooksCover"},
		"editor": {"secret", "version\":{", `"sold":{"description":"The server`},
	} {
		doc := string(build(t, only(as(t, who), "books", "reviews", "authors"), about()))
		for _, w := range words[:len(words)-1] {
			if strings.Contains(doc, w) {
				t.Errorf("the document of %q says %s", who, w)
			}
		}
		if last := words[len(words)-1]; strings.Contains(doc, last) != (who == "editor") { // and says what may be seen
			t.Errorf("the document of %q: %s", who, last)
		}
	}
}

func TestWhoMayAsk(t *testing.T) {
	d := parsed(t, build(t, as(t, "author"), about()))
	get, post := []string{"paths", "/books", "get"}, []string{"paths", "/books", "post"}
	for _, x := range []struct {
		want  string
		names []string
	}{
		{`[{},{"session":[]}]`, append(get, "security")},
		{`[{"session":[]}]`, append(post, "security")},
		{`"Asked as mine (by itself, or with ?mine), or guest (with ?guest)."`, append(get, "description")},
		{`"mine|guest"`, []string{"components", "parameters", "BooksGetMineGuest", "name"}},
		{`{"scheme":"bearer","type":"http"}`, []string{"components", "securitySchemes", "session"}},
		{`[{"url":"/query"}]`, []string{"servers"}},
		{`""`, []string{"paths", "/books", "patch", "responses", "412", "x"}},
	} {
		if got := d.at(x.names...); got != x.want && got+`""` != x.want {
			t.Errorf("%v: %s, want %s", x.names, got, x.want)
		}
	}
	info := about()
	info.Security.Cookie, info.Server = "sid", ""
	d = parsed(t, build(t, as(t, ""), info))
	if got := d.at("components", "securitySchemes", "session"); got != `{"in":"cookie","name":"sid","type":"apiKey"}` || d.at("servers") != "" || d.at("paths", "/books", "post") != "" {
		t.Error(got, d.at("servers"))
	}
}

func TestErrors(t *testing.T) {
	api := as(t, "author")
	twice := outline.API{Resources: append(api.Resources, api.Resources[0])}
	odd := outline.API{Resources: []outline.Resource{{Name: "x", Operations: []outline.Operation{{Method: "PUT", Callers: api.Resources[0].Operations[0].Callers}}}}}
	empty := outline.API{Resources: []outline.Resource{{Name: "x", Operations: []outline.Operation{{Method: "GET"}}}}}
	for says, x := range map[string]struct {
		api  outline.API
		info openapi.Info
	}{"Info.Title": {api, openapi.Info{Version: "1"}}, "Info.Version": {api, openapi.Info{Title: "x"}}, `"books" stands twice`: {twice, about()}, "operation PUT": {odd, about()}, "no caller": {empty, about()}} {
		if doc, err := openapi.Build(x.api, x.info); !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), says) || doc != nil {
			t.Errorf("%s: %v", says, err)
		}
	}
}

// Resources that are made of tags have parameters of their own, pages and an import.
func TestFlat(t *testing.T) {
	api := only(as(t, "editor"), "books")
	r := &api.Resources[0]
	for i := range r.Operations {
		r.Operations[i].Callers = r.Operations[i].Callers[:1]
	}
	columns := r.Operations[0].Callers[0].Shape.Where.Columns
	column := func(name string) outline.Parameter {
		i := slices.IndexFunc(columns, func(c guard.OutlineFilter) bool { return c.Name == name })
		return outline.Parameter{Name: name, OutlineColumn: columns[i].OutlineColumn}
	}
	ids, title, sold, rank := column("id"), column("title"), column("sold"), column("rank")
	ids.Name, ids.Words, ids.List = "ids", []string{"in"}, true
	title.Words, title.Any = []string{"prefix", "eq"}, true
	sold.Words, rank.Words = []string{"bool"}, []string{"zeronull"}
	r.Flat, r.Pages, r.Import = []outline.Parameter{ids, title, sold, rank}, true, true
	d := parsed(t, build(t, api, about()))
	for name, want := range map[string]string{
		"BooksGetIds":              `{"description":"Compares id by in. Values are joined with commas, or the parameter is repeated.","explode":false,"in":"query","name":"ids","schema":{"items":{"format":"uuid","type":"string"},"type":"array"},"style":"form"}`,
		"BooksGetTitle":            `{"description":"Compares title by prefix or eq.","in":"query","name":"title","schema":{"type":"string"}}`,
		"BooksGetSold":             `{"description":"Compares sold by bool.","in":"query","name":"sold","schema":{"enum":["true","false","1","0"],"type":"string"}}`,
		"BooksGetRank":             `{"description":"Compares rank by zeronull (0 is null).","in":"query","name":"rank","schema":{"format":"int32","maximum":32767,"minimum":-32768,"type":"integer"}}`,
		"BooksGetPageCount":        `{"description":"The page to read, from 1 on. It excludes paginationCursor.","in":"query","name":"pageCount","schema":{"maximum":21,"minimum":1,"type":"integer"}}`,
		"BooksGetRecordsPerPage":   `{"description":"The most rows of a page.","in":"query","name":"recordsPerPage","schema":{"default":10,"maximum":50,"minimum":1,"type":"integer"}}`,
		"BooksGetPaginationCursor": `{"description":"The cursor of the page to read; empty for the first one.","in":"query","name":"paginationCursor","schema":{"format":"cursor","type":"string"}}`,
	} {
		if got := d.at("components", "parameters", name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	post := []string{"paths", "/books/import", "post"}
	if got := d.at(append(post, "requestBody", "content", "application/json", "schema", "type")...); got != `"array"` {
		t.Error(got)
	}
	if got := d.at(append(post, "responses", "200", "content", "application/json", "schema", "properties", "results", "items", "required")...); got != `["index","ok"]` {
		t.Error(got)
	}
	if got := d.at("components", "schemas", "BooksImport", "properties", "tags"); got != "" || d.at("components", "schemas", "BooksImport", "properties", "title") == "" || d.at("components", "schemas", "BooksCreate", "properties", "tags") == "" {
		t.Error("an import writes related rows:", got)
	}
}
