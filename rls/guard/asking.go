package guard

import (
	"context"
	"fmt"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
)

// asking is one request on its way to a statement.
type asking struct {
	ctx   context.Context
	nodes int // comparisons, relation filters and combinators so far
}

// node counts one more node of the predicate.
func (q *asking) node(at *place) error {
	if q.nodes++; q.nodes > MaxNodes {
		return beyond(at.String(), fmt.Sprintf("the request holds more than %d conditions", MaxNodes))
	}
	return nil
}

// actor gives who asks, for a condition or a value that depends on it.
func (q *asking) actor() (orm.Actor, error) {
	a, ok := orm.ActorFrom(q.ctx)
	if !ok {
		return a, denied(fmt.Errorf("guard: a shape asks who the actor is: %w", orm.ErrNoActor))
	}
	return a, nil
}

// forced gives the conditions that hold whatever is asked.
func (q *asking) forced(f *filters) ([]builder.Expr, error) {
	if len(f.force) == 0 {
		return f.forced[:len(f.forced):len(f.forced)], nil
	}
	a, err := q.actor()
	if err != nil {
		return nil, err
	}
	out := append(make([]builder.Expr, 0, len(f.forced)+len(f.force)), f.forced...)
	for _, fn := range f.force {
		e, err := called(func() (builder.Expr, error) { return fn(q.ctx, a) })
		if err == nil && e.Op == builder.OpError {
			err = e.Ext.Err
		}
		if err != nil {
			return nil, denied(err)
		}
		out = append(out, e)
	}
	return out, nil
}

// called runs a function of the program's; a panic is an error. Its text is for logs: denied does not show it.
func called[V any](fn func() (V, error)) (v V, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("guard: a function of a shape panicked: %v: %w", p, orm.ErrDenied)
		}
	}()
	return fn()
}
