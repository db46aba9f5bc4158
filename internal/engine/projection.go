package engine

import (
	"reflect"

	"github.com/multi-orm/orm/model"
)

// projectionKey names a way from a model to a struct.
type projectionKey struct {
	from *model.Model
	to   reflect.Type
}

// Projection gives the way from rows of m to structs of type to.
func (e *Engine) Projection(m *model.Model, to reflect.Type) (*model.Projection, error) {
	k := projectionKey{m, to}
	if p, ok := e.copies.Load(k); ok {
		return p.(*model.Projection), nil
	}
	p, err := model.ProjectionOf(m, to)
	if err != nil {
		return nil, err
	}
	have, _ := e.copies.LoadOrStore(k, p)
	return have.(*model.Projection), nil
}
