package model

import (
	"reflect"

	"github.com/multi-orm/orm/internal/fault"
)

// parse reads t and all types reachable from it that are not known yet; the first result is t's.
func parse(t reflect.Type, known map[reflect.Type]*Model) ([]*Model, error) {
	g := graph{known: known, fresh: map[reflect.Type]*draft{}}
	if err := g.add(t); err != nil {
		return nil, err
	}
	for i := 0; i < len(g.order); i++ { // the order grows as relations are followed
		for _, r := range g.order[i].relations {
			if err := g.add(r.target); err != nil {
				return nil, err
			}
		}
	}
	models := make([]*Model, len(g.order))
	for i, d := range g.order {
		if err := g.link(d); err != nil {
			return nil, err
		}
		models[i] = d.model
	}
	return models, nil
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
	if t.Name() == "" {
		return fault.New(fault.ErrInvalid, "struct", "", "a model is a named type; declare one with type X struct")
	}
	d, err := read(typeName(t.Name()), t)
	if err != nil {
		return err
	}
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
