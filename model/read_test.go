package model

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/multi-orm/orm/internal/fault"
)

// refused checks that T is refused with exactly want.
func refused[T any](t *testing.T, want string) {
	t.Helper()
	m, err := For[T]()
	if m != nil || err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
		return
	}
	var e *fault.Error
	if !errors.Is(err, fault.ErrInvalid) || !errors.As(err, &e) {
		t.Errorf("%v is no *fault.Error of ErrInvalid", err)
	}
	if _, again := For[T](); again == nil || again.Error() != want {
		t.Errorf("second call: %v", again)
	}
}

type stamps struct {
	CreatedAt time.Time
	UpdatedAt time.Time `orm:"changed,update=now"`
}

type geo struct {
	Lat, Lon float64
}

type address struct {
	City string
	Geo  geo `orm:"prefix=geo_"`
}

func TestEmbedding(t *testing.T) {
	type Shop struct {
		_  struct{} `orm:"table=stores,datasource=erp"`
		ID int64
		stamps
		Home   address `orm:"prefix=home_"`
		Work   address `orm:"prefix=work_"`
		hidden int
	}
	m, err := For[Shop]()
	if err != nil {
		t.Fatal(err)
	}
	_ = Shop{}.hidden
	if m.Table != "stores" || m.Source != "erp" {
		t.Errorf("%q %q", m.Table, m.Source)
	}
	var got []string
	for _, f := range m.Fields {
		got = append(got, f.Name+"="+f.Column)
	}
	want := "ID=id CreatedAt=created_at UpdatedAt=changed Home.City=home_city Home.Geo.Lat=home_geo_lat Home.Geo.Lon=home_geo_lon " +
		"Work.City=work_city Work.Geo.Lat=work_geo_lat Work.Geo.Lon=work_geo_lon"
	if s := strings.Join(got, " "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
	f, err := m.Field("Work.Geo.Lon")
	if err != nil {
		t.Fatal(err)
	}
	s := Shop{}
	s.Work.Geo.Lon = 4.5
	if v, _ := f.Load(unsafe.Pointer(&s)); v.Float() != 4.5 {
		t.Errorf("offset of a nested field: %v", v.Any())
	}
}

type withTable struct{ ID int64 }

func (withTable) TableName() string { return "legacy" }

type withPointerTable struct {
	ID int64 `orm:"id,table=legacy"`
}

func (*withPointerTable) TableName() string { return "legacy" }

type otherTable struct {
	ID int64 `orm:"id,table=mine"`
}

func (otherTable) TableName() string { return "legacy" }

type emptyTable struct{ ID int64 }

func (emptyTable) TableName() string { return "" }

type panickyTable struct {
	ID   int64
	Name *string
}

func (p panickyTable) TableName() string { return *p.Name }

type base[T any] struct {
	ID  int64
	Val T
}

type unexportedTag struct {
	ID   int64
	name string `orm:"name"` //nolint:unused // the tag is what is tested
}

func TestTables(t *testing.T) {
	type Category struct{ ID int64 }
	for want, of := range map[string]func() (*Model, error){
		"legacy":     For[withTable],
		"categories": For[*Category],
		"bases":      For[base[string]],
	} {
		m, err := of()
		if err != nil || m.Table != want {
			t.Errorf("%v %v, want %s", m, err, want)
		}
	}
	if m, err := For[withPointerTable](); err != nil || m.Table != "legacy" {
		t.Error(m, err)
	}
	refused[otherTable](t, `orm: otherTable: invalid: table= says "mine" and TableName says "legacy"`)
	refused[emptyTable](t, `orm: emptyTable: invalid: TableName: the table is empty`)
	refused[panickyTable](t, `orm: panickyTable: invalid: TableName panics on a zero value`)
}

func TestStructErrors(t *testing.T) {
	refused[int](t, `orm: int: invalid: a model is a struct type`)
	refused[**withTable](t, `orm: *model.withTable: invalid: a model is a struct type`)
	refused[struct{ ID int }](t, `orm: struct: invalid: a model is a named type; declare one with type X struct`)
	if _, err := Of(nil); err == nil || err.Error() != "orm: nil: invalid: a model is a struct type" {
		t.Error(err)
	}
	refused[unexportedTag](t, `orm: unexportedTag.name: invalid: tag "name": the field is not exported: export it, or skip it with "-"`)

	type NoKey struct{ Name string }
	refused[NoKey](t, `orm: NoKey: invalid: no primary key: add the word "id" to a field's tag, as in orm:"code,id"`)

	type Twice struct {
		ID int64
		stamps
		CreatedAt time.Time
	}
	refused[Twice](t, `orm: Twice.CreatedAt: invalid: two fields are named "CreatedAt" once embedded structs are flattened: rename one, or skip it with "-"`)

	type Inner struct {
		Name string `orm:"name,oops"`
	}
	type Outer struct {
		ID   int64
		Home Inner `orm:"prefix=h_"`
	}
	refused[Outer](t, `orm: Outer.Home.Name: invalid: tag "name,oops": unknown word "oops"`)
}

func TestMalformedStructTags(t *testing.T) {
	for in, want := range map[string]string{
		`json:"a" orm:"b,unique"`:  "",
		`orm:"b" validate:"x"`:     "",
		`json:"a" rubbish`:         "",
		`orm: "b"`:                 `the struct tag is malformed near "orm: \"b\""`,
		`orm:"b`:                   `the struct tag is malformed near "orm:\"b"`,
		`json:"a", orm:"b,tenant"`: `the struct tag is malformed near ", orm:\"b,tenant\""`,
		`orm:"a" orm:"b"`:          "the field has two orm tags",
	} {
		_, _, err := ormTag(reflect.StructTag(in))
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%s: %v", in, err)
		}
	}
}

// left is a model whose only relation the tags leave open: it is read, and says what it lacks.
func left[T any](t *testing.T, want string) {
	t.Helper()
	m, err := For[T]()
	if err != nil {
		t.Error(err)
		return
	}
	r := m.Relations[0]
	if err := r.Undecided(); err == nil || err.Error() != want || !errors.Is(err, fault.ErrInvalid) {
		t.Errorf("got %v\nwant %s", err, want)
	}
	if r.Unsaid() == nil || r.Local != nil || r.Remote != nil {
		t.Error(r.Unsaid(), r.Local, r.Remote)
	}
}
