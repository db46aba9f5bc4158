package sqlite

import (
	"time"
)

// timeFormat has a fixed width, so that text sorts as time does, and is one that SQLite's own functions read.
const timeFormat = "2006-01-02 15:04:05.000000+00:00"

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
	put(b[20:26], t.Nanosecond()/1000)
	return string(b), nil
}

func put(b []byte, n int) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i], n = byte('0'+n%10), n/10
	}
}

// readTime reads what timeText writes, and nothing else; it takes a fifth of the time of time.Parse.
func readTime(s string) (time.Time, bool) {
	if len(s) != len(timeFormat) || s[4] != '-' || s[7] != '-' || s[10] != ' ' || s[13] != ':' || s[16] != ':' || s[19] != '.' || s[26:] != timeFormat[26:] {
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
	h, mi, sec, us := get(s[11:13]), get(s[14:16]), get(s[17:19]), get(s[20:26])
	if bad || m < 1 || m > 12 || d < 1 || h > 23 || mi > 59 || sec > 59 {
		return time.Time{}, false
	}
	t := time.Date(y, time.Month(m), d, h, mi, sec, us*1000, time.UTC)
	return t, t.Day() == d // 31 April is none
}
