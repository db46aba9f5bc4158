package sqlite

import (
	"database/sql/driver"
	"sync"
	"time"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// zones keeps the time zones that statements have named; time.LoadLocation reads a file each time.
type zones struct{ known sync.Map }

// clock gives what the clocks of a zone show at a stored time, as SQLite's own functions read it.
func (z *zones) clock(v driver.Value, form model.TimeForm, zone driver.Value) (driver.Value, error) {
	if v == nil {
		return nil, nil
	}
	at, ok := storedTime(v, form, true)
	if !ok {
		return nil, fault.New(fault.ErrInvalid, "", "", "a stored value is not a valid time, so no clock shows it")
	}
	in, err := z.location(zone)
	if err != nil {
		return nil, err
	}
	local := at.In(in)
	if y := local.Year(); y < 1 || y > 9999 {
		return nil, fault.New(fault.ErrInvalid, "", "", "a stored time is outside of the years 1 to 9999 in the zone")
	}
	return local.Format("2006-01-02 15:04:05"), nil
}

func (z *zones) location(zone driver.Value) (*time.Location, error) {
	name, _ := zone.(string)
	if in, ok := z.known.Load(name); ok {
		return in.(*time.Location), nil
	}
	if name != "" && (name[0] == '+' || name[0] == '-') {
		if in, err := offset(name); err == nil {
			return in, nil
		}
	} else if in, err := time.LoadLocation(name); err == nil && name != "" && name != "Local" {
		z.known.Store(name, in)
		return in, nil
	}
	return nil, fault.New(fault.ErrInvalid, "", "", "the time zone is not known")
}

// offset reads +hh:mm or +hh:mm:ss.
func offset(text string) (*time.Location, error) {
	layout := "15:04"
	if len(text) > len("+hh:mm") {
		layout = time.TimeOnly
	}
	t, err := time.Parse(layout, text[1:])
	seconds := t.Hour()*3600 + t.Minute()*60 + t.Second()
	if text[0] == '-' {
		seconds = -seconds
	}
	return time.FixedZone("", seconds), err
}
