package openapi

import (
	"github.com/go-playground/validator/v10"

	"github.com/multi-orm/orm/internal/naming"
	"github.com/multi-orm/orm/rls/rest/outline"
)

// builder makes the schemas of a document. It runs twice: the first run tells the second which schemas differ between callers.
type builder struct {
	names      *naming.Registry // of schemas
	parameters naming.Set
	operations naming.Set

	schemas object
	shared  object // parameters
	tags    []object
	paths   object
	rules   *validator.Validate
}

func newBuilder(first *builder) *builder {
	b := &builder{rules: validator.New(validator.WithRequiredStructEnabled())}
	var names *naming.Registry
	if first != nil {
		names = first.names
	}
	b.names = naming.NewRegistry(names, nameProblem, nameDirection)
	return b
}

// place is where in the API a schema is made, and for whom.
type place struct {
	naming.Place
	resource *outline.Resource
	strict   bool
	fresh    bool // a new row is written
}

func (p place) at(relation string) place {
	p.Place = p.At(relation)
	return p
}

// itself stands for the schema that is being made, which has no name yet.
const itself = "#"

func ref(name string) object { return object{{"$ref", "#/components/schemas/" + name}} }

// component gives a schema a name, and the reference to it. One that is the same as another of its place and stage is that one. In
// content, ref(itself) is the schema's own.
func (b *builder) component(p place, stage string, content object) object {
	name, fresh := b.names.Name(p.Place, stage, text(content))
	if fresh {
		b.schemas = append(b.schemas, member{name, renamed(content, ref(itself), ref(name))})
	}
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

// sharedParameter gives a parameter a name, and the reference to it.
func (b *builder) sharedParameter(r *outline.Resource, name string, p object) object {
	key := b.parameters.Take(naming.Pascal(r.Name, name))
	b.shared = append(b.shared, member{key, p})
	return object{{"$ref", "#/components/parameters/" + key}}
}
