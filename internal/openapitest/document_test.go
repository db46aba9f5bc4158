package openapitest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/apitest"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls/rest"
	"github.com/multi-orm/orm/rls/rest/openapi"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// site is an API that is served, and its document for a caller.
type site struct {
	api    *rest.API
	db     orm.DB
	who    string // as the header Authorization says it; "" is nobody
	text   []byte
	doc    map[string]any
	schema *jsonschema.Compiler
	exact  *jsonschema.Compiler // of schemas that take no members that they do not name
	kept   map[string]*jsonschema.Schema
	keys   map[string][]string // of rows that are there
	round  int
}

func callers() map[string]orm.Actor {
	return map[string]orm.Actor{"editor": {ID: int64(0), Role: "editor"}, "1": {ID: int64(1), Role: "author"}, "": {}}
}

func onSQLite(t testing.TB) orm.Option { return sqlite.Source("main", testkit.SQLite(t)) }

func onPostgres(t testing.TB) orm.Option { return postgres.Source("main", testkit.Postgres(t)) }

func newSite(t testing.TB, who string, source func(testing.TB) orm.Option) *site {
	t.Helper()
	db, err := orm.Open(t.Context(), source(t), orm.Models(apitest.Models()...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := orm.CreateTables(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	s := &site{db: db, who: who, kept: map[string]*jsonschema.Schema{}}
	if s.api, err = apitest.New(db); err != nil {
		t.Fatal(err)
	}
	if s.text, err = openapi.Build(s.api.Outline(callers()[who], who != ""), openapi.Info{Title: "Library", Version: "1", Server: "/"}); err != nil {
		t.Fatal(err)
	}
	tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(s.text))
	if err != nil {
		t.Fatal(err)
	}
	s.doc = tree.(map[string]any)
	s.schema = compiler(t, s.doc)
	strict, err := jsonschema.UnmarshalJSON(bytes.NewReader(s.text))
	if err != nil {
		t.Fatal(err)
	}
	closeObjects(strict)
	s.exact = compiler(t, strict)
	return s
}

func compiler(t testing.TB, doc any) *jsonschema.Compiler {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("doc.json", doc); err != nil {
		t.Fatal(err)
	}
	return c
}

// closeObjects makes schemas of objects take no other members than those that they name.
func closeObjects(v any) {
	switch x := v.(type) {
	case []any:
		for i := range x {
			closeObjects(x[i])
		}
	case map[string]any:
		if _, open := x["additionalProperties"]; !open && x["properties"] != nil && x["type"] != nil {
			x["additionalProperties"] = false
		}
		for _, of := range x {
			closeObjects(of)
		}
	}
}

// at gives what a pointer leads to.
func (s *site) at(pointer string) any {
	var v any = s.doc
	for word := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		word = strings.NewReplacer("~1", "/", "~0", "~").Replace(word)
		switch x := v.(type) {
		case map[string]any:
			v = x[word]
		case []any:
			var i int
			if _, err := fmt.Sscan(word, &i); err != nil || i >= len(x) {
				return nil
			}
			v = x[i]
		}
	}
	return v
}

// follow gives what a reference means, and where it is.
func (s *site) follow(pointer string) (map[string]any, string) {
	v, _ := s.at(pointer).(map[string]any)
	if to, ok := v["$ref"].(string); ok {
		return s.follow(strings.TrimPrefix(to, "#"))
	}
	return v, pointer
}

// passes tells whether a value passes the schema that a pointer leads to.
func (s *site) passes(t testing.TB, pointer string, value any) error {
	t.Helper()
	return s.validate(t, s.schema, pointer, value)
}

// exactly is passes for answers, where every member must be one that the schema names.
func (s *site) exactly(t testing.TB, pointer string, value any) error {
	t.Helper()
	return s.validate(t, s.exact, pointer, value)
}

func (s *site) validate(t testing.TB, c *jsonschema.Compiler, pointer string, value any) error {
	t.Helper()
	key := fmt.Sprintf("%p%s", c, pointer)
	schema := s.kept[key]
	if schema == nil {
		var err error
		if schema, err = c.Compile("doc.json#" + pointer); err != nil {
			t.Fatal(err)
		}
		s.kept[key] = schema
	}
	return schema.Validate(value)
}

func (s *site) ask(t testing.TB, method, path string, query []string, body any) *httptest.ResponseRecorder {
	t.Helper()
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), method, path, bytes.NewReader(text))
	if body == nil {
		r.Body, r.ContentLength = http.NoBody, 0
	} else {
		r.Header.Set("Content-Type", "application/json")
	}
	r.URL.RawQuery = strings.Join(query, "&")
	if s.who != "" {
		r.Header.Set("Authorization", "Bearer "+s.who)
	}
	w := httptest.NewRecorder()
	s.api.ServeHTTP(w, r)
	return w
}

// The document is one of OpenAPI 3.1, and its schemas are some of JSON Schema 2020-12.
func TestDocumentIsValid(t *testing.T) {
	for who := range callers() {
		s := newSite(t, who, onSQLite)
		doc, err := openapi3.NewLoader().LoadFromData(s.text)
		if err != nil {
			t.Fatal(who, err)
		}
		if err := doc.Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
			t.Error(who, err)
		}
		schemas := s.at("/components/schemas").(map[string]any)
		if len(schemas) < 10 {
			t.Error(who, len(schemas))
		}
		for name := range schemas {
			if _, err := s.schema.Compile("doc.json#/components/schemas/" + name); err != nil {
				t.Error(who, err)
			}
		}
	}
}
