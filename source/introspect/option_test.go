package introspect_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/catalogue"
	"github.com/multi-orm/orm/source/introspect"
)

func small() *introspect.Schema {
	return &introspect.Schema{Dialect: "postgres", Default: "public", Tables: []introspect.Table{
		{Name: "notes", Kind: catalogue.BaseTable, Key: catalogue.Key{Columns: []string{"id"}}, Columns: []introspect.Column{
			{Name: "id", Type: catalogue.Int64, DBType: "bigint"}, {Name: "tenant_id", Type: catalogue.Int64, DBType: "bigint"}, {Name: "author_id", Type: catalogue.Int64, DBType: "bigint"},
			{Name: "gone", Type: catalogue.Time, DBType: "timestamp with time zone", Nullable: true}, {Name: "seen", Type: catalogue.Time, DBType: "timestamp with time zone"}},
			ForeignKeys: []introspect.ForeignKey{{Columns: []string{"author_id"}, Table: "people", References: []string{"id"}}}},
		{Name: "people", Kind: catalogue.BaseTable, Key: catalogue.Key{Columns: []string{"id"}}, Columns: []introspect.Column{{Name: "id", Type: catalogue.Int64, DBType: "bigint"}}},
		{Name: "totals", Kind: catalogue.View, View: true, Columns: []introspect.Column{{Name: "day", Type: catalogue.Date, DBType: "date", Nullable: true}}},
	}}
}

func TestOptions(t *testing.T) {
	text := structs(t, small(), introspect.Package("store"), introspect.DataSource("erp"), introspect.Tenant("tenant_id"), introspect.Owner("author_id"), introspect.SoftDelete("gone"), introspect.UpdatedAt("seen"),
		introspect.Key("totals", "day"), introspect.Named("people", "Human"), introspect.Relate("notes.author_id", "Writer", "Written"))
	for _, want := range []string{"package store", `orm:"id,datasource=erp"`, `orm:"tenant_id,tenant"`, `orm:"author_id,owner"`, `orm:"gone,softdelete"`, `orm:"seen,update=now"`, "type Human struct",
		`orm:"id,datasource=erp,table=people"`, `orm:"day,id,type=date,datasource=erp"`, "Writer *Human", "Written []Note", "var Humans = orm.Bind[Human"} {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}

// What an option names and is not there is an error: a tenant's column that was misspelled would keep nothing apart.
func TestBadOptions(t *testing.T) {
	for want, opt := range map[string]introspect.Option{
		`no table has a column "tenantid"`:               introspect.Tenant("tenantid"),
		"cannot have the word softdelete":                introspect.SoftDelete("seen"),
		"cannot have the word version":                   introspect.Version("gone"),
		"cannot have the word update=now":                introspect.UpdatedAt("tenant_id"),
		"no Go name":                                     introspect.Package("a-b"),
		"Key names a table that is not there":            introspect.Key("total", "day"),
		"Key names a column that is not there":           introspect.Key("totals", "days"),
		"Key needs a column":                             introspect.Key("totals"),
		"Named names a table that is not there":          introspect.Named("persons", "Person"),
		"begins with a capital":                          introspect.Named("people", "person"),
		`there is no foreign key on "notes.writer"`:      introspect.Relate("notes.writer", "Writer", ""),
		`there is no table "note" (did you mean "notes"`: introspect.Only("note"),
		"an option is empty":                             {},
	} {
		err := introspect.Structs(new(bytes.Buffer), small(), opt)
		if !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// Reading and writing tell how far they are.
func TestProgress(t *testing.T) {
	e := engines()[0]
	var told []string
	tell := introspect.Progress(func(done, total int, table string) { told = append(told, fmt.Sprintf("%d/%d %s", done, total, table)) })
	_, s := e.database(t, "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (id INTEGER PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY)", tell, introspect.Only("a", "c"))
	if got := strings.Join(told, ", "); got != "0/0 , 1/2 a, 2/2 c" {
		t.Error(got)
	}
	told = nil
	if err := introspect.Structs(io.Discard, s, tell); err != nil || strings.Join(told, ", ") != "1/2 a, 2/2 c" {
		t.Error(told, err)
	}
	if err := introspect.Structs(io.Discard, s, introspect.Progress(nil)); err == nil || !strings.Contains(err.Error(), "the function of Progress is nil") {
		t.Error(err)
	}
}
