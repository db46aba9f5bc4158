package structure

import (
	"go/ast"
	"go/token"
	"regexp"
	"strings"
	"testing"
)

// maxLines keeps files about one thing.
const maxLines = 500

// immutable are the calls whose results nothing changes.
var immutable = regexp.MustCompile(`^(errors\.New|fault\.New|fault\.Say|regexp\.MustCompile|strings\.NewReplacer|reflect\.TypeFor|orm\.Bind|orm\.FullText|guard\.MustCompile|builder\.Bind|rand\.Text)$`)

// variables are the other package variables, each with the reason why it is one.
var variables = map[string]string{
	"model/of.go registry":                        "the models of the process: published whole, read without a lock",
	"source/rows.go zero":                         "an address for rows of no size",
	"builder/link.go countField":                  "the description of a count's one column, never written",
	"builder/compile.go comparison":               "a table, never written",
	"internal/testkit/pgserver/server.go process": "one throw-away server for the tests of a process",
	"internal/replay/conn.go refusal":             "one byte of a protocol, never written; used by benchmarks",
	"rls/guard/op.go opWords":                     "a table, never written",
	"rls/guard/ops.go nestWords":                  "a table, never written",
	"rls/guard/askwhere.go quantifierWords":       "a table, never written",
	"rls/rest/where.go operators":                 "a table, never written",
	"rls/rest/typescript/typescript.go client":    "an embedded file",
	"internal/bench/postgres.go recorded":         "an embedded file",
	"examples/blog/page.go page":                  "embedded files",
	"examples/quickstart/load.go data":            "embedded files",
	"examples/quickstart/ask.go questions":        "a program's own table",
}

func TestFilesAreShort(t *testing.T) {
	for _, f := range files(t) {
		if n := strings.Count(f.text, "\n"); n > maxLines {
			t.Errorf("%s has %d lines, more than %d", f.path, n, maxLines)
		}
	}
}

func TestOnePackageComment(t *testing.T) {
	docs := map[string][]string{}
	dirs := map[string]bool{}
	for _, f := range files(t) {
		if f.test {
			continue
		}
		dirs[f.dir] = true
		if f.ast.Doc != nil {
			docs[f.dir] = append(docs[f.dir], f.path)
		}
	}
	for dir := range dirs {
		if n := len(docs[dir]); n != 1 {
			t.Errorf("package %q has %d package comments %v, want one", dir, n, docs[dir])
		}
	}
}

func TestNoInit(t *testing.T) {
	for _, f := range files(t) {
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" && !f.test {
				t.Errorf("%s:%d: init runs before anybody asked for it", f.path, f.line(fn.Pos()))
			}
		}
	}
}

// No package variable can be changed, but for those with a reason.
func TestNoGlobalState(t *testing.T) {
	used := map[string]bool{}
	for _, f := range files(t) {
		if f.test || within(f.dir, "internal/conformance") { // tables of test cases
			continue
		}
		for _, d := range f.ast.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, s := range g.Specs {
				v := s.(*ast.ValueSpec)
				for i, name := range v.Names {
					key := f.path + " " + name.Name
					if used[key] = true; name.Name == "_" || variables[key] != "" || i < len(v.Values) && constant(v.Values[i]) {
						continue
					}
					t.Errorf("%s:%d: package variable %s: make it a constant, a function or a field, or give a reason in variables", f.path, f.line(name.Pos()), name.Name)
				}
			}
		}
	}
	for key := range variables {
		if !used[key] {
			t.Errorf("variables gives a reason for %q, which is gone", key)
		}
	}
}

// constant reports whether e is a sentinel, another package's value under a new name, or a call that
// makes something immutable.
func constant(e ast.Expr) bool {
	switch x := e.(type) {
	case *ast.CallExpr:
		return immutable.MatchString(called(x.Fun))
	case *ast.SelectorExpr: // ErrX = fault.ErrX
		return strings.HasPrefix(x.Sel.Name, "Err")
	}
	return false
}

func called(fun ast.Expr) string {
	switch x := fun.(type) {
	case *ast.IndexExpr:
		return called(x.X)
	case *ast.IndexListExpr:
		return called(x.X)
	case *ast.SelectorExpr:
		if p, ok := x.X.(*ast.Ident); ok {
			return p.Name + "." + x.Sel.Name
		}
	}
	return ""
}

var (
	silenced  = regexp.MustCompile(`//\s*nolint\b.*`)
	explained = regexp.MustCompile(`^//nolint:[a-z]+(,[a-z]+)* // \S`)
)

func TestNolintSaysWhy(t *testing.T) {
	for _, f := range files(t) {
		for _, group := range f.ast.Comments {
			for _, c := range group.List {
				if m := silenced.FindString(c.Text); m != "" && strings.HasPrefix(c.Text, "//") && strings.HasPrefix(strings.TrimLeft(c.Text, "/ "), "nolint") && !explained.MatchString(m) {
					t.Errorf("%s:%d: %s: name the linter and say why", f.path, f.line(c.Pos()), m)
				}
			}
		}
	}
}

// exportedWith gives the exported names of a file whose types use package pkg.
func exportedWith(f *ast.File, pkg string) []string {
	uses := func(n ast.Node) (found bool) {
		ast.Inspect(n, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if p, ok := s.X.(*ast.Ident); ok && p.Name == pkg {
					found = true
				}
			}
			return !found
		})
		return found
	}
	var out []string
	for _, d := range f.Decls {
		switch x := d.(type) {
		case *ast.FuncDecl:
			if x.Name.IsExported() && uses(x.Type) && (x.Recv == nil || exportedReceiver(x.Recv)) {
				out = append(out, x.Name.Name)
			}
		case *ast.GenDecl:
			for _, s := range x.Specs {
				ts, ok := s.(*ast.TypeSpec)
				if !ok || !ts.Name.IsExported() {
					continue
				}
				st, ok := ts.Type.(*ast.StructType)
				if !ok {
					if uses(ts.Type) {
						out = append(out, ts.Name.Name)
					}
					continue
				}
				for _, field := range st.Fields.List {
					for _, n := range field.Names {
						if n.IsExported() && uses(field.Type) {
							out = append(out, ts.Name.Name+"."+n.Name)
						}
					}
				}
			}
		}
	}
	return out
}

func exportedReceiver(r *ast.FieldList) bool {
	e := r.List[0].Type
	for {
		switch x := e.(type) {
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return false
		}
	}
}
