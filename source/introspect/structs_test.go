package introspect_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/multi-orm/orm/source/introspect"
)

// structs writes a schema's models twice and insists on one answer.
func structs(tb testing.TB, s *introspect.Schema, opts ...introspect.Option) string {
	tb.Helper()
	var a, b bytes.Buffer
	for _, w := range []*bytes.Buffer{&a, &b} {
		if err := introspect.Structs(w, s, opts...); err != nil {
			tb.Fatal(err)
		}
	}
	if a.String() != b.String() {
		tb.Fatalf("two answers:\n%s\n%s", a.String(), b.String())
	}
	return a.String()
}

// types lists the structs of a file: those that are models, and the others.
func types(tb testing.TB, text string) (models, others []string) {
	tb.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "models.go", text, parser.ParseComments)
	if err != nil {
		tb.Fatal(err)
	}
	_, list, _ := strings.Cut(text, "func Models() []any {")
	list, _, _ = strings.Cut(list, "\n}\n")
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.TYPE {
			continue
		}
		spec := g.Specs[0].(*ast.TypeSpec)
		if _, ok := spec.Type.(*ast.StructType); !ok {
			continue
		}
		if name := spec.Name.Name; strings.Contains(list, "\t"+name+"{},") {
			models = append(models, name)
		} else {
			others = append(others, name)
		}
	}
	return models, others
}

// run builds a program of the models that copies every row from one database to another, saves each, and checks both. The files
// are laid over the module, so that nothing is written into it.
func run(t *testing.T, e engine, text, from, to string) {
	t.Helper()
	if testing.Short() {
		t.Skip("builds programs")
	}
	const folder = "source/introspect/testdata/program"
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	models, _ := types(t, text)
	var create, same strings.Builder
	for _, m := range models {
		create.WriteString("func(tx orm.DB) error { return create[models." + m + "](ctx, c, tx) },\n")
		same.WriteString("same[models." + m + "](ctx, c)\n")
	}
	program := strings.NewReplacer("SOURCE", e.name, "MODELS", "github.com/multi-orm/orm/"+folder+"/models", "//CREATE", create.String(), "//SAME", same.String()).
		Replace(fixture(t, "program.go.txt"))
	over := map[string]string{}
	for path, content := range map[string]string{"main.go": program, "models/models.go": text} {
		real := filepath.Join(t.TempDir(), filepath.Base(path))
		if err := os.WriteFile(real, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		over[filepath.Join(root, folder, path)] = real
	}
	overlay, err := json.Marshal(map[string]any{"Replace": over})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(file, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	command := func(args ...string) {
		cmd := exec.Command("go", args...)
		cmd.Dir = root
		out, err := cmd.CombinedOutput()
		if err != nil || strings.Contains(string(out), " 0\n") {
			t.Fatalf("go %s: %v\n%s\n%s", args[0], err, out, text)
		}
	}
	command("vet", "-overlay", file, "./"+folder+"/models")
	command("run", "-overlay", file, "./"+folder, from, to)
}

func TestGeneratedProgram(t *testing.T) {
	for _, e := range engines() {
		for _, name := range []string{"chinook", "northwind", "pagila"} {
			if name == "pagila" && e.name == "sqlite" {
				continue
			}
			t.Run(name+"/"+e.name, func(t *testing.T) {
				from, to := e.make(t), e.make(t)
				e.load(t, from, fixture(t, name+"."+e.name+".sql"))
				e.load(t, to, fixture(t, name+"."+e.name+".sql"))
				e.load(t, from, fixture(t, name+".rows.sql"))
				s, err := introspect.Read(t.Context(), open(t, e.open(from)))
				if err != nil {
					t.Fatal(err)
				}
				text := structs(t, s)
				golden(t, name+"."+e.name+".go.txt", text)
				run(t, e, text, from, to)
			})
		}
	}
}
