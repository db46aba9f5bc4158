package builder

import (
	"strings"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// ConstantSQL is a condition in the source's own SQL, with ? for each argument and ?? for a plain ?. The
// root package admits constants only. HTTP sources refuse it. It joins the other conditions with AND in
// parentheses that it cannot leave, so scopes hold whatever it says.
func ConstantSQL[T any](text string, args ...any) Pred[T] {
	m, err := model.For[T]()
	if err != nil {
		return Pred[T]{Fail(err)}
	}
	marked, n, err := mark(text)
	if err == nil && n != len(args) {
		err = fault.New(fault.ErrInvalid, "", "", "the SQL text has another number of ? than there are arguments")
	}
	if err != nil {
		return Pred[T]{Fail(fault.Fill(err, "", m.Name, ""))}
	}
	e := Expr{Op: OpSQL, Ext: &Ext{Text: marked}}
	for _, a := range args {
		e.Ext.Args = append(e.Ext.Args, ValueOf(a))
	}
	return Pred[T]{e}
}

// mark replaces each ? outside quotes and comments by dialect.Arg. Text that could leave its
// parentheses (a comment, a semicolon, an unbalanced parenthesis or quote) is refused.
func mark(text string) (string, int, error) {
	bad := func(why string) (string, int, error) {
		return "", 0, fault.New(fault.ErrInvalid, "", "", "SQL text: "+why)
	}
	var b strings.Builder
	n, depth := 0, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case 0:
			return bad("it holds a NUL byte")
		case ';':
			return bad("it holds a semicolon")
		case '\'', '"', '`', '[':
			end := closing(text, i)
			if end < 0 {
				return bad("a quote is not closed")
			}
			if c == '[' && strings.ContainsRune(text[i:end], '?') { // an array subscript, not a T-SQL name
				end = i
			}
			b.WriteString(text[i : end+1])
			i = end
			continue
		case '-', '/':
			if i+1 < len(text) && (c == '-' && text[i+1] == '-' || c == '/' && text[i+1] == '*') {
				return bad("it holds a comment")
			}
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				return bad("a parenthesis is closed that was not opened")
			}
		case '$':
			if end := dollarQuote(text, i); end > i {
				b.WriteString(text[i : end+1])
				i = end
				continue
			}
		case '?':
			if i+1 < len(text) && text[i+1] == '?' {
				b.WriteByte('?')
				i++
				continue
			}
			b.WriteString(dialect.Arg)
			n++
			continue
		}
		b.WriteByte(text[i])
	}
	if depth != 0 {
		return bad("a parenthesis is not closed")
	}
	return b.String(), n, nil
}

// closing finds the end of the quoted run that starts at i, -1 when there is none.
func closing(text string, i int) int {
	q := text[i]
	if q == '[' {
		q = ']'
	}
	for j := i + 1; j < len(text); j++ {
		if text[j] == q {
			if j+1 < len(text) && text[j+1] == q {
				j++
				continue
			}
			return j
		}
	}
	return -1
}

// dollarQuote finds the end of a $tag$…$tag$ string of PostgreSQL, i when there is none.
func dollarQuote(text string, i int) int {
	j := i + 1
	for j < len(text) && (text[j] == '_' || text[j]|0x20 >= 'a' && text[j]|0x20 <= 'z' || j > i+1 && text[j] >= '0' && text[j] <= '9') {
		j++
	}
	if j >= len(text) || text[j] != '$' {
		return i
	}
	tag := text[i : j+1]
	end := strings.Index(text[j+1:], tag)
	if end < 0 {
		return i
	}
	return j + end + len(tag)
}
