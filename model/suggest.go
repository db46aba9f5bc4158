package model

import (
	"fmt"
	"strings"
)

// suggest gives ` (did you mean "x"?)` for the candidate nearest to word, or "" when none is near.
func suggest(word string, candidates []string) string {
	best, at := "", farthest(word)+1
	for _, c := range candidates {
		if d := distance(strings.ToLower(word), strings.ToLower(c)); d < at {
			best, at = c, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}

// elsewhere says what a word of another library's tags is here, or "" for one that is known from none.
func elsewhere(word string) string {
	switch strings.ToLower(word) {
	case "pk", "primary", "primarykey", "primary_key", "key":
		return ` (here it is "id")`
	case "autoincrement", "auto_increment", "serial", "identity":
		return ` (here it is "auto")`
	case "uniqueindex", "unique_index":
		return ` (here it is "unique")`
	case "many2many", "m2m":
		return ` (here it is "through", as in "through=memberships(user_id:team_id)")`
	case "column", "name":
		return ` (the first word is the column's name)`
	case "foreignkey", "foreign_key", "fk", "references", "belongs_to", "belongsto", "has_many", "hasmany", "has_one", "hasone":
		return ` (here it is "relation", on the field of the related rows)`
	case "soft_delete", "deletedat", "deleted_at":
		return ` (here it is "softdelete")`
	case "null", "nullable", "nullzero", "not null", "not_null":
		return ` (a pointer or a sql.Null type makes a column nullable, and any other type makes it NOT NULL; "notnull" is for types that hold NULL themselves)`
	}
	return ""
}

// farthest bounds the edits, so that a short word is not "corrected" into something else.
func farthest(word string) int {
	n := len([]rune(word))
	switch {
	case n > 64: // not a typing slip; and it bounds the work on hostile input
		return -1
	case n < 3:
		return 0
	}
	return min(3, max(1, (n+1)/3))
}

// distance counts the edits between a and b; two swapped neighbours are one edit.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if d := len(x) - len(y); d > 3 || d < -3 { // farther than any suggestion may be
		return 4
	}
	before, prev, cur := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(x); i++ {
		cur[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev, cur = prev, cur, before
	}
	return prev[len(y)]
}
