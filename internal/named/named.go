// Package named turns :name arguments of SQL text into a dialect's placeholders. It reads the text as
// SQL is read: quotes, dollar quotes, bracketed names, comments and :: casts are left as they are.
package named

import (
	"strings"
	"unicode/utf8"

	"github.com/multi-orm/orm/internal/fault"
)

// Bind gives the text with placeholders, and the names in the order of their numbers. A name used twice
// has one number.
func Bind(text string, placeholder func(n int) string) (string, []string, error) {
	return BindLists(text, placeholder, Lists{})
}

// Lists says what becomes of arguments that are lists.
type Lists struct {
	// Is reports that the argument of this name is a list; nil for none.
	Is func(name string) bool
	// In gives the test of membership that takes the place of "IN (:name)", or of "NOT IN (:name)".
	In func(name, placeholder string, not bool) (string, error)
}

// BindLists is Bind where arguments may be lists. A list alone in the parentheses of IN is tested as a whole; one
// beside other items there is refused, since no database would take it apart. Elsewhere it is one argument.
func BindLists(text string, placeholder func(n int) string, lists Lists) (string, []string, error) {
	b := binder{text: text, number: map[string]int{}, placeholder: placeholder, lists: lists}
	for b.at < len(text) {
		if err := b.step(); err != nil {
			return "", nil, err
		}
	}
	return string(b.out), b.names, nil
}

// binder reads text from left to right.
type binder struct {
	text        string
	at          int
	out         []byte
	code        []byte // out with comments blanked and quotes made unreadable, so that no word is found in them
	names       []string
	number      map[string]int
	placeholder func(n int) string
	lists       Lists
	subscripts  int     // open brackets of PostgreSQL's arrays, which hold code
	open        []paren // parentheses
}

// paren is an open parenthesis in out; in is where the IN or NOT IN before it begins, -1 when there is none.
type paren struct {
	at, in int
	not    bool
}

func (b *binder) step() error {
	text, i := b.text, b.at
	switch c := text[i]; {
	case c == '[' && (b.subscripts > 0 || i > 0 && (isName(text[i-1], true) || text[i-1] == ']' || text[i-1] == ')' || text[i-1] == '"')):
		b.subscripts++
		b.copy(1)
		return nil
	case c == ']' && b.subscripts > 0:
		b.subscripts--
	case c == '(':
		b.open = append(b.open, before(b.code))
	case c == ')' && len(b.open) > 0:
		b.open = b.open[:len(b.open)-1]
	}
	end, err := opaque(text, i)
	if err != nil {
		return err
	}
	switch {
	case end > i:
		b.copy(end - i)
		mask(b.code[len(b.code)-(end-i):], text[i])
		return nil
	case text[i] != ':':
		b.copy(1)
		return nil
	case strings.HasPrefix(text[i:], "::"), strings.HasPrefix(text[i:], ":="):
		b.copy(2)
		return nil
	}
	j := i + 1
	for j < len(text) && isName(text[j], j > i+1) {
		j++
	}
	if j == i+1 { // an array slice such as a[1:2]
		b.copy(1)
		return nil
	}
	return b.argument(text[i+1:j], j)
}

func (b *binder) copy(n int) {
	b.write(b.text[b.at : b.at+n])
	b.at += n
}

func (b *binder) write(text string) {
	b.out = append(b.out, text...)
	b.code = append(b.code, text...)
}

func mask(code []byte, first byte) {
	fill := byte('"')
	if first == '-' || first == '/' {
		fill = ' '
	}
	for i := range code {
		code[i] = fill
	}
}

// argument writes the placeholder of a name that ends at end.
func (b *binder) argument(name string, end int) error {
	n, seen := b.number[name]
	if !seen {
		b.names = append(b.names, name)
		n = len(b.names)
		b.number[name] = n
	}
	b.at = end
	if b.lists.Is == nil || !b.lists.Is(name) || len(b.open) == 0 || b.open[len(b.open)-1].in < 0 {
		b.write(b.placeholder(n))
		return nil
	}
	p := b.open[len(b.open)-1]
	rest := strings.TrimLeft(b.text[end:], blanks)
	if !strings.HasPrefix(rest, ")") || strings.Trim(string(b.code[p.at+1:]), blanks) != "" {
		return fault.New(fault.ErrInvalid, "", "", "SQL text: the list :"+name+" must stand alone in the parentheses of IN")
	}
	test, err := b.lists.In(name, b.placeholder(n), p.not)
	if err != nil {
		return err
	}
	b.out, b.code = b.out[:p.in], b.code[:p.in]
	b.write(test)
	b.open = b.open[:len(b.open)-1]
	b.at = len(b.text) - len(rest) + 1
	return nil
}

const blanks = " \t\r\n"

// before looks for IN or NOT IN at the end of code, where a parenthesis opens.
func before(code []byte) paren {
	p := paren{at: len(code), in: -1}
	at, ok := word(code, len(code), "in")
	if !ok {
		return p
	}
	p.in = at
	if at, ok = word(code, at, "not"); ok {
		p.in, p.not = at, true
	}
	return p
}

// word reports whether w stands at the end of code[:end], blanks left out, and where it begins.
func word(code []byte, end int, w string) (int, bool) {
	for end > 0 && strings.IndexByte(blanks, code[end-1]) >= 0 {
		end--
	}
	at := end - len(w)
	if at < 0 || !strings.EqualFold(string(code[at:end]), w) || at > 0 && (isName(code[at-1], true) || strings.IndexByte(".$@:", code[at-1]) >= 0) {
		return 0, false
	}
	return at, true
}

func isName(c byte, digits bool) bool {
	return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || digits && c >= '0' && c <= '9' || c >= utf8.RuneSelf
}

// opaque gives the end of a quote or comment that starts at i, or i when there is none.
func opaque(text string, i int) (int, error) {
	rest := text[i:]
	switch {
	case strings.HasPrefix(rest, "--"):
		if n := strings.IndexByte(rest, '\n'); n >= 0 {
			return i + n + 1, nil
		}
		return len(text), nil
	case strings.HasPrefix(rest, "/*"):
		return comment(text, i)
	case rest[0] == '\'' && i > 0 && text[i-1]|0x20 == 'e' && (i == 1 || !isName(text[i-2], true)):
		return quoted(text, i, '\'', true)
	case rest[0] == '\'', rest[0] == '"', rest[0] == '`':
		return quoted(text, i, rest[0], false)
	case rest[0] == '[': // a name of SQL Server or SQLite
		return quoted(text, i, ']', false)
	case rest[0] == '$' && (i == 0 || text[i-1] != '$' && !isName(text[i-1], true)): // else the $ is part of a name
		return dollar(text, i), nil
	}
	return i, nil
}

func quoted(text string, i int, q byte, backslash bool) (int, error) {
	for j := i + 1; j < len(text); j++ {
		switch {
		case backslash && text[j] == '\\':
			j++
		case text[j] == q && j+1 < len(text) && text[j+1] == q:
			j++ // a doubled quote; it must not end the run, since the next would have forgotten its E
		case text[j] == q:
			return j + 1, nil
		}
	}
	if q == ']' {
		return 0, fault.New(fault.ErrInvalid, "", "", "SQL text: a bracket is not closed")
	}
	return 0, fault.New(fault.ErrInvalid, "", "", "SQL text: a quote is not closed")
}

// comment honours nesting, as PostgreSQL and SQL Server do.
func comment(text string, i int) (int, error) {
	depth := 0
	for j := i; j+1 < len(text); j++ {
		switch text[j : j+2] {
		case "/*":
			depth++
			j++
		case "*/":
			depth--
			j++
			if depth == 0 {
				return j + 1, nil
			}
		}
	}
	return 0, fault.New(fault.ErrInvalid, "", "", "SQL text: a comment is not closed")
}

func dollar(text string, i int) int {
	j := i + 1
	for j < len(text) && isName(text[j], j > i+1) {
		j++
	}
	if j >= len(text) || text[j] != '$' {
		return i
	}
	tag := text[i : j+1]
	if n := strings.Index(text[j+1:], tag); n >= 0 {
		return j + 1 + n + len(tag)
	}
	return i
}
