package model

import "testing"

func TestScopeColumns(t *testing.T) {
	d, err := readOne("Machine", structOf(
		field{"Key", int64(0), "key,id,auto,scope=machine"},
		field{"Company", int32(0), "company_id,scope=company,createonly"},
		field{"Region", "", "scope=region-1,size=8,unique=r"},
		field{"Site", [16]byte{}, ",scope=site_2,readonly,noquery"},
		field{"Scope", uint(0), "scope"}, // a column of that name
		field{"Plain", 0, ""},
	))
	if err != nil {
		t.Fatal(err)
	}
	m := d.model
	for i, want := range []struct{ field, column, scope string }{
		{"Key", "key", "machine"}, {"Company", "company_id", "company"}, {"Region", "region", "region-1"}, {"Site", "site", "site_2"},
	} {
		if f := m.Scopes[i]; f.Name != want.field || f.Column != want.column || f.Scope != want.scope {
			t.Errorf("got %s %s %s, want %v", f.Name, f.Column, f.Scope, want)
		}
	}
	if len(m.Scopes) != 4 || m.Tenant != nil || m.Owner != nil {
		t.Errorf("%d columns of scopes", len(m.Scopes))
	}
	for _, name := range []string{"Scope", "Plain"} {
		if f, err := m.Field(name); err != nil || f.Scope != "" {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
}
