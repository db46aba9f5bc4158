// Package sqltokens cuts SQL text into words, for what databases keep of their own definitions.
package sqltokens

import "strings"

// Kind is the kind of a token.
type Kind uint8

// The kinds of tokens.
const (
	Word   Kind = iota // a bare word: a keyword, or a name in small or capital letters
	Name               // a quoted name
	String             // a quoted text
	Number
	Sign // anything else; :: and || are one token
)

// Token is one word of a text, which it is text[Start:End] of.
type Token struct {
	Kind       Kind
	Text       string // without quotes
	Start, End int
}

// Is reports whether the token is the bare word or the sign, whatever its case.
func (t Token) Is(word string) bool {
	return (t.Kind == Word || t.Kind == Sign) && strings.EqualFold(t.Text, word)
}

// IsName reports whether the token may be a name.
func (t Token) IsName() bool { return t.Kind == Word || t.Kind == Name }

// Split cuts text up; comments and spaces are left out. What is not closed ends with the text.
func Split(text string) []Token {
	var out []Token
	for i := 0; i < len(text); {
		c := text[i]
		start := i
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f':
			i++
			continue
		case strings.HasPrefix(text[i:], "--"):
			i = after(text, i, "\n")
			continue
		case strings.HasPrefix(text[i:], "/*"):
			i = after(text, i+2, "*/")
			continue
		case (c == 'E' || c == 'e') && strings.HasPrefix(text[i+1:], "'"):
			value, end := escaped(text, i+2)
			i = end
			out = append(out, Token{String, value, start, i})
			continue
		case (c == 'N' || c == 'n') && strings.HasPrefix(text[i+1:], "'"): // of SQL Server: wide text
			value, end := quoted(text, i+2, '\'')
			i = end
			out = append(out, Token{String, value, start, i})
			continue
		case c == '\'' || c == '"' || c == '`' || c == '[':
			closing, kind := c, Name
			if c == '[' && !bracketed(text[i+1:]) {
				i++
				break
			}
			if c == '[' {
				closing = ']'
			}
			if c == '\'' {
				kind = String
			}
			value, end := quoted(text, i+1, closing)
			i = end
			out = append(out, Token{kind, value, start, i})
			continue
		case digit(c) || c == '.' && i+1 < len(text) && digit(text[i+1]):
			for i < len(text) && (digit(text[i]) || text[i] == '.' || letter(text[i])) {
				i++
			}
			out = append(out, Token{Number, text[start:i], start, i})
			continue
		case letter(c):
			for i < len(text) && (letter(text[i]) || digit(text[i]) || text[i] == '$') {
				i++
			}
			out = append(out, Token{Word, text[start:i], start, i})
			continue
		case strings.HasPrefix(text[i:], "::") || strings.HasPrefix(text[i:], "||"):
			i += 2
		default:
			i++
		}
		out = append(out, Token{Sign, text[start:i], start, i})
	}
	return out
}

// bracketed tells a name in brackets from a subscript or the brackets of an array: only a name begins with a letter and
// has no quote before its end.
func bracketed(rest string) bool {
	end := strings.IndexByte(rest, ']')
	return end > 0 && letter(rest[0]) && !strings.ContainsAny(rest[:end], "'\"")
}

func after(text string, i int, end string) int {
	if j := strings.Index(text[min(i, len(text)):], end); j >= 0 {
		return i + j + len(end)
	}
	return len(text)
}

// quoted reads to the closing quote, which stands for itself where it is doubled.
func quoted(text string, i int, closing byte) (string, int) {
	var b strings.Builder
	for ; i < len(text); i++ {
		if text[i] == closing {
			if closing == ']' || i+1 >= len(text) || text[i+1] != closing {
				return b.String(), i + 1
			}
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String(), i
}

// escaped reads a text whose backslashes take the next character as it is, as PostgreSQL prints them.
func escaped(text string, i int) (string, int) {
	var b strings.Builder
	for ; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text):
			i++
		case text[i] == '\'' && i+1 < len(text) && text[i+1] == '\'':
			i++
		case text[i] == '\'':
			return b.String(), i + 1
		}
		b.WriteByte(text[i])
	}
	return b.String(), i
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c >= 0x80 }

// Listed reads a condition that a column is one of some texts: the column and the texts, in any of the forms in which
// databases keep it. ok is false for every other condition.
func Listed(condition string) (column string, values []string, ok bool) {
	tokens := plain(Split(condition))
	if len(tokens) < 3 || !tokens[0].IsName() {
		return "", nil, false
	}
	column, rest := tokens[0].Text, tokens[1:]
	switch {
	case rest[0].Is("in"):
		rest = rest[1:]
	case len(rest) > 3 && rest[0].Is("=") && rest[1].Is("any") && rest[2].Is("array") && rest[3].Is("["):
		if rest = rest[4:]; !rest[len(rest)-1].Is("]") {
			return "", nil, false
		}
		rest = rest[:len(rest)-1]
	case rest[0].Is("="):
		return compared(tokens)
	default:
		return "", nil, false
	}
	for i, t := range rest {
		if i%2 == 1 {
			if !t.Is(",") {
				return "", nil, false
			}
			continue
		}
		if t.Kind != String {
			return "", nil, false
		}
		values = append(values, t.Text)
	}
	return column, values, len(rest)%2 == 1
}

// compared reads comparisons of one column with texts that or joins.
func compared(tokens []Token) (column string, values []string, ok bool) {
	column = tokens[0].Text
	for i := 0; ; i += 4 {
		if len(tokens) < i+3 || !tokens[i].IsName() || tokens[i].Text != column || !tokens[i+1].Is("=") || tokens[i+2].Kind != String {
			return "", nil, false
		}
		values = append(values, tokens[i+2].Text)
		if len(tokens) == i+3 {
			return column, values, true
		}
		if !tokens[i+3].Is("or") {
			return "", nil, false
		}
	}
}

// plain takes parentheses and casts away.
func plain(tokens []Token) []Token {
	var out []Token
	for i := 0; i < len(tokens); i++ {
		switch {
		case tokens[i].Is("(") || tokens[i].Is(")"):
		case tokens[i].Is("::"):
			for i+1 < len(tokens) && tokens[i+1].IsName() && !tokens[i+1].Is("or") && !tokens[i+1].Is("and") && !tokens[i+1].Is("in") {
				i++
				if i+2 < len(tokens) && tokens[i+1].Is(".") {
					i++
				}
			}
			if i+3 < len(tokens) && tokens[i+1].Is("(") && tokens[i+2].Kind == Number && tokens[i+3].Is(")") {
				i += 3
			}
			for i+2 < len(tokens) && tokens[i+1].Is("[") && tokens[i+2].Is("]") {
				i += 2
			}
		default:
			out = append(out, tokens[i])
		}
	}
	return out
}
