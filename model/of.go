package model

import (
	"reflect"
	"sync/atomic"
)

// registry maps struct types to models. The map is never changed, only replaced, so readers need no lock.
var registry atomic.Pointer[map[reflect.Type]*Model]

// For gives the model of the struct T.
func For[T any]() (*Model, error) { return Of(reflect.TypeFor[T]()) }

// Of gives the model of a struct type or of a pointer to one. Every model that relations reach is
// read and checked with it; the error joins every mistake in their tags.
func Of(t reflect.Type) (*Model, error) {
	if t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	for {
		seen := registry.Load()
		var known map[reflect.Type]*Model
		if seen != nil {
			known = *seen
		}
		if m := known[t]; m != nil {
			return m, nil
		}
		fresh, err := parse(t, known)
		if err != nil {
			return nil, err
		}
		if publish(seen, known, fresh) {
			return fresh[0], nil
		}
		// Someone else published meanwhile, perhaps a part of this graph: link against theirs.
	}
}

func publish(seen *map[reflect.Type]*Model, known map[reflect.Type]*Model, fresh []*Model) bool {
	next := make(map[reflect.Type]*Model, len(known)+len(fresh))
	for t, m := range known {
		next[t] = m
	}
	for _, m := range fresh {
		next[m.Type] = m
		m.ID = uint32(len(next))
	}
	return registry.CompareAndSwap(seen, &next)
}
