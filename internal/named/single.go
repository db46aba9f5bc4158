package named

import (
	"strings"

	"github.com/multi-orm/orm/internal/fault"
)

var errSeveral = fault.New(fault.ErrInvalid, "", "", "SQL text holds several statements: run each by itself, in a transaction where they belong together")

// Single refuses text of more than one statement, read as the database of that dialect reads it: some run them all and
// give the result of one, others run the first alone. The body of a trigger or routine belongs to its CREATE.
func Single(text, dialect string) error {
	s := scanner{text: text, dollars: dialect == "postgres", escapes: dialect == "postgres", backticks: dialect != "postgres", brackets: dialect != "postgres",
		nested: dialect != "sqlite"}
	ended := false
	for s.at < len(text) {
		token := s.next()
		switch {
		case token == "":
		case ended && token != ";":
			return errSeveral
		case token == ";" && !s.inBody():
			ended = true
		default:
			s.word(token)
		}
	}
	return nil
}

// scanner cuts text into words, signs and what stands in quotes; comments and space are no tokens.
type scanner struct {
	text string
	at   int

	dollars, escapes, backticks, brackets, nested bool

	words    []string // the first few
	routine  bool     // a CREATE of something that has a body
	blocks   int      // open BEGIN and CASE
	previous string
}

// next gives the token at the scanner's place and moves behind it: "" for space and comments.
func (s *scanner) next() string {
	rest := s.text[s.at:]
	c := rest[0]
	from := s.at
	switch {
	case strings.HasPrefix(rest, "--"):
		n := strings.IndexByte(rest, '\n')
		if n < 0 {
			n = len(rest) - 1
		}
		s.at += n + 1
		return ""
	case strings.HasPrefix(rest, "/*"):
		s.comment()
		return ""
	case c <= ' ':
		s.at++
		return ""
	case c == '\'', c == '"', c == '`' && s.backticks:
		s.quote(c, c == '\'' && s.escapes && strings.EqualFold(s.previous, "e") && from > 0 && s.text[from-1]|0x20 == 'e')
	case c == '[' && s.brackets:
		s.quote(']', false)
	case c == '$' && s.dollars && (from == 0 || !isName(s.text[from-1], true)):
		s.at = max(dollar(s.text, from), from+1)
	case isName(c, false):
		for s.at < len(s.text) && (isName(s.text[s.at], true) || s.text[s.at] == '$') {
			s.at++
		}
	default:
		s.at++
	}
	s.previous = s.text[from:s.at]
	return s.previous
}

func (s *scanner) comment() {
	depth := 0
	for s.at < len(s.text) {
		switch rest := s.text[s.at:]; {
		case strings.HasPrefix(rest, "/*") && (depth == 0 || s.nested):
			depth++
			s.at += 2
		case strings.HasPrefix(rest, "*/"):
			depth--
			if s.at += 2; depth == 0 {
				return
			}
		default:
			s.at++
		}
	}
}

func (s *scanner) quote(end byte, backslash bool) {
	for s.at++; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; {
		case backslash && c == '\\':
			s.at++
		case c == end && s.at+1 < len(s.text) && s.text[s.at+1] == end:
			s.at++
		case c == end:
			s.at++
			return
		}
	}
	s.at = len(s.text)
}

// word follows the blocks of a body.
func (s *scanner) word(token string) {
	low := strings.ToLower(token)
	if len(s.words) < 8 {
		s.words = append(s.words, low)
		s.routine = s.words[0] == "create" && (low == "trigger" || low == "function" || low == "procedure") || s.routine
	}
	switch {
	case !s.routine:
	case low == "begin", low == "case":
		s.blocks++
	case low == "end":
		s.blocks--
	}
}

func (s *scanner) inBody() bool { return s.routine && s.blocks > 0 }
