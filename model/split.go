package model

import (
	"fmt"
	"strings"
)

// split cuts at commas, but not inside the parentheses of type=numeric(10,2) and through=t(a:b), nor in the quotes of dbdefault='a,b'.
func split(raw string) []string {
	var out []string
	start, n := 0, nestingOf(raw)
	for i := range len(raw) {
		if raw[i] != ',' || n.inside() {
			n.take(raw[i])
			continue
		}
		out = append(out, raw[start:i])
		start, n = i+1, nestingOf(raw[i+1:])
	}
	return append(out, raw[start:])
}

// nesting follows the quotes and parentheses of a word.
type nesting struct {
	groups bool   // parentheses count
	quotes string // those that count
	open   byte   // the quote that is open
	depth  int
	over   bool // a parenthesis closed what none opened
}

func nestingOf(word string) nesting {
	switch key, value, _ := strings.Cut(strings.TrimLeft(word, " "), "="); key {
	case "type", "through":
		return nesting{groups: true}
	case "dbdefault", "generated", "where":
		return nesting{groups: true, quotes: `'"`}
	case "comment":
		if strings.HasPrefix(value, "'") {
			return nesting{quotes: "'"}
		}
	}
	return nesting{}
}

func (n *nesting) inside() bool { return n.open != 0 || n.depth > 0 }

func (n *nesting) take(c byte) {
	switch {
	case n.open != 0:
		if c == n.open {
			n.open = 0
		}
	case strings.IndexByte(n.quotes, c) >= 0:
		n.open = c
	case c == '(' && n.groups:
		n.depth++
	case c == ')' && n.groups:
		n.over = n.over || n.depth == 0
		n.depth = max(0, n.depth-1)
	}
}

// unclosed refuses a word whose quotes or parentheses do not match, which would hold the words that follow it, and one that ends its expression before
// the statement that it stands in does.
func unclosed(word string) error {
	n := nestingOf(word)
	expression := n.groups && n.quotes != ""
	for i := range len(word) {
		if rest := word[i:]; expression && n.open == 0 && (rest[0] == ';' || strings.HasPrefix(rest, "--") || strings.HasPrefix(rest, "/*")) {
			return fmt.Errorf("word %q: an expression holds neither a semicolon nor a comment", word)
		}
		n.take(word[i])
	}
	switch through := strings.HasPrefix(strings.TrimLeft(word, " "), "through="); {
	case through: // which has a form of its own
	case n.open != 0:
		return fmt.Errorf("word %q: a quote is not closed; one within a text is doubled", word)
	case n.over:
		return fmt.Errorf("word %q: a parenthesis closes what none opened", word)
	case n.depth > 0:
		return fmt.Errorf("word %q: a parenthesis is not closed", word)
	}
	return nil
}
