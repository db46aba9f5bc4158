package model

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
	"unsafe"
)

type Born struct {
	ID   int64
	At   time.Time
	Note *string
	Doc  json.RawMessage
}

type Kept struct {
	Word string
	*Deep
}

type Deep struct{ Level int8 }

type byPointer struct {
	Name string
	*Born
	Kept
	Home *Place `orm:"prefix=home_"`
}

type Place struct {
	City string
	Zip  *string
}

func mustFor[T any](t *testing.T) *Model {
	t.Helper()
	m, err := For[T]()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func fieldNamed(t *testing.T, m *Model, name string) *Field {
	t.Helper()
	f, err := m.Field(name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestEmbeddedPointersFlatten(t *testing.T) {
	m := mustFor[byPointer](t)
	var names, columns []string
	for _, f := range m.Fields {
		names, columns = append(names, f.Name), append(columns, f.Column)
	}
	if want := []string{"Name", "ID", "At", "Note", "Doc", "Word", "Level", "Home.City", "Home.Zip"}; !reflect.DeepEqual(names, want) {
		t.Error(names)
	}
	if want := []string{"name", "id", "at", "note", "doc", "word", "level", "home_city", "home_zip"}; !reflect.DeepEqual(columns, want) {
		t.Error(columns)
	}
	if !m.Indirect() || mustFor[Born](t).Indirect() {
		t.Error("only the model with pointers is indirect")
	}
}

func TestFieldsBelowNilPointers(t *testing.T) {
	m := mustFor[byPointer](t)
	var row byPointer
	p := unsafe.Pointer(&row)
	for _, f := range m.Fields {
		v, err := f.Load(p)
		if err != nil || !f.IsZero(p) || v.IsNull() != f.Nullable {
			t.Errorf("%s: %v %v", f.Name, v.Any(), err)
		}
		f.Clear(p)
	}
	if !reflect.DeepEqual(row, byPointer{}) {
		t.Errorf("reading made something: %+v", row)
	}
	for name, v := range map[string]Value{"ID": IntOf(7), "Level": IntOf(3), "Home.City": StringOf("Oslo")} {
		if err := fieldNamed(t, m, name).Store(p, v); err != nil {
			t.Fatal(err)
		}
	}
	if row.ID != 7 || row.Level != 3 || row.Home.City != "Oslo" {
		t.Errorf("%+v", row)
	}
	row = byPointer{}
	if err := fieldNamed(t, m, "Note").SetNull(p); err != nil || row.Born == nil {
		t.Error("a NULL that was read makes the struct too", err)
	}
}

func TestFieldsBelowPointersDoNotAllocate(t *testing.T) {
	m := mustFor[byPointer](t)
	row := byPointer{Born: &Born{ID: 1}}
	id, word := fieldNamed(t, m, "ID"), fieldNamed(t, m, "Level")
	if n := testing.AllocsPerRun(100, func() {
		for _, f := range []*Field{id, word} {
			if _, err := f.Load(unsafe.Pointer(&row)); err != nil {
				t.Fatal(err)
			}
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestCopyRow(t *testing.T) {
	m := mustFor[byPointer](t)
	src := byPointer{Name: "a", Born: &Born{ID: 1}, Kept: Kept{Deep: &Deep{2}}}
	var dst byPointer
	m.CopyRow(unsafe.Pointer(&dst), unsafe.Pointer(&src))
	if !reflect.DeepEqual(dst, src) || dst.Born == src.Born || dst.Deep == src.Deep {
		t.Errorf("%+v %+v", dst, src)
	}
	own := dst.Born
	src.ID = 5
	m.CopyRow(unsafe.Pointer(&dst), unsafe.Pointer(&src))
	if dst.Born != own || dst.ID != 5 {
		t.Error("what dst points at is written to")
	}
	src.Born = nil
	m.CopyRow(unsafe.Pointer(&dst), unsafe.Pointer(&src))
	if dst.Born != nil || own.ID != 5 {
		t.Error("nil is copied as nil")
	}
}

func TestHide(t *testing.T) {
	m := mustFor[byPointer](t)
	name, id, at, level := fieldNamed(t, m, "Name"), fieldNamed(t, m, "ID"), fieldNamed(t, m, "At"), fieldNamed(t, m, "Level")
	row := byPointer{Name: "a", Born: &Born{ID: 1}, Kept: Kept{Deep: &Deep{2}}}
	m.Hide(unsafe.Pointer(&row), []*Field{name, at, id}, []*Field{id})
	if row.Born == nil || row.ID != 0 {
		t.Errorf("%+v", row)
	}
	m.Hide(unsafe.Pointer(&row), []*Field{name}, []*Field{at, id})
	if row.Born != nil || row.Deep == nil {
		t.Errorf("%+v", row)
	}
	m.Hide(unsafe.Pointer(&row), nil, []*Field{level})
	if row.Deep != nil || row.Name != "a" {
		t.Errorf("%+v", row)
	}
}

type SelfEmbedded struct {
	ID int64
	*SelfEmbedded
}

type Round struct {
	ID int64
	Half
}

type Half struct{ *Round }

type Place2 struct{ ID, WithRelatedID int64 }

type WithRelated struct {
	ID int64
	*RelationInside
}

type RelationInside struct {
	Places []Place2 `orm:"relation=id:with_related_id"`
}

type ToldInside struct {
	Read Loaded
}

type WithTold struct {
	ID int64
	*ToldInside
}

type namedByPointer struct {
	ID int64
	*TableNamer
}

type TableNamer struct{ Name string }

func (TableNamer) TableName() string { return "things" }

func TestEmbeddedPointersRefused(t *testing.T) {
	type ByPointer struct {
		ID int64
		*stamps
	}
	refused[ByPointer](t, `orm: ByPointer.stamps: invalid: a pointer that is not exported cannot be set by others: embed model.stamps by value, export it, or skip it with "-"`)
	refused[SelfEmbedded](t, `orm: SelfEmbedded.SelfEmbedded: invalid: model.SelfEmbedded embeds itself, so there is no end to its columns: make it a relation, or skip it with "-"`)
	refused[Round](t, `orm: Round.Round: invalid: model.Round embeds itself, so there is no end to its columns: make it a relation, or skip it with "-"`)
	refused[WithRelated](t, `orm: WithRelated.Places: invalid: tag "relation=id:with_related_id": a relation belongs to the model itself, not to a struct embedded by pointer: embed it by value`)
	refused[WithTold](t, `orm: WithTold.Read: invalid: a row tells itself what it was read with, not a struct embedded by pointer`)
}

func TestMethodsOfEmbeddedPointers(t *testing.T) {
	if m := mustFor[namedByPointer](t); m.Table != "things" {
		t.Error(m.Table)
	}
}

func TestProjectionBelowPointers(t *testing.T) {
	type Names struct {
		City string `orm:"home_city"`
		ID   int64
	}
	type Card struct {
		*Names
		Name string
		At   *time.Time
	}
	m := mustFor[byPointer](t)
	p, err := ProjectionOf(m, reflect.TypeFor[Card]())
	if err != nil {
		t.Error(err)
	}
	var out Card
	p.Copy(unsafe.Pointer(&out), unsafe.Pointer(&byPointer{Name: "a", Home: &Place{City: "Oslo"}}))
	if out.Names == nil || out.City != "Oslo" || out.ID != 0 || out.At == nil {
		t.Errorf("%+v", out)
	}
	type circle struct {
		*Names
		Round *byPointer
	}
	if _, err := ProjectionOf(m, reflect.TypeFor[circle]()); err == nil {
		t.Error("a field that names nothing passed")
	}
	if _, err := ProjectionOf(m, reflect.TypeFor[SelfEmbedded]()); err == nil {
		t.Error("a struct that embeds itself passed")
	}
}
