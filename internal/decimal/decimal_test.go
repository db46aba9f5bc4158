package decimal

import (
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// number draws the text of a number in any of the forms that are read.
func number(t *rapid.T, name string) string {
	return rapid.OneOf(
		rapid.StringMatching(`[+-]?[0-9]{1,45}(\.[0-9]{0,45})?`),
		rapid.StringMatching(`[+-]?\.[0-9]{1,5}`),
		rapid.StringMatching(`-?[0-3]{1,3}(\.[0-3]{1,3})?`),
		rapid.StringMatching(`[+-]?[0-9]{1,5}(\.[0-9]{0,5})?[eE][+-]?[0-9]{1,2}`),
	).Draw(t, name)
}

func rat(t interface{ Fatalf(string, ...any) }, s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		t.Fatalf("big.Rat does not read %q", s)
	}
	return r
}

func parse(t interface{ Fatalf(string, ...any) }, s string) *Number {
	n, ok := Parse(s)
	if !ok {
		t.Fatalf("%q is not read", s)
	}
	return n
}

func TestOrderIsThatOfTheNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := number(t, "a"), number(t, "b")
		if have, want := Compare(a, b), rat(t, a).Cmp(rat(t, b)); have != want {
			t.Fatalf("%q and %q compare as %d, want %d", a, b, have, want)
		}
	})
}

// Any texts have a total order: sorting and indexes need one.
func TestOrderIsTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) string {
			if rapid.Bool().Draw(t, "number "+name) {
				return number(t, name)
			}
			return rapid.SampledFrom([]string{"", "x", "NaN", "Infinity", "-", ".", "1e", "1e999999999999", "--1", "1.2.3", " 1", "0x1", "1_0", "é"}).Draw(t, name)
		}
		a, b, c := draw("a"), draw("b"), draw("c")
		if Compare(a, b) != -Compare(b, a) {
			t.Fatalf("%q and %q", a, b)
		}
		if Compare(a, b) <= 0 && Compare(b, c) <= 0 && Compare(a, c) > 0 {
			t.Fatalf("%q, %q and %q", a, b, c)
		}
	})
}

func TestCanonicalTextIsTheSameNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := number(t, "a"), number(t, "b")
		x, ok := Canonical(a)
		y, ok2 := Canonical(b)
		if !ok || !ok2 || !isCanonical(x) || rat(t, x).Cmp(rat(t, a)) != 0 {
			t.Fatalf("%q is %q, %v", a, x, ok)
		}
		if (x == y) != (rat(t, a).Cmp(rat(t, b)) == 0) {
			t.Fatalf("%q is %q and %q is %q", a, x, b, y)
		}
	})
}

func TestArithmeticIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := number(t, "a"), number(t, "b")
		x, y := parse(t, a), parse(t, b)
		for name, c := range map[string]struct {
			have *Number
			want *big.Rat
		}{
			"+": {Add(x, y), new(big.Rat).Add(rat(t, a), rat(t, b))},
			"-": {Subtract(x, y), new(big.Rat).Sub(rat(t, a), rat(t, b))},
			"*": {Multiply(x, y), new(big.Rat).Mul(rat(t, a), rat(t, b))},
		} {
			if rat(t, c.have.String()).Cmp(c.want) != 0 {
				t.Fatalf("%q %s %q = %s, want %s", a, name, b, c.have, c.want)
			}
		}
	})
}

// Rounding is that of big.Rat's FloatString, which rounds halves away from zero.
func TestRounding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, scale := number(t, "a"), rapid.IntRange(0, 50).Draw(t, "scale")
		have, want := parse(t, a).Round(scale).String(), rat(t, a).FloatString(scale)
		if Compare(have, want) != 0 {
			t.Fatalf("%q to %d digits is %q, want %q", a, scale, have, want)
		}
	})
}

func TestAverageIsRoundedOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, n := number(t, "a"), rapid.Int64Range(1, 1_000_000).Draw(t, "n")
		have := Average(parse(t, a), n).String()
		_, fraction, _ := strings.Cut(have, ".")
		want := new(big.Rat).Quo(rat(t, a), new(big.Rat).SetInt64(n)).FloatString(len(fraction))
		if Compare(have, want) != 0 {
			t.Fatalf("%q / %d is %q, want %q", a, n, have, want)
		}
	})
}

// What PostgreSQL 16 answers to SELECT a::numeric / n.
func TestAverageScale(t *testing.T) {
	for _, c := range []struct {
		sum  string
		n    int64
		want string
	}{
		{"10", 3, "3.3333333333333333"}, {"1", 3, "0.33333333333333333333"}, {"7.5", 2, "3.7500000000000000"}, {"0", 5, "0.00000000000000000000"},
		{"0.0001", 3, "0.000033333333333333333333"}, {"3333222211110000", 7, "476174601587142.8571"},
		{"12345678901234567890123", 1, "12345678901234567890123"}, {"-2", 3, "-0.66666666666666666667"}, {"1.00", 1, "1.00000000000000000000"},
	} {
		if have := Average(parse(t, c.sum), c.n).String(); have != c.want {
			t.Errorf("%s / %d is %s, want %s", c.sum, c.n, have, c.want)
		}
	}
}

func TestWhatIsNoNumber(t *testing.T) {
	for _, s := range []string{"", "-", "+", ".", "e1", "1e", "1e+", "NaN", "Infinity", "-inf", "1,5", "1 ", " 1", "0x10", "1_000", "1.2.3", "--1", "1e1.5", "1e200000", "1e-200000", "٣", "not a number"} {
		if text, ok := Canonical(s); ok {
			t.Errorf("%q is read as %q", s, text)
		}
		if _, ok := Parse(s); ok {
			t.Errorf("%q is parsed", s)
		}
	}
}

func TestFits(t *testing.T) {
	for _, c := range []struct {
		text             string
		precision, scale int
		want             bool
		scaled           string
	}{
		{"7", 10, 2, true, "7.00"}, {"7.5", 10, 2, true, "7.50"}, {"7.500", 10, 2, true, "7.50"}, {"7.505", 10, 2, false, "7.505"}, {"12345678.9", 10, 2, true, "12345678.90"},
		{"123456789", 10, 2, false, "123456789.00"}, {"-0.00", 10, 2, true, "0.00"}, {"1e3", 4, 0, true, "1000"}, {"1e4", 4, 0, false, "10000"}, {"0.0012", 2, 4, true, "0.0012"},
		{"0.0123", 2, 4, false, "0.0123"}, {"0.1", 2, 4, false, "0.1000"}, {"7.50", 0, 0, true, "7.5"}, {"x", 0, 0, false, ""},
	} {
		if have := Fits(c.text, c.precision, c.scale); have != c.want {
			t.Errorf("%q in (%d,%d): %v", c.text, c.precision, c.scale, have)
		}
		if have, ok := Scaled(c.text, c.scale); have != c.scaled || ok != (c.scaled != "") {
			t.Errorf("%q with %d digits is %q, %v", c.text, c.scale, have, ok)
		}
	}
}

func TestWithin(t *testing.T) {
	for _, c := range []struct {
		text             string
		precision, scale int
		want             bool
	}{{"99.99", 4, 2, true}, {"100.00", 4, 2, false}, {"-99.99", 4, 2, true}, {"0.0012", 2, 4, true}, {"1" + strings.Repeat("0", 131071), 0, 0, true}} {
		if have := parse(t, c.text).Within(c.precision, c.scale); have != c.want {
			t.Errorf("%.20q within (%d,%d): %v", c.text, c.precision, c.scale, have)
		}
	}
	big := parse(t, "1"+strings.Repeat("0", 131071))
	if Add(big, Multiply(big, parse(t, "9"))).Within(0, 0) {
		t.Error("a number of more digits than any column keeps fits")
	}
}

// FuzzParse: what is read is what big.Rat reads, and has one canonical text.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"0", "-0", "7.50", "+.5", "5.", "1e3", "1.5E-7", "00012.340", "not a number", "1e131072", "1e-16384", "-", "٣"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text, ok := Canonical(s)
		n, parsed := Parse(s)
		if ok != parsed {
			t.Fatalf("%q: canonical %v, parsed %v", s, ok, parsed)
		}
		if !ok {
			return
		}
		if again, ok := Canonical(text); !ok || again != text || !isCanonical(text) {
			t.Fatalf("%q is %q, which is %q", s, text, again)
		}
		if Compare(s, text) != 0 || Compare(n.String(), text) != 0 {
			t.Fatalf("%q, %q and %q are not one number", s, text, n)
		}
		if r, ok := new(big.Rat).SetString(s); !ok || r.Cmp(rat(t, text)) != 0 {
			t.Fatalf("%q is %q", s, text)
		}
	})
}

// BenchmarkProduct is one row of a sum of products.
func BenchmarkProduct(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		x, _ := Parse("12345.678")
		y, _ := Parse("99.9999")
		if n := Multiply(x, y); !n.Within(0, 0) || n.String() != "1234566.5654322" {
			b.Fatal(n)
		}
	}
}
