package replay

import (
	"encoding/binary"
	"errors"
)

// kind says what a request is.
type kind uint8

const (
	incomplete kind = iota
	startup         // the first message: protocol version and parameters
	encryption      // asks for TLS or GSSAPI
	cancel          // a connection that only cancels another one's statement
	terminate
	query // everything that the server answers with a response of its own
)

const (
	codeCancel = 80877102
	codeTLS    = 80877103
	codeGSS    = 80877104
	maxStartup = 10_000 // the server's own bound
)

var (
	errMalformed = errors.New("replay: the client sent what is no message of PostgreSQL's protocol")
	errFlush     = errors.New("replay: a request that ends in Flush has a response without an end")
)

// splitter cuts what a client sends into requests.
type splitter struct {
	started bool
	at      int // the end of the whole messages seen in the request at hand
}

// next gives the length and kind of the request at the start of b, which begins where the last one ended.
// While b does not hold all of it the kind is incomplete; the next call must then give the same bytes and more.
func (s *splitter) next(b []byte) (int, kind, error) {
	if !s.started {
		return s.first(b)
	}
	for {
		m := b[s.at:]
		if len(m) < 5 {
			return 0, incomplete, nil
		}
		size := int64(binary.BigEndian.Uint32(m[1:]))
		if size < 4 || size > 1<<30 {
			return 0, incomplete, errMalformed
		}
		if int64(len(m)) < 1+size {
			return 0, incomplete, nil
		}
		s.at += 1 + int(size)
		end := s.at
		switch m[0] {
		case 'S', 'Q', 'F', 'c', 'f': // Sync, Query, FunctionCall, CopyDone, CopyFail
			s.at = 0
			return end, query, nil
		case 'X':
			s.at = 0
			return end, terminate, nil
		case 'H':
			return 0, incomplete, errFlush
		}
	}
}

func (s *splitter) first(b []byte) (int, kind, error) {
	if len(b) < 8 {
		return 0, incomplete, nil
	}
	size := int64(binary.BigEndian.Uint32(b))
	if size < 8 || size > maxStartup {
		return 0, incomplete, errMalformed
	}
	if int64(len(b)) < size {
		return 0, incomplete, nil
	}
	switch code := binary.BigEndian.Uint32(b[4:]); {
	case code == codeTLS, code == codeGSS:
		return int(size), encryption, nil
	case code == codeCancel:
		return int(size), cancel, nil
	case code>>16 != 3:
		return 0, incomplete, errMalformed
	}
	s.started = true
	return int(size), startup, nil
}

// message gives the server's message at the start of b, header included; nil when b does not hold all of it.
func message(b []byte) ([]byte, error) {
	if len(b) < 5 {
		return nil, nil
	}
	size := int64(binary.BigEndian.Uint32(b[1:]))
	if size < 4 || size > 1<<30 {
		return nil, errMalformed
	}
	if int64(len(b)) < 1+size {
		return nil, nil
	}
	return b[:1+size], nil
}

// ends reports whether the server's message m is the last of a response.
func ends(m []byte) bool { return m[0] == 'Z' || m[0] == 'G' || m[0] == 'W' }
