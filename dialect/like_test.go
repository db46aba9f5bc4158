package dialect_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/multi-orm/orm/dialect"
)

// likes reads patterns as LIKE … ESCAPE '\' does; with sets it reads those of T-SQL, where no character escapes and [ opens a set, which
// holds one character here.
func likes(text, pattern []rune, sets bool) bool {
	if len(pattern) == 0 {
		return len(text) == 0
	}
	switch c := pattern[0]; {
	case c == '%':
		for i := range len(text) + 1 {
			if likes(text[i:], pattern[1:], sets) {
				return true
			}
		}
		return false
	case c == '_':
		return len(text) > 0 && likes(text[1:], pattern[1:], sets)
	case c == '\\' && !sets:
		if len(pattern) == 1 {
			panic("the pattern ends with its escape character")
		}
		pattern = pattern[1:]
	case c == '[' && sets:
		if len(pattern) < 3 || pattern[2] != ']' || pattern[1] == '^' || pattern[1] == ']' {
			panic("a set that the dialect does not write")
		}
		return len(text) > 0 && text[0] == pattern[1] && likes(text[1:], pattern[3:], sets)
	}
	return len(text) > 0 && text[0] == pattern[0] && likes(text[1:], pattern[1:], sets)
}

// globs reads patterns as SQLite's GLOB does. A set holds one character here; the dialect writes no other.
func globs(text, pattern []rune) bool {
	if len(pattern) == 0 {
		return len(text) == 0
	}
	switch pattern[0] {
	case '*':
		for i := range len(text) + 1 {
			if globs(text[i:], pattern[1:]) {
				return true
			}
		}
		return false
	case '?':
		return len(text) > 0 && globs(text[1:], pattern[1:])
	case '[':
		if len(pattern) < 3 || pattern[2] != ']' || pattern[1] == '^' || pattern[1] == ']' {
			panic("a set that the dialect does not write")
		}
		return len(text) > 0 && text[0] == pattern[1] && globs(text[1:], pattern[3:])
	}
	return len(text) > 0 && text[0] == pattern[0] && globs(text[1:], pattern[1:])
}

// wanted is what the operators promise. A lone \ at the end of a pattern stands for itself.
func wanted(p dialect.Pattern, text, arg string) bool {
	switch p {
	case dialect.Contains:
		return strings.Contains(text, arg)
	case dialect.StartsWith:
		return strings.HasPrefix(text, arg)
	case dialect.EndsWith:
		return strings.HasSuffix(text, arg)
	}
	if n := len(arg) - len(strings.TrimRight(arg, `\`)); n%2 == 1 {
		arg += `\`
	}
	return likes([]rune(text), []rune(arg), false)
}

func checkLike(t *testing.T, text, arg string) {
	t.Helper()
	for p := dialect.Contains; p <= dialect.Raw; p++ {
		want := wanted(p, text, arg)
		for name, got := range map[string]bool{
			"postgres":  likes([]rune(text), []rune(dialect.Postgres{}.Pattern(p, arg)), false),
			"sqlserver": likes([]rune(text), []rune(dialect.SQLServer{}.Pattern(p, arg)), true),
			"sqlite":    globs([]rune(text), []rune(dialect.SQLite{}.Pattern(p, arg))),
		} {
			if got != want {
				t.Errorf("%s, pattern kind %d: %q against %q is %v, want %v", name, p, text, arg, got, want)
			}
		}
	}
}

var likeSeeds = [][2]string{
	{"50%_[", "50%_["}, {"a\\b", "\\"}, {"abc", "a_c"}, {"a%c", "a\\%c"}, {"axc", "a\\%c"}, {"x[y]", "[y]"}, {"*?", "*?"}, {"a*b", "a*"}, {"^", "^"}, {"]", "]"},
	{"a", "\\a"}, {"\\", "\\"}, {"\\\\", "\\\\"}, {"[", "\\["}, {"é", "_"}, {"", ""}, {"", "%"}, {"a-b", "[a-b]"}, {"\\%", "\\\\%"}, {"%", "\\"},
}

func TestLike(t *testing.T) {
	for _, s := range likeSeeds {
		for _, o := range likeSeeds {
			checkLike(t, s[0], s[1])
			checkLike(t, s[0], o[1])
		}
	}
}

// FuzzLike compares every dialect's pattern with the promise of the operator.
func FuzzLike(f *testing.F) {
	for _, s := range likeSeeds {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, text, arg string) {
		if len(text) > 40 || len(arg) > 20 || strings.Count(arg, "%") > 4 || !utf8.ValidString(text) || !utf8.ValidString(arg) {
			t.Skip()
		}
		checkLike(t, text, arg)
	})
}
