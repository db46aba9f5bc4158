package introspect_test

import (
	"bytes"
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

// run builds a program of the models that copies every row from one database to another, saves each, and checks both. It
// stands in a folder of its own within the module while it runs. whole is only looked at by vet: bound columns take long to compile.
func run(t *testing.T, e engine, whole, text, from, to string) {
	t.Helper()
	if testing.Short() {
		t.Skip("builds programs")
	}
	folder, err := os.MkdirTemp("testdata", "program-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(folder); err != nil {
			t.Error(err)
		}
	})
	models, _ := types(t, text)
	var create, same strings.Builder
	for _, m := range models {
		create.WriteString("func(tx orm.DB) error { return create[models." + m + "](ctx, c, tx) },\n")
		same.WriteString("same[models." + m + "](ctx, c)\n")
	}
	program := strings.NewReplacer("SOURCE", e.name, "MODELS", "github.com/multi-orm/orm/source/introspect/"+filepath.ToSlash(folder)+"/models",
		"//CREATE", create.String(), "//SAME", same.String()).Replace(fixture(t, "program.go.txt"))
	if err := os.Mkdir(filepath.Join(folder, "models"), 0o700); err != nil {
		t.Fatal(err)
	}
	for path, content := range map[string]string{"main.go": program, "models/models.go": text} {
		if err := os.WriteFile(filepath.Join(folder, path), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(folder, "whole"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "whole", "models.go"), []byte(whole), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"vet", "./" + folder + "/whole"}, {"vet", "./" + folder + "/models"}, {"run", "./" + folder, from, to}} {
		out, err := exec.CommandContext(t.Context(), "go", args...).CombinedOutput()
		if err != nil || strings.Contains(strings.NewReplacer("ChildMore 0", "", "Cannot 0", "").Replace(string(out)), " 0\n") {
			t.Fatalf("go %s: %v\n%s\n%s", args[0], err, out, text)
		}
	}
}

// allPrograms reports ORM_TEST_PROGRAMS=all: a program for every fixture on every engine, in some minutes.
func allPrograms() bool { return os.Getenv("ORM_TEST_PROGRAMS") == "all" }

// Programs of the fixtures' models read and write every row: of one fixture, or of all.
func TestGeneratedProgram(t *testing.T) {
	for _, e := range engines() {
		for _, name := range []string{"chinook", "northwind", "pagila"} {
			if !e.has(name) {
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
				if e.name != "sqlserver" { // servers that only speak its protocol fold names
					golden(t, name+"."+e.name+".go.txt", text)
				}
				if name+e.name == "chinooksqlite" || allPrograms() {
					run(t, e, text, structs(t, s, introspect.NoColumns()), from, to)
				}
			})
		}
	}
}
