// Package tsql proves that the SQL Server texts of the golden files are T-SQL: each is parsed with a
// grammar of the language, since no SQL Server runs where most tests do. It is a module of its own, so
// that the grammar is in nobody's go.sum.
package tsql
