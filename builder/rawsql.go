package builder

import (
	"strings"
	"unicode/utf8"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// ConstantSQL is a condition in the source's own SQL, with ? for each argument and ?? for a plain ?. The
// root package admits constants only. HTTP sources refuse it. It joins the other conditions with AND in
// parentheses that it cannot leave, so scopes hold whatever it says. Text that one database reads as a
// quote and another as code is refused: comments, semicolons, backticks, $, and a backslash before a quote.
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
	e := Expr{Op: OpSQL, Ext: &Ext{Text: marked, Reads: reads(marked)}}
	for _, a := range args {
		e.Ext.Args = append(e.Ext.Args, ValueOf(a))
	}
	return Pred[T]{e}
}

// mark replaces each ? outside quotes by dialect.Arg and refuses text that could leave its parentheses.
// It does not know the dialect, so it takes only what all of them cut into the same quotes and parentheses.
func mark(text string) (string, int, error) {
	m := marker{text: text, name: outside}
	if why := m.run(); why != "" {
		return "", 0, fault.New(fault.ErrInvalid, "", "", "SQL text: "+why)
	}
	return m.out.String(), m.args, nil
}

type marker struct {
	text     string
	out      strings.Builder
	args     int
	depth    int // open parentheses
	brackets int // open brackets, where they are PostgreSQL's subscripts
	// name is the depth at which a bracket opened what SQL Server and SQLite read as a name up to the
	// next ]; outside when there is none. Both readings must leave it in the same state.
	name int
}

const outside = -1

func (m *marker) run() string {
	if !utf8.ValidString(m.text) {
		return "it is not UTF-8"
	}
	if strings.TrimSpace(m.text) == "" {
		return "it is empty"
	}
	if strings.IndexFunc(m.text, func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f }) >= 0 {
		return "it holds a control character"
	}
	for i := 0; i < len(m.text); {
		n, why := m.step(i)
		if why != "" {
			return why
		}
		i += n
	}
	switch {
	case m.depth != 0:
		return "a parenthesis is not closed"
	case m.brackets != 0:
		return "a bracket is not closed"
	}
	return ""
}

// at gives the byte at i, 0 outside the text.
func (m *marker) at(i int) byte {
	if i < 0 || i >= len(m.text) {
		return 0
	}
	return m.text[i]
}

// step reads what starts at i and gives its length, or why it is refused.
func (m *marker) step(i int) (n int, why string) {
	c, next := m.text[i], m.at(i+1)
	switch c {
	case ';':
		return 0, "it holds a semicolon"
	case '`':
		return 0, `it holds a backtick; quote names with "`
	case '$':
		return 0, "it holds a $ outside quotes; write strings with ' and arguments as ?"
	case '\'', '"':
		return m.quoted(i)
	case '-', '/':
		if c == '-' && next == '-' || c == '/' && next == '*' {
			return 0, "it holds a comment"
		}
	case '(':
		m.depth++
	case ')':
		if m.depth--; m.depth < max(0, m.name) {
			return 0, "a parenthesis is closed that was not opened"
		}
	case '[':
		m.brackets++
		if m.name == outside {
			m.name = m.depth
		}
	case ']':
		if why := m.closeBracket(next); why != "" {
			return 0, why
		}
	case ':', '@': // :name and @name are arguments to SQLite and SQL Server
		if (next == '_' || next|0x20 >= 'a' && next|0x20 <= 'z' || next >= utf8.RuneSelf) && m.at(i-1) != c {
			return 0, "it holds " + string(c) + " before a name; arguments are ? here, and an operator needs a space after it"
		}
	case '?':
		return m.question(i)
	}
	m.out.WriteByte(c)
	return 1, ""
}

// question reads an argument, or ?? as a plain question mark.
func (m *marker) question(i int) (n int, why string) {
	if m.at(i+1) == '?' {
		m.out.WriteByte('?')
		return 2, ""
	}
	if isWord(m.at(i-1)) || isWord(m.at(i+1)) { // would become another argument's number, or part of a name
		return 0, "a ? must stand alone"
	}
	m.out.WriteString(dialect.Arg)
	m.args++
	return 1, ""
}

// isWord reports whether c can be part of a name or a placeholder in some dialect.
func isWord(c byte) bool {
	return c == '_' || c == '@' || c == '#' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= utf8.RuneSelf
}

func (m *marker) closeBracket(next byte) string {
	if m.brackets--; m.brackets < 0 {
		return "a bracket is closed that was not opened"
	}
	if next == ']' { // SQL Server goes on with the name
		return "it holds ]]; put a space between the brackets"
	}
	if m.name != outside && m.depth != m.name {
		return "a parenthesis and a bracket overlap"
	}
	m.name = outside
	return ""
}

// quoted copies the string or name that starts at i. A doubled quote does not end it.
func (m *marker) quoted(i int) (n int, why string) {
	q := m.text[i]
	for j := i + 1; j < len(m.text); j++ {
		if m.text[j] != q {
			continue
		}
		if q == '\'' && m.text[j-1] == '\\' { // an escaped quote in E'…', and in '…' where the server is set so
			return 0, `it holds a backslash before a quote; double the quote, and escape LIKE with another character`
		}
		if m.at(j+1) == q {
			j++
			continue
		}
		run := m.text[i : j+1]
		if m.name != outside && strings.IndexByte(run, ']') >= 0 {
			return 0, "a string between brackets holds a ]"
		}
		m.out.WriteString(run)
		return len(run), ""
	}
	return 0, "a quote is not closed"
}
