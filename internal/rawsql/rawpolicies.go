package rawsql

import (
	"context"

	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// mayRaw asks whether SQL text may run on src: the scopes first, then, where row policies are to stand for them, the
// database itself.
func mayRaw(ctx context.Context, s *engine.Session, src source.SQL) error {
	reg := s.Registry()
	models := s.ModelsOf(src)
	byPolicies, err := reg.Raw(ctx, src.Capabilities().RowPolicies, models)
	if err != nil || !byPolicies {
		return err
	}
	if seen, ok := s.Proven.Load(src); ok && seen == reg {
		return nil
	}
	why, err := policyFault(ctx, s, src, models)
	if err != nil {
		return err
	}
	if why != "" {
		return &fault.Error{Op: "raw", Source: src.Name(), Err: fault.ErrDenied, Detail: "row policies do not hold SQL text here: " + why}
	}
	s.Proven.Store(src, reg)
	return nil
}

// policyFault gives the first reason why row policies do not bind this handle, "" when they do. It asks on the
// connection that the text will run on: a second one might have to be waited for, or belong to another role.
func policyFault(ctx context.Context, s *engine.Session, src source.SQL, models []*model.Model) (string, error) {
	p, ok := src.(source.Policed)
	if !ok {
		return "the source cannot show that they do", nil
	}
	ex, err := s.RawExecutor(ctx, src)
	if err != nil {
		return "", err
	}
	text, args := p.PolicyFault(models)
	rows := source.Rows{Slab: source.SlabOf[string](0)}
	if rows.Resolve, err = entity.Resolver(rows.Elem(), true); err != nil {
		return "", err
	}
	if err := ex.Query(ctx, text, args, &rows); err != nil {
		return "", err
	}
	for _, why := range source.Take[string](&rows.Slab) {
		return why, nil
	}
	return "", nil
}
