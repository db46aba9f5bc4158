// Package ormvet finds SQL text that is no constant of the program. orm.SQL, orm.Raw and their kin take text of an
// unexported string type, so that only a constant fits; but the language infers type arguments, and through a function
// value or a generic helper a variable can be made to fit too. What the compiler lets through, this reports:
//
//	go install github.com/multi-orm/orm/hook/ormvet/cmd/ormvet@latest
//	go vet -vettool=$(which ormvet) ./...
//
// Text made by orm.Unsafe is never reported: whoever calls that answers for it, and a reviewer can search for it.
package ormvet

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
)

// Analyzer reports SQL text that can be other than a constant of the program or a result of orm.Unsafe.
var Analyzer = &analysis.Analyzer{
	Name:     "ormvet",
	Doc:      "report SQL text of package orm that is no constant of the program",
	URL:      "https://pkg.go.dev/github.com/multi-orm/orm/hook/ormvet",
	Requires: []*analysis.Analyzer{inspect.Analyzer},
	Run:      run,
}

const library = "github.com/multi-orm/orm"

// isText reports whether t is the type of constant text.
func isText(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Name() == "constant" && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == library
}

// takesText reports whether t is a function with a parameter of constant text.
func takesText(t types.Type) bool {
	s, ok := t.Underlying().(*types.Signature)
	if !ok {
		return false
	}
	for v := range s.Params().Variables() {
		if isText(v.Type()) {
			return true
		}
	}
	return false
}

func run(pass *analysis.Pass) (any, error) {
	if path := pass.Pkg.Path(); path == library || strings.HasPrefix(path, library+" ") { // the type's own package
		return nil, nil
	}
	for id, inst := range pass.TypesInfo.Instances {
		for arg := range inst.TypeArgs.Types() {
			if isText(arg) {
				pass.Reportf(id.Pos(), "the type of constant SQL text is inferred for %s, where a variable can become it: pass the text as a constant, or say orm.Unsafe", id.Name)
			}
		}
	}
	in := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector)
	called := map[ast.Expr]bool{} // functions that are called where they stand
	in.Preorder([]ast.Node{(*ast.CallExpr)(nil)}, func(n ast.Node) {
		call := n.(*ast.CallExpr)
		called[function(call.Fun)] = true
		constructor(pass, call)
	})
	in.WithStack([]ast.Node{(*ast.SelectorExpr)(nil), (*ast.Ident)(nil), (*ast.UnaryExpr)(nil)}, func(n ast.Node, push bool, stack []ast.Node) bool {
		if !push {
			return true
		}
		switch x := n.(type) {
		case *ast.UnaryExpr:
			if t := pass.TypesInfo.TypeOf(x.X); x.Op.String() == "&" && t != nil && isText(t) {
				pass.Reportf(x.Pos(), "through the address of constant SQL text it can be changed: pass it as a value")
			}
		case *ast.SelectorExpr:
			used(pass, x, x.Sel, called)
			return false
		case *ast.Ident:
			used(pass, x, x, called)
		}
		return true
	})
	return nil, nil
}

// function gives what is called, without parentheses and type arguments.
func function(e ast.Expr) ast.Expr {
	switch x := e.(type) {
	case *ast.ParenExpr:
		return function(x.X)
	case *ast.IndexExpr:
		return function(x.X)
	case *ast.IndexListExpr:
		return function(x.X)
	}
	return e
}

// used reports a function that takes constant text and is used as a value: reflection, or a parameter of another string
// type, could call it with any text.
func used(pass *analysis.Pass, e ast.Expr, name *ast.Ident, called map[ast.Expr]bool) {
	f, ok := pass.TypesInfo.Uses[name].(*types.Func)
	if !ok || called[e] || !takesText(f.Type()) {
		return
	}
	pass.Reportf(e.Pos(), "%s is used as a value, which can be called with text that is no constant: call it where it stands", f.Name())
}

// constructors of package builder take plain strings: the root's types guard them, a direct call is guarded here.
var constructors = map[string]int{"ConstantSQL": 0, "ConstantSet": 1}

func constructor(pass *analysis.Pass, call *ast.CallExpr) {
	var name *ast.Ident
	switch x := function(call.Fun).(type) {
	case *ast.SelectorExpr:
		name = x.Sel
	case *ast.Ident:
		name = x
	default:
		return
	}
	f, ok := pass.TypesInfo.Uses[name].(*types.Func)
	if !ok || f.Pkg() == nil || f.Pkg().Path() != library+"/builder" {
		return
	}
	at, ok := constructors[f.Name()]
	if !ok || at >= len(call.Args) || strings.HasPrefix(pass.Pkg.Path(), library+"/builder") {
		return
	}
	if pass.TypesInfo.Types[call.Args[at]].Value == nil {
		pass.Reportf(call.Args[at].Pos(), "builder.%s is given text that is no constant: use orm.SQL or orm.SetSQL", f.Name())
	}
}
