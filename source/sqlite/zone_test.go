package sqlite

import (
	"database/sql/driver"
	"errors"
	"testing"
	"time"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

func TestClocksReadEveryForm(t *testing.T) {
	z := new(zones)
	at := time.Date(2026, 7, 1, 22, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		v    driver.Value
		form model.TimeForm
		zone string
		want string
	}{
		{"2026-07-01 22:30:00", model.TimeNative, "Europe/Berlin", "2026-07-02 00:30:00"},
		{"2026-07-01T22:30:00Z", model.TimeNative, "+00:00:30", "2026-07-01 22:30:30"},
		{[]byte("2026-07-01 22:30:00.999999"), model.TimeNative, "-09:30", "2026-07-01 13:00:00"},
		{at.Unix(), model.TimeSeconds, "Europe/Berlin", "2026-07-02 00:30:00"},
		{at.UnixMilli() + 999, model.TimeMillis, "Europe/Berlin", "2026-07-02 00:30:00"},
		{at.UnixMicro() + 999_999, model.TimeMicros, "Europe/Berlin", "2026-07-02 00:30:00"},
		{2461223.4375, model.TimeJulian, "Europe/Berlin", "2026-07-02 00:30:00"},
	} {
		if got, err := z.clock(c.v, c.form, c.zone); err != nil || got != c.want {
			t.Errorf("%v in %s: %v %v", c.v, c.zone, got, err)
		}
	}
	if got, err := z.clock(nil, 0, "Europe/Berlin"); got != nil || err != nil {
		t.Errorf("NULL: %v %v", got, err)
	}
	for _, c := range []struct{ v, zone string }{
		{"no time", "Europe/Berlin"}, {"2026-07-01 22:30:00", "Europe/Nowhere"}, {"2026-07-01 22:30:00", "Local"}, {"2026-07-01 22:30:00", ""}, {"2026-07-01 22:30:00", "+x"},
		{"9999-12-31 23:30:00", "+14:00"},
	} {
		if got, err := z.clock(c.v, 0, c.zone); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("%q in %q: %v %v", c.v, c.zone, got, err)
		}
	}
}
