package engine

import (
	"context"

	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/model"
)

// telling runs a write of link rows and tells the hooks of the relation's model of it, where no model of the link table
// has hooks that see it.
func (f *family) telling(ctx context.Context, kind hook.Kind, r *model.Relation, ends *linkEnds, keys [][]model.Value, write func(context.Context) (int64, error)) (n int64, err error) {
	hooks := f.reg.Events(r.Model)
	if !ends.made || len(hooks) == 0 {
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
