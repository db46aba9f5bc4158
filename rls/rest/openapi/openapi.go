// Package openapi describes an API of package rest as an OpenAPI 3.1 document. It is made of an outline, so it says what the handler
// takes from that caller, and nothing of what the caller may not see.
package openapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/rls/rest/outline"
)

// Info is what a document says of the API as a whole.
type Info struct {
	Title       string // needed
	Version     string // of the API, needed
	Description string
	Server      string // the address that the resources lie below, such as /query; "" is the root of the document's host
	Security    Security
}

// Security says how requests tell who sends them. The zero Security is a bearer token.
type Security struct {
	Cookie string // the name of a session's cookie, in place of a token
	Format string // of the bearer token, such as JWT
}

// Build makes the document, as JSON. The same outline gives the same bytes.
func Build(api outline.API, info Info) ([]byte, error) {
	if err := check(api, info); err != nil {
		return nil, err
	}
	first := newBuilder(nil)
	first.build(api)
	b := newBuilder(first)
	b.build(api)

	about := object{{"title", info.Title}, {"version", info.Version}}
	description := "Texts hold no NUL. Times are RFC 3339, of the years 1 to 9999 and to the microsecond. Numbers keep every digit: read them as text where 53 bits are too few."
	if info.Description != "" {
		description = info.Description + "\n\n" + description
	}
	about = about.with("description", description)
	doc := object{{"openapi", "3.1.0"}, {"info", about}}
	if info.Server != "" {
		doc = doc.with("servers", []object{{{"url", info.Server}}})
	}
	problem, responses := problems()
	components := object{{"schemas", append(object{{nameProblem, problem}, {nameDirection, direction()}}, b.schemas...)}, {"responses", responses}}
	if len(b.shared) > 0 {
		components = components.with("parameters", b.shared)
	}
	components = components.with("securitySchemes", members(scheme, info.Security.scheme()))
	return json.Marshal(doc.with("tags", b.tags).with("paths", b.paths).with("components", components))
}

// The schemas that every document has.
const (
	nameProblem   = "Problem"
	nameDirection = "Direction"
)

// scheme is the name of the way to say who asks.
const scheme = "session"

func (s Security) scheme() object {
	if s.Cookie != "" {
		return object{{"type", "apiKey"}, {"in", "cookie"}, {"name", s.Cookie}}
	}
	out := object{{"type", "http"}, {"scheme", "bearer"}}
	if s.Format != "" {
		out = out.with("bearerFormat", s.Format)
	}
	return out
}

func check(api outline.API, info Info) error {
	wrong := func(detail string) error {
		return &fault.Error{Op: "openapi", Err: fault.ErrInvalid, Detail: detail}
	}
	if info.Title == "" || info.Version == "" {
		return wrong("a document has a title and a version: say Info.Title and Info.Version")
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
			bad := len(op.Callers) == 0 || !slices.Contains([]string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete}, op.Method)
			for _, c := range op.Callers {
				bad = bad || c.Shape == nil || op.Method == http.MethodPost && c.Shape.Create == nil || op.Method == http.MethodPatch && c.Shape.Update == nil
			}
			if bad {
				return wrong(fmt.Sprintf("the operation %s of the resource %q has no caller, no shape for one, or is unknown", op.Method, r.Name))
			}
		}
	}
	return nil
}

func (b *builder) build(api outline.API) {
	b.paths, b.tags = object{}, []object{}
	for i := range api.Resources {
		b.resource(&api.Resources[i])
	}
}
