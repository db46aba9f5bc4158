package named

import (
	"strings"

	"github.com/multi-orm/orm/internal/fault"
)

// One refuses text that holds more than one statement: some drivers run them all and give one result, others run none.
// A semicolon at the end is none too many, nor are those in the body of a trigger or of a function. The name is the dialect's.
func One(text, dialect string) error {
	if strings.IndexByte(text, 0) >= 0 {
		return fault.New(fault.ErrInvalid, "", "", "SQL text: it holds NUL, where some drivers stop reading")
	}
	r := reader{text: text, postgres: dialect == "postgres"}
	for r.next() {
		switch {
		case r.ended && r.word != ";":
			return fault.New(fault.ErrInvalid, "", "", "SQL text: it holds more than one statement; run them one by one, in a transaction where they belong together")
		case r.word == ";":
			r.ended = r.ended || r.n > 0 && !r.inBody()
		default:
			r.n++
			r.body()
		}
		if !r.ended {
			r.before, r.last = r.last, r.word
		}
	}
	return nil
}

// reader cuts text into words and signs as the database does. What stands in quotes is one word.
type reader struct {
	text         string
	at           int
	postgres     bool
	word         string // in lower case
	before, last string // the words before it
	n            int    // words of the statement
	ended        bool   // by a semicolon
	create       bool   // the statement begins with CREATE
	trigger      bool   // of SQLite, which ends with "; END"
	atomic       int    // open BEGIN ATOMIC and CASE of PostgreSQL
}

// body follows what opens and closes a body that holds semicolons of its own.
func (r *reader) body() {
	switch {
	case r.word == "create" && (r.n == 1 || r.last == "plan" || r.last == "explain"):
		r.create = true
	case !r.create:
	case !r.postgres:
		if r.word == "trigger" && (r.last == "create" || r.last == "temp" || r.last == "temporary") {
			r.trigger = true
		}
	case r.word == "atomic" && r.last == "begin", r.word == "case" && r.atomic > 0:
		r.atomic++
	case r.word == "end" && r.atomic > 0:
		r.atomic--
	}
}

func (r *reader) inBody() bool {
	return r.atomic > 0 || r.trigger && (r.last != "end" || r.before != ";")
}

// next reads a word or a sign; comments and blanks are passed over.
func (r *reader) next() bool {
	for r.at < len(r.text) {
		rest, from := r.text[r.at:], r.at
		c := rest[0]
		switch {
		case strings.IndexByte(blanks+"\f\v", c) >= 0:
			r.at++
			continue
		case strings.HasPrefix(rest, "--"):
			r.until("\n")
			continue
		case strings.HasPrefix(rest, "/*"):
			if !r.postgres {
				r.at += 2
				r.until("*/")
			} else if end, err := comment(r.text, r.at); err == nil {
				r.at = end
			} else {
				r.at = len(r.text)
			}
			continue
		case c == '\'' || c == '"' || !r.postgres && (c == '`' || c == '['):
			r.quoted(c, false)
			r.word = "'"
			return true
		case r.postgres && (c == 'e' || c == 'E') && strings.HasPrefix(rest[1:], "'"):
			r.at++
			r.quoted('\'', true)
			r.word = "'"
			return true
		case r.postgres && c == '$':
			if end := dollar(r.text, r.at); end > r.at {
				r.at, r.word = end, "'"
				return true
			}
		}
		for r.at < len(r.text) && (isName(r.text[r.at], true) || r.at > from && r.text[r.at] == '$') {
			r.at++
		}
		if r.at == from {
			r.at++
		}
		r.word = strings.ToLower(r.text[from:r.at])
		return true
	}
	return false
}

func (r *reader) until(end string) {
	if n := strings.Index(r.text[r.at:], end); n >= 0 {
		r.at += n + len(end)
	} else {
		r.at = len(r.text)
	}
}

func (r *reader) quoted(q byte, backslash bool) {
	double := q != '['
	if q == '[' {
		q = ']'
	}
	for r.at++; r.at < len(r.text); r.at++ {
		switch c := r.text[r.at]; {
		case backslash && c == '\\':
			r.at++
		case c == q && double && r.at+1 < len(r.text) && r.text[r.at+1] == q:
			r.at++
		case c == q:
			r.at++
			return
		}
	}
	r.at = len(r.text)
}
