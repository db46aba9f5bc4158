package jsonstream

// skip reads one value and checks it. Nesting costs a byte, not a call.
func (s *Scanner) skip() error {
	base := s.depth
	var open []byte
	for {
		c := s.space()
		switch c {
		case '{', '[':
			if s.depth++; s.depth > maxDepth {
				return s.fail()
			}
			s.pos++
			if next := s.space(); next == c+2 { // '}' and ']' stand two after their like
				s.pos++
				s.depth--
				break
			}
			open = append(open, c)
			if c == '{' {
				if err := s.name(); err != nil {
					return err
				}
			}
			continue
		default:
			if err := s.scalar(c); err != nil {
				return err
			}
		}
		// a value is done: close what it ends
		for {
			if s.depth == base {
				return nil
			}
			in := open[len(open)-1]
			next := s.space()
			if next == in+2 {
				s.pos++
				s.depth--
				open = open[:len(open)-1]
				continue
			}
			if next != ',' {
				return s.fail()
			}
			s.pos++
			if in == '{' {
				if err := s.name(); err != nil {
					return err
				}
			}
			break
		}
	}
}

// name reads the name of a member and its colon.
func (s *Scanner) name() error {
	if s.space() != '"' {
		return s.fail()
	}
	if err := s.text(); err != nil {
		return err
	}
	if s.space() != ':' {
		return s.fail()
	}
	s.pos++
	return nil
}

// scalar reads a value that begins with c and holds no others.
func (s *Scanner) scalar(c byte) error {
	switch {
	case c == '"':
		return s.text()
	case c == '-' || '0' <= c && c <= '9':
		return s.number()
	case c == 't':
		return s.word("true")
	case c == 'f':
		return s.word("false")
	case c == 'n':
		return s.word("null")
	}
	return s.fail()
}

func (s *Scanner) word(w string) error {
	for i := range len(w) {
		if s.byte() != w[i] {
			return s.fail()
		}
		s.pos++
	}
	return nil
}

// text reads a string from its opening quote on.
func (s *Scanner) text() error {
	s.pos++
	for {
		for ; s.pos < len(s.buf); s.pos++ {
			switch c := s.buf[s.pos]; {
			case c == '"':
				s.pos++
				return nil
			case c == '\\':
				if err := s.escape(); err != nil {
					return err
				}
				s.pos-- // the loop goes on behind it
			case c < ' ':
				return s.fail()
			}
		}
		if !s.more() {
			return s.fail()
		}
	}
}

func (s *Scanner) escape() error {
	s.pos++
	switch s.byte() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.pos++
		return nil
	case 'u':
		s.pos++
		for range 4 {
			if c := s.byte(); !('0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f') {
				return s.fail()
			}
			s.pos++
		}
		return nil
	}
	return s.fail()
}

func (s *Scanner) digits() error {
	if c := s.byte(); c < '0' || c > '9' {
		return s.fail()
	}
	for c := s.byte(); '0' <= c && c <= '9'; c = s.byte() {
		s.pos++
	}
	return nil
}

func (s *Scanner) number() error {
	if s.byte() == '-' {
		s.pos++
	}
	if s.byte() == '0' {
		s.pos++
	} else if err := s.digits(); err != nil {
		return err
	}
	if s.byte() == '.' {
		s.pos++
		if err := s.digits(); err != nil {
			return err
		}
	}
	if s.byte()|0x20 == 'e' {
		s.pos++
		if c := s.byte(); c == '+' || c == '-' {
			s.pos++
		}
		return s.digits()
	}
	return nil
}
