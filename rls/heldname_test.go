package rls_test

import (
	"errors"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls"
)

// client and clientLabel have names that are unique within their tenant.
type client struct {
	ID       int64         `orm:"id,auto"`
	TenantID int64         `orm:"tenant_id,tenant,unique=code"`
	Code     string        `orm:"code,unique=code"`
	Name     string        `orm:"name"`
	Origin   string        `orm:"origin,createonly"`
	Labels   []clientLabel `orm:"relation,through=client_labels(client_id:label_id)"`
}

type clientLabel struct {
	ID       int64  `orm:"id,auto,table=labels"`
	TenantID int64  `orm:"tenant_id,tenant,unique=name"`
	Name     string `orm:"name,unique=name"`
	Color    string `orm:"color"`
}

var clients = orm.Bind[client, struct {
	ID     orm.Col[client, int64]
	Code   orm.Text[client]
	Name   orm.Text[client]
	Labels orm.Many[client, clientLabel]
}]()

var labels = orm.Bind[clientLabel, struct {
	Name     orm.Text[clientLabel]
	Color    orm.Text[clientLabel]
	TenantID orm.Col[clientLabel, int64]
}]()

// Rows of two tenants bear the same names: a name means the caller's.
func TestNamesWithinATenant(t *testing.T) {
	databases(t, []any{client{}, clientLabel{}}, func(t *testing.T, db orm.DB) {
		must(t, db.Use(rls.Tenant()))
		r, l := orm.Repo[client](db), orm.Repo[clientLabel](db)
		for tenant := 1; tenant <= 2; tenant++ {
			ctx := at(t, tenant, 1)
			must(t, r.Create(ctx, &client{Code: "a", Name: "first"}))
			must(t, l.Create(ctx, &clientLabel{Name: "vip", Color: "red"}))
		}
		must(t, l.Create(at(t, 2, 1), &clientLabel{Name: "theirs"}))

		ctx := at(t, 1, 1)
		up := client{Code: "a", Name: "second"}
		must(t, r.Upsert(ctx, orm.On(clients.Code), &up, clients.Name.Set("second")))
		if up.TenantID != 1 || up.Name != "second" {
			t.Errorf("upsert by the code alone gave %+v", up)
		}
		other, err := r.Where(clients.Code.Eq("a")).One(at(t, 2, 1))
		if must(t, err); other.Name != "first" {
			t.Errorf("the other tenant's row was changed: %+v", other)
		}
		for name, set := range map[string]orm.Assign[client]{
			"Link by Eq":          clients.Labels.Link(labels.Name.Eq("vip")),
			"Link by In":          clients.Labels.Link(labels.Name.In("vip")),
			"Set":                 clients.Labels.Set(labels.Name.Eq("vip")),
			"LinkOrCreate, there": clients.Labels.LinkOrCreate(labels.Name.Eq("vip"), &clientLabel{}),
			"LinkOrCreate, new":   clients.Labels.LinkOrCreate(labels.Name.Eq("new"), &clientLabel{}),
			"Update":              clients.Labels.Update(labels.Name.Eq("vip"), labels.Color.Set("blue")),
		} {
			if name == "Update" {
				must2(t)(r.ByID(up.ID).Update(ctx, clients.Labels.Link(labels.Name.Eq("vip"))))
			}
			got, err := r.With(clients.Labels).ByID(up.ID).Update(ctx, set)
			if err != nil || len(got.Labels) == 0 {
				t.Errorf("%s: %d labels, %v", name, len(got.Labels), err)
			}
			for _, l := range got.Labels {
				if l.TenantID != 1 {
					t.Errorf("%s reached a label of tenant %d", name, l.TenantID)
				}
			}
		}
		if _, err := r.ByID(up.ID).Update(ctx, clients.Labels.Link(labels.Name.Eq("theirs"))); !errors.Is(err, orm.ErrReference) {
			t.Errorf("a name that only another tenant has: %v", err)
		}
		theirs, err := l.Where(labels.Name.Eq("vip")).One(at(t, 2, 1))
		if must(t, err); theirs.Color != "red" {
			t.Errorf("the other tenant's label was changed: %+v", theirs)
		}
		all := rls.Bypass(ctx, "no tenant says which row is meant")
		if _, err := r.ByID(up.ID).Update(all, clients.Labels.Link(labels.Name.Eq("theirs"))); !errors.Is(err, orm.ErrInvalid) {
			t.Errorf("a name without a tenant under a bypass: %v", err)
		}
		if _, err := r.ByID(up.ID).Update(all, clients.Labels.Link(orm.And(labels.TenantID.Eq(1), labels.Name.Eq("vip")))); err != nil {
			t.Errorf("both said under a bypass: %v", err)
		}
	})
}

// A struct does not go on saying what a Save did not write, and an empty patch reads.
func TestSavesSetBackWhatTheyDoNotWrite(t *testing.T) {
	databases(t, []any{client{}, clientLabel{}}, func(t *testing.T, db orm.DB) {
		must(t, db.Use(rls.Tenant()))
		ctx, r := at(t, 1, 1), orm.Repo[client](db)
		rows := []client{{Code: "a", Origin: "mint"}, {Code: "b", Origin: "shop"}}
		must2(t)(r.CreateMany(ctx, rows))
		rows[0].Origin, rows[0].Name = "forged", "x"
		must(t, r.Save(ctx, &rows[0]))
		if rows[0].Origin != "mint" || rows[0].Name != "x" {
			t.Errorf("Save left %+v", rows[0])
		}
		rows[0].Origin, rows[1].Origin = "forged", "forged"
		must2(t)(r.SaveMany(ctx, rows))
		if rows[0].Origin != "mint" || rows[1].Origin != "shop" {
			t.Errorf("SaveMany left %+v", rows)
		}
		got, err := r.ByID(rows[0].ID).Update(ctx)
		if err != nil || got.Name != "x" {
			t.Errorf("an empty patch gave %+v, %v", got, err)
		}
		if _, err := r.ByID(rows[0].ID).Update(at(t, 2, 1)); !errors.Is(err, orm.ErrNotFound) {
			t.Errorf("an empty patch of another tenant's row: %v", err)
		}
	})
}

// A write of one row by a name that is unique within a tenant is of the caller's row; where no tenant holds the caller, it names none.
func TestOneRowByANameWithinATenant(t *testing.T) {
	databases(t, []any{client{}, clientLabel{}}, func(t *testing.T, db orm.DB) {
		r := orm.Repo[client](db)
		named := r.Where(clients.Code.Eq("a"))
		_, err := named.Update(t.Context(), clients.Name.Set("x"))
		is(t, "without the scope", err, orm.ErrInvalid)
		must(t, db.Use(rls.Tenant()))
		for tenant := 1; tenant <= 2; tenant++ {
			must(t, r.Create(at(t, tenant, 1), &client{Code: "a", Name: "first"}))
		}
		got, err := named.Update(at(t, 1, 1), clients.Name.Set("second"))
		if must(t, err); got.TenantID != 1 || got.Name != "second" {
			t.Errorf("changed %+v", got)
		}
		out := rls.Bypass(t.Context(), "two rows have the name")
		_, err = named.Update(out, clients.Name.Set("x"))
		is(t, "Update under a bypass", err, orm.ErrInvalid)
		_, err = named.Delete(out)
		is(t, "Delete under a bypass", err, orm.ErrInvalid)
		_, err = r.Where(clients.Name.Eq("second")).Update(at(t, 1, 1), clients.Name.Set("x"))
		is(t, "a column that is not unique", err, orm.ErrInvalid)
		_, err = named.Update(t.Context(), clients.Name.Set("x"))
		is(t, "nobody", err, orm.ErrNoActor)
		gone, err := named.Delete(at(t, 1, 1))
		if must(t, err); gone.TenantID != 1 {
			t.Errorf("deleted %+v", gone)
		}
		if left, err := r.One(out); err != nil || left.TenantID != 2 || left.Name != "first" {
			t.Errorf("%+v is left (%v)", left, err)
		}
	})
}
