package engine

import (
	"context"

	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// telling runs a write of link rows and tells the hooks of the relation's model of it, where no model of the link table
// has hooks that see it.
func (f *family) telling(ctx context.Context, kind hook.Kind, r *model.Relation, ends *linkEnds, keys [][]model.Value, write func(context.Context) (int64, error)) (n int64, err error) {
	if !ends.made {
		return write(ctx)
	}
	hooks, plain := f.reg.Events(r.Model), write
	write = func(ctx context.Context) (int64, error) {
		n, err := plain(ctx)
		return n, ofRelation(err, r, ends.m)
	}
	if len(hooks) == 0 {
		return write(ctx)
	}
	src, err := f.s.SourceOf(r.Model)
	if err != nil {
		return 0, err
	}
	links := &hook.Links{Relation: r, Linked: keys}
	for _, x := range r.Model.Key {
		links.Key = append(links.Key, f.parent[x])
	}
	op := f.s.op(ctx, hooks, kind, f.name, src, r.Model)
	op.Links = links
	ctx = f.s.carried(ctx)
	err = hook.Run(ctx, hooks, op, func() error {
		n, err = write(ctx)
		op.Affected = n
		return err
	})
	if err == nil {
		f.s.effects(ctx, op)
	}
	return n, err
}

// ofRelation tells a refused write of link rows as one of the relation: nobody knows a model of theirs.
func ofRelation(err error, r *model.Relation, links *model.Model) error {
	e, ok := err.(*fault.Error) //nolint:errorlint // made by a write of this library, not wrapped yet
	if !ok || e.Model != links.Name {
		return err
	}
	c := *e
	c.Model, c.Field = r.Model.Name, r.Name
	return &c
}
