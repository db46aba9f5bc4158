// Package hook is what runs beside every statement: events that see one operation, and scopes that
// bound which rows of a model a statement may touch.
//
// An event [Hook] sees one operation before and after it runs and may change it, veto it or transform
// its result. Events run in registration order on the way in and in reverse on the way out; an error or
// a panic denies the operation.
//
// A [Scope] is asked for every model a statement touches: the root, each include, relation filters, link
// tables, the conflict arm of an upsert. What it answers is joined with AND outermost and last, after all
// event hooks, and nothing a caller or an event hook says can take it away.
package hook
