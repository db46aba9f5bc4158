package rls

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Globals declares models that have no tenant. Global makes it.
type Globals struct{ values []any }

// Global declares models whose rows belong to no tenant, such as countries, by a value of each struct type.
func Global(models ...any) Globals { return Globals{models} }

// DeclaresGlobal makes the declaration hold wherever it stands in one call of Use.
func (Globals) DeclaresGlobal() {}

// Extend declares the models.
func (g Globals) Extend(r *hook.Registrar) error {
	for _, v := range g.values {
		if v == nil {
			return fault.New(fault.ErrInvalid, "", "", "Global was given nil: give a value of the struct type, such as Country{}")
		}
		m, err := model.Of(reflect.TypeOf(v))
		if err != nil {
			return err
		}
		if m.Tenant != nil {
			return fault.New(fault.ErrInvalid, m.Name, m.Tenant.Name, "the model has a tenant column and is declared global: it cannot be both")
		}
		r.Global(m)
	}
	return nil
}

type tenancy struct{}

// Tenant keeps tenants apart by the column tagged tenant. Rows read, changed and deleted are those of the
// actor's tenant; new rows get it, and are refused with ErrDenied when they name another; it is never
// changed. No actor, or one whose tenant is empty or of another type than the column, is ErrNoActor before
// any SQL. A model without the column must be declared Global, else Use fails. Where the primary key itself
// is tagged tenant, the model is the table of tenants and each sees its own row.
func Tenant() hook.Extension { return tenancy{} }

// Extend adds the scope.
func (tenancy) Extend(r *hook.Registrar) error {
	r.Scope(hook.Scope{Name: hook.TenantScope, Secures: true, Native: true, Bind: func(m *model.Model) (*hook.Rule, error) {
		f := m.Tenant
		if f == nil {
			if r.IsGlobal(m) {
				return nil, nil
			}
			return nil, fault.New(fault.ErrInvalid, m.Name, "", "the model says nothing of its tenancy: tag a column tenant, or declare it with rls.Global")
		}
		return &hook.Rule{
			Filter: func(ctx context.Context, _ hook.Touch) (builder.Expr, error) {
				v, out, err := tenantOf(ctx, f)
				if err != nil || out {
					return builder.True(), err
				}
				return builder.Compare(builder.OpEq, f, v), nil
			},
			Insert: func(ctx context.Context, rows hook.NewRows) error { return stampTenant(ctx, f, rows) },
			Assign: func(ctx context.Context, s *builder.Set) error { return keepTenant(ctx, f, s) },
		}, nil
	}})
	return nil
}

// tenantOf gives the actor's tenant as a value of the column; out is true under a bypass.
func tenantOf(ctx context.Context, f *model.Field) (v model.Value, out bool, err error) {
	if out, err = bypassed(ctx); out || err != nil {
		return v, out, err
	}
	a, ok := hook.ActorFrom(ctx)
	if !ok {
		return v, false, fault.New(fault.ErrNoActor, f.Model.Name, "", "Tenant isolation: put one in with orm.WithActor")
	}
	v, err = identity(f, a.TenantID, "tenant")
	return v, false, err
}

// identity turns an actor's id into a value of f. Empty and misfit ids are ErrNoActor: nobody is asking.
func identity(f *model.Field, id any, what string) (model.Value, error) {
	v, err := f.ValueOf(id)
	if err != nil {
		return v, fault.New(fault.ErrNoActor, f.Model.Name, "", fmt.Sprintf("the actor's %s is a %T, which the column does not hold", what, id)).WithCause(err)
	}
	if blank(v) || v.Kind() == model.StringValue && strings.TrimSpace(v.Str()) == "" {
		return v, fault.New(fault.ErrNoActor, f.Model.Name, "", "the actor's "+what+" is empty")
	}
	switch v.Kind() {
	case model.ListValue, model.AnyValue:
		return v, fault.New(fault.ErrNoActor, f.Model.Name, "", "the actor's "+what+" is not a plain value")
	}
	return v, nil
}

// blank reports whether v is the zero of its kind, which stands for nobody.
func blank(v model.Value) bool {
	switch v.Kind() {
	case model.NullValue:
		return true
	case model.IntValue, model.UintValue, model.BoolValue:
		return v.Uint() == 0
	case model.FloatValue:
		return v.Float() == 0 || math.IsNaN(v.Float())
	case model.StringValue:
		return v.Str() == ""
	case model.BytesValue:
		return len(v.Bytes()) == 0
	case model.UUIDValue:
		return *v.UUID() == [16]byte{}
	}
	return false
}

// equal compares two values of one column byte by byte, so that neither case nor trailing space blurs them.
func equal(a, b model.Value) bool {
	var x, y [64]byte
	return string(model.AppendKey(x[:0], a)) == string(model.AppendKey(y[:0], b))
}

func stampTenant(ctx context.Context, f *model.Field, rows hook.NewRows) error {
	tenant, out, err := tenantOf(ctx, f)
	if err != nil {
		return err
	}
	root := f.Primary && len(f.Model.Key) == 1 // the model is the table of tenants
	for i := range rows.Len() {
		switch v := rows.Get(i, f); {
		case blank(v) && out && root && f.Auto: // the source numbers its tenants
		case blank(v) && out:
			return fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "under a bypass a new row must say its tenant")
		case out:
		case root && blank(v):
			return fault.New(fault.ErrDenied, f.Model.Name, f.Name, "a new tenant is made under a bypass")
		case blank(v):
			if err := rows.Set(i, f, tenant); err != nil {
				return err
			}
		case !equal(v, tenant):
			return fault.New(fault.ErrDenied, f.Model.Name, f.Name, "the row belongs to another tenant")
		}
	}
	return nil
}

// keepTenant lets an assignment of the tenant column pass only where it changes nothing.
func keepTenant(ctx context.Context, f *model.Field, s *builder.Set) error {
	if s.Field != f {
		return nil
	}
	tenant, out, err := tenantOf(ctx, f)
	if err != nil {
		return err
	}
	if out || s.Op != builder.SetValue || !equal(s.Value, tenant) {
		return fault.New(fault.ErrDenied, f.Model.Name, f.Name, "the tenant of a row never changes")
	}
	return nil
}
