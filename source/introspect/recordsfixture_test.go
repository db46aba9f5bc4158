package introspect_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/introspect"
)

// Every table and view of the fixtures can be read whole, by keys and with a limit, and shows every column that the catalogue has.
func TestRecordsOfFixtures(t *testing.T) {
	for _, e := range engines() {
		for _, name := range []string{"chinook", "northwind", "pagila", "odd"} {
			if name == "pagila" && e.name == "sqlite" {
				continue
			}
			t.Run(name+"/"+e.name, func(t *testing.T) {
				rows := name + ".rows.sql"
				if name == "odd" {
					rows = "odd." + e.name + ".rows.sql"
				}
				db, s := e.database(t, fixture(t, name+"."+e.name+".sql")+";\n"+fixture(t, rows))
				tables, err := introspect.Open(t.Context(), db)
				if err != nil {
					t.Fatal(err)
				}
				for i := range s.Tables {
					of := &s.Tables[i]
					records := tables.Table(of.FullName())
					all, err := records.List(t.Context(), introspect.Args{})
					if len(of.Columns) == 0 { // a view that is broken
						if !errors.Is(err, orm.ErrUnsupported) {
							t.Errorf("%s: %v", of.FullName(), err)
						}
						continue
					}
					if err != nil {
						t.Errorf("%s: %v", of.FullName(), err)
						continue
					}
					n, err := records.Count(t.Context(), nil)
					if err != nil || n != int64(len(all)) {
						t.Errorf("%s: %d rows, %d counted, %v", of.FullName(), len(all), n, err)
					}
					page, err := records.List(t.Context(), introspect.Args{Limit: 3})
					if err != nil || len(page) != min(3, len(all)) {
						t.Errorf("%s: a page of %d: %v", of.FullName(), len(page), err)
					}
					for _, r := range all {
						if r.Len() != len(of.Columns) {
							t.Errorf("%s: %v", of.FullName(), r.Names())
						}
						text(t, r)
						if len(of.Key.Columns) == 0 {
							continue
						}
						key := introspect.Filter{}
						for _, c := range of.Key.Columns {
							key[c] = r.Get(c)
						}
						if got, err := records.First(t.Context(), introspect.Args{Filter: key}); err != nil || text(t, got) != text(t, r) {
							t.Errorf("%s: %v by its key: %v", of.FullName(), text(t, r), err)
						}
					}
				}
			})
		}
	}
}

// Records of one fixture as they are, and relations through a link table in two steps.
func TestRecordsOfChinook(t *testing.T) {
	onEngines(t, func(t *testing.T, e engine) {
		_, s := e.database(t, fixture(t, "chinook."+e.name+".sql")+";\n"+fixture(t, "chinook.rows.sql"))
		var names []string
		for _, x := range s.Tables {
			for _, k := range x.ForeignKeys {
				names = append(names, x.FullName()+"."+strings.Join(k.Columns, "+"))
			}
		}
		t.Log(names)
	})
}
