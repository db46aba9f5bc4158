package rls

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// The variables that the policies of NativeSchema read. They are set for one transaction only, or for one statement outside of any.
const (
	SettingTenant = "orm.tenant"
	SettingActor  = "orm.actor"
	SettingRole   = "orm.role"
	SettingBypass = "orm.bypass"
)

// Native puts the database's own row policies behind the scopes: with every statement and at the start of
// every transaction the actor's tenant, id and role are set as variables, which the policies of NativeSchema compare. SQL text is
// isolated too then, so it needs no bypass, unless a scope is registered
// that has no policy (Scope, RBAC, Owner, Policy) and concerns a model of that source. Sources without row policies go by the
// scopes alone.
//
// On PostgreSQL they are variables of the transaction. On Citus they are set by SET LOCAL, which reaches the workers, in a
// transaction for every statement; that is three round trips more, to the coordinator. On SQL Server they stand in the session
// context of the connection for as long as the unit of work has it, and are taken back behind it: two round trips more.
//
// The database must be used by a role that the policies bind and that cannot take them away: on PostgreSQL neither superuser nor
// BYPASSRLS nor the tables' owner, on SQL Server one without ALTER ANY SECURITY POLICY that may see
// the policies, by VIEW DEFINITION on their schemas. The first SQL text on each source proves
// it, and is ErrDenied until it holds; db.Check says what is amiss. Whoever may send SQL text may set the variables by it.
func Native() hook.Extension { return native{} }

type native struct{}

// Extend adds the variables.
func (native) Extend(r *hook.Registrar) error {
	r.RowPolicies()
	r.Settings(func(ctx context.Context) ([]hook.Setting, error) {
		out := []hook.Setting{{Name: SettingTenant}, {Name: SettingActor}, {Name: SettingRole}, {Name: SettingBypass}}
		bypass, err := bypassed(ctx)
		if err != nil {
			return nil, err
		}
		if bypass {
			out[3].Value = "on"
		}
		a, ok := hook.ActorFrom(ctx)
		if !ok {
			return out, nil
		}
		for i, id := range []any{a.TenantID, a.ID} {
			if out[i].Value, err = plain(id); err != nil {
				return nil, err
			}
		}
		out[2].Value = a.Role
		return out, nil
	})
	return nil
}

// plain writes an id as the text that the policies cast; anything but a plain value is refused, and a zero is nobody.
func plain(id any) (string, error) {
	v := builder.ValueOf(id)
	if v.Kind() == model.NullValue || v.Kind() == model.StringValue && v.Str() == "" {
		return "", nil
	}
	if blank(v) {
		return "", nil
	}
	switch v.Kind() {
	case model.StringValue:
		if strings.IndexByte(v.Str(), 0) < 0 {
			return v.Str(), nil
		}
	case model.IntValue, model.UintValue:
		return fmt.Sprint(v.Any()), nil
	case model.UUIDValue:
		return hex.EncodeToString(v.UUID()[:]), nil
	}
	return "", fault.New(fault.ErrNoActor, "", "", fmt.Sprintf("the actor's id or tenant is a %T, not a plain value", id))
}
