package typescript_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/apitest"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls/rest"
	"github.com/multi-orm/orm/rls/rest/outline"
	"github.com/multi-orm/orm/rls/rest/typescript"
	"github.com/multi-orm/orm/source/sqlite"
)

var update = flag.Bool("update", false, "write the golden file anew")

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

func library(t testing.TB) (orm.DB, *rest.API) {
	t.Helper()
	db, err := orm.Open(t.Context(), sqlite.Source("main", testkit.SQLite(t)), orm.Models(apitest.Models()...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	api, err := apitest.New(db)
	if err != nil {
		t.Fatal(err)
	}
	return db, api
}

// files gives the file for each kind of caller.
func files(t testing.TB, api *rest.API) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, who := range []string{"editor", "author", ""} {
		text, err := typescript.Build(api.Outline(orm.Actor{ID: int64(1), Role: who}, who != ""))
		if err != nil {
			t.Fatal(err)
		}
		if who == "" {
			who = "nobody"
		}
		out[who+".ts"] = text
	}
	return out
}

// The part of a file that is made of an outline.
func TestGolden(t *testing.T) {
	_, api := library(t)
	all := api.Outline(orm.Actor{ID: int64(1), Role: "author"}, true)
	some := outline.API{}
	for _, r := range all.Resources {
		if r.Name == "books" || r.Name == "reviews" || r.Name == "last-book" {
			some.Resources = append(some.Resources, r)
		}
	}
	text, err := typescript.Build(some)
	if err != nil {
		t.Fatal(err)
	}
	own, err := os.ReadFile("client.ts")
	if err != nil {
		t.Fatal(err)
	}
	head, got, ok := strings.Cut(text, string(own))
	if !ok || !strings.HasPrefix(head, "// Made") {
		t.Fatal("the file does not begin with the client")
	}
	path := filepath.Join("testdata", "golden", "author.ts")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || got != string(want) {
		t.Errorf("%s: the file differs from the golden one (%v): if that is meant, run the test with -update", path, err)
	}
	for range 5 {
		if again, err := typescript.Build(some); err != nil || again != text {
			t.Fatal("two files of one outline differ", err)
		}
	}
}

func TestErrors(t *testing.T) {
	_, api := library(t)
	all := api.Outline(orm.Actor{}, false)
	caller := all.Resources[0].Operations[0].Callers[0]
	for says, a := range map[string]outline.API{
		"stands twice": {Resources: append(all.Resources, all.Resources[0])},
		"no name":      {Resources: []outline.Resource{{}}},
		"no caller":    {Resources: []outline.Resource{{Name: "x", Operations: []outline.Operation{{Method: "GET"}}}}},
		"no shape":     {Resources: []outline.Resource{{Name: "x", Operations: []outline.Operation{{Method: "POST", Callers: []outline.Caller{caller}}}}}},
	} {
		if text, err := typescript.Build(a); !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), says) || text != "" {
			t.Errorf("%s: %v", says, err)
		}
	}
}

// A file says nothing of what its caller may not see.
func TestHidden(t *testing.T) {
	_, api := library(t)
	for name, text := range files(t, api) {
		_, own, _ := strings.Cut(text, "export interface BooksSelect")
		for _, word := range []string{"secret", "hush"} {
			if strings.Contains(strings.ToLower(own), word) {
				t.Errorf("%s says %s", name, word)
			}
		}
		if name != "editor.ts" && strings.Contains(text, "editor") || name == "nobody.ts" && strings.Contains(text, "mine") {
			t.Errorf("%s names other callers", name)
		}
	}
}
