package jsonstream

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Members goes over the members of an object that is known to be valid.
type Members struct {
	b  []byte
	at int
}

// MembersOf begins at the first member of the object b.
func MembersOf(b []byte) Members { return Members{b, skipSpace(b, 1)} }

// Next gives the next member: its name as it is written between the quotes, and its value.
func (m *Members) Next() (name, value []byte, ok bool) {
	b, i := m.b, m.at
	if b[i] == '}' {
		return nil, nil, false
	}
	end := stringEnd(b, i)
	name = b[i+1 : end-1]
	i = skipSpace(b, skipSpace(b, end)+1)
	end = valueEnd(b, i)
	value = b[i:end]
	m.at = behind(b, end)
	return name, value, true
}

// Elements goes over the elements of an array that is known to be valid.
type Elements struct {
	b  []byte
	at int
}

// ElementsOf begins at the first element of the array b.
func ElementsOf(b []byte) Elements { return Elements{b, skipSpace(b, 1)} }

// Next gives the next element.
func (e *Elements) Next() (value []byte, ok bool) {
	b, i := e.b, e.at
	if b[i] == ']' {
		return nil, false
	}
	end := valueEnd(b, i)
	e.at = behind(b, end)
	return b[i:end], true
}

// behind goes from the end of a member or element to the next one, or to the bracket that ends them.
func behind(b []byte, i int) int {
	if i = skipSpace(b, i); b[i] == ',' {
		i = skipSpace(b, i+1)
	}
	return i
}

// Get gives what lies at steps below the valid value b; ok is false where there is nothing.
func Get(b []byte, steps ...Step) (value []byte, ok bool) {
	for _, x := range steps {
		ok = false
		switch {
		case x.Element && b[0] == '[':
			each := ElementsOf(b)
			for i := 0; i <= x.Index; i++ {
				if value, ok = each.Next(); !ok {
					break
				}
			}
		case !x.Element && b[0] == '{':
			each := MembersOf(b)
			for name, v, more := each.Next(); more; name, v, more = each.Next() {
				if Is(name, x.Name) {
					value, ok = v, true // the last one counts
				}
			}
		}
		if !ok {
			return nil, false
		}
		b = value
	}
	return b, true
}

// Plain reports whether text, as it is written between quotes, says just that.
func Plain(text []byte) bool { return bytes.IndexByte(text, '\\') < 0 }

// Is reports whether text, as it is written between quotes, says word.
func Is(text []byte, word string) bool {
	if Plain(text) {
		return string(text) == word
	}
	return string(AppendText(nil, text)) == word
}

func skipSpace(b []byte, i int) int {
	for b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t' {
		i++
	}
	return i
}

// stringEnd gives the end of the string whose opening quote is at i.
func stringEnd(b []byte, i int) int {
	for i++; ; i++ {
		switch b[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
}

// valueEnd gives the end of the value that begins at i.
func valueEnd(b []byte, i int) int {
	switch b[i] {
	case '"':
		return stringEnd(b, i)
	case '{', '[':
		for depth := 0; ; {
			switch b[i] {
			case '"':
				i = stringEnd(b, i)
				continue
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
			i++
		}
	}
	for ; i < len(b); i++ {
		switch b[i] {
		case ',', '}', ']', ' ', '\n', '\r', '\t':
			return i
		}
	}
	return i
}

// AppendText appends what text, as it is written between the quotes of a valid string, says.
func AppendText(dst, text []byte) []byte {
	for {
		i := bytes.IndexByte(text, '\\')
		if i < 0 {
			return append(dst, text...)
		}
		dst = append(dst, text[:i]...)
		c := text[i+1]
		text = text[i+2:]
		switch c {
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		case 'u':
			var r rune
			r, text = unicodeOf(text)
			dst = utf8.AppendRune(dst, r)
			continue
		}
		dst = append(dst, c)
	}
}

// unicodeOf reads the digits of an escape, and the escape after it where the two are a surrogate pair.
func unicodeOf(text []byte) (rune, []byte) {
	r := hexOf(text)
	text = text[4:]
	if !utf16.IsSurrogate(r) {
		return r, text
	}
	if len(text) >= 6 && text[0] == '\\' && text[1] == 'u' {
		if pair := utf16.DecodeRune(r, hexOf(text[2:])); pair != utf8.RuneError {
			return pair, text[6:]
		}
	}
	return utf8.RuneError, text
}

func hexOf(text []byte) rune {
	n, _ := strconv.ParseUint(string(text[:4]), 16, 32) // the scanner has seen to it
	return rune(n)
}
