package rls

import (
	"encoding/hex"
	"hash/fnv"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/model"
)

// sqlServerPolicies are CREATE SECURITY POLICY over a predicate function. A filter predicate hides rows from reads, updates and
// deletes, block predicates keep rows from being made, or moved, to where they could not be seen.
type sqlServerPolicies struct{ dialect.SQLServer }

// variable reads one as text, NULL where it is empty.
func (sqlServerPolicies) variable(name string) string {
	return "NULLIF(CAST(SESSION_CONTEXT(N'" + name + "') AS nvarchar(4000)), N'')"
}

func (p sqlServerPolicies) tenant(m *model.Model) []string {
	return p.policy(m.Schema, m.Table, "@tenant "+p.parameterOf(m.Tenant), p.Quote(m.Tenant.Column), p.isTenant("@tenant", m.Tenant))
}

// parameterOf gives the type of a function's parameter that takes a column as it is.
func (p sqlServerPolicies) parameterOf(f *model.Field) string {
	t := builder.TypeOf(f)
	if t.Kind == dialect.String || t.Kind == dialect.Text {
		return "nvarchar(4000)"
	}
	name, _, _ := strings.Cut(p.ColumnType(t, false), " COLLATE")
	return name
}

// isTenant compares a value with the actor's tenant. Texts are compared byte by byte, and by their length, since = takes blanks at
// the end for nothing.
func (p sqlServerPolicies) isTenant(value string, f *model.Field) string {
	v := p.variable(SettingTenant)
	switch typ := p.parameterOf(f); typ {
	case "nvarchar(4000)":
		return value + " COLLATE Latin1_General_100_BIN2 = " + v + " AND DATALENGTH(CAST(" + value + " AS nvarchar(4000))) = DATALENGTH(" + v + ")"
	case "uniqueidentifier": // the variable holds 32 digits
		return value + " = TRY_CAST(STUFF(STUFF(STUFF(STUFF(" + v + ", 9, 0, '-'), 14, 0, '-'), 19, 0, '-'), 24, 0, '-') AS uniqueidentifier)"
	default:
		return value + " = TRY_CAST(" + v + " AS " + typ + ")"
	}
}

// link lets a link row be seen where both rows it links are seen. It asks for their tenants itself: what a policy hides from the
// caller, it need not hide from the function of another one.
func (p sqlServerPolicies) link(r *model.Relation) []string {
	var params, columns []string
	end := func(m *model.Model, fields []*model.Field, names []string) string {
		var on []string
		for i, f := range fields {
			param := "@p" + strconv.Itoa(len(params))
			params, columns = append(params, param+" "+p.parameterOf(f)), append(columns, p.Quote(names[i]))
			on = append(on, "p."+p.Quote(f.Column)+" = "+param)
		}
		if m.Tenant != nil {
			on = append(on, p.isTenant("p."+p.Quote(m.Tenant.Column), m.Tenant))
		}
		return "EXISTS (SELECT 1 FROM " + p.table(m.Schema, m.Table) + " AS p WHERE " + strings.Join(on, " AND ") + ")"
	}
	cond := end(r.Model, r.Local, r.Through.Local) + " AND " + end(r.Target, r.Remote, r.Through.Remote)
	return p.policy(r.Through.Schema, r.Through.Table, strings.Join(params, ", "), strings.Join(columns, ", "), cond)
}

// table gives a name of two parts, which what is bound to a schema needs.
func (p sqlServerPolicies) table(schema, table string) string {
	if schema == "" {
		schema = "dbo"
	}
	return dialect.Table(p.SQLServer, schema, table)
}

func (p sqlServerPolicies) policy(schema, table, params, columns, cond string) []string {
	fn, policy, on := p.table(schema, object("orm_isolation_", table)), p.table(schema, object("orm_policy_", table)), p.table(schema, table)
	call := " PREDICATE " + fn + "(" + columns + ") ON " + on
	return []string{
		"DROP SECURITY POLICY IF EXISTS " + policy,
		"CREATE OR ALTER FUNCTION " + fn + "(" + params + ") RETURNS TABLE WITH SCHEMABINDING AS RETURN (SELECT 1 AS visible WHERE (" + cond + ") OR " + p.variable(SettingBypass) + " = N'on')",
		"CREATE SECURITY POLICY " + policy + " ADD FILTER" + call + ", ADD BLOCK" + call + " AFTER INSERT, ADD BLOCK" + call + " AFTER UPDATE WITH (STATE = ON)",
	}
}

// object names what stands beside a table: names have 128 characters at most.
func object(prefix, table string) string {
	name := prefix + table
	units := utf16.Encode([]rune(name))
	if len(units) <= 128 {
		return name
	}
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(table)) // a hash takes everything
	return string(utf16.Decode(units[:100])) + "_" + hex.EncodeToString(sum.Sum(nil))
}
