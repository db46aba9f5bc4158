package rjson

import (
	"fmt"
	"math"
	"unicode/utf16"
	"unicode/utf8"
)

// MaxDepth is the number of objects and arrays that may stand within each other.
const MaxDepth = 64

// maxMapped bounds the values that mapped arrays make of one text: a few lists of names multiply.
const maxMapped = 10_000

// SyntaxError says what is wrong with a text, and where.
type SyntaxError struct {
	Offset  int // in bytes
	Reason  string
	TooMany bool // the text may be RJSON, but holds more values than ParseMost was told
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("rjson: %s at byte %d", e.Reason, e.Offset) }

// Parse reads a text.
func Parse(text []byte) (Value, error) { return ParseMost(text, math.MaxInt) }

// ParseMost is Parse of a text from outside: it stops at the first value beyond most, with a [SyntaxError] that says TooMany, since a
// text takes two bytes for a value and the value takes many. Names of a mapped array count as values.
func ParseMost(text []byte, most int) (Value, error) {
	p := parser{s: string(text), left: most}
	p.space()
	v, ok := p.value(0)
	if ok {
		p.space()
		if p.i < len(p.s) {
			p.fail("there is more behind the value")
			ok = false
		}
	}
	if !ok {
		return Value{}, p.err
	}
	return v, nil
}

// Valid reports whether a text is RJSON.
func Valid(text []byte) bool {
	_, err := Parse(text)
	return err == nil
}

type parser struct {
	s    string
	i    int
	left int // values that may still come
	made int // values of mapped arrays
	err  *SyntaxError
}

func (p *parser) fail(reason string) bool {
	if p.err == nil {
		p.err = &SyntaxError{Offset: p.i, Reason: reason}
	}
	return false
}

// spend counts values that were made.
func (p *parser) spend(values int) bool {
	if p.left -= values; p.left < 0 {
		p.fail("it holds too many values")
		p.err.TooMany = true
	}
	return p.left >= 0
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

// peek gives the next byte, 0 at the end.
func (p *parser) peek() byte {
	if p.i < len(p.s) {
		return p.s[p.i]
	}
	return 0
}

func (p *parser) take(token string) bool {
	if len(p.s)-p.i >= len(token) && p.s[p.i:p.i+len(token)] == token {
		p.i += len(token)
		return true
	}
	return false
}

func (p *parser) value(depth int) (v Value, ok bool) {
	if depth > MaxDepth {
		return v, p.fail(fmt.Sprintf("it nests deeper than %d levels", MaxDepth))
	}
	if !p.spend(1) {
		return v, false
	}
	switch c := p.peek(); {
	case p.i >= len(p.s):
		return v, p.fail("the text ends where a value should stand")
	case c == '(':
		return p.object(depth)
	case c == '~':
		return p.mapped(depth)
	case c == '_' && p.i+1 < len(p.s) && p.s[p.i+1] == '(':
		return p.array(depth)
	case c == '\'' || c == '"' || c == '`':
		v.Kind = String
		v.Text, ok = p.text()
		return v, ok
	case c == '+' || c == '-' || c >= '0' && c <= '9':
		return p.number()
	case letter(c):
		return named(p.word()), true
	}
	return v, p.fail("no value can begin so")
}

// named gives what a word stands for.
func named(word string) Value {
	switch word {
	case "T":
		return Value{Kind: True}
	case "F":
		return Value{Kind: False}
	case "N":
		return Value{Kind: Null}
	case "U":
		return Value{}
	case "X":
		return Value{Kind: Number, Text: nan}
	case "I":
		return Value{Kind: Number, Text: infinity}
	}
	return Value{Kind: String, Text: word}
}

func letter(c byte) bool { return c == '_' || c == '$' || c|0x20 >= 'a' && c|0x20 <= 'z' }

func (p *parser) word() string {
	from := p.i
	for p.i < len(p.s) {
		if c := p.s[p.i]; !letter(c) && c != '.' && c != '-' && (c < '0' || c > '9') {
			break
		}
		p.i++
	}
	return p.s[from:p.i]
}

func (p *parser) key() (name string, ok bool) {
	switch c := p.peek(); {
	case c == '\'' || c == '"' || c == '`':
		return p.text()
	case letter(c):
		return p.word(), true
	}
	return "", p.fail("a name is missing")
}

func (p *parser) object(depth int) (v Value, ok bool) {
	v.Kind = Object
	p.i++
	p.space()
	if p.take(")") {
		return v, true
	}
	seen := map[string]bool{}
	for {
		at := p.i
		name, ok := p.key()
		if !ok {
			return v, false
		}
		if seen[name] {
			p.i = at
			return v, p.fail("a name stands twice in one object")
		}
		seen[name] = true
		p.space()
		if !p.take(":") {
			return v, p.fail("a name is followed by :")
		}
		p.space()
		m := Member{Name: name}
		if c := p.peek(); c != ',' && c != ')' {
			if m.Value, ok = p.value(depth + 1); !ok {
				return v, false
			}
			p.space()
		} else if !p.spend(1) { // what is left out is a value too
			return v, false
		}
		if m.Value.Kind != Undefined {
			v.Members = append(v.Members, m)
		}
		if p.take(")") {
			return v, true
		}
		if !p.take(",") {
			return v, p.fail("a member is followed by , or )")
		}
		p.space()
	}
}

func (p *parser) array(depth int) (v Value, ok bool) {
	v.Kind = Array
	p.i += len("_(")
	p.space()
	if p.take(")_") {
		return v, true
	}
	for {
		item := Value{}
		if c := p.peek(); c != ',' && c != ')' {
			if item, ok = p.value(depth + 1); !ok {
				return v, false
			}
			p.space()
		} else if !p.spend(1) {
			return v, false
		}
		if item.Kind == Undefined {
			item.Kind = Null
		}
		v.Items = append(v.Items, item)
		if p.take(")_") {
			return v, true
		}
		if !p.take(",") {
			return v, p.fail("an item is followed by , or )_")
		}
		p.space()
	}
}

// mapped reads ~V(a,b)~: an object that gives V to each name.
func (p *parser) mapped(depth int) (v Value, ok bool) {
	p.i++
	p.space()
	if p.peek() == '(' {
		return v, p.fail(`an object in a mapped array begins with \(`)
	}
	p.take(`\`)
	if v, ok = p.value(depth + 1); !ok {
		return v, false
	}
	p.space()
	if !p.take("(") {
		return v, p.fail("a mapped array has a list of names")
	}
	names, ok := p.names()
	if !ok {
		return v, false
	}
	p.space()
	if !p.take("~") {
		return v, p.fail("a mapped array ends with ~")
	}
	if p.made += count(&v) * len(names); p.made > maxMapped {
		return v, p.fail(fmt.Sprintf("mapped arrays make more than %d values", maxMapped))
	}
	if !p.spend(count(&v) * (len(names) - 1)) {
		return v, false
	}
	out := Value{Kind: Object}
	for _, name := range names {
		if v.Kind != Undefined {
			out.Members = append(out.Members, Member{name, v})
		}
	}
	return out, true
}

// count gives the number of values in v.
func count(v *Value) int {
	n := 1
	for i := range v.Items {
		n += count(&v.Items[i])
	}
	for i := range v.Members {
		n += count(&v.Members[i].Value)
	}
	return n
}

func (p *parser) names() (out []string, ok bool) {
	p.space()
	if p.take(")") {
		return nil, true
	}
	seen := map[string]bool{}
	for {
		at := p.i
		name, ok := p.key()
		if !ok {
			return nil, false
		}
		if seen[name] {
			p.i = at
			return nil, p.fail("a name stands twice in one object")
		}
		if !p.spend(1) {
			return nil, false
		}
		seen[name] = true
		out = append(out, name)
		p.space()
		if p.take(")") {
			return out, true
		}
		if !p.take(",") {
			return nil, p.fail("a name is followed by , or )")
		}
		p.space()
	}
}

func (p *parser) number() (v Value, ok bool) {
	v.Kind = Number
	from := p.i
	if p.take("-I") {
		v.Text = negInfinity
		return v, p.ended()
	}
	if p.take("+") {
		from = p.i
	} else {
		p.take("-")
	}
	if !p.take("0") && !p.digits() {
		return v, p.fail("a number is incomplete")
	}
	if p.take(".") && !p.digits() {
		return v, p.fail("a number is incomplete")
	}
	if p.take("e") || p.take("E") {
		if !p.take("+") {
			p.take("-")
		}
		if !p.digits() {
			return v, p.fail("a number is incomplete")
		}
	}
	v.Text = p.s[from:p.i]
	return v, p.ended()
}

// ended refuses a word or a digit right behind a number.
func (p *parser) ended() bool {
	if c := p.peek(); letter(c) || c == '.' || c >= '0' && c <= '9' {
		return p.fail("a number is followed by something that is none")
	}
	return true
}

func (p *parser) digits() bool {
	from := p.i
	for p.i < len(p.s) && p.s[p.i] >= '0' && p.s[p.i] <= '9' {
		p.i++
	}
	return p.i > from
}

func (p *parser) text() (string, bool) {
	quote := p.s[p.i]
	p.i++
	var b []byte
	from := p.i
	for p.i < len(p.s) {
		switch c := p.s[p.i]; {
		case c == quote:
			b = append(b, p.s[from:p.i]...)
			if !utf8.Valid(b) {
				return "", p.fail("a string is no valid UTF-8")
			}
			p.i++
			return string(b), true
		case c == '\\':
			b = append(b, p.s[from:p.i]...)
			r, ok := p.escape()
			if !ok {
				return "", false
			}
			b = utf8.AppendRune(b, r)
			from = p.i
		default:
			p.i++
		}
	}
	return "", p.fail("a string has no end")
}

func (p *parser) escape() (rune, bool) {
	p.i++
	c := p.peek()
	p.i++
	switch c {
	case '\\', '\'', '"', '`', '/':
		return rune(c), true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case 'u':
		r, ok := p.hex()
		if !ok || !utf16.IsSurrogate(r) {
			return r, ok
		}
		if p.take(`\u`) {
			low, ok := p.hex()
			if r = utf16.DecodeRune(r, low); ok && r != utf8.RuneError {
				return r, true
			}
		}
		return 0, p.fail("half of a surrogate pair stands alone")
	}
	p.i--
	return 0, p.fail("an escape is unknown")
}

func (p *parser) hex() (r rune, ok bool) {
	for range 4 {
		c := p.peek()
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, p.fail("an escape is unknown")
		}
		r = r<<4 | rune(c)
		p.i++
	}
	return r, true
}
