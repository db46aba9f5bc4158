package naming

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
)

// Place is where in an API something is described, and for whom.
type Place struct {
	Resource string
	Who      string
	Method   string
	Path     []string // relations
}

// At is the place of a relation below p.
func (p Place) At(relation string) Place {
	p.Path = append(slices.Clip(p.Path), relation)
	return p
}

// deed tells descriptions for one caller apart that differ between methods.
func (p Place) deed() string {
	switch p.Method {
	case http.MethodPost:
		return "Created"
	case http.MethodPatch:
		return "Changed"
	case http.MethodDelete:
		return "Removed"
	}
	return "Read"
}

// slot is what is described, whoever asks.
func (p Place) slot(stage string) string {
	return joined(append([]string{p.Resource, stage}, p.Path...)...)
}

func joined(words ...string) string {
	b, _ := json.Marshal(words) // strings have a form
	return string(b)
}

// Registry names descriptions. Those of one slot that are equal share a name. A Registry is made twice: the first tells which
// slots hold different ones, so that the second names these only after their caller.
type Registry struct {
	first  bool
	differ map[string]map[string]bool // the contents of slots
	named  map[string]string          // the contents of a slot, to their name
	names  Set
}

// NewRegistry makes a Registry after the first one, or the first one where it is nil. Names that are taken are not given.
func NewRegistry(first *Registry, taken ...string) *Registry {
	r := &Registry{named: map[string]string{}}
	if first != nil {
		r.differ = first.differ
	} else {
		r.first, r.differ = true, map[string]map[string]bool{}
	}
	for _, name := range taken {
		r.names.Take(name)
	}
	return r
}

// Name gives the name of what stands at a place in a stage; fresh says that it has none so far. Where content speaks of others it
// does so by the names that this Registry gave them.
func (r *Registry) Name(p Place, stage, content string) (name string, fresh bool) {
	slot := p.slot(stage)
	if r.first {
		if r.differ[slot] == nil {
			r.differ[slot] = map[string]bool{}
		}
		r.differ[slot][content] = true
	}
	key := joined(slot, content)
	if name, ok := r.named[key]; ok {
		return name, false
	}
	words := func(who ...string) string {
		return Pascal(slices.Concat([]string{p.Resource}, who, p.Path, []string{stage})...)
	}
	switch {
	case r.first: // a number, so that equal ones are equal wherever they stand
		name = "c" + strconv.Itoa(len(r.named))
	case len(r.differ[slot]) < 2:
		name = r.names.Take(words())
	default:
		name = r.names.Take(words(p.Who), words(p.Who, p.deed()))
	}
	r.named[key] = name
	return name, true
}
