package rls

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Operations are what a role may do with a model; join them with |.
type Operations uint8

// The operations.
const (
	Read Operations = 1 << iota
	Create
	Update
	Delete

	Write = Create | Update | Delete
	All   = Read | Write
)

// AnyRole in an RBAC stands for every actor, one without a role included.
const AnyRole = "*"

// RBAC says which role may do what with which model: model or name → role → operations. A model is named by its
// Go type name, or by a pointer such as (*Invoice)(nil), or by a value where the struct is comparable.
// What is not said is denied with ErrDenied, models that are not listed too; included models and those that
// relation filters touch need Read. An update that gives the softdelete column a time needs Delete. No actor is ErrNoActor. Update, Delete and Upsert give the row back, so a
// role that may change a row can see it; what a role must not see, give it a Policy for.
type RBAC map[any]map[string]Operations

// Extend checks the names and adds the scope.
func (r RBAC) Extend(reg *hook.Registrar) error {
	rules := map[*model.Model]map[string]Operations{}
	var errs []error
	for key, roles := range r {
		m, err := modelOf(reg.Models(), key)
		if err == nil && rules[m] != nil {
			err = fault.New(fault.ErrInvalid, m.Name, "", "RBAC names the model twice")
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		c := map[string]Operations{}
		for role, ops := range roles {
			if ops&^All != 0 {
				errs = append(errs, fault.New(fault.ErrInvalid, m.Name, "", fmt.Sprintf("RBAC gives role %q operations that do not exist", role)))
			}
			c[role] = ops
		}
		rules[m] = c
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	reg.Scope(hook.Scope{Name: "rbac", Secures: true, Bind: func(m *model.Model) (*hook.Rule, error) {
		roles := rules[m]
		return &hook.Rule{
			Filter: func(ctx context.Context, t hook.Touch) (builder.Expr, error) {
				if t.Access == hook.Referring { // a role may hang a row below one that it may not read
					return builder.True(), nil
				}
				return builder.True(), allow(ctx, m, roles, needs(t.Access))
			},
			Insert: func(ctx context.Context, _ hook.NewRows) error { return allow(ctx, m, roles, Create) },
			Assign: func(ctx context.Context, s *builder.Set) error {
				if s.Field == nil || s.Field != m.SoftDelete || s.Op == builder.SetValue && s.Value.IsNull() {
					return nil
				}
				return allow(ctx, m, roles, Delete) // whoever says when a row was deleted deletes it
			},
		}, nil
	}})
	return nil
}

func needs(a hook.Access) Operations {
	switch a {
	case hook.Changing:
		return Update
	case hook.Removing:
		return Delete
	}
	return Read
}

func allow(ctx context.Context, m *model.Model, roles map[string]Operations, need Operations) error {
	if out, err := bypassed(ctx); out || err != nil {
		return err
	}
	a, ok := hook.ActorFrom(ctx)
	if !ok {
		return fault.New(fault.ErrNoActor, m.Name, "", "put one in with orm.WithActor")
	}
	have := roles[AnyRole]
	if a.Role != "" && a.Role != AnyRole {
		have |= roles[a.Role]
	}
	if have&need != need {
		return fault.New(fault.ErrDenied, m.Name, "", fmt.Sprintf("role %q may not %s", a.Role, verb(need)))
	}
	return nil
}

func verb(o Operations) string {
	switch o {
	case Create:
		return "create"
	case Update:
		return "update"
	case Delete:
		return "delete"
	}
	return "read"
}

// modelOf finds the model that a key of RBAC names.
func modelOf(models []*model.Model, key any) (*model.Model, error) {
	if name, ok := key.(string); ok {
		names := make([]string, len(models))
		var found *model.Model
		for i, m := range models {
			if m.Name == name && found != nil {
				return nil, fault.New(fault.ErrInvalid, name, "", "RBAC names a model by a name that two have: name it by its type")
			}
			if m.Name == name {
				found = m
			}
			names[i] = m.Name
		}
		if found != nil {
			return found, nil
		}
		hint := ""
		if n := model.Nearest(name, names); n != "" {
			hint = fmt.Sprintf(" (did you mean %q?)", n)
		}
		return nil, fault.New(fault.ErrInvalid, "", "", fmt.Sprintf("RBAC names a model %q that is not registered%s", name, hint))
	}
	if key == nil {
		return nil, fault.New(fault.ErrInvalid, "", "", "RBAC names nil: give a type name, or a pointer such as (*Invoice)(nil)")
	}
	t, ok := key.(reflect.Type)
	if !ok {
		t = reflect.TypeOf(key)
	}
	m, err := model.Of(t)
	if err != nil {
		return nil, err
	}
	for _, x := range models {
		if x == m {
			return m, nil
		}
	}
	return nil, fault.New(fault.ErrInvalid, m.Name, "", "RBAC names a model that is not registered")
}
