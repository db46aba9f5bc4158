package model

import (
	"database/sql/driver"
	"errors"
	"reflect"
	"testing"
)

type stored struct{ a, b int64 }

func (s stored) Value() (driver.Value, error) {
	if s.b < 0 {
		return nil, errors.New("no value")
	}
	return s.a*10 + s.b, nil
}
func (stored) String() string { return "stored" }

// Keys of values that no kind describes are those of what the database stores, or of the value itself.
func TestKeysOfOtherValues(t *testing.T) {
	key := func(v any) string { return string(AppendKey(nil, AnyOf(v))) }
	for _, c := range []struct {
		a, b any
		same bool
	}{
		{stored{1, 2}, stored{1, 3}, false},
		{stored{1, 12}, stored{2, 2}, true},
		{stored{1, -1}, stored{1, -2}, false},
		{struct{ X string }{"a b"}, struct{ X string }{"a  b"}, false},
		{[]string{"a b"}, []string{"a", "b"}, false},
	} {
		if (key(c.a) == key(c.b)) != c.same {
			t.Errorf("%#v and %#v", c.a, c.b)
		}
	}
}

// Link tables whose names read alike when joined are different models.
func TestLinkTablesThatReadAlike(t *testing.T) {
	m := &Model{Name: "M", Type: reflect.TypeFor[struct{ ID int64 }]()}
	f := &Field{Model: m, Name: "ID", Column: "id", Base: reflect.TypeFor[int64](), Type: reflect.TypeFor[int64](), Kind: Int}
	table := func(schema, name string) *Model {
		return LinkTable(&Relation{Model: m, Target: m, Local: []*Field{f}, Remote: []*Field{f},
			Through: &Through{Schema: schema, Table: name, Local: []string{"x"}, Remote: []string{"y"}}})
	}
	if a, b := table("a", "b.c"), table("a.b", "c"); a == b || a.Schema != "a" || b.Schema != "a.b" {
		t.Errorf("%q.%q and %q.%q", a.Schema, a.Table, b.Schema, b.Table)
	}
	if table("a", "b") != table("a", "b") {
		t.Error("one link table has two models")
	}
}
