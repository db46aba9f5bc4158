package model

import (
	"reflect"
	"strings"

	"github.com/multi-orm/orm/internal/fault"
)

// parse reads t and all types reachable from it that are not known yet; the first result is t's. The error joins
// every mistake in them.
func parse(t reflect.Type, known map[reflect.Type]*Model) ([]*Model, error) {
	g := graph{known: known, fresh: map[reflect.Type]*draft{}}
	errs := []error{g.add(t)}
	for i := 0; i < len(g.order); i++ { // the order grows as relations are followed
		for _, r := range g.order[i].relations {
			errs = append(errs, g.add(r.target))
		}
	}
	models := make([]*Model, len(g.order))
	for i, d := range g.order {
		errs = append(errs, d.errs...)
		errs = append(errs, g.link(d)...)
		models[i] = d.model
	}
	if fault.Join(errs) == nil { // relations of every model are known
		for _, d := range g.order {
			errs = append(errs, d.settleNeeds()...)
		}
		errs = append(errs, g.keysAgree()...)
	}
	if err := fault.Join(errs); err != nil {
		return nil, err
	}
	return models, nil
}

// sound reports whether the type was read without a mistake, so that relations can be held against it.
func (g *graph) sound(t reflect.Type) bool {
	d := g.fresh[t]
	return d == nil && g.known[t] != nil || d != nil && len(d.errs) == 0
}

// graph is the part of the model graph that is being read.
type graph struct {
	known map[reflect.Type]*Model
	fresh map[reflect.Type]*draft
	order []*draft
}

func (g *graph) add(t reflect.Type) error {
	if g.known[t] != nil || g.fresh[t] != nil {
		return nil
	}
	if t == nil || t.Kind() != reflect.Struct {
		name := "nil"
		if t != nil {
			name = t.String()
		}
		return fault.New(fault.ErrInvalid, name, "", "a model is a struct type")
	}
	name := typeName(t.Name())
	if name == "" && aggregates(t) { // a result needs no name: programs make its type at run time
		name = "groups"
	}
	if name == "" {
		return fault.New(fault.ErrInvalid, "struct", "", "a model is a named type; declare one with type X struct")
	}
	d := read(name, t)
	g.fresh[t] = d
	g.order = append(g.order, d)
	return nil
}

func (g *graph) model(t reflect.Type) *Model {
	if d := g.fresh[t]; d != nil {
		return d.model
	}
	return g.known[t]
}

// aggregates reports whether a field of t says agg=.
func aggregates(t reflect.Type) bool {
	for i := range t.NumField() {
		if strings.Contains(t.Field(i).Tag.Get("orm"), "agg=") {
			return true
		}
	}
	return false
}
