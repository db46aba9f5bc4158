package rls_test

import (
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
)

// Rows read into another struct are scoped at every depth, and hooks have seen them as rows of the model.
func TestProjectionsAreScoped(t *testing.T) {
	type orderCard struct{ Total float64 }
	type userCard struct {
		ID     int64
		Email  string
		Orders []orderCard
	}
	engines(t, func(t *testing.T, w *world) {
		root := rls.Bypass(t.Context(), "plant rows that no tenant could")
		foreign := order{AgencyID: w.theirs.AgencyID, UserID: w.theirs.ID, Total: 9999}
		must(t, orm.Repo[order](w.db).Create(root, &foreign))
		_, err := w.db.Exec(root, "UPDATE orders SET user_id = :user WHERE id = :id", orm.Args{"user": w.mine.ID, "id": foreign.ID})
		must(t, err)
		us := orm.Repo[user](w.db)
		cards, err := orm.Into[userCard](us).All(w.a)
		must(t, err)
		if len(cards) == 0 {
			t.Fatal("no rows")
		}
		for _, c := range cards {
			if c.ID == w.theirs.ID {
				t.Errorf("a user of the other tenant: %+v", c)
			}
			for _, o := range c.Orders {
				if o.Total == 9999 {
					t.Errorf("an order of the other tenant: %+v", c)
				}
			}
		}
		_, err = orm.Into[userCard](us.ByID(w.theirs.ID)).One(w.a)
		is(t, "a foreign row by its key", err, orm.ErrNotFound)
		for _, err := range orm.Into[userCard](us).Rows(t.Context()) {
			is(t, "nobody", err, orm.ErrNoActor)
		}
		all, err := orm.Into[userCard](us).All(root)
		must(t, err)
		if len(all) <= len(cards) {
			t.Error("the other tenant has no rows: the test would pass for nothing")
		}
		must(t, w.db.Use(hook.Sanitize("user.Email")))
		cards, err = orm.Into[userCard](us).All(w.a)
		must(t, err)
		for _, c := range cards {
			if c.Email != "" {
				t.Errorf("an emptied field comes out: %+v", c)
			}
		}
	})
}
