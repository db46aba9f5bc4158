package openapi

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/go-playground/validator/v10"

	"github.com/multi-orm/orm/internal/naming"
	"github.com/multi-orm/orm/rls/rest/outline"
)

// builder makes the schemas of a document. It runs twice: the first time tells which schemas differ between callers, so that the
// second names these only after their caller.
type builder struct {
	differ map[slot]map[string]bool // the first run's contents
	first  bool
	named  map[string]string // the contents of a slot, to the name of their schema

	names      naming.Set // of schemas
	parameters naming.Set
	operations naming.Set

	schemas object
	shared  object // parameters
	tags    []object
	paths   object
	rules   *validator.Validate
}

func newBuilder(differ map[slot]map[string]bool) *builder {
	b := &builder{differ: differ, named: map[string]string{}, rules: validator.New(validator.WithRequiredStructEnabled())}
	if differ == nil {
		b.first, b.differ = true, map[slot]map[string]bool{}
	}
	return b
}

// slot is what a schema is of, whoever asks.
type slot struct{ resource, path, stage string }

// place is where in the API a schema is made, and for whom.
type place struct {
	resource *outline.Resource
	who      string
	verb     string   // a method
	path     []string // relations
	strict   bool
	fresh    bool // a new row is written
}

func (p place) at(relation string) place {
	p.path = append(slices.Clip(p.path), relation)
	return p
}

// itself stands for the schema that is being made, which has no name yet.
const itself = "#"

func ref(name string) object { return object{{"$ref", "#/components/schemas/" + name}} }

// component gives a schema a name, and the reference to it. One that is the same as another of its slot is that one. In content,
// ref(itself) is the schema's own.
func (b *builder) component(p place, stage string, content object) object {
	at := slot{p.resource.Name, text(p.path), stage}
	words := text(content)
	if b.first {
		if b.differ[at] == nil {
			b.differ[at] = map[string]bool{}
		}
		b.differ[at][words] = true
	}
	key := text([]string{at.resource, at.path, at.stage, words})
	if name, ok := b.named[key]; ok {
		return ref(name)
	}
	var name string
	if b.first { // by content, so that equal ones are equal wherever they stand
		name = "c" + strconv.Itoa(len(b.named))
	} else {
		name = b.names.Take(b.candidates(p, at, stage)...)
	}
	b.named[key] = name
	b.schemas = append(b.schemas, member{name, renamed(content, ref(itself), ref(name))})
	return ref(name)
}

// renamed gives a value with other references.
func renamed(v any, from, to object) any {
	switch x := v.(type) {
	case object:
		out := make(object, len(x))
		for i := range x {
			if out[i] = x[i]; x[i] == from[0] {
				out[i] = to[0]
				continue
			}
			out[i].value = renamed(x[i].value, from, to)
		}
		return out
	case []object:
		out := make([]object, len(x))
		for i := range x {
			out[i], _ = renamed(x[i], from, to).(object)
		}
		return out
	}
	return v
}

func (b *builder) candidates(p place, at slot, stage string) []string {
	words := func(who ...string) []string {
		return slices.Concat([]string{p.resource.Name}, who, p.path, []string{stage})
	}
	if len(b.differ[at]) < 2 {
		return []string{naming.Pascal(words()...)}
	}
	return []string{naming.Pascal(words(p.who)...), naming.Pascal(words(p.who, deeds(p.verb))...)}
}

// deeds tells schemas of one caller apart that differ between methods.
func deeds(verb string) string {
	switch verb {
	case http.MethodPost:
		return "Created"
	case http.MethodPatch:
		return "Changed"
	case http.MethodDelete:
		return "Removed"
	}
	return "Read"
}

// sharedParameter gives a parameter a name, and the reference to it.
func (b *builder) sharedParameter(r *outline.Resource, name string, p object) object {
	key := b.parameters.Take(naming.Pascal(r.Name, name))
	b.shared = append(b.shared, member{key, p})
	return object{{"$ref", "#/components/parameters/" + key}}
}
