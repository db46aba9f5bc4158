package model

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"testing"

	"github.com/multi-orm/orm/internal/fault"
)

// money reads and gives exact numbers.
type money struct{ r *big.Rat }

func (m *money) Scan(src any) error {
	r, ok := new(big.Rat).SetString(fmt.Sprint(src))
	if !ok {
		return errors.New("no number")
	}
	m.r = r
	return nil
}

func (m money) Value() (driver.Value, error) {
	if m.r == nil {
		return "0", nil
	}
	return m.r.FloatString(4), nil
}

// label reads any text.
type label struct{ s string }

func (l *label) Scan(src any) error          { l.s = fmt.Sprint(src); return nil }
func (l label) Value() (driver.Value, error) { return l.s, nil }

// postcode reads digits and keeps their zeros.
type postcode struct{ s string }

func (c *postcode) Scan(src any) error {
	c.s = fmt.Sprint(src)
	for _, r := range c.s {
		if r < '0' || r > '9' {
			return errors.New("no code")
		}
	}
	return nil
}
func (c postcode) Value() (driver.Value, error) { return c.s, nil }

// rude panics.
type rude struct{ s string }

func (*rude) Scan(any) error              { panic("scan") }
func (rude) Value() (driver.Value, error) { panic("value") }

type priced struct {
	ID     int64 `orm:"id"`
	Plain  money
	Fixed  money    `orm:"fixed,type=NUMERIC( 10 , 2 ) DEFAULT 0"`
	Whole  *money   `orm:"whole,type=decimal(5)"`
	Text   string   `orm:"text,type=numeric"`
	Big    big.Int  `orm:"big,type=numeric(40)"`
	Worded money    `orm:"worded,type=text"`
	Sized  money    `orm:"sized,size=20"`
	Label  label    `orm:"label"`
	Code   postcode `orm:"code"`
	Rude   rude     `orm:"rude"`
	Cents  cents    `orm:"cents"`
	Float  float64  `orm:"float,type=numeric(10,2)"`
	Array  []string `orm:"array,type=numeric[]"`
}

func TestWhichColumnsAreDecimals(t *testing.T) {
	m, err := Of(reflect.TypeFor[priced]())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]*Decimal{"Plain": {}, "Fixed": {10, 2}, "Whole": {5, 0}, "Text": {}, "Big": {40, 0}, "Cents": {}}
	for _, f := range m.Fields {
		have := f.Decimal
		if w := want[f.Name]; (w == nil) != (have == nil) || w != nil && *w != *have {
			t.Errorf("%s: %+v, want %+v", f.Name, have, w)
		}
	}
}

func TestDecimalValues(t *testing.T) {
	m, err := Of(reflect.TypeFor[priced]())
	if err != nil {
		t.Fatal(err)
	}
	fixed, _ := m.Field("Fixed")
	for _, c := range []struct {
		in           any
		value, store string
	}{
		{"7.0", "7", "7"}, {7, "7", "7"}, {uint8(7), "7", "7"}, {7.25, "7.25", "7.25"}, {float32(868.3), "868.3", "868.3"}, {"1e3", "1000", "1000"},
		{"7.005", "7.005", ""}, {"123456789", "123456789", ""}, {"NaN", "", ""}, {"not a number", "", ""}, {money{big.NewRat(1, 2)}, "0.5", "0.5"},
	} {
		v, err := fixed.ValueOf(c.in)
		if err != nil {
			t.Fatal(err)
		}
		for what, x := range map[string]struct {
			form func(Value) (Value, error)
			want string
		}{"compared": {fixed.DecimalValue, c.value}, "stored": {fixed.StoredDecimal, c.store}} {
			have, err := x.form(v)
			if x.want == "" {
				var typed *fault.Error
				if !errors.As(err, &typed) || !errors.Is(err, fault.ErrInvalid) || typed.Model != "priced" || typed.Field != "Fixed" {
					t.Errorf("%v %s: %v", c.in, what, err)
				}
			} else if err != nil || have.Str() != x.want {
				t.Errorf("%v %s is %q, %v, want %q", c.in, what, have.Str(), err, x.want)
			}
		}
	}
	list := List{StringOf("7.0"), Null(), IntOf(3)}
	have, err := fixed.DecimalValue(ListOf(list))
	if err != nil || have.List()[0].Str() != "7" || !have.List()[1].IsNull() || have.List()[2].Str() != "3" || list[0].Str() != "7.0" {
		t.Errorf("a list is %v, %v; the caller's is %v", have.Any(), err, list[0].Str())
	}
}

func TestKeepsNull(t *testing.T) {
	for typ, want := range map[reflect.Type]bool{reflect.TypeFor[cents](): true, reflect.TypeFor[money](): false, reflect.TypeFor[rude](): false, reflect.TypeFor[int](): false} {
		if KeepsNull(typ) != want {
			t.Errorf("%s: %v", typ, !want)
		}
	}
}
