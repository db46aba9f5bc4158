package dialect

import "strconv"

// TimeForm says how SQLite keeps a column of times: text, or one of the numbers that type= can say.
type TimeForm uint8

// The forms.
const (
	TimeText TimeForm = iota
	TimeSeconds
	TimeMillis
	TimeMicros
	TimeJulian
)

// TimeFunction is the function that makes the one form of what a column of times holds. The source brings it.
const TimeFunction = "orm_time"

// ZoneFunction is the function that gives the clock of a zone at a stored time. The source brings it.
const ZoneFunction = "orm_zone"

// ForeignTimes are the columns of times that hold other forms than the library writes.
type ForeignTimes struct {
	All     bool
	Columns map[string]bool // "table.column"
}

// Has reports whether a column is among them.
func (f *ForeignTimes) Has(column string) bool {
	return f != nil && (f.All || f.Columns[column])
}

// oneForm gives a time of a column that may hold several forms in the one that the library writes.
func (d SQLite) oneForm(expr string, t Type) string {
	if t.Kind != Time || !d.Foreign.Has(t.Column) {
		return expr
	}
	return TimeFunction + "(" + expr + ", " + strconv.Itoa(int(t.TimeForm)) + ")"
}

// DatePart reads the text that times are kept as, which is in UTC, or counts from the number. Fractions of seconds are
// cut off first: strftime rounds them.
func (d SQLite) DatePart(expr string, t Type, p DatePart) string {
	expr = d.oneForm(expr, t)
	switch t.TimeForm {
	case TimeSeconds:
		expr += ", 'unixepoch'"
	case TimeMillis:
		expr = wholeSeconds(expr, "1000")
	case TimeMicros:
		expr = wholeSeconds(expr, "1000000")
	}
	return strftime(expr, p)
}

func strftime(expr string, p DatePart) string {
	text := "strftime('" + [...]string{Year: "%Y", Month: "%m", Day: "%d", Hour: "%H", Minute: "%M", Weekday: "%w", YearMonth: "%Y-%m", Date: "%Y-%m-%d"}[p] + "', " + expr + ")"
	if p == YearMonth || p == Date {
		return text
	}
	return "CAST(" + text + " AS INTEGER)"
}

// Zone is a name, or an offset.
func (SQLite) Zone(z Zone) (string, bool) {
	if z.Name != "" {
		return z.Name, true
	}
	return clock(z.Seconds), true
}

// ZonePart asks a function of the source for the clock: SQLite knows no zones.
func (SQLite) ZonePart(expr string, t Type, p DatePart) string {
	return strftime(ZoneFunction+"("+expr+", "+strconv.Itoa(int(t.TimeForm))+", "+Arg+")", p)
}

// wholeSeconds divides downwards, also before 1970.
func wholeSeconds(expr, unit string) string {
	return "(" + expr + " - ((" + expr + " % " + unit + ") + " + unit + ") % " + unit + ") / " + unit + ", 'unixepoch'"
}

// sqliteListItem undoes what JSON cannot hold: bytes travel as hexadecimal text, Julian days as milliseconds, since a
// fraction of many digits might be read as its neighbour.
func sqliteListItem(value string, t Type) string {
	switch {
	case t.Kind == Bytes:
		return "unhex(" + value + ")"
	case t.Kind == Time && t.TimeForm == TimeJulian:
		return value + " / 86400000.0"
	}
	return value
}
