package model

import (
	"math"
	"unsafe"
)

func setInt(p unsafe.Pointer, bits int, x int64) error {
	switch bits {
	case 64:
		*(*int64)(p) = x
		return nil
	case 32:
		if x == int64(int32(x)) {
			*(*int32)(p) = int32(x)
			return nil
		}
	case 16:
		if x == int64(int16(x)) {
			*(*int16)(p) = int16(x)
			return nil
		}
	case 8:
		if x == int64(int8(x)) {
			*(*int8)(p) = int8(x)
			return nil
		}
	}
	return outOfRange
}

func setUint(p unsafe.Pointer, bits int, x uint64) error {
	switch bits {
	case 64:
		*(*uint64)(p) = x
		return nil
	case 32:
		if x == uint64(uint32(x)) {
			*(*uint32)(p) = uint32(x)
			return nil
		}
	case 16:
		if x == uint64(uint16(x)) {
			*(*uint16)(p) = uint16(x)
			return nil
		}
	case 8:
		if x == uint64(uint8(x)) {
			*(*uint8)(p) = uint8(x)
			return nil
		}
	}
	return outOfRange
}

// setFloat rounds to a float32 where the field is one, as Go's own conversion does, but does not let
// a number become infinite.
func setFloat(p unsafe.Pointer, bits int, x float64) error {
	if bits == 64 {
		*(*float64)(p) = x
		return nil
	}
	if overflows(x, bits) {
		return outOfRange
	}
	*(*float32)(p) = float32(x)
	return nil
}

func overflows(x float64, bits int) bool {
	return bits == 32 && !math.IsInf(x, 0) && math.IsInf(float64(float32(x)), 0)
}

// exactInt reports whether a float of that size holds i and not a neighbour of it.
func exactInt(i int64, bits int) bool {
	f := float64(i)
	if bits == 32 {
		f = float64(float32(i))
	}
	return f < 1<<63 && int64(f) == i
}
