package schemafit_test

import (
	"testing"

	"github.com/multi-orm/orm/internal/schemafit"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source/catalogue"
)

// Keys are found whatever the case in which a database that does not tell cases apart writes their names.
func TestDecideFolds(t *testing.T) {
	type trader struct {
		ID int64 `orm:"id,table=traders"`
	}
	type deal struct {
		ID    int64   `orm:"id,table=deals"`
		Buyer int64   `orm:"buyer"`
		By    *trader `orm:"relation=buyer"`
	}
	m, err := model.For[deal]()
	if err != nil {
		t.Fatal(err)
	}
	r := m.Relations[0]
	live := schemafit.NewLive(&catalogue.Schema{Dialect: "sqlserver", Default: "dbo", Tables: []catalogue.Table{
		{Name: "Traders", Kind: catalogue.BaseTable, Columns: []catalogue.Column{{Name: "ID"}}, Key: catalogue.Key{Columns: []string{"ID"}}},
		{Name: "DEALS", Kind: catalogue.BaseTable, Columns: []catalogue.Column{{Name: "Id"}, {Name: "BUYER"}}, Key: catalogue.Key{Columns: []string{"Id"}},
			ForeignKeys: []catalogue.ForeignKey{{Name: "fk", Columns: []string{"BUYER"}, Table: "Traders", Schema: "DBO", References: []string{"ID"}}}},
	}})
	ends, err := live.Decide([]*model.Model{m, r.Target})
	if err != nil || ends[r].String() != "relation=buyer:id" {
		t.Error(ends, err)
	}
	if _, err := live.Decide([]*model.Model{m}); err == nil {
		t.Error("a key was found to a model of another source")
	}
	if r.Undecided() == nil {
		t.Error("Decide changed the model")
	}
}
