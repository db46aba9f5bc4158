package model

import (
	"errors"
	"math"
	"strconv"
	"unsafe"
)

func assignInt(p unsafe.Pointer, bits int, src any) error {
	switch x := src.(type) {
	case int64:
		return setInt(p, bits, x)
	case uint64:
		if x > math.MaxInt64 {
			return outOfRange
		}
		return setInt(p, bits, int64(x))
	case float64:
		if x != math.Trunc(x) {
			return inexact
		}
		if x < -1<<63 || x >= 1<<63 {
			return outOfRange
		}
		return setInt(p, bits, int64(x))
	case string:
		i, err := strconv.ParseInt(x, 10, 64)
		if err != nil {
			return badNumber(err)
		}
		return setInt(p, bits, i)
	case []byte:
		return assignInt(p, bits, string(x))
	case bool:
		return wrongType
	}
	if y, ok := plain(src); ok {
		return assignInt(p, bits, y)
	}
	return wrongType
}

func assignUint(p unsafe.Pointer, bits int, src any) error {
	switch x := src.(type) {
	case int64:
		if x < 0 {
			return outOfRange
		}
		return setUint(p, bits, uint64(x))
	case uint64:
		return setUint(p, bits, x)
	case float64:
		if x != math.Trunc(x) {
			return inexact
		}
		if x < 0 || x >= 1<<64 {
			return outOfRange
		}
		return setUint(p, bits, uint64(x))
	case string:
		u, err := strconv.ParseUint(x, 10, 64)
		if err != nil {
			return badNumber(err)
		}
		return setUint(p, bits, u)
	case []byte:
		return assignUint(p, bits, string(x))
	case bool:
		return wrongType
	}
	if y, ok := plain(src); ok {
		return assignUint(p, bits, y)
	}
	return wrongType
}

func assignFloat(p unsafe.Pointer, bits int, src any) error {
	switch x := src.(type) {
	case float64:
		return setFloat(p, bits, x)
	case int64:
		if !exactInt(x, bits) {
			return inexact
		}
		return setFloat(p, bits, float64(x))
	case uint64:
		if x > math.MaxInt64 || !exactInt(int64(x), bits) {
			return inexact
		}
		return setFloat(p, bits, float64(x))
	case string:
		v, err := strconv.ParseFloat(x, bits)
		if err != nil {
			return badNumber(err)
		}
		return setFloat(p, bits, v)
	case []byte:
		return assignFloat(p, bits, string(x))
	case bool:
		return wrongType
	}
	if y, ok := plain(src); ok {
		return assignFloat(p, bits, y)
	}
	return wrongType
}

func badNumber(err error) error {
	if errors.Is(err, strconv.ErrRange) {
		return outOfRange
	}
	return badText
}
