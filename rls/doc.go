// Package rls keeps rows from those who may not see them: tenants from each other, and companies, regions or whatever
// else a column says, roles from models, owners' rows from others, and whatever a policy says. Everything here is a scope of package hook: asked
// for every model a statement touches, joined with AND outermost and last, failing closed.
//
//	err := db.Use(
//		rls.Tenant(),
//		rls.Global(Country{}),
//		rls.Scope("company", func(ctx context.Context, a orm.Actor) (any, error) { return a.Values["company"], nil }),
//		rls.RBAC{"Invoice": {"accountant": rls.All, "sales": rls.Read}},
//		rls.Owner("admin"),
//		rls.Policy(func(ctx context.Context, a orm.Actor) (orm.Pred[Order], error) { … }),
//	)
//
// A row that a scope hides cannot be told from a row that is not there: the same statement runs and the same
// error comes back. The only way out is [Bypass], which names a reason and is audited.
//
// [Native] adds row policies of the database as a second wall behind the first.
package rls
