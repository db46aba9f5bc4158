// Package builder holds statements as plain data, the typed columns that build their predicates, and
// the compiler that turns a statement into SQL.
//
// A [Select], [Insert], [Update] or [Delete] says what is wanted and nothing of how: hooks read and
// extend it, sources execute it. Fluent calls only fill it in, and a query value is immutable.
//
// A statement has a shape: every choice that changes its SQL text, and none of its values. [Cache]
// looks the shape up by its bytes and asks squirrel only on a miss, so that the cost of building SQL is
// paid once per shape and not per call. Scopes are part of the shape, their values are arguments: a
// statement compiled for one tenant serves every other.
package builder
