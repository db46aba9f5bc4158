// Package postgres is the data source for PostgreSQL 13 and later, and for databases that speak its protocol.
//
// It works directly under pgx: arguments are written in binary form into one buffer, and rows are decoded
// from the network buffer into the memory of the caller's slice. What it does not know itself (enums,
// ranges, intervals, domains, types of extensions) travels as text, so every type can be used from a field
// that reads and writes text.
//
// Times come out in UTC. A timestamp without time zone is taken to be UTC too. A time written to a date
// column keeps its day in UTC, as PostgreSQL's own assignment does; a date is read as midnight UTC.
// Infinite timestamps are an error, since time.Time has none.
//
// Nothing is kept in the session but prepared statements, and [ExecMode] does without those for transaction
// poolers. A call that is cancelled gives up its connection; the pool makes a new one.
package postgres
