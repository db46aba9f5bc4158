package hook

import (
	"context"

	"github.com/multi-orm/orm/model"
)

// Links are the rows that a relation through a link table without a model is tied to, or untied from. A hook may veto
// that; the rows of the table hold nothing that it could change. Where the table has a model, its rows are created and
// deleted like others, and hooks see that.
type Links struct {
	Relation *model.Relation
	Key      []model.Value   // of the row that has the relation, in the order of Relation.Model.Key
	Linked   [][]model.Value // of each related row, in the order of Relation.Remote
}

// auditLinks gives sink an entry for each related row.
func auditLinks(ctx context.Context, op *Op, base Entry, sink func(context.Context, []Entry) error) error {
	r, out := op.Links.Relation, entries{sink: sink}
	for _, key := range op.Links.Linked {
		e := base
		e.Relation, e.Key, e.Linked = r.Name, named(r.Model.Key, op.Links.Key), named(r.Remote, key)
		if err := out.add(ctx, e); err != nil {
			return err
		}
	}
	return out.flush(ctx)
}

// named gives values by the names of their fields.
func named(fields []*model.Field, values []model.Value) map[string]any {
	out := make(map[string]any, len(fields))
	for i, f := range fields {
		out[f.Name] = shown(f, values[i])
	}
	return out
}
