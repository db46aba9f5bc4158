package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/catalogue"
)

// Check looks at how a cluster keeps the tables. Where row policies are relied upon it also looks
// for what would make them void: a role that they do not bind, tables without a policy, and a second
// permissive policy, which would let in whatever it allows.
func (d *DataSource) Check(ctx context.Context, models []*model.Model, native bool, _ *catalogue.Schema) ([]source.Finding, error) {
	pool := d.pool.Load()
	if pool == nil {
		return nil, d.errClosed()
	}
	c := checker{d: d, pool: pool}
	if err := c.cluster(ctx, models, native); err != nil {
		return nil, d.fail(ctx, nil, err)
	}
	if native {
		if err := c.role(ctx); err != nil {
			return nil, d.fail(ctx, nil, err)
		}
		for _, m := range models {
			if m.Tenant == nil {
				continue
			}
			if err := c.policies(ctx, m); err != nil {
				return nil, d.fail(ctx, m, err)
			}
		}
	}
	return c.found, nil
}

type checker struct {
	d     *DataSource
	pool  *pgxpool.Pool
	found []source.Finding
}

func (c *checker) add(m *model.Model, field, format string, args ...any) {
	f := source.Finding{Source: c.d.name, Field: field, Detail: fmt.Sprintf(format, args...)}
	if m != nil {
		f.Model = m.Name
	}
	c.found = append(c.found, f)
}

// void is add for what makes the row policies not hold.
func (c *checker) void(m *model.Model, detail string) {
	c.add(m, "", "%s", detail)
	c.found[len(c.found)-1].Void = true
}

func (c *checker) name(m *model.Model) string {
	d := c.d.Dialect()
	if m.Schema == "" {
		return d.Quote(m.Table)
	}
	return d.Quote(m.Schema) + "." + d.Quote(m.Table)
}

func (c *checker) role(ctx context.Context) error {
	var super, bypass bool
	err := c.pool.QueryRow(ctx, "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user", c.d.nameless()).Scan(&super, &bypass)
	if err != nil {
		return err
	}
	if super {
		c.void(nil, "the role is a superuser, whom row policies do not bind: use a role of its own")
	}
	if bypass {
		c.void(nil, "the role has BYPASSRLS, so row policies do not bind it")
	}
	return nil
}

var _ source.Policed = (*DataSource)(nil)

// policyFaultQuery asks in the order in which one would mend. A table that is not there leaks nothing.
const policyFaultQuery = `SELECT why FROM (
	SELECT 1 AS n, 'the role is a superuser, whom they do not bind: use a role of its own' AS why FROM pg_catalog.pg_roles WHERE rolname = current_user AND rolsuper
	UNION ALL SELECT 2, 'the role has BYPASSRLS: use another one' FROM pg_catalog.pg_roles WHERE rolname = current_user AND rolbypassrls
	UNION ALL SELECT 3, CASE
		WHEN NOT c.relrowsecurity OR NOT EXISTS (SELECT 1 FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid) THEN 'the table ' || t.name || ' has no row policy: run rls.NativeSchema'
		WHEN pg_catalog.pg_has_role(c.relowner, 'USAGE') THEN 'the role owns the table ' || t.name || ' and can switch its row policies off: use another role' END
	FROM unnest($1::text[]) AS t(name) JOIN pg_catalog.pg_class c ON c.oid = to_regclass(t.name)
) AS f WHERE why IS NOT NULL ORDER BY n, why`

// PolicyFault asks whether row policies bind the role that the source works as, on the tables of models with a tenant.
func (d *DataSource) PolicyFault(models []*model.Model) (text string, args []model.Value) {
	c := checker{d: d}
	names := model.List{}
	for _, m := range models {
		if m.Tenant != nil {
			names = append(names, model.StringOf(c.name(m)))
		}
	}
	return policyFaultQuery, []model.Value{model.ListOf(names)}
}

const policyQuery = `SELECT c.relrowsecurity, c.relforcerowsecurity, c.relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user),
	(SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive)
FROM pg_class c WHERE c.oid = to_regclass($1)`

func (c *checker) policies(ctx context.Context, m *model.Model) error {
	var enabled, forced, owner bool
	var permissive int
	rows, err := c.pool.Query(ctx, policyQuery, c.d.nameless(), c.name(m))
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		return rows.Err() // the missing table is reported already
	}
	if err := rows.Scan(&enabled, &forced, &owner, &permissive); err != nil {
		return err
	}
	switch {
	case !enabled || permissive == 0:
		c.void(m, "the table has no row policy: run rls.NativeSchema")
	case owner:
		c.void(m, "the role owns the table and can switch its row policies off: use another role")
	case permissive > 1:
		c.add(m, "", "the table has %d permissive row policies: whatever one of them allows is allowed", permissive)
	}
	if enabled && !forced {
		c.add(m, "", "row policies are not forced upon the table's owner")
	}
	return rows.Err()
}
