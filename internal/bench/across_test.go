package bench

import (
	"context"
	"testing"

	"github.com/multi-orm/orm"
)

// An include of a hundred parents that leads from a database to an API is two fetches: a statement and a request.
func TestAcrossIncludeIsTwoFetches(t *testing.T) {
	f, a := seededFar(t)
	agreed := ""
	for _, c := range f.contenders() {
		agreed = agree(t, agreed, c.Open(t))
	}
	for _, hooks := range []bool{false, true} {
		var statements []string
		ctx, db := f.open(t, hooks, orm.Observer(func(_ context.Context, s orm.Statement) {
			statements = append(statements, s.Source+" "+s.Verb+" "+s.Model)
		}))
		a.calls.Store(0)
		users, err := ormAcross(ctx, db)
		if err != nil || len(users) != 100 {
			t.Fatal(len(users), err)
		}
		for _, u := range users {
			if len(u.Orders) != orderRows || u.Orders[0].UserID != u.ID {
				t.Fatalf("user %d has %d orders", u.ID, len(u.Orders))
			}
		}
		if len(statements) != 2 || statements[0] != "main select FarUser" || statements[1] != "web select FarOrder" || a.calls.Load() != 1 {
			t.Errorf("%d requests by %q", a.calls.Load(), statements)
		}
	}
}
