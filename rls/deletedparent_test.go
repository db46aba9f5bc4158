package rls_test

import (
	"context"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
)

// cellar can be deleted softly below its bottles.
type cellar struct {
	ID        int64      `orm:"id,auto"`
	TenantID  int64      `orm:"tenant_id,tenant"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`
	Bottles   []bottle   `orm:"relation=id:cellar_id"`
}

type bottle struct {
	ID       int64   `orm:"id,auto"`
	TenantID int64   `orm:"tenant_id,tenant"`
	CellarID *int64  `orm:"cellar_id"`
	Code     string  `orm:"code,unique"`
	Note     string  `orm:"note"`
	Version  int64   `orm:"version,version"`
	Cellar   *cellar `orm:"relation=cellar_id:id"`
}

var (
	cellarsOf = orm.Bind[cellar, struct {
		ID      orm.Col[cellar, int64]
		Bottles orm.Many[cellar, bottle]
	}]()
	bottlesOf = orm.Bind[bottle, struct {
		ID       orm.Col[bottle, int64]
		CellarID orm.Col[bottle, int64]
		Code     orm.Text[bottle]
		Note     orm.Text[bottle]
	}]()
)

// cellars runs fn with soft delete alone and with tenants beside it: bottles a and b hang below a cellar that has been
// deleted since, c below one that lives.
func cellars(t *testing.T, fn func(t *testing.T, ctx context.Context, db orm.DB, gone, living int64, rows []bottle)) {
	for name, hooks := range map[string][]hook.Extension{"soft delete alone": {hook.SoftDelete()}, "with tenants": {rls.Tenant(), hook.SoftDelete()}} {
		t.Run(name, func(t *testing.T) {
			databases(t, []any{cellar{}, bottle{}}, func(t *testing.T, db orm.DB) {
				must(t, db.Use(hooks...))
				ctx := orm.WithActor(t.Context(), orm.Actor{ID: 1, TenantID: 1})
				gone, living := cellar{TenantID: 1}, cellar{TenantID: 1}
				must(t, orm.Repo[cellar](db).Create(ctx, &gone))
				must(t, orm.Repo[cellar](db).Create(ctx, &living))
				rows := []bottle{{TenantID: 1, CellarID: &gone.ID, Code: "a"}, {TenantID: 1, CellarID: &gone.ID, Code: "b"}, {TenantID: 1, CellarID: &living.ID, Code: "c"}}
				must2(t)(orm.Repo[bottle](db).CreateMany(ctx, rows))
				must2(t)(orm.Repo[cellar](db).ByID(gone.ID).Delete(ctx))
				fn(t, ctx, db, gone.ID, living.ID, rows)
			})
		})
	}
}

func saveMany(ctx context.Context, r orm.Repo[bottle], rows []bottle) error {
	_, err := r.SaveMany(ctx, rows)
	return err
}

func TestRowsKeepTheirDeletedParent(t *testing.T) {
	cellars(t, func(t *testing.T, ctx context.Context, db orm.DB, gone, _ int64, rows []bottle) {
		r := orm.Repo[bottle](db)
		rows[0].Note = "saved"
		if err := r.Save(ctx, &rows[0]); err != nil {
			t.Errorf("Save: %v", err)
		}
		for i := range rows {
			rows[i].Note = "saved together"
		}
		if err := saveMany(ctx, r, rows); err != nil {
			t.Errorf("SaveMany: %v", err)
		}
		if _, err := r.Where(bottlesOf.CellarID.Eq(gone)).UpdateMany(ctx, bottlesOf.CellarID.Set(gone), bottlesOf.Note.Set("updated")); err != nil {
			t.Errorf("Update: %v", err)
		}
		up := bottle{TenantID: 1, CellarID: &gone, Code: "a", Note: "put"}
		if err := r.Upsert(ctx, orm.On[bottle](bottlesOf.Code), &up); err != nil {
			t.Errorf("Upsert: %v", err)
		}
		if err := r.Upsert(ctx, orm.On[bottle](bottlesOf.Code), &bottle{TenantID: 1, CellarID: &gone, Code: "c", Note: "put"}, bottlesOf.Note.Set("only this")); err != nil {
			t.Errorf("Upsert that leaves the key: %v", err)
		}
		got, err := r.Where(bottlesOf.CellarID.Eq(gone)).OrderBy(bottlesOf.Code.Asc()).All(ctx)
		must(t, err)
		if len(got) != 2 || got[0].Note != "put" || got[1].Note != "updated" {
			t.Errorf("%+v", got)
		}
		stale := got[0]
		stale.Version--
		if err := r.Save(ctx, &stale); err == nil {
			t.Error("a stale row was saved")
		} else {
			is(t, "a stale row", err, orm.ErrStale)
		}
	})
}

func TestGuardNoRowIsHungBelowADeletedParent(t *testing.T) {
	cellars(t, func(t *testing.T, ctx context.Context, db orm.DB, gone, living int64, rows []bottle) {
		r := orm.Repo[bottle](db)
		c := rows[2]
		c.CellarID = &gone
		is(t, "Create", r.Create(ctx, &bottle{TenantID: 1, CellarID: &gone, Code: "n1"}), orm.ErrReference)
		_, err := r.CreateMany(ctx, []bottle{{TenantID: 1, CellarID: &living, Code: "n2"}, {TenantID: 1, CellarID: &gone, Code: "n3"}})
		is(t, "CreateMany", err, orm.ErrReference)
		is(t, "Save", r.Save(ctx, &c), orm.ErrReference)
		is(t, "SaveMany", saveMany(ctx, r, []bottle{rows[0], c}), orm.ErrReference)
		_, err = r.ByID(c.ID).Update(ctx, bottlesOf.CellarID.Set(gone))
		is(t, "Update", err, orm.ErrReference)
		_, err = r.Where(bottlesOf.Code.Ne("")).UpdateMany(ctx, bottlesOf.CellarID.Set(gone))
		is(t, "Update of some that hold it and some that do not", err, orm.ErrReference)
		is(t, "Upsert of a new row", r.Upsert(ctx, orm.On[bottle](bottlesOf.Code), &bottle{TenantID: 1, CellarID: &gone, Code: "n4"}), orm.ErrReference)
		is(t, "Upsert of a row that hung elsewhere", r.Upsert(ctx, orm.On[bottle](bottlesOf.Code), &bottle{TenantID: 1, CellarID: &gone, Code: "c"}), orm.ErrReference)
		is(t, "Upsert that assigns", r.Upsert(ctx, orm.On[bottle](bottlesOf.Code), &bottle{TenantID: 1, Code: "c"}, bottlesOf.CellarID.Set(gone)), orm.ErrReference)
		_, err = orm.Repo[cellar](db).ByID(gone).Update(ctx, cellarsOf.Bottles.Link(bottlesOf.ID.Eq(c.ID)))
		if err == nil {
			t.Error("a deleted row was linked to")
		}
		if n, err := r.Where(bottlesOf.CellarID.Eq(gone)).Count(ctx); err != nil || n != 2 {
			t.Errorf("%d bottles hang below the deleted cellar (%v)", n, err)
		}
		if n, err := r.Count(ctx); err != nil || n != 3 {
			t.Errorf("%d bottles (%v)", n, err)
		}
	})
}
