package rls_test

import (
	"context"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
)

// patient has a name that Sanitize empties.
type patient struct {
	ID     int64   `orm:"id,auto"`
	Name   string  `orm:"name,hidden,unique"`
	Nick   string  `orm:"nick"`
	WardID *int64  `orm:"ward_id"`
	Ward   *ward   `orm:"relation=ward_id:id"`
	Visits []visit `orm:"relation=id:patient_id"`
}

type ward struct {
	ID       int64     `orm:"id,auto"`
	Name     string    `orm:"name"`
	Patients []patient `orm:"relation=id:ward_id"`
}

type visit struct {
	ID        int64  `orm:"id,auto"`
	PatientID int64  `orm:"patient_id"`
	Secret    string `orm:"secret,hidden"`
}

var (
	patientsOf = orm.Bind[patient, struct {
		ID     orm.Col[patient, int64]
		Name   orm.Text[patient]
		Nick   orm.Text[patient]
		Ward   orm.One[patient, ward]
		Visits orm.Many[patient, visit]
	}]()
	wardsOf = orm.Bind[ward, struct {
		ID       orm.Col[ward, int64]
		Name     orm.Text[ward]
		Patients orm.Many[ward, patient]
	}]()
	visitsOf = orm.Bind[visit, struct {
		ID     orm.Col[visit, int64]
		Secret orm.Text[visit]
	}]()
)

// oracles are the ways to ask what the name of a patient is.
func oracles(ctx context.Context, db orm.DB, wardID int64) map[string]error {
	p, w, v := orm.Repo[patient](db), orm.Repo[ward](db), orm.Repo[visit](db)
	name := patientsOf.Name.StartsWith("A")
	out := map[string]error{}
	try := func(what string, err error) { out[what] = err }
	_, err := p.Where(name).All(ctx)
	try("All", err)
	_, err = p.Where(patientsOf.Name.Eq("Ann")).First(ctx)
	try("First", err)
	_, err = p.Where(orm.Not(orm.Or(name, patientsOf.ID.Eq(1)))).Count(ctx)
	try("Count, deep inside", err)
	_, err = p.Where(p.F("Name").Fold().Eq("ann")).Exists(ctx)
	try("Exists by name", err)
	_, err = p.Sort("-Name").Take(1).All(ctx)
	try("Sort", err)
	_, err = p.OrderBy(patientsOf.Name.Asc()).Page(ctx, "")
	try("Page", err)
	for _, err = range p.Where(name).Rows(ctx) {
		break
	}
	try("Rows", err)
	_, err = p.Where(name).Explain(ctx)
	try("Explain", err)
	_, err = w.Where(wardsOf.Patients.Some(name)).All(ctx)
	try("a filter by a relation", err)
	_, err = w.With(wardsOf.Patients.Where(name)).All(ctx)
	try("the rows of an include", err)
	_, err = w.With(wardsOf.Patients.OrderBy(patientsOf.Name.Asc()).Take(1)).All(ctx)
	try("the order of an include", err)
	_, err = w.OrderBy(wardsOf.Patients.Count(name).Desc()).All(ctx)
	try("an order by a count of related rows", err)
	_, err = v.Where(v.F("PatientID").InQuery(orm.Values(p.Where(name), patientsOf.ID))).All(ctx)
	try("a sub-select", err)
	_, err = p.Where(patientsOf.Nick.InQuery(orm.Values(p.Query(), patientsOf.Name))).All(ctx)
	try("the values of a sub-select", err)
	_, err = p.Where(name).UpdateMany(ctx, patientsOf.Nick.Set("x"))
	try("UpdateMany", err)
	_, err = p.ByID(1).Where(name).Update(ctx, patientsOf.Nick.Set("x"))
	try("Update", err)
	_, err = p.Where(name).DeleteMany(ctx)
	try("DeleteMany", err)
	_, err = p.ByID(1).Where(name).Delete(ctx)
	try("Delete", err)
	_, err = p.ByID(1).Update(ctx, patientsOf.Nick.SetFrom(patientsOf.Name))
	try("a copy into a column that is shown", err)
	try("a copy by an upsert", p.Upsert(ctx, orm.On[patient](patientsOf.Name), &patient{Name: "Ann"}, patientsOf.Nick.SetFrom(patientsOf.Name)))
	_, err = w.ByID(wardID).Update(ctx, wardsOf.Patients.Link(patientsOf.Name.Eq("Ann")))
	try("Link", err)
	_, err = w.ByID(wardID).Update(ctx, wardsOf.Patients.Unlink(name))
	try("Unlink", err)
	_, err = w.With(wardsOf.Patients.Where(name)).ByID(wardID).Update(ctx, wardsOf.Name.Set("w"))
	try("the include of an update", err)
	return out
}

func TestGuardEmptiedColumnsAreNoOracle(t *testing.T) {
	databases(t, []any{patient{}, ward{}, visit{}}, func(t *testing.T, db orm.DB) {
		ctx := t.Context()
		w := ward{Name: "w"}
		must(t, orm.Repo[ward](db).Create(ctx, &w))
		for _, name := range []string{"Ann", "Bob"} {
			must(t, orm.Repo[patient](db).Create(ctx, &patient{Name: name, WardID: &w.ID}, patientsOf.Visits.Create(&visit{Secret: "s"})))
		}
		must(t, db.Use(hook.Sanitize()))
		for what, err := range oracles(ctx, db, w.ID) {
			is(t, what, err, orm.ErrDenied)
		}
		all, err := orm.Repo[patient](db).OrderBy(patientsOf.ID.Asc()).All(ctx)
		must(t, err)
		if len(all) != 2 || all[0].Nick != "" || all[0].Name != "" || all[0].WardID == nil {
			t.Errorf("%+v", all)
		}
		if _, err := orm.Repo[patient](db).Include("Visits").ByID(all[0].ID).One(ctx); err != nil {
			t.Errorf("by key: %v", err)
		}
	})
}

// What is said to be searchable is emptied all the same.
func TestSearchableColumnsAreFoundByAndEmptied(t *testing.T) {
	databases(t, []any{patient{}, ward{}, visit{}}, func(t *testing.T, db orm.DB) {
		ctx := t.Context()
		must(t, db.Use(hook.Sanitize("patient.Name").Searchable(), hook.Sanitize("visit.Secret")))
		must(t, orm.Repo[patient](db).Create(ctx, &patient{Name: "Ann", Nick: "a"}))
		got, err := orm.Repo[patient](db).Where(patientsOf.Name.Eq("Ann")).OrderBy(patientsOf.Name.Asc()).One(ctx)
		must(t, err)
		if got.Nick != "a" || got.Name != "" {
			t.Errorf("%+v", got)
		}
		_, err = orm.Repo[visit](db).Where(visitsOf.Secret.Eq("s")).All(ctx)
		is(t, "a column of the other hook", err, orm.ErrDenied)
	})
}
