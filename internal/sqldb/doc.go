// Package sqldb is what the sources over database/sql share: compiled statements run on a connection of a
// pool or of a transaction, values bound, rows decoded straight into the caller's memory.
//
// Where the connection allows it (interface [Direct]) statements and rows go to the driver without
// database/sql in between: its Rows.Scan costs about 45 ns per column, an eighth of a list on SQLite, and it
// keeps a goroutine for each result, which a driver that heeds the context by itself does not need. A connection is still taken from sql.DB and given back to it, so pooling and health checks are its own.
package sqldb
