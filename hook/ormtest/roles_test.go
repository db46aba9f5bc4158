package ormtest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook/ormtest"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/httpapi"
)

// Toll is nobody's, and its API gives one at a time and takes none.
type Toll struct {
	Road  string `orm:"road,id,datasource=tolls"`
	Cents int64  `orm:"cents"`
}

// Endpoints maps it.
func (Toll) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindUnique: httpapi.GET("/tolls/{road}").Item("$")}
}

// Journal is nobody's, and no role reads it.
type Journal struct {
	ID   int64  `orm:"id,auto,table=kit_journals"`
	Text string `orm:"text"`
}

// shelves opens a DB whose clerks may read jars and not write them.
func shelves(t testing.TB, src source.Source) orm.DB {
	t.Helper()
	api := ormtest.NewAPI(t, ormtest.Rows[Toll]("/tolls"))
	return ormtest.Open(t, src, httpapi.Source("tolls", api.URL), orm.Models(Shelf{}, Toll{}, Journal{}),
		rls.Tenant(), rls.Global(Toll{}, Journal{}), rls.RBAC{"Shelf": {"clerk": rls.All}, "Jar": {"clerk": rls.Read}, "Toll": {"clerk": rls.Read}})
}

func attacked(jars ormtest.Option) []ormtest.Option {
	return []ormtest.Option{ormtest.Model[Shelf](), jars, ormtest.Model[Toll](), ormtest.Model[Journal](), ormtest.Actors(orm.Actor{Role: "clerk"}, orm.Actor{Role: "clerk"})}
}

func TestRolesThatOnlyReadAreNoFailure(t *testing.T) {
	ormtest.AssertIsolated(t, shelves(t, memory()), attacked(ormtest.ReadOnly[Jar]())...)
}

// What a role refuses is told where it was not said, since it hides what the tenant scope would do; and a leak is found all the same.
func TestReadOnlyIsSaid(t *testing.T) {
	has := func(said []string, words ...string) bool {
		return slices.ContainsFunc(said, func(s string) bool {
			for _, w := range words {
				if !strings.Contains(s, w) {
					return false
				}
			}
			return true
		})
	}
	if said := judged(t, shelves(t, memory()), attacked(ormtest.Model[Jar]())...); !has(said, "Jar.Update", `role "clerk" may not update`) {
		t.Errorf("a role that may not write was not told: %q", said)
	}
	for forget, path := range map[string]string{"read": "Jar.All", "include": "Include(Jars)", "filter": "Jars.Some("} {
		src := &leaky{memory().(source.SQL), forget}
		if said := judged(t, shelves(t, src), attacked(ormtest.ReadOnly[Jar]())...); !has(said, path) {
			t.Errorf("without the scope of %s no finding names %s: %q", forget, path, said[:min(3, len(said))])
		}
	}
}
