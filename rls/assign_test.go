package rls_test

import (
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls"
)

// Computed assignments, bulk writes by rows and results with relations stay within the tenant.
func TestWriteFormsStopAtTheTenant(t *testing.T) {
	engines(t, func(t *testing.T, w *world) {
		us, os := orm.Repo[user](w.db), orm.Repo[order](w.db)
		mine, err := os.Where(orders.UserID.Eq(w.mine.ID)).All(w.a)
		must(t, err)
		sub := orm.SetSQL(orders.Total, "(SELECT max(total) FROM orders)")
		_, err = os.ByID(mine[0].ID).Update(w.a, sub)
		is(t, "a sub-select as a value", err, orm.ErrDenied)
		_, err = os.Where(orders.Total.Gt(0)).UpdateMany(w.a, sub)
		is(t, "a sub-select for many", err, orm.ErrDenied)
		o := mine[0]
		is(t, "a sub-select in an upsert", os.Upsert(w.a, orm.On(orders.ID), &o, sub), orm.ErrDenied)
		_, err = os.ByID(mine[0].ID).Update(w.a, orders.UserID.SetFrom(orders.ID))
		is(t, "a foreign key out of another column", err, orm.ErrInvalid)
		_, err = os.ByID(mine[0].ID).Update(w.a, orm.SetSQL(orders.UserID, "user_id + ?", 2))
		is(t, "a foreign key out of text", err, orm.ErrInvalid)
		_, err = os.ByID(mine[0].ID).Update(w.a, orders.AgencyID.SetFrom(orders.ID))
		is(t, "a tenant out of another column", err, orm.ErrDenied)
		_, err = os.ByID(mine[0].ID).Update(w.a, orm.SetSQL(orders.AgencyID, "1 + 1"))
		is(t, "a tenant out of text", err, orm.ErrDenied)

		stolen := w.order
		stolen.Total, stolen.UserID, stolen.AgencyID = -1, w.mine.ID, 0
		_, err = os.SaveMany(w.a, []order{mine[0], stolen})
		is(t, "SaveMany of a row of tenant b", err, orm.ErrNotFound)
		two := []order{mine[0], mine[1]}
		two[1].UserID = w.theirs.ID
		_, err = os.SaveMany(w.a, two)
		is(t, "SaveMany below tenant b's user", err, orm.ErrReference)
		two[1] = mine[1]
		two[1].AgencyID = 2
		_, err = os.SaveMany(w.a, two)
		is(t, "SaveMany in tenant b's name", err, orm.ErrDenied)
		stolen.AgencyID = 2
		_, err = os.SaveMany(rls.Bypass(w.a, "repair"), []order{mine[0], stolen})
		is(t, "SaveMany with a bypass, below a user of another tenant", err, nil)
		_, err = os.SaveMany(rls.Bypass(w.a, "repair"), []order{mine[0], w.order})
		must(t, err)
		_, err = os.SaveMany(t.Context(), mine)
		is(t, "SaveMany by nobody", err, orm.ErrNoActor)
		two = []order{mine[0], mine[1]}
		two[0].AgencyID = 0 // not read: another statement than the row that tells its tenant
		_, err = os.SaveMany(w.a, two)
		must(t, err)
		res, err := os.Import(w.a, []order{{UserID: w.mine.ID, Total: 7}, {UserID: w.theirs.ID}, {UserID: w.mine.ID, AgencyID: 2}})
		must(t, err)
		is(t, "import of mine", res[0].Err, nil)
		is(t, "import below tenant b's user", res[1].Err, orm.ErrReference)
		is(t, "import in tenant b's name", res[2].Err, orm.ErrDenied)
		told := true
		is(t, "an upsert that tells", us.Upsert(w.a, orm.On(users.Email).Inserted(&told), &user{Email: w.theirs.Email}), orm.ErrConflict)
		if !told {
			t.Error("a refused upsert told of tenant b's row")
		}
		_, err = os.Import(t.Context(), []order{{UserID: w.mine.ID}})
		is(t, "import by nobody", err, orm.ErrNoActor)

		u, err := us.Include("Orders", "Teams", "Boss").ByID(w.mine.ID).Update(w.a, users.Email.Set("me@x"))
		must(t, err)
		if len(u.Orders) != 3 || len(u.Teams) != 1 || u.Boss == nil || u.Boss.AgencyID != 1 {
			t.Errorf("the result's relations: %+v", u)
		}
		if err := us.Include("Orders", "Teams", "Boss").Save(w.a, &u); err != nil || len(u.Orders) != 3 || len(u.Teams) != 1 || u.Boss == nil || u.Boss.AgencyID != 1 {
			t.Errorf("the relations of a saved row: %+v, %v", u, err)
		}
		theirs := w.theirs
		theirs.AgencyID, theirs.BossID = 0, nil
		is(t, "Save of tenant b's row with relations", us.Include("Orders").Save(w.a, &theirs), orm.ErrNotFound)
		is(t, "Upsert of tenant b's row with relations", us.Include("Orders").Upsert(w.a, orm.On(users.Email), &theirs), orm.ErrConflict)
		if len(theirs.Orders) > 0 {
			t.Error("tenant b's orders came with a row that was refused")
		}
		_, err = us.Include("Orders").ByID(w.theirs.ID).Delete(w.a)
		is(t, "Delete with relations", err, orm.ErrNotFound)
		w.intact(t)
	})
}
