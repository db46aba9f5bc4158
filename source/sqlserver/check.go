package sqlserver

import (
	"context"
	"database/sql"
	"encoding/json"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/sqldb"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/catalogue"
)

var (
	_ source.Checker = (*DataSource)(nil)
	_ source.Policed = (*DataSource)(nil)
)

// Check looks, where row policies are relied upon, for what would make them void: a login that may take them away, tables
// without a security policy that is switched on, and one that lets rows be written which it does not let be read.
func (d *DataSource) Check(ctx context.Context, models []*model.Model, native bool, _ *catalogue.Schema) ([]source.Finding, error) {
	if !native {
		return nil, nil
	}
	c, err := d.pool.Take(ctx)
	if err != nil {
		return nil, d.fail(ctx, nil, err)
	}
	defer c.Give()
	k := checker{d: d, conn: c}
	if err := k.policies(ctx, models); err != nil {
		return nil, d.fail(ctx, nil, err)
	}
	return k.found, nil
}

type checker struct {
	d     *DataSource
	conn  *sqldb.Conn
	found []source.Finding
}

func each(rows *sql.Rows, fn func() error) error {
	defer func() { _ = rows.Close() }() // a second time where nothing went wrong; it says nothing new
	for rows.Next() {
		if err := fn(); err != nil {
			return err
		}
	}
	return rows.Err()
}

// policyFaultQuery asks in the order in which one would mend. A table that is not there leaks nothing.
const policyFaultQuery = `SELECT f.why FROM (
	SELECT 1 AS n, N'the login may take them away, since it has ALTER ANY SECURITY POLICY: use one that only reads and writes' AS why
	WHERE ISNULL(HAS_PERMS_BY_NAME(QUOTENAME(DB_NAME()), N'DATABASE', N'ALTER ANY SECURITY POLICY'), 1) = 1
	UNION ALL SELECT 2, N'the table ' + t.name + N' has no security policy that ' + o.does + N', or the login cannot see it: run rls.NativeSchemaFor, and grant the login VIEW DEFINITION on the schema'
	FROM OPENJSON(@p1) WITH (name nvarchar(300) '$') AS t
	CROSS JOIN (VALUES (N'FILTER', N'', N'hides rows'), (N'BLOCK', N'AFTER INSERT', N'keeps rows from being made'), (N'BLOCK', N'AFTER UPDATE', N'keeps rows from being moved')) AS o (type, operation, does)
	WHERE OBJECT_ID(t.name) IS NOT NULL AND NOT EXISTS (
		SELECT 1 FROM sys.security_predicates AS p JOIN sys.security_policies AS s ON s.object_id = p.object_id
		WHERE p.target_object_id = OBJECT_ID(t.name) AND s.is_enabled = 1 AND p.predicate_type_desc = o.type AND (p.operation_desc = o.operation OR o.operation = N'' OR p.operation_desc IS NULL))
) AS f ORDER BY f.n, f.why`

// PolicyFault asks whether row policies bind the login that the source works as, on the tables of models with a tenant.
func (d *DataSource) PolicyFault(models []*model.Model) (text string, args []model.Value) {
	names := []string{}
	for _, m := range models {
		if m.Tenant != nil {
			names = append(names, dialect.Table(d.Dialect(), m.Schema, m.Table))
		}
	}
	list, err := json.Marshal(names)
	if err != nil { // strings have a form
		list = []byte("[]")
	}
	return policyFaultQuery, []model.Value{model.StringOf(string(list))}
}

func (k *checker) policies(ctx context.Context, models []*model.Model) error {
	text, args := k.d.PolicyFault(models)
	rows, err := k.conn.SQL.QueryContext(ctx, text, args[0].Str())
	if err != nil {
		return err
	}
	return each(rows, func() error {
		f := source.Finding{Source: k.d.Name(), Void: true}
		if err := rows.Scan(&f.Detail); err != nil {
			return err
		}
		f.Detail = "row policies do not hold: " + f.Detail
		k.found = append(k.found, f)
		return nil
	})
}
