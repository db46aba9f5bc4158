package structure

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

const module = "github.com/multi-orm/orm"

// file is one Go file of the root module, parsed.
type file struct {
	path string // from the top, with slashes
	dir  string // "" at the top
	test bool
	text string
	set  *token.FileSet
	ast  *ast.File
}

// top finds the folder of the root go.mod.
func top(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		b, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(b), "module "+module+"\n") {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("the root go.mod was not found")
		}
	}
}

// files parses every Go file of the root module; nested modules and testdata are left out.
func files(t *testing.T) []file {
	t.Helper()
	root := top(t)
	var out []file
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			_, nested := os.Stat(filepath.Join(p, "go.mod"))
			if name := d.Name(); p != root && (nested == nil || name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")) {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(p) != ".go" {
			return nil
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		f := file{path: filepath.ToSlash(rel), test: strings.HasSuffix(p, "_test.go"), text: string(text), set: token.NewFileSet()}
		if f.dir = path.Dir(f.path); f.dir == "." {
			f.dir = ""
		}
		if f.ast, err = parser.ParseFile(f.set, p, text, parser.ParseComments); err != nil {
			return err
		}
		out = append(out, f)
		return nil
	})
	if err != nil || len(out) < 50 {
		t.Fatalf("%d files: %v", len(out), err)
	}
	return out
}

func (f *file) line(p token.Pos) int { return f.set.Position(p).Line }
