package rls

import (
	"context"
	"encoding/hex"
	"fmt"
	"reflect"
	"strings"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// The variables that the policies of NativeSchema read. They are set for one transaction only.
const (
	SettingTenant = "orm.tenant"
	SettingActor  = "orm.actor"
	SettingRole   = "orm.role"
	SettingBypass = "orm.bypass"
)

// Native puts the database's own row policies behind the scopes: with every statement and at the start of
// every transaction the actor's tenant, id and role are set as variables of that transaction, which the
// policies of NativeSchema compare. SQL text is isolated too then, so it needs no bypass, unless a scope is registered
// that has no policy (Scope, RBAC, Owner, Policy) and concerns a model of that source. Sources without row policies go by the
// scopes alone. On Citus the variables are set by SET LOCAL, which reaches the workers, in a transaction for every statement; that
// is three round trips more, to the coordinator. The database must be used by a role that the policies bind: neither superuser nor BYPASSRLS nor the
// tables' owner. The first SQL text on each source proves it, and is ErrDenied until it holds; db.Check says what is amiss.
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

// NativeSchema gives the PostgreSQL statements that make row policies for the given models: each row policy is
// enabled, forced upon the owner too, and holds for what is read (USING) and what is written (WITH CHECK). It is
// safe to run again. Models without a tenant column get none; a many-to-many link table without a model follows
// the rows it links. Run it as the tables' owner, with the other migrations.
func NativeSchema(models ...any) ([]string, error) {
	d := dialect.Postgres{}
	var out []string
	linked, tables := map[[2]string]bool{}, map[[2]string]bool{} // schema and table
	var read []*model.Model
	for _, v := range models {
		if v == nil {
			return nil, fault.New(fault.ErrInvalid, "", "", "NativeSchema was given nil: give a value of the struct type")
		}
		m, err := model.Of(reflect.TypeOf(v))
		if err != nil {
			return nil, err
		}
		read = append(read, m)
		tables[[2]string{m.Schema, m.Table}] = true
	}
	for _, m := range read {
		if m.Tenant != nil {
			cond := fmt.Sprintf("%s = NULLIF(current_setting('%s', true), '')::%s", d.Quote(m.Tenant.Column), SettingTenant, castOf(d, m.Tenant))
			out = append(out, rowPolicy(dialect.Table(d, m.Schema, m.Table), cond)...)
		}
		for _, r := range m.Relations {
			t := r.Through
			if t == nil || m.Tenant == nil {
				continue
			}
			name := [2]string{t.Schema, t.Table}
			if tables[name] || linked[name] {
				continue
			}
			linked[name] = true
			out = append(out, rowPolicy(dialect.Table(d, t.Schema, t.Table), linkCondition(d, r))...)
		}
	}
	return out, nil
}

func castOf(d dialect.Postgres, f *model.Field) string {
	t := builder.TypeOf(f)
	if t.Kind == dialect.Int || t.Kind == dialect.Uint {
		return "bigint"
	}
	name, _, _ := strings.Cut(d.ColumnType(t, false), " COLLATE")
	return name
}

// linkCondition lets a link row be seen where both rows it links are seen.
func linkCondition(d dialect.Postgres, r *model.Relation) string {
	end := func(m *model.Model, fields []*model.Field, columns []string) string {
		var on []string
		for i, f := range fields {
			on = append(on, "p."+d.Quote(f.Column)+" = "+d.Quote(r.Through.Table)+"."+d.Quote(columns[i]))
		}
		return "EXISTS (SELECT 1 FROM " + dialect.Table(d, m.Schema, m.Table) + " AS p WHERE " + strings.Join(on, " AND ") + ")"
	}
	return end(r.Model, r.Local, r.Through.Local) + " AND " + end(r.Target, r.Remote, r.Through.Remote)
}

func rowPolicy(table, cond string) []string {
	cond = "(" + cond + ") OR current_setting('" + SettingBypass + "', true) = 'on'"
	return []string{
		"ALTER TABLE " + table + " ENABLE ROW LEVEL SECURITY",
		"ALTER TABLE " + table + " FORCE ROW LEVEL SECURITY",
		"DROP POLICY IF EXISTS orm_isolation ON " + table,
		"CREATE POLICY orm_isolation ON " + table + " USING (" + cond + ") WITH CHECK (" + cond + ")",
	}
}
