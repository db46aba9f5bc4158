// Package scoping is the one place that asks hooks and scopes for the conditions of a statement. Every statement passes
// through it once, and sources refuse those that did not; those that go by the keys of rows just written, or carry the scopes of one
// that did pass, are marked where they are made. Filters by relations that lead to another source become keys here: the rows
// there are read by a statement that is scoped as any other, which the engine runs.
package scoping
