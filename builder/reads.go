package builder

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/multi-orm/orm/internal/sqltokens"
)

// reads reports whether text holds a sub-select, as any of the databases may cut it into words: SELECT, PostgreSQL's
// TABLE, SQLite's IN with the name of a table, or a function that is handed a table or a query by name. What cannot be
// told from the text, such as a name spelt in U&"…", counts as one.
func reads(text string) bool {
	w := words{text: text}
	after := ""
	for {
		word, named, ok := w.next()
		if !ok {
			return false
		}
		if after == "in" && word != "(" || !named && (word == "select" || word == "table") {
			return true
		}
		if named && word == "" || w.called() && sqltokens.ReadsByName(word) {
			return true
		}
		if after = word; named {
			after = "" // a name in quotes is no keyword
		}
	}
}

// words cuts text into words and signs. Text in single quotes is left out; a quoted name is told from a keyword.
type words struct {
	text string
	at   int
	held string // the rest of a number with letters behind it, which some engines cut in two
}

// next gives a word in lower case, or a sign. A name in quotes is named; it is empty where its spelling is escaped.
func (w *words) next() (word string, named, ok bool) {
	if word = w.held; word != "" {
		w.held = ""
		return word, false, true
	}
	for w.at < len(w.text) {
		r, size := utf8.DecodeRuneInString(w.text[w.at:])
		from := w.at
		switch {
		case r == '\'':
			w.quoted('\'')
			return "'", false, true
		case r == '"':
			return strings.ToLower(w.quoted('"')), true, true
		case r <= ' ' || unicode.IsSpace(r):
			w.at += size
			continue
		case !partOfWord(r):
			w.at += size
			return w.text[from:w.at], false, true
		}
		for w.at < len(w.text) {
			if r, size = utf8.DecodeRuneInString(w.text[w.at:]); !partOfWord(r) {
				break
			}
			w.at += size
		}
		word = strings.ToLower(w.text[from:w.at])
		if word == "u" && strings.HasPrefix(w.text[w.at:], `&"`) {
			w.at++
			w.quoted('"')
			return "", true, true
		}
		if word[0] >= '0' && word[0] <= '9' {
			for _, key := range [...]string{"select", "table", "in"} {
				if strings.HasSuffix(word, key) {
					w.held = key
					return word[:len(word)-len(key)], false, true
				}
			}
		}
		return word, false, true
	}
	return "", false, false
}

// quoted passes what stands in quotes and gives what is between them. The quotes are closed: mark has seen to it.
func (w *words) quoted(q byte) string {
	from := w.at + 1
	for w.at = from; w.at < len(w.text); w.at++ {
		if w.text[w.at] != q {
			continue
		}
		if w.at+1 < len(w.text) && w.text[w.at+1] == q {
			w.at++
			continue
		}
		w.at++
		return w.text[from : w.at-1]
	}
	return w.text[min(from, len(w.text)):]
}

// called reports whether an opening parenthesis comes next.
func (w *words) called() bool {
	return w.held == "" && strings.HasPrefix(strings.TrimLeftFunc(w.text[w.at:], unicode.IsSpace), "(")
}

// partOfWord reports whether every engine takes r for a part of a name. A space of another script is one to SQL Server.
func partOfWord(r rune) bool {
	return r == '_' || r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z' || r >= utf8.RuneSelf && !unicode.IsSpace(r)
}
