// Package sqlserver is the source for SQL Server 2017 and later, on microsoft/go-mssqldb.
//
//	db, err := orm.Open(ctx, sqlserver.Source("erp", os.Getenv("MSSQL_URL")), orm.Models(Invoice{}))
//
// Connection strings are URLs (sqlserver://user:password@host?database=erp), ADO strings (server=host;user id=…) and ODBC strings
// (odbc:server=host;…), as the driver reads them; no error, log or plan holds one. Times are datetime2(6) in UTC, text is compared
// byte by byte in the columns that orm.CreateTables makes, unsigned integers of 64 bits are decimal(20), arrays and documents are
// JSON in nvarchar(max).
//
// CreateMany whose rows get keys from the server inserts them one by one in a transaction, since OUTPUT promises no order.
//
// What it does not do yet is refused by name: upserts, SkipDuplicates, JSON paths, tests of arrays, full text, row policies, read-only
// transactions, Check. No part of it has been run against a real SQL Server: its tests run through the driver against a scripted
// server, and its statements are read by a T-SQL parser.
package sqlserver
