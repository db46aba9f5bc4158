package replay

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// describe says what a request asks: the first text in it, or the name of the statement it runs.
func describe(request []byte) string {
	for at := 0; at < len(request); {
		m, err := message(request[at:])
		if err != nil || m == nil {
			break
		}
		at += len(m)
		switch body := m[5:]; m[0] {
		case 'Q':
			text, _ := word(body)
			return fmt.Sprintf("query %q", cut(text))
		case 'P':
			name, rest := word(body)
			text, _ := word(rest)
			return fmt.Sprintf("prepare %q as %q", cut(text), cut(name))
		case 'B':
			_, rest := word(body)
			name, rest := word(rest)
			return fmt.Sprintf("run statement %q with %d bytes of arguments", cut(name), len(rest))
		case 'D', 'C':
			if len(body) > 1 {
				name, _ := word(body[1:])
				return fmt.Sprintf("message %q for %q", m[0], cut(name))
			}
		case 'd':
			return fmt.Sprintf("%d bytes of copied rows", len(request))
		case 'F':
			if len(body) >= 4 {
				return fmt.Sprintf("call of function %d", binary.BigEndian.Uint32(body))
			}
		}
	}
	return fmt.Sprintf("%d bytes", len(request))
}

func word(b []byte) (text, rest []byte) {
	text, rest, _ = bytes.Cut(b, []byte{0})
	return text, rest
}

func cut(b []byte) []byte { return b[:min(len(b), 300)] }
