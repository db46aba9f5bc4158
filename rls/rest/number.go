package rest

import (
	"strconv"
	"strings"

	"github.com/multi-orm/orm/rls/guard"
)

func number(n int64) guard.Node {
	return guard.Node{Kind: guard.Number, Text: strconv.FormatInt(n, 10)}
}

// plainNumber reports whether s is a whole number as it stands in a path: digits, with a - in front at most, and no zeros before
// others.
func plainNumber(s string) bool {
	digits := strings.TrimPrefix(s, "-")
	if digits == "" || len(digits) > 400 || digits[0] == '0' && s != "0" {
		return false
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return false
		}
	}
	return true
}

// beyond reports whether a node is a whole number above most.
func beyond(n *guard.Node, most int64) bool {
	if n.Kind != guard.Number || !plainNumber(n.Text) || n.Text[0] == '-' {
		return false
	}
	k, err := strconv.ParseInt(n.Text, 10, 64)
	return err != nil || k > most
}
