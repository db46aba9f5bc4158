package schemafit_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/multi-orm/orm/internal/schemafit"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source/catalogue"
)

type everything struct {
	ID    int64          `orm:"id"`
	Flag  bool           `orm:"flag"`
	Tiny  uint8          `orm:"tiny"`
	Small int16          `orm:"small"`
	Int   int32          `orm:"int"`
	Big   uint64         `orm:"big"`
	Text  string         `orm:"text,size=20"`
	Price string         `orm:"price,type=decimal(10,2)"`
	Doc   map[string]any `orm:"doc,json"`
	List  []int64        `orm:"list"`
	UUID  [16]byte       `orm:"uuid"`
	Blob  []byte         `orm:"blob"`
	Any   string         `orm:"any,type=decimal"`
	At    time.Time      `orm:"at"`
}

// SQL Server has no lists and no documents of their own, has a byte without a sign, and does not heed the case of names.
func TestSQLServer(t *testing.T) {
	m, err := model.Of(reflect.TypeFor[everything]())
	if err != nil {
		t.Fatal(err)
	}
	table := catalogue.Table{Name: "Everythings", Kind: catalogue.BaseTable, Key: catalogue.Key{Columns: []string{"Id"}}, Columns: []catalogue.Column{
		{Name: "Id", Type: catalogue.Int64, DBType: "bigint"}, {Name: "Flag", Type: catalogue.Bool, DBType: "bit"}, {Name: "Tiny", Type: catalogue.Uint8, DBType: "tinyint"},
		{Name: "Small", Type: catalogue.Int16, DBType: "smallint"}, {Name: "Int", Type: catalogue.Int32, DBType: "int"}, {Name: "Big", Type: catalogue.Decimal, Digits: 20, DBType: "decimal(20)"},
		{Name: "Text", Type: catalogue.Text, Size: 20, DBType: "nvarchar(20)"}, {Name: "Price", Type: catalogue.Decimal, Digits: 10, Scale: 2, DBType: "decimal(10,2)"},
		{Name: "Doc", Type: catalogue.Text, DBType: "nvarchar(max)"}, {Name: "List", Type: catalogue.Text, DBType: "nvarchar(max)"},
		{Name: "Uuid", Type: catalogue.UUID, DBType: "uniqueidentifier"}, {Name: "Blob", Type: catalogue.Bytes, DBType: "varbinary(max)", Nullable: true},
		{Name: "Any", Type: catalogue.Decimal, Digits: 38, Scale: 19, DBType: "decimal(38,19)"}, {Name: "At", Type: catalogue.Time, DBType: "datetime2(6)"},
	}}
	s := &catalogue.Schema{Source: "erp", Dialect: "sqlserver", Default: "dbo", Tables: []catalogue.Table{table}}
	if found := schemafit.Compare([]*model.Model{m}, s); len(found) != 0 {
		t.Errorf("%+v", found)
	}
	f := func(name string) *model.Field {
		x, err := m.Field(name)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for _, c := range []struct { // the server's forms of documents, lists and decimals without digits
		field  string
		column catalogue.Column
	}{
		{"Text", catalogue.Column{Type: catalogue.JSON, DBType: "nvarchar(max)"}}, {"List", catalogue.Column{Type: catalogue.JSON, DBType: "nvarchar(max)"}},
		{"Doc", catalogue.Column{Type: catalogue.JSON, DBType: "json"}}, {"Any", catalogue.Column{Type: catalogue.Decimal, Digits: 38, Scale: 19, DBType: "decimal(38,19)"}},
	} {
		if got := schemafit.Suits(f(c.field), &c.column, "sqlserver"); got.Why != "" {
			t.Errorf("%s on %+v: %+v", c.field, c.column, got)
		}
	}
	for _, c := range []struct {
		field  string
		column catalogue.Column
		advice bool
	}{
		{"Tiny", catalogue.Column{Type: catalogue.Int32}, false},
		{"Int", catalogue.Column{Type: catalogue.Uint8}, true},
		{"Int", catalogue.Column{Type: catalogue.Int16}, true},
		{"Small", catalogue.Column{Type: catalogue.Int32}, false},
		{"Big", catalogue.Column{Type: catalogue.Int64}, true},
		{"Big", catalogue.Column{Type: catalogue.Decimal, Digits: 18}, true},
		{"Big", catalogue.Column{Type: catalogue.Decimal, Digits: 20, Scale: 2}, false},
		{"Text", catalogue.Column{Type: catalogue.Text, Size: 10}, false},
		{"Text", catalogue.Column{Type: catalogue.Int32}, false},
		{"Price", catalogue.Column{Type: catalogue.Float64}, false},
		{"Price", catalogue.Column{Type: catalogue.Decimal, Digits: 10, Scale: 1}, false},
		{"Doc", catalogue.Column{Type: catalogue.Bytes}, false},
		{"List", catalogue.Column{Type: catalogue.Int64}, false},
		{"UUID", catalogue.Column{Type: catalogue.Bytes}, false},
		{"Flag", catalogue.Column{Type: catalogue.Int32}, false},
		{"At", catalogue.Column{Type: catalogue.Time, DBType: "datetime"}, true},
		{"At", catalogue.Column{Type: catalogue.Time, DBType: "datetime2(3)"}, true},
		{"At", catalogue.Column{Type: catalogue.Date, DBType: "date"}, false},
	} {
		if got := schemafit.Suits(f(c.field), &c.column, "sqlserver"); got.Why == "" || got.Advice != c.advice {
			t.Errorf("%s on %+v: %+v", c.field, c.column, got)
		}
	}
}
