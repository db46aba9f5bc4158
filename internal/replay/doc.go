// Package replay records the conversations that a client has with PostgreSQL and serves them again from
// memory, so that a benchmark times client code only: no server, socket or scheduler.
//
// A conversation is cut into exchanges: a request is what the client sends up to a Sync, a simple query or
// the end of a copy, and its response what the server sends up to ReadyForQuery, or up to the point where it
// waits for copied rows. A replayed connection looks each request up by its exact bytes and the state of the
// transaction it comes in. The same request always gets the response it got first. Start-up is the same
// for all: a recording holds neither passwords nor the backend's key.
//
// A response of very many rows is kept as a block of its first rows, repeated: see [Tape].
package replay
