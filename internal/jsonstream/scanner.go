package jsonstream

import (
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// maxDepth is how deep values may nest, as in encoding/json.
const maxDepth = 10_000

// ErrTooLarge says that the document has more bytes than it may.
var ErrTooLarge = errors.New("the document is too large")

// ErrTooMany says that the counted array of an Outline has more elements than it may.
var ErrTooMany = errors.New("the array has too many elements")

// SyntaxError is where a document stops being JSON. It quotes nothing of it.
type SyntaxError struct {
	Offset int
	Detail string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%s byte %d", e.Detail, e.Offset) }

// Scanner reads one document. It keeps the bytes, so that offsets stay good.
type Scanner struct {
	r     io.Reader
	max   int
	want  int // the bytes that are announced, 0 where unknown
	buf   []byte
	pos   int
	depth int
	err   error // why no more can be read; io.EOF at the end
}

// readAhead bounds the memory that is made ready before any byte has come.
const readAhead = 64 << 10

// maxIdle is how often a reader may give nothing before it is given up.
const maxIdle = 100

// NewScanner scans what r gives, at most most bytes. announced is the number of bytes to expect, where it is known.
func NewScanner(r io.Reader, announced, most int64) *Scanner {
	s := &Scanner{r: r, max: int(most)}
	if announced > 0 && announced <= most {
		s.want = int(announced)
	}
	return s
}

// ScanBytes scans a document that is there already.
func ScanBytes(b []byte) *Scanner { return &Scanner{buf: b, err: io.EOF, max: len(b)} }

// Bytes gives what was read so far.
func (s *Scanner) Bytes() []byte { return s.buf }

// Drain reads what is left, so that Bytes is all and ReadError says whether it came whole.
func (s *Scanner) Drain() {
	for s.more() {
	}
}

// ReadError gives why reading ended before the document did: ErrTooLarge, or what the reader said.
func (s *Scanner) ReadError() error {
	if s.err == io.EOF { //nolint:errorlint // readers give it bare
		return nil
	}
	return s.err
}

// more reads on; false where there is nothing more.
func (s *Scanner) more() bool {
	for idle := 0; s.err == nil; idle++ {
		if idle == maxIdle {
			s.err = io.ErrNoProgress
			break
		}
		if len(s.buf) == cap(s.buf) {
			s.grow()
		}
		n, err := s.r.Read(s.buf[len(s.buf):cap(s.buf)])
		s.buf = s.buf[:len(s.buf)+n]
		if s.err = err; len(s.buf) > s.max {
			s.err = ErrTooLarge
			return false
		}
		if n > 0 {
			return true
		}
	}
	return false
}

// grow doubles the buffer. What is announced makes it grow faster, but no further than that and a little that shows the
// end; an announcement alone takes no memory.
func (s *Scanner) grow() {
	n := max(512, 2*cap(s.buf))
	if s.want > len(s.buf) {
		n = min(max(2*n, readAhead), s.want+512)
	}
	if n > s.max {
		n = s.max + 1
	}
	b := make([]byte, len(s.buf), n)
	copy(b, s.buf)
	s.buf = b
}

// fail says where the document is no JSON. Where reading failed it means nothing, and ReadError says why.
func (s *Scanner) fail() error { return &SyntaxError{s.pos, "near"} }

// space skips white space and gives the byte after it, which stays unread; 0 at the end.
func (s *Scanner) space() byte {
	for {
		for ; s.pos < len(s.buf); s.pos++ {
			switch c := s.buf[s.pos]; c {
			case ' ', '\t', '\n', '\r':
			default:
				return c
			}
		}
		if !s.more() {
			return 0
		}
	}
}

// byte gives the next byte, which stays unread; 0 at the end.
func (s *Scanner) byte() byte {
	if s.pos == len(s.buf) && !s.more() {
		return 0
	}
	return s.buf[s.pos]
}

// end checks that nothing follows the document and that it is UTF-8.
func (s *Scanner) end() error {
	if s.space(); s.pos < len(s.buf) {
		return &SyntaxError{s.pos, "more follows after"}
	}
	if s.ReadError() == nil && !utf8.Valid(s.buf) {
		return errors.New("it is not UTF-8")
	}
	return nil
}
