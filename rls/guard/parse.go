package guard

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Bounds of a request. Beyond each is the code LIMIT.
const (
	MaxBody  = 1 << 20 // bytes of JSON
	MaxDepth = 32      // objects and lists within each other
	MaxNodes = 100     // comparisons, relation filters and combinators of one request
	MaxLogic = 5       // AND, OR and NOT within each other
	MaxItems = 1000    // values of one list, members of one object, rows of one write
	MaxTotal = 20_000  // values of one request
)

// ParseJSON reads a request out of JSON (RFC 8259), strictly: one value, an object; valid UTF-8 without halves of
// surrogate pairs, which could not be kept; no name twice in an object; [MaxBody] bytes and [MaxDepth] levels at most.
// The text of an empty body is refused too: the request that asks for nothing special is {}.
func ParseJSON(body []byte) (Request, error) {
	if len(body) > MaxBody {
		return Request{}, beyond("", "the body is longer than "+strconv.Itoa(MaxBody)+" bytes")
	}
	p := parser{s: string(body)}
	p.space()
	var r Request
	if !p.value(&r.Root, 0) {
		return Request{}, p.fault()
	}
	p.space()
	switch {
	case p.i < len(p.s):
		p.why = "there is more behind the end of the request"
		return Request{}, p.fault()
	case r.Root.Kind != Object:
		p.i, p.why = 0, "a request is a JSON object"
		return Request{}, p.fault()
	}
	return r, nil
}

// ParseNode reads one JSON value of any kind, as strictly as ParseJSON reads a request. It is for grammars that make a request
// of several parts, such as a URL and a body.
func ParseNode(text []byte) (Node, error) {
	if len(text) > MaxBody {
		return Node{}, beyond("", "the body is longer than "+strconv.Itoa(MaxBody)+" bytes")
	}
	p := parser{s: string(text)}
	p.space()
	var n Node
	if !p.value(&n, 0) {
		return Node{}, p.fault()
	}
	p.space()
	if p.i < len(p.s) {
		p.why = "there is more behind the end of the value"
		return Node{}, p.fault()
	}
	return n, nil
}

type parser struct {
	s     string
	i     int
	total int
	why   string
	large bool
}

func (p *parser) fault() *Error {
	if p.large {
		return beyond("", p.why)
	}
	if p.why == "" {
		p.why = "it is no JSON"
	}
	return refusal("", p.why+" (at byte "+strconv.Itoa(p.i)+")")
}

func (p *parser) space() {
	for p.i < len(p.s) {
		switch p.s[p.i] {
		case ' ', '\t', '\r', '\n':
			p.i++
		default:
			return
		}
	}
}

func (p *parser) word(w string, k Kind, n *Node) bool {
	if len(p.s)-p.i < len(w) || p.s[p.i:p.i+len(w)] != w {
		return false
	}
	p.i += len(w)
	n.Kind = k
	return true
}

func (p *parser) value(n *Node, depth int) bool {
	if p.i >= len(p.s) {
		p.why = "the body ends early"
		return false
	}
	if p.total++; p.total > MaxTotal {
		return p.many("it holds", MaxTotal)
	}
	switch c := p.s[p.i]; {
	case c == '{' || c == '[':
		if depth == MaxDepth {
			p.why, p.large = "it nests deeper than "+strconv.Itoa(MaxDepth)+" levels", true
			return false
		}
		if c == '{' {
			return p.object(n, depth)
		}
		return p.list(n, depth)
	case c == '"':
		n.Kind = String
		return p.text(&n.Text)
	case c == '-' || c >= '0' && c <= '9':
		return p.number(n)
	case c == 't':
		return p.word("true", True, n)
	case c == 'f':
		return p.word("false", False, n)
	}
	return p.word("null", Null, n)
}

func (p *parser) many(what string, most int) bool {
	p.why, p.large = what+" more than "+strconv.Itoa(most)+" values", true
	return false
}

func (p *parser) object(n *Node, depth int) bool {
	n.Kind = Object
	p.i++
	p.space()
	if p.byte('}') {
		return true
	}
	var names map[string]bool
	for {
		var m Member
		if p.i >= len(p.s) || p.s[p.i] != '"' || !p.text(&m.Name) {
			return false
		}
		if names == nil && len(n.Members) == 16 { // a few names are compared one by one
			names = make(map[string]bool, 32)
			for i := range n.Members {
				names[n.Members[i].Name] = true
			}
		}
		if names[m.Name] || names == nil && n.Member(m.Name) != nil {
			p.why = "a name stands twice in one object"
			return false
		}
		if names != nil {
			names[m.Name] = true
		}
		p.space()
		if !p.byte(':') {
			return false
		}
		p.space()
		if !p.value(&m.Value, depth+1) {
			return false
		}
		if len(n.Members) == MaxItems {
			return p.many("an object holds", MaxItems)
		}
		n.Members = append(n.Members, m)
		p.space()
		if p.byte('}') {
			return true
		}
		if !p.byte(',') {
			return false
		}
		p.space()
	}
}

func (p *parser) list(n *Node, depth int) bool {
	n.Kind = List
	p.i++
	p.space()
	if p.byte(']') {
		return true
	}
	for {
		var item Node
		if !p.value(&item, depth+1) {
			return false
		}
		if len(n.Items) == MaxItems {
			return p.many("a list holds", MaxItems)
		}
		n.Items = append(n.Items, item)
		p.space()
		if p.byte(']') {
			return true
		}
		if !p.byte(',') {
			return false
		}
		p.space()
	}
}

func (p *parser) byte(c byte) bool {
	if p.i < len(p.s) && p.s[p.i] == c {
		p.i++
		return true
	}
	return false
}

func (p *parser) number(n *Node) bool {
	from := p.i
	p.byte('-')
	if !p.byte('0') && !p.digits() {
		return false
	}
	if p.byte('.') && !p.digits() {
		return false
	}
	if p.byte('e') || p.byte('E') {
		if !p.byte('+') {
			p.byte('-')
		}
		if !p.digits() {
			return false
		}
	}
	n.Kind, n.Text = Number, p.s[from:p.i]
	return true
}

func (p *parser) digits() bool {
	from := p.i
	for p.i < len(p.s) && p.s[p.i] >= '0' && p.s[p.i] <= '9' {
		p.i++
	}
	return p.i > from
}

// text reads a string. One without escapes is a part of the body; no copy is made.
func (p *parser) text(out *string) bool {
	p.i++
	from := p.i
	for ; p.i < len(p.s); p.i++ {
		switch c := p.s[p.i]; {
		case c == '"':
			*out = p.s[from:p.i]
			p.i++
			return p.valid(*out)
		case c == '\\':
			return p.escaped(from, out)
		case c < 0x20:
			p.why = "a string holds a control character"
			return false
		}
	}
	p.why = "the body ends early"
	return false
}

func (p *parser) valid(s string) bool {
	if utf8.ValidString(s) {
		return true
	}
	p.why = "a string is no valid UTF-8"
	return false
}

func (p *parser) escaped(from int, out *string) bool {
	b := append(make([]byte, 0, p.i-from+32), p.s[from:p.i]...)
	for p.i < len(p.s) {
		c := p.s[p.i]
		p.i++
		switch {
		case c == '"':
			*out = string(b)
			return p.valid(*out)
		case c < 0x20:
			p.why = "a string holds a control character"
			return false
		case c != '\\':
			b = append(b, c)
			continue
		}
		if p.i >= len(p.s) {
			break
		}
		e := p.s[p.i]
		p.i++
		switch e {
		case '"', '\\', '/':
			b = append(b, e)
		case 'b':
			b = append(b, '\b')
		case 'f':
			b = append(b, '\f')
		case 'n':
			b = append(b, '\n')
		case 'r':
			b = append(b, '\r')
		case 't':
			b = append(b, '\t')
		case 'u':
			r, ok := p.rune()
			if !ok {
				return false
			}
			b = utf8.AppendRune(b, r)
		default:
			p.why = "a string holds an unknown escape"
			return false
		}
	}
	p.why = "the body ends early"
	return false
}

// rune reads what follows \u, and the second half of a surrogate pair.
func (p *parser) rune() (rune, bool) {
	r, ok := p.hex()
	if !ok || !utf16.IsSurrogate(r) {
		return r, ok
	}
	if p.byte('\\') && p.byte('u') {
		if low, ok := p.hex(); ok {
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				return r, true
			}
		}
	}
	p.why = "a string holds half of a surrogate pair"
	return 0, false
}

func (p *parser) hex() (rune, bool) {
	if len(p.s)-p.i < 4 {
		p.why = "the body ends early"
		return 0, false
	}
	for _, c := range []byte(p.s[p.i : p.i+4]) {
		if !(c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f') {
			p.why = "a string holds an unknown escape"
			return 0, false
		}
	}
	n, err := strconv.ParseUint(p.s[p.i:p.i+4], 16, 32)
	p.i += 4
	return rune(n), err == nil
}
