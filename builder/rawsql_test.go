package builder

import (
	"errors"
	"strings"
	"testing"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
)

func TestMarkTakes(t *testing.T) {
	for text, want := range map[string]string{
		"a = ?":                            "a = \x00",
		"a = ? AND b = ?":                  "a = \x00 AND b = \x00",
		"f(?, (?)) > 1":                    "f(\x00, (\x00)) > 1",
		"a = '?' AND \"b?\" = ?":           "a = '?' AND \"b?\" = \x00",
		"doc ?? 'k'":                       "doc ? 'k'",
		"doc ??| ?":                        "doc ?| \x00",
		"a = 'it''s; -- /* ('":             "a = 'it''s; -- /* ('",
		"tags[?] = 'x'":                    "tags[\x00] = 'x'",
		"a[1] = ?":                         "a[1] = \x00",
		"[order no] = ?":                   "[order no] = \x00",
		"a = ANY (ARRAY['a', ?])":          "a = ANY (ARRAY['a', \x00])",
		"a[b[1] ] = 1":                     "a[b[1] ] = 1",
		"a::text = ?::text":                "a::text = \x00::text",
		"v @@ to_tsquery(?)":               "v @@ to_tsquery(\x00)",
		"v @> ? AND a - -1 < 2 / 3 * 4":    "v @> \x00 AND a - -1 < 2 / 3 * 4",
		"a[1:2] = ?":                       "a[1:2] = \x00",
		"name = N'é' OR name = U&'\\00e9'": "name = N'é' OR name = U&'\\00e9'",
		"a LIKE ? ESCAPE '!'":              "a LIKE \x00 ESCAPE '!'",
		"a\n=\t1":                          "a\n=\t1",
		"doc->>'$.a' = ?":                  "doc->>'$.a' = \x00",
	} {
		got, n, err := mark(text)
		if err != nil || got != want || n != strings.Count(want, dialect.Arg) {
			t.Errorf("mark(%q) = %q, %d, %v", text, got, n, err)
		}
	}
}

func TestMarkRefuses(t *testing.T) {
	for text, why := range map[string]string{
		"":                    "empty",
		" \n":                 "empty",
		"1 = 1) OR (1 = 1":    "closed that was not opened",
		"(1 = 1":              "parenthesis is not closed",
		"1 = 1 -- x":          "comment",
		"1 = 1 /* x":          "comment",
		"1 = 1; DROP TABLE t": "semicolon",
		"a = 'x":              "quote is not closed",
		"a = \"x":             "quote is not closed",
		"a = `x`":             "backtick",
		"a = $$x$$":           "outside quotes",
		"a = $1":              "outside quotes",
		"a$$ ) OR (b$$":       "outside quotes",
		"a = E'\\' OR 1=1'":   "backslash",
		"a = E'x'\n'\\''":     "backslash",
		"a = '\x00'":          "control character",
		"a = \x00":            "control character",
		"a = '\xff'":          "UTF-8",
		"a = ?1":              "stand alone",
		"a = ?x":              "stand alone",
		"a? = 1":              "stand alone",
		"a = @?":              "stand alone",
		"a = :name":           "arguments are ?",
		"a = @p1":             "arguments are ?",
		"[a]] ' ]' = 1":       "]]",
		"a] = 1":              "bracket is closed",
		"[a = 1":              "bracket is not closed",
		"[a(b] = c)":          "overlap",
		"f(a[b) ] = 1":        "parenthesis is closed",
		"a['x]'] = 1":         "holds a ]",
		"a[\"x]\"] = 1":       "holds a ]",
	} {
		_, _, err := mark(text)
		if !errors.Is(err, fault.ErrInvalid) || !strings.Contains(err.Error(), why) {
			t.Errorf("mark(%q): %v, want %q", text, err, why)
		}
	}
}

func TestConstantSQLCountsArguments(t *testing.T) {
	type T struct{ ID int64 }
	for _, p := range []Pred[T]{ConstantSQL[T]("id = ?"), ConstantSQL[T]("id = 1", 1), ConstantSQL[T]("id = ??", 1)} {
		if e := p.Expr(); e.Op != OpError || !strings.Contains(e.Ext.Err.Error(), "orm: T: invalid: the SQL text has another number of ? than there are arguments") {
			t.Errorf("%+v", e)
		}
	}
}

// lexer reads text as one database does, apart from mark, to see whether the two agree.
type lexer struct {
	backslash bool // '…' takes backslash escapes (standard_conforming_strings=off)
	escapes   bool // E'…'
	dollars   bool
	backticks bool
	brackets  bool // […] is a name
	doubled   bool // ]] inside such a name
	nested    bool // comments nest
}

var lexers = map[string]lexer{
	"postgres":           {escapes: true, dollars: true, nested: true},
	"postgres, old mode": {escapes: true, dollars: true, nested: true, backslash: true},
	"sqlite":             {backticks: true, brackets: true},
	"sqlserver":          {brackets: true, doubled: true, nested: true},
}

func word(c byte) bool {
	return c == '_' || c == '$' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}

// inside reports that "(" + text + ")" closes with its last byte and no sooner, and holds no comment,
// semicolon or open quote.
func (l lexer) inside(text string) (ok bool, marks int) {
	s := "(" + text + ")"
	depth := 0
	for i := 0; i < len(s); i++ {
		if depth == 0 && i > 0 {
			return false, 0
		}
		rest := s[i:]
		switch c := s[i]; {
		case strings.HasPrefix(rest, "--"), strings.HasPrefix(rest, "/*"), c == ';':
			return false, 0
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == 0:
			marks++
		case c == '\'':
			esc := l.backslash || l.escapes && i > 0 && s[i-1]|0x20 == 'e' && (i == 1 || !word(s[i-2]))
			if i = l.skip(s, i, '\'', esc, true); i < 0 {
				return false, 0
			}
			for esc { // the next run after a line break goes on with the escapes
				j := i + 1
				for j < len(s) && strings.IndexByte(" \t\r\n", s[j]) >= 0 {
					j++
				}
				if j >= len(s) || s[j] != '\'' || !strings.Contains(s[i+1:j], "\n") {
					break
				}
				if i = l.skip(s, j, '\'', true, true); i < 0 {
					return false, 0
				}
			}
		case c == '"', c == '`' && l.backticks:
			if i = l.skip(s, i, c, false, true); i < 0 {
				return false, 0
			}
		case c == '[' && l.brackets:
			if i = l.skip(s, i, ']', false, l.doubled); i < 0 {
				return false, 0
			}
		case c == '$' && l.dollars && !word(s[i-1]):
			if end := dollarEnd(s, i); end > 0 {
				i = end
			}
		}
	}
	return depth == 0, marks
}

// skip gives the end of the run that opens at i, -1 when it has none.
func (l lexer) skip(s string, i int, q byte, backslash, doubled bool) int {
	for j := i + 1; j < len(s); j++ {
		switch {
		case backslash && s[j] == '\\':
			j++
		case s[j] == q && doubled && j+1 < len(s) && s[j+1] == q:
			j++
		case s[j] == q:
			return j
		}
	}
	return -1
}

func dollarEnd(s string, i int) int {
	j := i + 1
	for j < len(s) && word(s[j]) && s[j] != '$' {
		j++
	}
	if j >= len(s) || s[j] != '$' || j > i+1 && s[i+1] >= '0' && s[i+1] <= '9' {
		return -1
	}
	end := strings.Index(s[j+1:], s[i:j+1])
	if end < 0 {
		return len(s) // open
	}
	return j + end + j - i + 1
}

// FuzzMark: whatever mark takes stays in its parentheses, as every database reads it, and PostgreSQL sees
// the arguments that mark counted.
func FuzzMark(f *testing.F) {
	for _, s := range []string{
		"a = ? OR (b = '?')", "1=1) OR (1=1", `E'\'' ) OR (1=1) OR (E'\''`, "$$ ) OR ( $$", "a$$ ) OR (b$$", "$t$'$t$ ) OR ('",
		"`'` ) OR (`'`", "[']] ) OR (x[']", "a[']'] ) OR (b[']'] = 'z'", "/* /* */ ) OR ( */", "U&'\\0027' OR (1=1", "U&\"a\" UESCAPE '!'",
		"'\\' ) OR (1=1) OR ('\\'", "E'a'\n'\\'' ) OR ('", "\"'\" = '\"'", "# ) OR (", "a ??| ?", "?1", "N'x'", "[a(b] = c)", "x[b[1]] ' ]", "a\x00b", "{fn x()}", "a -?- b",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		out, n, err := mark(text)
		if err != nil {
			return
		}
		for name, l := range lexers {
			ok, marks := l.inside(out)
			if !ok {
				t.Errorf("%s: %q leaves its parentheses", name, text)
			}
			if !l.brackets && marks != n { // a ? in a bracketed name is an argument that the others do not see
				t.Errorf("%s: %q has %d arguments, not %d", name, text, marks, n)
			}
		}
	})
}
