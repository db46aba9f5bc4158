package migrate_test

import (
	"slices"
	"testing"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/migrate"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source/catalogue"
)

type Sort struct {
	ID    int64  `orm:"id,auto"`
	Twice int64  `orm:"twice,generated=n * 2"`
	N     int64  `orm:"n,dbdefault=5"`
	Code  string `orm:"code,size=9,unique"`
}

type Kept struct {
	ID   int64  `orm:"id,auto,table=kept"`
	Code string `orm:"code,size=9"`
	Of   *Sort  `orm:"relation=code:code,foreignkey"`
}

// On SQL Server too a step comes behind what it goes by: the type that a default and a generated column need, the set that a key leads to.
func TestBehindOnSQLServer(t *testing.T) {
	live := &catalogue.Schema{Source: "main", Dialect: "sqlserver", Default: "dbo", Tables: []catalogue.Table{{Name: "sorts", Kind: catalogue.BaseTable, Columns: []catalogue.Column{
		{Name: "id", Type: catalogue.Int64, DBType: "bigint", Identity: catalogue.IdentityByDefault}, {Name: "n", Type: catalogue.Text, DBType: "nvarchar(9)", Size: 9}, {Name: "code", Type: catalogue.Text, DBType: "nvarchar(9)", Size: 9},
	}, Key: catalogue.Key{Name: "PK", Columns: []string{"id"}}}}}
	kept, err := model.For[Kept]()
	if err != nil {
		t.Fatal(err)
	}
	sort, err := model.For[Sort]()
	if err != nil {
		t.Fatal(err)
	}
	changes, notes, err := migrate.Diff(dialect.SQLServer{}, live, []*model.Model{kept, sort}, migrate.Options{})
	if err != nil || len(notes) > 0 {
		t.Fatal(notes, err)
	}
	var got []string
	for _, c := range changes {
		word := string(c.Kind) + " " + c.Table + "." + c.Column
		if c.Destructive {
			word += "!"
		}
		got = append(got, word)
	}
	want := []string{"create table kept.", "alter type sorts.n!", "set default sorts.n!", "add column sorts.twice!", "add unique sorts.!", "add foreign key kept.!"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
