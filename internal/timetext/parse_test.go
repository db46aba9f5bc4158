package timetext

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// layouts are the forms that programs write, in Go's words: what they keep of a time, and whether they say its zone.
var layouts = []struct {
	layout string
	keeps  time.Duration
	zoned  bool
}{
	{"2006-01-02 15:04:05", time.Second, false}, {"2006-01-02 15:04:05.999999", time.Microsecond, false}, {"2006-01-02 15:04:05.000000", time.Microsecond, false},
	{"2006-01-02T15:04:05", time.Second, false}, {"2006-01-02T15:04:05.999999999", 1, false}, {time.RFC3339, time.Second, true}, {time.RFC3339Nano, 1, true},
	{"2006-01-02 15:04:05.999999999-07:00", 1, true}, {"2006-01-02 15:04:05-0700", time.Second, true}, {"2006-01-02 15:04:05 -07:00", time.Second, true},
	{"2006-01-02T15:04:05,000Z07:00", time.Millisecond, true}, {"2006-01-02 15:04:05.999999999 -0700 MST", 1, true},
	{"2006-01-02 15:04:05.999999999 -0700 MST m=+0.012345678", 1, true}, {"2006-01-02t15:04:05z", time.Second, false}, {"2006-01-02 15:04:05 UTC", time.Second, false},
	{"2006-01-02 15:04", time.Minute, false}, {"2006-01-02T15:04Z", time.Minute, false}, {"2006-01-02T15:04-07:00", time.Minute, true}, {"2006-01-02", 24 * time.Hour, false},
}

func TestParse(t *testing.T) {
	zones := []*time.Location{time.FixedZone("CET", 3600), time.FixedZone("", -(9*3600 + 30*60)), time.FixedZone("", 14*3600), time.UTC}
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(first/1_000_000+86400, last/1_000_000-86400).Draw(t, "seconds"), rapid.SampledFrom([]int64{0, 1, 1000, 500_000_000, 120_000_000, 999_999_999, 999_999_000}).Draw(t, "ns")).UTC()
		l := rapid.SampledFrom(layouts).Draw(t, "layout")
		if l.zoned {
			at = at.In(rapid.SampledFrom(zones).Draw(t, "zone"))
		}
		text, want := at.Format(l.layout), at.Truncate(l.keeps) // the offsets are whole minutes, and days are of UTC
		got, finer, ok := Parse(text)
		if !ok || got != want.UnixMicro() || finer != (want.Nanosecond()%1000 != 0) {
			t.Fatalf("%q is read %v, %v, %v, want %v", text, time.UnixMicro(got).UTC(), finer, ok, want.UTC())
		}
	})
}

func TestParseRefuses(t *testing.T) {
	for _, s := range []string{
		"", "2021", "2021-1-1", "2021-01-01 ", "2021-01-01T", "2021-02-29", "2021-13-01", "2021-00-01", "2021-01-00", "2021-01-01 24:00", "2021-01-01 12:60", "2021-01-01 12:00:60",
		"2021-01-01 12:00:00.", "2021-01-01 12:00:00 ", "2021-01-01 12:00:00 +", "2021-01-01 12:00:00+1", "2021-01-01 12:00:00+24:00", "2021-01-01 12:00:00+01:60", "2021-01-01 12:00:00 CET",
		"2021-01-01 12:00:00+01:00 m=x", "2021-01-01 12:00:00 +0100 CET x", "2021-01-01 12:00:00Z ", "0000-01-01", "0001-01-01 00:00:00+01:00", "9999-12-31 23:59:59-01:00", "1609459200", "now", "12:00:00",
		"２021-01-01", "2021-01-01 12:00:00é",
	} {
		if got, _, ok := Parse(s); ok {
			t.Errorf("%q is read %v", s, time.UnixMicro(got).UTC())
		}
	}
}

// FuzzParse holds that nothing panics, that every time read is one of the years 1 to 9999, and that what the layouts of Go
// read is read here as the same time.
func FuzzParse(f *testing.F) {
	at := time.Date(2021, 2, 3, 4, 5, 6, 789_012_345, time.FixedZone("CET", 3600))
	for _, l := range layouts {
		f.Add(at.Format(l.layout))
	}
	f.Fuzz(func(t *testing.T, s string) {
		micros, _, ok := Parse(s)
		if ok && (micros < first || micros > last) {
			t.Errorf("%q is read %d", s, micros)
		}
		for _, l := range layouts {
			want, err := time.Parse(l.layout, s)
			if err != nil || want.Format(l.layout) != s { // Go takes 1:02:03 for 01:02:03, and names of zones for offsets
				continue
			}
			if got := want.UnixMicro(); got >= first && got <= last && (!ok || got != micros) {
				t.Errorf("%q by %q: %v, %v, want %v", s, l.layout, time.UnixMicro(micros).UTC(), ok, want)
			}
		}
	})
}
