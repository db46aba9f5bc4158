// Package ormtest is what a program's own tests need: throw-away databases, the isolation of tenants put to the proof, the
// statements of a call counted, and an HTTP API that tells what it was asked.
//
//	func TestInvoices(t *testing.T) {
//		t.Parallel()
//		db := ormtest.Open(t, sqlite.Source("main", ormtest.SQLite(t)), orm.Models(Invoice{}), rls.Tenant())
//		ctx := ormtest.As(t.Context(), 1, "clerk")
//		ormtest.Plant(ctx, t, db, Invoice{Number: "A-1"})
//		ormtest.AssertStatements(ctx, t, db, 1, func(ctx context.Context) { … })
//	}
//
// Package hook/ormtest/pgtest gives PostgreSQL databases; only tests that import it link its driver. No TestMain is needed.
//
// # Isolation
//
// AssertIsolated plants rows of two tenants in the program's models and then tries, as each tenant, every verb and path of the
// library to see, change, name or count what the other one owns. A path that leaks fails the test by its name:
//
//	ormtest.AssertIsolated(t, db, ormtest.Model[User](), ormtest.Model[Order](), ormtest.Model[Team]())
//
// The DB must be open, have its tables and its hooks, and be one that may be written to: rows are left behind.
package ormtest
