// Package timetext reads the texts in which programs write points in time: SQLite's own, ISO 8601 and RFC 3339, those of
// PostgreSQL and of Go's Time.String.
package timetext

import (
	"strings"
	"time"
)

// The first and last microsecond of the years 1 to 9999, which are what all sources hold.
const first, last = -62135596800_000_000, 253402300799_999_999

// Parse reads a date, or a date and a time of day with or without seconds, a fraction and an offset; without an offset it is
// UTC. It gives microseconds since 1970; finer says that the text has a fraction that is finer, which is cut off.
func Parse(s string) (micros int64, finer, ok bool) {
	p := parser{rest: s}
	year, month, day := p.digits(4), p.after('-', 2), p.after('-', 2)
	if p.bad || month < 1 || month > 12 || day < 1 || day > 31 {
		return 0, false, false
	}
	var hour, minute, second, fraction, offset int
	if p.rest != "" {
		if c := p.rest[0]; c != ' ' && c != 'T' && c != 't' {
			return 0, false, false
		}
		p.rest = p.rest[1:]
		hour, minute = p.digits(2), p.after(':', 2)
		if !p.bad && strings.HasPrefix(p.rest, ":") {
			second = p.after(':', 2)
			fraction, finer = p.fraction()
		}
		offset = p.zone()
	}
	if p.bad || p.rest != "" || hour > 23 || minute > 59 || second > 59 {
		return 0, false, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
	if t.Day() != day { // 31 April is none
		return 0, false, false
	}
	micros = (t.Unix()-int64(offset))*1_000_000 + int64(fraction)
	return micros, finer, micros >= first && micros <= last
}

// parser takes parts off the front of a text.
type parser struct {
	rest string
	bad  bool
}

// digits takes a number of exactly n digits.
func (p *parser) digits(n int) (x int) {
	if len(p.rest) < n {
		p.bad = true
		return 0
	}
	for i := range n {
		c := p.rest[i] - '0'
		if c > 9 {
			p.bad = true
			return 0
		}
		x = x*10 + int(c)
	}
	p.rest = p.rest[n:]
	return x
}

// after takes a sign and a number of exactly n digits.
func (p *parser) after(sign byte, n int) int {
	if p.rest == "" || p.rest[0] != sign {
		p.bad = true
		return 0
	}
	p.rest = p.rest[1:]
	return p.digits(n)
}

// fraction takes what may follow the seconds, as microseconds.
func (p *parser) fraction() (micros int, finer bool) {
	if p.rest == "" || p.rest[0] != '.' && p.rest[0] != ',' {
		return 0, false
	}
	n := 1
	for ; n < len(p.rest) && p.rest[n]-'0' <= 9; n++ {
		switch digit := int(p.rest[n] - '0'); {
		case n <= 6:
			micros = micros*10 + digit
		case digit > 0:
			finer = true
		}
	}
	p.bad = p.bad || n == 1
	for i := n; i <= 6; i++ {
		micros *= 10
	}
	p.rest = p.rest[n:]
	return micros, finer
}

// zone takes the offset from UTC, in seconds: Z, +02:00, +0200 or +02, behind a space or none. Go writes the name of the
// zone behind it, and the reading of a monotonic clock.
func (p *parser) zone() (offset int) {
	if p.rest == "" {
		return 0
	}
	if p.rest = strings.TrimPrefix(p.rest, " "); p.rest == "" {
		p.bad = true
		return 0
	}
	sign := 1
	switch p.rest[0] {
	case 'Z', 'z':
		p.rest = p.rest[1:]
		return 0
	case '-':
		sign = -1
	case '+':
	default:
		if p.rest == "UTC" || p.rest == "GMT" {
			p.rest = ""
		}
		return 0
	}
	p.rest = p.rest[1:]
	hours, minutes := p.digits(2), 0
	switch {
	case strings.HasPrefix(p.rest, ":"):
		minutes = p.after(':', 2)
	case p.rest != "" && p.rest[0] != ' ':
		minutes = p.digits(2)
	}
	p.bad = p.bad || hours > 23 || minutes > 59
	p.names()
	return sign * (hours*3600 + minutes*60)
}

// names takes the name of a zone, or its offset once more, and a monotonic clock's reading. The offset before them says all.
func (p *parser) names() {
	name, found := strings.CutPrefix(p.rest, " ")
	if !found {
		return
	}
	name, clock, monotonic := strings.Cut(name, " ")
	if name == "" || len(name) > 6 || monotonic && !strings.HasPrefix(clock, "m=") {
		return
	}
	for _, c := range []byte(name) {
		if letter := c|0x20 >= 'a' && c|0x20 <= 'z'; !letter && (c < '0' || c > '9') && c != '+' && c != '-' {
			return
		}
	}
	for _, c := range []byte(strings.TrimPrefix(clock, "m=")) {
		if (c < '0' || c > '9') && c != '+' && c != '-' && c != '.' {
			return
		}
	}
	p.rest = ""
}
