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
// Sessions are in UTC, by a parameter at the start of the connection, unless the connection string, PGTZ or [Configure]
// names another timezone; what raw text makes of now() or a date follows from that. A session that is in another zone
// all the same, or of a pool given to [FromPool], costs time but no truth: a statement that is given times is parsed anew
// at each call and its times are sent as text with their offset, so that they mean the same instant though a column has
// become a timestamp with or without a zone since. Only a cast that the caller's own text writes heeds the zone.
//
// Rows written in bulk travel as one array for each column, of the type that the model gives it. Where the table has
// another that text is not assigned to (an enum, uuid or interval under a string), the server says so once, and from
// then on values of the model's table take the types of its columns. A transaction that meets a table which changed
// since cannot go on, and is to be run again: orm.Retry does.
//
// Nothing is kept in the session but prepared statements, and [ExecMode] does without those for transaction
// poolers. A call that is cancelled gives up its connection; the pool makes a new one.
package postgres
