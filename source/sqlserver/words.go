package sqlserver

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// writing are the words of statements that change something, or that end a transaction, and the functions that reach other servers.
const writing = " insert update delete merge into truncate exec execute create alter drop grant revoke deny backup restore bulk writetext updatetext" +
	" commit rollback save set use dbcc kill shutdown revert reconfigure checkpoint receive send enable disable openquery openrowset opendatasource "

// mayWrite reports SQL text that could change something: one that begins otherwise than a read does, with a procedure's name among
// others, or that holds a word of one that writes.
func mayWrite(text string) bool {
	all := wordsOf(text)
	if len(all) == 0 {
		return false
	}
	switch all[0] {
	case "select", "with", "declare":
	default:
		return true
	}
	for i, w := range all {
		next := ""
		if i+1 < len(all) {
			next = all[i+1]
		}
		switch {
		case w == "merge" && (next == "join" || next == "union"), w == "use" && (next == "hint" || next == "plan"): // hints of a read
		case w == "next" && next == "value", strings.Contains(writing, " "+w+" "):
			return true
		}
	}
	return false
}

// wordsOf gives the words of SQL text in lower case, without comments; what stands in quotes or brackets is one word, "?".
func wordsOf(text string) (out []string) {
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		end := strings.IndexRune(`''""[]`, r)
		switch {
		case strings.HasPrefix(text, "--"):
			i := strings.IndexAny(text, "\r\n")
			if i < 0 {
				return out
			}
			text = text[i:]
		case strings.HasPrefix(text, "/*"):
			text = afterComment(text)
		case end >= 0 && r != ']':
			out = append(out, "?")
			text = afterQuote(text[size:], `''""[]`[end+1])
		case inWord(r):
			i := strings.IndexFunc(text, func(r rune) bool { return !inWord(r) })
			if i < 0 {
				i = len(text)
			}
			out = append(out, strings.ToLower(text[:i]))
			text = text[i:]
		default:
			text = text[size:]
		}
	}
	return out
}

func inWord(r rune) bool {
	return r == '_' || r == '@' || r == '#' || r == '$' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// afterComment skips a comment and those inside it.
func afterComment(text string) string {
	depth := 0
	for len(text) > 0 {
		switch {
		case strings.HasPrefix(text, "/*"):
			depth, text = depth+1, text[2:]
		case strings.HasPrefix(text, "*/"):
			if depth, text = depth-1, text[2:]; depth == 0 {
				return text
			}
		default:
			text = text[1:]
		}
	}
	return ""
}

// afterQuote skips to behind the end of what is quoted; a doubled end is one of the text.
func afterQuote(text string, end byte) string {
	for {
		i := strings.IndexByte(text, end)
		if i < 0 {
			return ""
		}
		if text = text[i+1:]; text == "" || text[0] != end {
			return text
		}
		text = text[1:]
	}
}
