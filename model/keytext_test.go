package model

import (
	"reflect"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// A text is the key of a number or of a UUID in one way of writing it, so that keys go to the other type and back.
func TestKeysOfTexts(t *testing.T) {
	type row struct {
		ID   int64    `orm:"id"`
		Tiny int8     `orm:"tiny"`
		Big  uint64   `orm:"big"`
		Code [16]byte `orm:"code"`
		Text string   `orm:"text"`
	}
	m, err := Of(reflect.TypeFor[row]())
	if err != nil {
		t.Fatal(err)
	}
	field := func(name string) *Field {
		f, err := m.Field(name)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	text := field("Text")
	for name, c := range map[string]struct{ good, bad []string }{
		"ID":   {[]string{"0", "7", "-7", "9223372036854775807", "-9223372036854775808"}, []string{"", "-", "-0", "+7", "007", " 7", "7 ", "7.0", "7e0", "0x7", "٧", "7_0", "9223372036854775808", "-9223372036854775809", "NULL"}},
		"Tiny": {[]string{"127", "-128"}, []string{"128", "-129"}},
		"Big":  {[]string{"18446744073709551615"}, []string{"18446744073709551616", "-1"}},
		"Code": {[]string{"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}, []string{"A0EEBC99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc999c0b4ef8bb6d6bb9bd380a11", "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11 ", ""}},
	} {
		f := field(name)
		for _, s := range c.good {
			v, ok := f.Key(StringOf(s))
			back, ok2 := text.Key(v)
			if !ok || !ok2 || back.Str() != s {
				t.Errorf("%s of %q: %v %v", name, s, v, back)
			}
		}
		for _, s := range c.bad {
			if v, ok := f.Key(StringOf(s)); ok {
				t.Errorf("%s of %q is %v", name, s, v)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[-+ 0]?[0-9]{0,3}[0-9. e]{0,18}`).Draw(t, "text")
		n, err := strconv.ParseInt(s, 10, 64)
		v, ok := field("ID").Key(StringOf(s))
		if want := err == nil && strconv.FormatInt(n, 10) == s; ok != want || ok && v.Int() != n {
			t.Fatalf("%q: %v %v", s, v, ok)
		}
	})
}
