// Package sqlserver is the source for SQL Server 2017 and later, on microsoft/go-mssqldb.
//
//	db, err := orm.Open(ctx, sqlserver.Source("erp", os.Getenv("MSSQL_URL")), orm.Models(Invoice{}))
//
// Connection strings are URLs (sqlserver://user:password@host?database=erp), ADO strings (server=host;user id=…) and ODBC strings
// (odbc:server=host;…), as the driver reads them; no error, log or plan holds one. Times are datetime2(6) in UTC, text is compared
// byte by byte in the columns that orm.CreateTables makes, but for blanks at its end, which SQL Server takes for nothing: a tenant's
// name must not end in one. A uniqueidentifier has an order of its own. Unsigned integers of 64 bits are decimal(20), arrays and
// documents are JSON in nvarchar(max).
//
// CreateMany whose rows get keys from the server sends a statement for each, many in a call, since OUTPUT promises no order. An upsert is
// an update and, of what that did not find, an insert, which hold the row or its gap by UPDLOCK and SERIALIZABLE; MERGE is not used.
// Rows that are given numbers of their own for an IDENTITY column need a login that may alter the table. Where a table has triggers
// its rows come back by way of a table variable, from the first refusal on.
//
// With rls.Native the actor stands in the session context of a connection for as long as a unit of work has it; rls.NativeSchemaFor makes
// the security policies that read it. A write outside transactions whose answer is lost, or that its caller gave up, is
// ErrCommitUnknown; what provably was not sent, and a read of which no row came, is sent up to three times.
//
// What it does not do yet is refused by name: changes inside documents, ContainsJSON, full text, read-only transactions. No part of
// it has been run against a real SQL Server: its tests run through the driver against a scripted server, and its statements are
// read by a T-SQL parser.
package sqlserver
