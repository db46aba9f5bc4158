package sqlite

import (
	"database/sql/driver"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

func TestTimesAreTextThatSorts(t *testing.T) {
	first, last := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro(), time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC).UnixMicro()
	rapid.Check(t, func(t *rapid.T) {
		a := time.UnixMicro(rapid.Int64Range(first, last).Draw(t, "a")).UTC()
		b := time.UnixMicro(rapid.Int64Range(first, last).Draw(t, "b")).UTC()
		if rapid.Bool().Draw(t, "near") { // fractions of one second, some of them short
			a = a.Truncate(time.Second)
			b = a.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "tenths")) * 100 * time.Millisecond)
			a = a.Add(time.Duration(rapid.IntRange(0, 20_000).Draw(t, "hundreds")) * 100 * time.Microsecond)
			if a.UnixMicro() > last || b.UnixMicro() > last {
				t.Skip("year 10000")
			}
		}
		at, err := timeText(a)
		if err != nil || at != a.Format(timeFormat) {
			t.Fatalf("%v is written %q, %v", a, at, err)
		}
		back, ok := readTime(at)
		if !ok || !back.Equal(a) || back.Location() != time.UTC {
			t.Fatalf("%q is read %v, %v", at, back, ok)
		}
		bt, _ := timeText(b)
		if a.Compare(b) != strings.Compare(at, bt) {
			t.Fatalf("%q and %q sort otherwise", at, bt)
		}
	})
}

func TestOtherTimesAreNotRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := []byte("2024-02-29 23:59:59.123456")
		s = s[:rapid.IntRange(len("2024-02-29 23:59:59"), len(s)).Draw(t, "long")]
		s[rapid.IntRange(0, len(s)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "to")
		got, ok := readTime(string(s))
		want, err := time.Parse(timeFormat, string(s))
		if ok && (err != nil || !got.Equal(want)) {
			t.Fatalf("%q is read %v, should be %v, %v", s, got, want, err)
		}
	})
	for _, s := range []string{"", "2024-01-01", "2023-02-29 00:00:00", "2024-01-01T00:00:00", "2024-01-01 00:00:00Z", "2024-01-01 00:00:00+01:00", "2024-01-01 24:00:00", "2024-01-01 00:00:00.", "2024-01-01 00:00:00.1234567"} {
		if got, ok := readTime(s); ok {
			t.Errorf("%q is read %v", s, got)
		}
	}
}

type badValuer struct{}

func (badValuer) Value() (driver.Value, error) { return nil, errors.New("secret") }

type number uint64

func (n number) Value() (driver.Value, error) { return uint64(n), nil }

type nothing struct{}

func (nothing) Value() (driver.Value, error) { return int64(1), nil }

func TestWhatSQLiteCannotHoldIsRefused(t *testing.T) {
	for name, v := range map[string]model.Value{
		"number above int64":    model.UintOf(math.MaxInt64 + 1),
		"NaN":                   model.FloatOf(math.NaN()),
		"infinity":              model.FloatOf(math.Inf(-1)),
		"year 10000":            model.TimeOf(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)),
		"year -1":               model.TimeOf(time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC)),
		"far time":              model.TimeOf(time.Date(1<<40, 1, 1, 0, 0, 0, 0, time.UTC)),
		"unknown type":          model.AnyOf(make(chan int)),
		"failing Valuer":        model.AnyOf(badValuer{}),
		"Valuer of a big one":   model.AnyOf(number(math.MaxUint64)),
		"big number in a list":  model.ListOf(model.List{model.UintOf(math.MaxUint64)}),
		"list in a list":        model.ListOf(model.List{model.ListOf(nil)}),
		"text that is no UTF-8": model.ListOf(model.List{model.StringOf("\xff")}),
	} {
		got, err := bind(v)
		var e *fault.Error
		if !errors.As(err, &e) || !errors.Is(err, fault.ErrInvalid) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func TestBind(t *testing.T) {
	uuid := [16]byte{0xAB, 15: 1}
	at := time.Date(2024, 2, 3, 4, 5, 6, 7000, time.FixedZone("", 3600))
	for _, c := range []struct {
		v    model.Value
		want driver.Value
	}{
		{model.Null(), nil},
		{model.BoolOf(true), int64(1)},
		{model.UintOf(math.MaxInt64), int64(math.MaxInt64)},
		{model.TimeOf(at), "2024-02-03 03:05:06.000007"},
		{model.UUIDOf(&uuid), "ab000000-0000-0000-0000-000000000001"},
		{model.AnyOf(model.JSONText(`{"a":1}`)), `{"a":1}`},
		{model.AnyOf(number(7)), int64(7)},
		{model.AnyOf((*nothing)(nil)), nil},
		{model.ListOf(nil), "[]"},
		{model.ListOf(model.List{model.IntOf(math.MinInt64), model.Null(), model.FloatOf(0.1), model.StringOf("a\"<\n"), model.BytesOf([]byte{0, 255}), model.UUIDOf(&uuid), model.TimeOf(at), model.BoolOf(false)}),
			`[-9223372036854775808,null,0.1,"a\"<\n","00ff","ab000000-0000-0000-0000-000000000001","2024-02-03 03:05:06.000007",0]`},
	} {
		if got, err := bind(c.v); err != nil || got != c.want {
			t.Errorf("%v is bound as %#v, %v, want %#v", c.v.Any(), got, err, c.want)
		}
	}
}
