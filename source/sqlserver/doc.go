// Package sqlserver is the source for SQL Server 2017 and later, on microsoft/go-mssqldb.
//
//	db, err := orm.Open(ctx, sqlserver.Source("erp", os.Getenv("MSSQL_URL")), orm.Models(Invoice{}))
//
// Connection strings are URLs (sqlserver://user:password@host?database=erp), ADO strings (server=host;user id=…) and ODBC strings
// (odbc:server=host;…), as the driver reads them; no error, log or plan holds one. Times are datetime2(6) in UTC, text is compared
// byte by byte in the columns that orm.CreateTables makes, but for blanks at its end, which SQL Server takes for nothing. A uniqueidentifier has an order of its own. Unsigned integers of 64 bits are decimal(20), arrays and
// documents are JSON in nvarchar(max).
//
// CreateMany whose rows get numbers from the server sends an insert that says their order, which the numbers are made in; rows that get other
// values go as a statement each, many in a call, since OUTPUT promises no order. Where nothing comes back, 20 rows and more go by a bulk load,
// under the table's checks, triggers and policies, as long as each value fits its column as it is and the table makes no other value itself;
// else they go as inserts. An upsert is
// an update and, of what that did not find, an insert, which hold the row or its gap by UPDLOCK and SERIALIZABLE; MERGE is not used.
// Rows that are given numbers of their own for an IDENTITY column need a login that may alter the table. Where a table has triggers
// its rows come back by way of a table variable, from the first refusal on.
//
// With rls.Native the actor stands in the session context of a connection for as long as a unit of work has it; rls.NativeSchemaFor makes
// the security policies that read it. A write outside transactions whose answer is lost, or that its caller gave up, is
// ErrCommitUnknown; what provably was not sent, and a read of which no row came, is sent up to three times.
//
// A transaction that says RepeatableRead reads as of one moment where the database allows SNAPSHOT; where it does not, it locks what it
// reads. In one that says ReadOnly the source refuses writes, and SQL text that holds a word of one, and rolls it back in the end.
// Streams with includes inside a transaction read through a server's cursor.
//
// Decimals keep the digits that the tag says, 38 with 10 of them behind the point where it says none. A value of more is refused,
// in comparisons too, since the server would round it; Mul and exact averages of decimals are ErrUnsupported. SetPath and RemovePath
// take keys of letters, digits, _ and -. A text that keeps rows apart (tenant, owner, scope=) is refused where it ends in a blank.
// Arguments for columns of varchar and char are sent as such where they are ASCII, so that an index serves; what the code page of such a
// column does not have the server stores as question marks: take nvarchar for texts of people.
//
// What it does not do is refused by name: full text, changes of the number of an identity column. The suite of all
// sources was run through the driver on Babelfish for PostgreSQL 4.3, a server that speaks the protocol and the language but is no SQL
// Server: it heeds no table hints, knows no security policies and numbers some errors otherwise. What hangs on those has run against a
// scripted server only, and every statement is read by a T-SQL parser. No part has been run against a real SQL Server.
package sqlserver
