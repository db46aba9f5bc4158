package rjson

import "strconv"

// Append appends the text of v: words where they can stand for their strings, else single quotes. It is read back as v,
// but for undefined, which is left out of objects and is null in arrays.
func (v *Value) Append(b []byte) []byte {
	switch v.Kind {
	case Undefined:
		return append(b, 'U')
	case Null:
		return append(b, 'N')
	case False:
		return append(b, 'F')
	case True:
		return append(b, 'T')
	case Number:
		return appendNumber(b, v.Text)
	case String:
		return appendString(b, v.Text, false)
	case Array:
		b = append(b, "_("...)
		for i := range v.Items {
			if i > 0 {
				b = append(b, ',')
			}
			b = v.Items[i].Append(b)
		}
		return append(b, ")_"...)
	}
	b = append(b, '(')
	first := true
	for i := range v.Members {
		m := &v.Members[i]
		if m.Value.Kind == Undefined {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(appendString(b, m.Name, true), ':')
		b = m.Value.Append(b)
	}
	return append(b, ')')
}

func appendNumber(b []byte, text string) []byte {
	switch text {
	case nan:
		return append(b, 'X')
	case infinity:
		return append(b, 'I')
	case negInfinity:
		return append(b, "-I"...)
	}
	return append(b, text...)
}

// appendString writes names as words where they are some, and values in quotes, so that no value is taken for another kind.
func appendString(b []byte, s string, name bool) []byte {
	if name && isWord(s) {
		return append(b, s...)
	}
	b = append(b, '\'')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\'' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, `\n`...)
		case c == '\r':
			b = append(b, `\r`...)
		case c == '\t':
			b = append(b, `\t`...)
		case c < 0x20:
			b = append(b, `\u00`...)
			b = append(b, strconv.FormatUint(uint64(c>>4), 16)...)
			b = append(b, strconv.FormatUint(uint64(c&15), 16)...)
		default:
			b = append(b, c)
		}
	}
	return append(b, '\'')
}

func isWord(s string) bool {
	if s == "" || !letter(s[0]) {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !letter(c) && c != '.' && c != '-' && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}
