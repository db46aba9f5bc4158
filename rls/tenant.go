package rls

import (
	"context"
	"reflect"

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
		return (&column{field: f, what: "tenant", value: tenantOf}).rule(), nil
	}})
	return nil
}

// tenantOf gives the actor's tenant.
func tenantOf(ctx context.Context) (any, error) {
	a, ok := hook.ActorFrom(ctx)
	if !ok {
		return nil, fault.New(fault.ErrNoActor, "", "", "Tenant isolation: put one in with orm.WithActor")
	}
	return a.TenantID, nil
}
