// Package engine holds what was opened: sources, models, hooks, handles and their transactions. It runs single
// statements and tells those who look at them.
//
// The road of a statement, from what a user writes to the wire and back:
//
//	orm, builder   Where, Set, Include make plain data: a Select, Insert, Update or Delete with its values beside it
//	reading        picks the source, asks the hooks before, splits off what lives elsewhere
//	writing        the same for a change; related puts rows above and below in order around it
//	scoping        visits every model of the statement, adds what scopes demand, and marks it
//	engine         runs it on the connection or in the transaction, with the settings of the caller, seen by observers
//	source         refuses what bears no mark; compiles by shape (builder.Cache) and binds the values as arguments, or makes a request
//	source         decodes into the rows' own memory (source.Rows)
//	reading        loads the includes the same way, one statement a level, and stitches them by key
//	writing        verifies what was written against policies; hooks see the rows, before the transaction ends
//	engine         commits, and runs what hooks put off until then
//
// Rooms import those below them alone: related, writing, reading and rawsql, scoping, engine, entity.
package engine
