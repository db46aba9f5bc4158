package model

import (
	"strconv"
	"time"
	"unsafe"
)

func assignString(p unsafe.Pointer, src any) error {
	switch x := src.(type) {
	case string:
		*(*string)(p) = x
	case []byte:
		*(*string)(p) = string(x)
	case int64: // SQLite gives what was stored, whatever the column was declared as
		*(*string)(p) = strconv.FormatInt(x, 10)
	case uint64:
		*(*string)(p) = strconv.FormatUint(x, 10)
	case float64:
		*(*string)(p) = strconv.FormatFloat(x, 'g', -1, 64)
	case time.Time:
		*(*string)(p) = x.UTC().Format(time.RFC3339Nano)
	case [16]byte:
		*(*string)(p) = formatUUID(x)
	case bool:
		return wrongType
	default:
		if y, ok := plain(src); ok {
			return assignString(p, y)
		}
		return wrongType
	}
	return nil
}

func assignBytes(p unsafe.Pointer, src any) error {
	switch x := src.(type) {
	case []byte:
		*(*[]byte)(p) = append(make([]byte, 0, len(x)), x...) // never nil: nil is NULL
		return nil
	case string:
		*(*[]byte)(p) = []byte(x)
		return nil
	case bool, int64, uint64, float64, time.Time, [16]byte:
		return wrongType
	}
	if y, ok := plain(src); ok {
		return assignBytes(p, y)
	}
	return wrongType
}

func assignTime(p unsafe.Pointer, src any) error {
	switch x := src.(type) {
	case time.Time:
		*(*time.Time)(p) = x.UTC()
		return nil
	case string:
		t, ok := parseTime(x)
		if !ok {
			return badText
		}
		*(*time.Time)(p) = t
		return nil
	case []byte:
		return assignTime(p, string(x))
	case bool, int64, uint64, float64, [16]byte: // seconds or milliseconds? Nobody can tell
		return wrongType
	}
	if y, ok := plain(src); ok {
		return assignTime(p, y)
	}
	return wrongType
}

func assignUUID(p unsafe.Pointer, src any) error {
	var u [16]byte
	ok := false
	switch x := src.(type) {
	case [16]byte:
		u, ok = x, true
	case string:
		u, ok = parseUUID(x)
	case []byte:
		if len(x) == 16 {
			u, ok = [16]byte(x), true
		} else {
			u, ok = parseUUID(x)
		}
	case bool, int64, uint64, float64, time.Time:
		return wrongType
	default:
		if y, is := plain(src); is {
			return assignUUID(p, y)
		}
		return wrongType
	}
	if !ok {
		return badText
	}
	*(*[16]byte)(p) = u
	return nil
}
