package structure

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// An alias hides the methods of what it stands for from go doc, so the face tells of each.
func TestColumnsTellTheirMethods(t *testing.T) {
	dir := top(t)
	methods := map[string][]string{} // of the types of builder
	fset := token.NewFileSet()
	paths, err := filepath.Glob(filepath.Join(dir, "builder", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv == nil || !fn.Name.IsExported() {
				continue
			}
			name := receiver(fn.Recv.List[0].Type)
			methods[name] = append(methods[name], fn.Name.Name)
		}
	}
	plumbing := map[string]bool{"Pred.Expr": true, "Pred.IsZero": true, "Order.Key": true, "Assign.Set": true} // for packages of this module
	face, err := parser.ParseFile(fset, filepath.Join(dir, "columns.go"), nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	ast.Inspect(face, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		of := receiver(spec.Type)
		for _, m := range methods[of] {
			seen++
			if !plumbing[of+"."+m] && !regexp.MustCompile(`\b`+m+`\b`).MatchString(spec.Doc.Text()) {
				t.Errorf("go doc orm.%s does not tell of %s", spec.Name.Name, m)
			}
		}
		return true
	})
	if seen < 80 {
		t.Errorf("only %d methods were found", seen)
	}
}

// receiver gives the bare name of a type.
func receiver(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.StarExpr:
		return receiver(x.X)
	case *ast.IndexExpr:
		return receiver(x.X)
	case *ast.IndexListExpr:
		return receiver(x.X)
	case *ast.SelectorExpr:
		return x.Sel.Name
	case *ast.Ident:
		return x.Name
	}
	return ""
}
