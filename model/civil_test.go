package model

import (
	"reflect"
	"strings"
	"testing"
	"time"
	"unsafe"
)

func TestDays(t *testing.T) {
	type dated struct {
		ID   int64
		Day  time.Time   `orm:"day,type= Date "`
		Days []time.Time `orm:"days,type=date[]"`
		At   time.Time
	}
	m, err := Of(reflect.TypeFor[dated]())
	if err != nil {
		t.Fatal(err)
	}
	noon := TimeOf(time.Date(1969, 12, 31, 12, 0, 0, 0, time.UTC))
	day, days, at := m.Fields[1], m.Fields[2], m.Fields[3]
	if kept := day.Kept(noon); kept.Micros() != -microsPerDay {
		t.Errorf("noon of the last day of 1969 is kept as %d", kept.Micros())
	}
	if _, err := day.StoredCivil(day.Kept(noon), false); err != nil {
		t.Error(err)
	}
	if _, err := days.StoredCivil(ListOf(List{day.Kept(noon), Null(), noon}), false); err == nil || !strings.Contains(err.Error(), "dated.Days") {
		t.Errorf("a list with noon: %v", err)
	}
	if days.Civil != Day || at.Civil != NotCivil {
		t.Error("which columns keep days")
	}
	type literal struct {
		ID  int64
		Day time.Time `orm:"day,type=date,default=2024-01-01T10:00:00Z"`
	}
	if _, err := Of(reflect.TypeFor[literal]()); err == nil || !strings.Contains(err.Error(), "type=date") {
		t.Errorf("a default with hours: %v", err)
	}
}

func TestCivilTexts(t *testing.T) {
	type kept struct {
		ID   int64
		Day  string   `orm:"day,type=date"`
		From string   `orm:"from_time,type=time"`
		Days []string `orm:"days,type=date[]"`
		Text string
	}
	m, err := Of(reflect.TypeFor[kept]())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		field int
		text  string
		good  bool
	}{
		{1, "2024-02-29", true}, {1, "0001-01-01", true}, {1, "2023-02-29", false}, {1, "0000-00-00", false}, {1, "0000-01-01", false},
		{1, "", false}, {1, "today", false}, {1, "2024-02-29T00:00:00Z", false}, {1, "2024-2-9", false},
		{2, "08:30", true}, {2, "23:59:59.999999", true}, {2, "24:00:00", false}, {2, "8 o'clock", false},
		{3, "2024-02-29", true}, {3, "2023-02-29", false},
	} {
		f := m.Fields[c.field]
		v := StringOf(c.text)
		if f.Kind == Array {
			v = ListOf(List{Null(), v})
		}
		_, err := f.StoredCivil(v, true)
		if (err == nil) != c.good {
			t.Errorf("%s keeps %q: %v", f.Name, c.text, err)
		}
		if err != nil && c.text != "" && strings.Contains(err.Error(), c.text) {
			t.Errorf("the error holds the value: %v", err)
		}
		words := strings.ContainsAny(c.text, "abcdefghijklmnopqrstuvwxyzT")
		if _, err := f.StoredCivil(v, false); (err == nil) != (c.good || words) {
			t.Errorf("where the database reads dates itself %s takes %q: %v", f.Name, c.text, err)
		}
	}
	if m.Fields[4].Civil != NotCivil {
		t.Error("a text is no time")
	}
}

func TestClocks(t *testing.T) {
	type kept struct {
		ID   int64
		From string `orm:"from_time,type=time"`
	}
	m, err := Of(reflect.TypeFor[kept]())
	if err != nil {
		t.Fatal(err)
	}
	f := m.Fields[1]
	for in, want := range map[string]string{
		"08:30": "08:30:00", "08:30:00.500000000": "08:30:00.5", "23:59:59.999999999": "23:59:59.999999", "00:00:00.0000001": "00:00:00",
	} {
		got, err := f.StoredCivil(StringOf(in), true)
		if err != nil || got.Str() != want {
			t.Errorf("%s is kept as %s, want %s (%v)", in, got.Str(), want, err)
		}
	}
	row := kept{From: "23:59:59.999999999"}
	if err := f.SettleTime(unsafe.Pointer(&row)); err != nil || row.From != "23:59:59.999999" {
		t.Errorf("the struct holds %s (%v)", row.From, err)
	}
}
