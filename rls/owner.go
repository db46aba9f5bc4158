package rls

import (
	"context"
	"slices"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Owner limits models with a column tagged owner to the actor's own rows; actors of the given roles see all.
// New rows get the actor as owner and are refused with ErrDenied when they name another; a row cannot be given
// away. No actor, or one without an ID, is ErrNoActor.
func Owner(rolesThatSeeAll ...string) hook.Extension {
	o := owners{slices.Clone(rolesThatSeeAll)}
	return hook.Scope{Name: hook.OwnerScope, Secures: true, Bind: o.bind}
}

type owners struct{ seeAll []string }

func (o owners) bind(m *model.Model) (*hook.Rule, error) {
	f := m.Owner
	if f == nil {
		return nil, nil
	}
	return &hook.Rule{
		Filter: func(ctx context.Context, _ hook.Touch) (builder.Expr, error) {
			v, all, err := o.owner(ctx, f)
			if err != nil || all {
				return builder.True(), err
			}
			return builder.Compare(builder.OpEq, f, v), nil
		},
		Insert: func(ctx context.Context, rows hook.NewRows) error {
			v, all, err := o.owner(ctx, f)
			if err != nil {
				return err
			}
			for i := range rows.Len() {
				have := rows.Get(i, f)
				switch {
				case blank(have) && !v.IsNull():
					if err := rows.Set(i, f, v); err != nil {
						return err
					}
				case !all && !equal(have, v):
					return fault.New(fault.ErrDenied, f.Model.Name, f.Name, "the row belongs to another owner")
				}
			}
			return nil
		},
		Assign: func(ctx context.Context, s *builder.Set) error {
			if s.Field != f {
				return nil
			}
			v, all, err := o.owner(ctx, f)
			if err != nil {
				return err
			}
			if !all && (s.Op != builder.SetValue || !equal(s.Value, v)) {
				return fault.New(fault.ErrDenied, f.Model.Name, f.Name, "a row cannot be given to another owner")
			}
			return nil
		},
	}, nil
}

// owner gives the actor as a value of the column; all is true for those who see every row.
func (o owners) owner(ctx context.Context, f *model.Field) (v model.Value, all bool, err error) {
	if out, err := bypassed(ctx); out || err != nil {
		return model.Null(), out, err
	}
	a, ok := hook.ActorFrom(ctx)
	if !ok {
		return v, false, fault.New(fault.ErrNoActor, f.Model.Name, "", "put one in with orm.WithActor")
	}
	v, err = identity(f, a.ID, "ID")
	if a.Role != "" && slices.Contains(o.seeAll, a.Role) {
		if err != nil {
			v = model.Null()
		}
		return v, true, nil
	}
	return v, false, err
}
