package model

import "strconv"

// Key gives v as a key of the column f; ok is false where no key of f can equal it: a number that is too large for f, or
// of the other sign.
//
// A text equals a whole number or a UUID that is written so and not otherwise: a number in decimal digits without leading
// zeros, spaces or a plus sign, a UUID in lower case with hyphens. Each value has one such text and each such text one
// value, so that a key means the same in both directions. "007" and a UUID in capitals equal nothing.
func (f *Field) Key(v Value) (key Value, ok bool) {
	switch f.Kind {
	case Int:
		if v.Kind() == StringValue {
			if v, ok = numberIn(v.Str(), true); !ok {
				return v, false
			}
		}
		switch v.Kind() {
		case UintValue:
			if v.Uint() > 1<<63-1 {
				return v, false
			}
			v = IntOf(int64(v.Uint()))
		case IntValue:
		default:
			return v, false
		}
		return v, f.Bits >= 64 || v.Int()>>(f.Bits-1) == 0 || v.Int()>>(f.Bits-1) == -1
	case Uint:
		if v.Kind() == StringValue {
			if v, ok = numberIn(v.Str(), false); !ok {
				return v, false
			}
		}
		switch v.Kind() {
		case IntValue:
			if v.Int() < 0 {
				return v, false
			}
			v = UintOf(uint64(v.Int()))
		case UintValue:
		default:
			return v, false
		}
		return v, f.Bits >= 64 || v.Uint()>>f.Bits == 0
	case UUID:
		if v.Kind() == StringValue {
			return uuidIn(v.Str())
		}
	case String:
		switch v.Kind() {
		case IntValue:
			return StringOf(strconv.FormatInt(v.Int(), 10)), true
		case UintValue:
			return StringOf(strconv.FormatUint(v.Uint(), 10)), true
		case UUIDValue:
			return StringOf(formatUUID(*v.UUID())), true
		}
	}
	return v, true
}

// numberIn reads a whole number that is written in the one way that Key takes.
func numberIn(s string, signed bool) (Value, bool) {
	if !PlainNumber(s) {
		return Value{}, false
	}
	if signed {
		n, err := strconv.ParseInt(s, 10, 64)
		return IntOf(n), err == nil
	}
	n, err := strconv.ParseUint(s, 10, 64)
	return UintOf(n), err == nil
}

// PlainNumber reports whether s is a whole number in the one way of writing it that leaves no choice: digits, without
// leading zeros, after a minus sign where it is less than nothing.
func PlainNumber[T string | []byte](s T) bool {
	digits := s
	if len(s) > 0 && s[0] == '-' {
		digits = s[1:]
	}
	if len(digits) == 0 || digits[0] == '0' && len(s) > 1 {
		return false
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return false
		}
	}
	return true
}

func uuidIn(s string) (Value, bool) {
	u, ok := parseUUID(s)
	if !ok || formatUUID(u) != s {
		return Value{}, false
	}
	return UUIDOf(&u), true
}
