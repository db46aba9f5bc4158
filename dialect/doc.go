// Package dialect holds what differs between the SQL of PostgreSQL, SQLite and SQL Server: quoting,
// placeholders, paging, rows given back by writes, upserts, lists, LIKE, NULL order, column types and
// limits. It knows nothing of models or statements; package builder asks it for pieces of text.
//
// Pieces that take arguments hold [Arg] where a placeholder goes. Identifiers are always quoted, so no
// name can end up as syntax, and no value is ever written into text.
package dialect
