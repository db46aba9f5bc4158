package sqlite

import (
	"time"
)

// timeFormat is the form that CURRENT_TIMESTAMP writes, with a fraction only where there is one and without its trailing
// zeros: each time has one text, so that text is equal and sorts as time does, whichever program wrote it.
const timeFormat = "2006-01-02 15:04:05.999999"

// wholeTime is the length of a time without a fraction.
const wholeTime = len(time.DateTime)

// timeText writes a time in UTC, to the microsecond.
func timeText(t time.Time) (string, error) {
	t = t.UTC()
	if t.Year() < 0 || t.Year() > 9999 {
		return "", refuse("SQLite keeps times as text, which holds the years 0 to 9999")
	}
	var room [len(timeFormat)]byte
	b := room[:]
	y, m, d := t.Date()
	h, mi, s := t.Clock()
	copy(b, timeFormat)
	put(b[0:4], y)
	put(b[5:7], int(m))
	put(b[8:10], d)
	put(b[11:13], h)
	put(b[14:16], mi)
	put(b[17:19], s)
	us := t.Nanosecond() / 1000
	if us == 0 {
		return string(b[:wholeTime]), nil
	}
	put(b[wholeTime+1:], us)
	n := len(b)
	for b[n-1] == '0' {
		n--
	}
	return string(b[:n]), nil
}

func put(b []byte, n int) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i], n = byte('0'+n%10), n/10
	}
}

// readTime reads what timeText writes, with trailing zeros too, and nothing else; it takes a fifth of the time of time.Parse.
func readTime(s string) (time.Time, bool) {
	if len(s) < wholeTime || len(s) > len(timeFormat) || s[4] != '-' || s[7] != '-' || s[10] != ' ' || s[13] != ':' || s[16] != ':' {
		return time.Time{}, false
	}
	fraction := s[wholeTime:]
	if fraction != "" && (len(fraction) == 1 || fraction[0] != '.') {
		return time.Time{}, false
	}
	bad := false
	get := func(s string) (n int) {
		for i := range len(s) {
			c := s[i] - '0'
			bad = bad || c > 9
			n = n*10 + int(c)
		}
		return n
	}
	y, m, d := get(s[0:4]), get(s[5:7]), get(s[8:10])
	h, mi, sec := get(s[11:13]), get(s[14:16]), get(s[17:19])
	us := 0
	if fraction != "" {
		us = get(fraction[1:])
		for range len(timeFormat) - len(s) {
			us *= 10
		}
	}
	if bad || m < 1 || m > 12 || d < 1 || h > 23 || mi > 59 || sec > 59 {
		return time.Time{}, false
	}
	t := time.Date(y, time.Month(m), d, h, mi, sec, us*1000, time.UTC)
	return t, t.Day() == d // 31 April is none
}
