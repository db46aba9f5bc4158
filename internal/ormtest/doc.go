// Package ormtest attacks the isolation of a program's own models. AssertIsolated plants rows of two tenants in
// them and then tries, as each tenant, every verb and path of the library to see, change, name or count what the
// other one owns. A path that leaks fails the test by its name:
//
//	ormtest.AssertIsolated(t, db, ormtest.Model[User](), ormtest.Model[Order](), ormtest.Model[Team]())
//
// The DB must be open, have its tables and its hooks, and be one that may be written to: rows are left behind.
package ormtest
