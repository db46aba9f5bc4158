package rls

import (
	"fmt"
	"strings"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/model"
)

// postgresPolicies are CREATE POLICY.
type postgresPolicies struct{ dialect.Postgres }

func (p postgresPolicies) tenant(m *model.Model) []string {
	cond := fmt.Sprintf("%s = NULLIF(current_setting('%s', true), '')::%s", p.Quote(m.Tenant.Column), SettingTenant, p.castOf(m.Tenant))
	return p.policy(dialect.Table(p.Postgres, m.Schema, m.Table), cond)
}

func (p postgresPolicies) castOf(f *model.Field) string {
	t := builder.TypeOf(f)
	if t.Kind == dialect.Int || t.Kind == dialect.Uint {
		return "bigint"
	}
	name, _, _ := strings.Cut(p.ColumnType(t, false), " COLLATE")
	return name
}

// link lets a link row be seen where both rows it links are seen.
func (p postgresPolicies) link(r *model.Relation) []string {
	end := func(m *model.Model, fields []*model.Field, columns []string) string {
		var on []string
		for i, f := range fields {
			on = append(on, "p."+p.Quote(f.Column)+" = "+p.Quote(r.Through.Table)+"."+p.Quote(columns[i]))
		}
		return "EXISTS (SELECT 1 FROM " + dialect.Table(p.Postgres, m.Schema, m.Table) + " AS p WHERE " + strings.Join(on, " AND ") + ")"
	}
	cond := end(r.Model, r.Local, r.Through.Local) + " AND " + end(r.Target, r.Remote, r.Through.Remote)
	return p.policy(dialect.Table(p.Postgres, r.Through.Schema, r.Through.Table), cond)
}

func (postgresPolicies) policy(table, cond string) []string {
	cond = "(" + cond + ") OR current_setting('" + SettingBypass + "', true) = 'on'"
	return []string{
		"ALTER TABLE " + table + " ENABLE ROW LEVEL SECURITY",
		"ALTER TABLE " + table + " FORCE ROW LEVEL SECURITY",
		"DROP POLICY IF EXISTS orm_isolation ON " + table,
		"CREATE POLICY orm_isolation ON " + table + " USING (" + cond + ") WITH CHECK (" + cond + ")",
	}
}
