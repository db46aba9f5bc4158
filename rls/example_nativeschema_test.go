package rls_test

import (
	"fmt"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/rls"
)

// The statements that make SQL Server itself keep tenants apart, SQL text included; they are run in one transaction, with the
// migrations.
func ExampleNativeSchemaFor() {
	type Bill struct {
		ID       int64 `orm:"id,auto"`
		TenantID int64 `orm:"tenant_id,tenant"`
	}
	statements, err := rls.NativeSchemaFor(dialect.SQLServer{}, Bill{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range statements {
		fmt.Println(s)
	}
	// Output:
	// DROP SECURITY POLICY IF EXISTS [dbo].[orm_policy_bills]
	// CREATE OR ALTER FUNCTION [dbo].[orm_isolation_bills](@tenant bigint) RETURNS TABLE WITH SCHEMABINDING AS RETURN (SELECT 1 AS visible WHERE (@tenant = TRY_CAST(NULLIF(CAST(SESSION_CONTEXT(N'orm.tenant') AS nvarchar(4000)), N'') AS bigint)) OR NULLIF(CAST(SESSION_CONTEXT(N'orm.bypass') AS nvarchar(4000)), N'') = N'on')
	// CREATE SECURITY POLICY [dbo].[orm_policy_bills] ADD FILTER PREDICATE [dbo].[orm_isolation_bills]([tenant_id]) ON [dbo].[bills], ADD BLOCK PREDICATE [dbo].[orm_isolation_bills]([tenant_id]) ON [dbo].[bills] AFTER INSERT, ADD BLOCK PREDICATE [dbo].[orm_isolation_bills]([tenant_id]) ON [dbo].[bills] AFTER UPDATE WITH (STATE = ON)
}
