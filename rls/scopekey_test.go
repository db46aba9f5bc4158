package rls_test

import (
	"context"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls"
)

// A casing has nothing but its key and its company; slots are tied to it by both.

type casing struct {
	Company int64 `orm:"company,scope=company"`
	ID      int64 `orm:"id,auto,table=casings"`

	Slots []slot `orm:"relation=company+id:company+casing_id"`
}

type slot struct {
	ID       int64  `orm:"id,auto,table=slots"`
	Company  int64  `orm:"company,scope=company"`
	CasingID *int64 `orm:"casing_id"`
	Name     string `orm:"name"`

	Casing *casing `orm:"relation=company+casing_id:company+id"`
}

// Where a scope's column is part of what ties rows, it is compared: tying and untying never assigns it, and neither does the
// touch of a row that has no other column.
func TestAScopeInAForeignKeyIsCompared(t *testing.T) {
	db, _ := watched(t, []any{casing{}, slot{}}, rls.Scope("company", func(_ context.Context, a orm.Actor) (any, error) { return a.TenantID, nil }))
	casings := orm.Bind[casing, struct{ Slots orm.Many[casing, slot] }]()
	slots := orm.Bind[slot, struct {
		Name   orm.Text[slot]
		Casing orm.One[slot, casing]
	}]()
	cs, ss := orm.Repo[casing](db), orm.Repo[slot](db)
	a, b := inCompany(t, int64(1)), inCompany(t, int64(2))
	var mine, theirs casing
	must(t, cs.Create(a, &mine))
	must(t, cs.Create(b, &theirs))
	made, loose, foreign := slot{Name: "made"}, slot{Name: "loose"}, slot{Name: "foreign"}
	must(t, ss.Create(a, &loose))
	must(t, ss.Create(b, &foreign))
	for what, set := range map[string]orm.Assign[casing]{
		"create": casings.Slots.Create(&made), "link": casings.Slots.Link(orm.Key[slot](loose.ID)), "update": casings.Slots.UpdateMany(orm.And[slot](), slots.Name.Set("updated")),
	} {
		if _, err := cs.ByID(mine.ID).Update(a, set); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	tied := func(want int) {
		t.Helper()
		c, err := cs.ByID(mine.ID).Include("Slots").One(a)
		if err != nil || len(c.Slots) != want || c.Company != 1 {
			t.Errorf("%+v, %v, want %d slots", c, err, want)
		}
		if n, err := ss.Count(a); err != nil || n != 2 {
			t.Errorf("company a has %d slots, %v", n, err)
		}
	}
	tied(2)
	_, err := cs.ByID(mine.ID).Update(a, casings.Slots.Link(orm.Key[slot](foreign.ID)))
	is(t, "a slot of b", err, orm.ErrReference)
	_, err = ss.ByID(loose.ID).Update(a, slots.Casing.Link(orm.Key[casing](theirs.ID)))
	is(t, "a casing of b", err, orm.ErrReference)
	_, err = ss.ByID(loose.ID).Update(a, slots.Casing.Unlink())
	must(t, err)
	tied(1)
	_, err = ss.ByID(loose.ID).Update(a, slots.Casing.Link(orm.Key[casing](mine.ID)))
	must(t, err)
	tied(2)
	_, err = cs.ByID(mine.ID).Update(a, casings.Slots.Set())
	must(t, err)
	tied(0)
	if got, err := ss.ByID(foreign.ID).One(b); err != nil || got.Company != 2 || got.CasingID != nil {
		t.Errorf("company b's slot is %+v, %v", got, err)
	}
}
