// Package typescript writes the types of an API of package rest, and a client that fetches, as one TypeScript file without
// dependencies. It is made of an outline, so it has what the caller may ask and nothing else.
package typescript

import (
	_ "embed" // client.ts
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/naming"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest/outline"
)

//go:embed client.ts
var client string

// Build writes the file. The same outline gives the same text.
//
// The client runs in browsers and in Node from version 20 on. Columns of 64-bit integers are number or bigint: what a number cannot
// hold exactly is read as a bigint, and a bigint is sent with every digit. Decimals are numbers where no digit is lost, else text.
// Where a request names columns by a literal, the type of its rows has these and no others.
func Build(api outline.API) (string, error) {
	if err := check(api); err != nil {
		return "", err
	}
	first := newBuilder(nil)
	first.build(api)
	b := newBuilder(first)
	b.build(api)
	return "// Made from the rules of an API: do not change it by hand.\n\n" + client + "\n" + strings.Join(b.types, "\n\n") + "\n\n" + b.client() + "\n", nil
}

func check(api outline.API) error {
	wrong := func(detail string) error {
		return &fault.Error{Op: "typescript", Err: fault.ErrInvalid, Detail: detail}
	}
	seen := map[string]bool{}
	for i := range api.Resources {
		r := &api.Resources[i]
		if r.Name == "" || seen[r.Name] {
			return wrong(fmt.Sprintf("the resource %q stands twice, or has no name", r.Name))
		}
		seen[r.Name] = true
		for k := range r.Operations {
			op := &r.Operations[k]
			for _, c := range op.Callers {
				if c.Shape == nil || op.Method == http.MethodPost && c.Shape.Create == nil || op.Method == http.MethodPatch && c.Shape.Update == nil {
					return wrong(fmt.Sprintf("the operation %s of the resource %q has no shape for %s", op.Method, r.Name, c.Who))
				}
			}
			if len(op.Callers) == 0 {
				return wrong(fmt.Sprintf("the operation %s of the resource %q has no caller", op.Method, r.Name))
			}
		}
	}
	return nil
}

// builder writes types. It runs twice: the first run tells the second which of them differ between callers.
type builder struct {
	names     *naming.Registry
	own       naming.Set // of what is made once
	types     []string
	resources []string // the members of the client's type
	made      []string // the members of the client
}

// itself stands for the type that is being written, which has no name yet.
const itself = "\x01"

func newBuilder(first *builder) *builder {
	taken := declared()
	b := &builder{}
	if first == nil {
		b.names = naming.NewRegistry(nil, taken...)
	} else {
		b.names = naming.NewRegistry(first.names, taken...)
	}
	return b
}

// declared lists the names that the client takes, and those of the language that it uses.
func declared() []string {
	out := []string{"Client", "Array", "ReadonlyArray", "Promise", "Date", "Error", "Object", "JSON", "Number", "String", "BigInt", "WeakMap", "RegExp", "Partial", "Pick", "Omit", "Exclude", "Extract",
		"NonNullable", "Record", "AsyncGenerator", "SyntaxError", "TypeError", "Boolean", "Symbol", "Function", "Map", "Set"}
	for _, found := range regexp.MustCompile(`(?m)^(?:export )?(?:async )?(?:type|interface|class|function|const) (\w+)`).FindAllStringSubmatch(client, -1) {
		out = append(out, found[1])
	}
	return out
}

// declare gives a type a name. One that is the same as another of its place and stage is that one.
func (b *builder) declare(p place, stage, content string) string {
	name, fresh := b.names.Name(p.Place, stage, content)
	if fresh {
		b.types = append(b.types, "export interface "+name+" "+strings.ReplaceAll(content, itself, name))
	}
	return name
}

// alias gives a type that is no interface a name.
func (b *builder) alias(p place, stage, content string) string {
	name, fresh := b.names.Name(p.Place, stage, content)
	if fresh {
		b.types = append(b.types, "export type "+name+" = "+content+";")
	}
	return name
}

func (b *builder) build(api outline.API) {
	for i := range api.Resources {
		b.resource(&api.Resources[i])
	}
}

func (b *builder) client() string {
	return "export interface Client {\n" + strings.Join(b.resources, "\n") + "\n}\n\n/** Makes a client of the API. */\nexport function createClient(options: ClientOptions): Client {\n  return {\n" +
		strings.Join(b.made, "\n") + "\n  };\n}"
}

// shapesOf lists the shapes of a resource.
func shapesOf(r *outline.Resource) (out []*guard.Outline) {
	for i := range r.Operations {
		for k := range r.Operations[i].Callers {
			out = append(out, r.Operations[i].Callers[k].Shape)
		}
	}
	return out
}
