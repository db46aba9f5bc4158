// Package orm reads and writes several data sources as one: PostgreSQL, SQLite and others, from tagged
// structs that are reflected once.
package orm
