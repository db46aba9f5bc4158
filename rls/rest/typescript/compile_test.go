package typescript_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/rest/outline"
	"github.com/multi-orm/orm/rls/rest/typescript"
)

// compilers are those of testdata/package.json.
func compilers() []string { return []string{"typescript", "typescript7"} }

// project is a folder with files that are compiled.
type project struct {
	t   *testing.T
	dir string
}

// newProject skips the test where Node or the compilers are missing, and fails it in continuous integration.
func newProject(t *testing.T) project {
	t.Helper()
	missing := t.Skipf
	if os.Getenv("CI") != "" {
		missing = t.Fatalf
	}
	if _, err := exec.LookPath("node"); err != nil {
		missing("node is missing: .ci/setup installs it")
	}
	for _, c := range compilers() {
		if _, err := os.Stat(filepath.Join("testdata", "node_modules", c)); err != nil {
			missing("%s is missing: .ci/setup installs it, or npm ci in rls/rest/typescript/testdata", c)
		}
	}
	p := project{t, t.TempDir()}
	for _, name := range []string{"package.json", "tsconfig.json"} {
		p.copy(name)
	}
	return p
}

func (p project) copy(name string) {
	p.t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		p.t.Fatal(err)
	}
	p.write(name, string(text))
}

func (p project) write(name, text string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func (p project) node(args ...string) (string, error) {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.t.Context(), 2*time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, "node", args...)
	cmd.Dir = p.dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// compile compiles what is there, with every compiler. More settings than the project's may be given.
func (p project) compile(args ...string) {
	p.t.Helper()
	top, err := filepath.Abs("testdata")
	if err != nil {
		p.t.Fatal(err)
	}
	for _, c := range compilers() {
		if out, err := p.node(append([]string{filepath.Join(top, "node_modules", c, "bin", "tsc"), "--project", "."}, args...)...); err != nil {
			p.t.Errorf("%s: %v\n%s", c, err, out)
		}
	}
}

// The file passes the strictest settings of both compilers, and its types say what rows hold and what may be asked. Without a type
// of the browser's or Node's own it needs none.
func TestTypes(t *testing.T) {
	p := newProject(t)
	_, api := library(t)
	for name, text := range files(t, api) {
		p.write(name, text)
	}
	p.copy("types.ts")
	p.compile("--noEmit")
	p.compile("--noEmit", "--lib", "es2022,dom", "--module", "es2022", "--moduleResolution", "bundler", "--exactOptionalPropertyTypes", "false")
}

// The client does what it says against the handler.
func TestClient(t *testing.T) {
	p := newProject(t)
	db, api := library(t)
	for name, text := range files(t, api) {
		p.write(name, text)
	}
	if err := orm.CreateTables(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/query/", http.StripPrefix("/query", api))
	server := httptest.NewServer(mux)
	defer server.Close()
	p.compile()
	p.copy("run.js")
	if out, err := p.node("run.js", server.URL+"/query"); err != nil || !strings.Contains(out, "done") {
		t.Errorf("%v\n%s", err, out)
	}
}

// Names that are no identifiers are names all the same.
func TestOddNames(t *testing.T) {
	p := newProject(t)
	_, api := library(t)
	var out outline.API
	odd := []string{"class", "delete", "then", "__proto__", "constructor", "2fa", "a-b", "aB", "a.b", "Client", "client", "Row", "apiError", "日本", `qu"ote`, "*/", "new\nline", "Shape", "promise"}
	books := api.Outline(orm.Actor{ID: int64(1), Role: "author"}, true).Resources[0]
	for i, name := range odd {
		r := books
		r.Name, r.Description = name, "*/ "+name
		r.Operations = nil
		for _, op := range books.Operations {
			op.Callers = append([]outline.Caller(nil), op.Callers...)
			for k := range op.Callers {
				c := &op.Callers[k]
				shape := *c.Shape
				shape.Columns = append(shape.Columns[:0:0], shape.Columns...)
				for j := range shape.Columns {
					shape.Columns[j].Name = odd[(i+j)%len(odd)]
				}
				c.Shape, c.Who = &shape, odd[(i+k)%len(odd)]
			}
			r.Operations = append(r.Operations, op)
		}
		out.Resources = append(out.Resources, r)
	}
	text, err := typescript.Build(out)
	if err != nil {
		t.Fatal(err)
	}
	p.write("odd.ts", text)
	var uses strings.Builder
	uses.WriteString("import assert from \"node:assert/strict\";\nimport { createClient } from \"./out/odd.js\";\nlet url = \"\";\nconst c = createClient({ baseUrl: \"http://x\", fetch: (u) => { url = u; return Promise.resolve({ status: 200, headers: { get: () => null }, text: () => Promise.resolve(\"{}\") }); } });\n")
	for _, name := range odd {
		fmt.Fprintf(&uses, "await c[%[1]q].get(\"1\");\nassert.equal(decodeURIComponent(url), \"http://x/\" + %[1]q + \"/1\");\nassert.ok(Object.hasOwn(c, %[1]q));\n", name)
	}
	p.compile()
	p.write("uses.js", uses.String()+"console.log(\"done\");\n")
	if out, err := p.node("uses.js"); err != nil || !strings.Contains(out, "done") {
		t.Errorf("%v\n%s", err, out)
	}
}
