package related

import (
	"context"
	"slices"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/scoping"
	"github.com/multi-orm/orm/internal/writing"
	"github.com/multi-orm/orm/model"
)

// withHeld gives n with the columns that scopes hold the caller to beside those that name its rows, where both together are a
// unique set: a tag named by its name is named by tenant and name. n itself is the caller's and stays as it is.
func withHeld(ctx context.Context, s *engine.Session, n *builder.Nested) (*builder.Nested, error) {
	var out *builder.Nested
	for i := range n.Named {
		whole, err := wholeNames(ctx, s, n.Relation.Target, &n.Named[i])
		if err != nil {
			return nil, err
		}
		if whole == nil {
			whole = n.Named[i : i+1]
		} else if out == nil {
			c := *n
			out, c.Named = &c, slices.Clone(n.Named[:i])
		}
		if out != nil {
			out.Named = append(out.Named, whole...)
		}
	}
	if out == nil {
		return n, nil
	}
	return out, nil
}

// wholeNames gives the conditions that e means with what is held, nil where it names its rows by itself or not even so.
func wholeNames(ctx context.Context, s *engine.Session, m *model.Model, e *builder.Expr) ([]builder.Expr, error) {
	fields, keys, ok := naming(m, e)
	if ok || len(fields) == 0 {
		return nil, nil
	}
	held := writing.HeldBeside(m, fields)
	if len(held) == 0 {
		return nil, nil
	}
	values := make([]model.Value, len(held))
	for i, f := range held {
		v, ok, err := scoping.HeldTo(ctx, s, f)
		if err != nil || !ok {
			return nil, err
		}
		values[i] = v
	}
	out := make([]builder.Expr, len(keys))
	for i, key := range keys {
		out[i] = builder.AllOf(slices.Concat(equalTo(held, values), equalTo(fields, key))...)
	}
	return out, nil
}
