package model

import (
	"encoding/hex"
	"time"
)

// parseTime reads the forms in which sources write times; without a zone it is UTC.
func parseTime(s string) (time.Time, bool) {
	layouts := []string{time.DateOnly}
	switch {
	case len(s) > 10 && s[10] == 'T':
		layouts = []string{time.RFC3339, "2006-01-02T15:04:05"} // fractions are read after any layout's seconds
	case len(s) > 10:
		layouts = []string{"2006-01-02 15:04:05Z07:00", time.DateTime, "2006-01-02 15:04:05-07", "2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04:05 -0700 MST"}
	}
	for _, l := range layouts {
		if t, err := time.Parse(l, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// parseUUID reads the text form, with or without dashes and braces.
func parseUUID[T string | []byte](s T) (u [16]byte, ok bool) {
	if len(s) == 38 && s[0] == '{' && s[37] == '}' {
		s = s[1:37]
	}
	dashed := len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-'
	if !dashed && len(s) != 32 {
		return u, false
	}
	at := 0
	for i := range u {
		if dashed && (at == 8 || at == 13 || at == 18 || at == 23) {
			at++
		}
		hi, lo := unhex(s[at]), unhex(s[at+1])
		if hi > 15 || lo > 15 {
			return u, false
		}
		u[i] = hi<<4 | lo
		at += 2
	}
	return u, true
}

func unhex(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}

func formatUUID(u [16]byte) string {
	var b [36]byte
	hex.Encode(b[:8], u[:4])
	hex.Encode(b[9:13], u[4:6])
	hex.Encode(b[14:18], u[6:8])
	hex.Encode(b[19:23], u[8:10])
	hex.Encode(b[24:], u[10:])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return string(b[:])
}
