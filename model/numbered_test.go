package model

import (
	"strings"
	"testing"
)

type untaggedKey struct {
	ID   int64 `validate:"required"`
	Name string
}

type taggedKey struct {
	ID   int64 `orm:"id"`
	Name string
}

type untaggedPair struct {
	ID     int64
	Tenant int64 `orm:"tenant,id"`
}

type untaggedText struct {
	ID   string
	Name string
}

// An ID that says nothing of itself is made by the source; what a tag says counts.
func TestUntaggedKeyIsAuto(t *testing.T) {
	for _, c := range []struct {
		of   func() (*Model, error)
		auto bool
	}{{For[untaggedKey], true}, {For[taggedKey], false}, {For[untaggedPair], false}, {For[untaggedText], false}} {
		m, err := c.of()
		if err != nil {
			t.Fatal(err)
		}
		f := m.Key[0]
		if f.Auto != c.auto || len(m.Made) != map[bool]int{true: 1}[c.auto] || len(m.Made)+len(m.Given) != len(m.Fields) {
			t.Errorf("%s: auto %v, made %d, given %d", m.Name, f.Auto, len(m.Made), len(m.Given))
		}
	}
}

type digitsFit struct {
	ID    int64
	Price string `orm:"price,decimal=12.2"`
	Whole string `orm:"whole,decimal=9"`
}

type digitsOfCents struct {
	ID    int64
	Price int64 `orm:"price,decimal=12.2"`
}

type digitsOfFloat struct {
	ID    int64
	Price float64 `orm:"price,decimal=12.2"`
}

type digitsTwice struct {
	ID    int64
	Price string `orm:"price,decimal=12.2,type=numeric(12,2)"`
}

type digitsWrong struct {
	ID    int64
	Price string `orm:"price,decimal=2.12"`
}

func TestDecimalWord(t *testing.T) {
	m, err := For[digitsFit]()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]Decimal{"Price": {12, 2}, "Whole": {9, 0}} {
		if f, err := m.Field(name); err != nil || f.Decimal == nil || *f.Decimal != want || !strings.HasPrefix(f.DBType, "numeric(") {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
	for _, c := range []struct {
		of   func() (*Model, error)
		says string
	}{
		{For[digitsOfCents], "whole numbers, such as cents"}, {For[digitsOfFloat], "no exact decimal numbers"},
		{For[digitsTwice], "exclude each other"}, {For[digitsWrong], "as in decimal=12.2"},
	} {
		if _, err := c.of(); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("want %q, got %v", c.says, err)
		}
	}
}
