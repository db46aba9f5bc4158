package naming_test

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/multi-orm/orm/internal/naming"
)

func TestPascal(t *testing.T) {
	for want, words := range map[string][]string{
		"PostsMineWhere": {"posts", "mine", "Where"}, "BlogPosts": {"blog-posts"}, "ABC": {"a", "b", "c"}, "AB": {"aB"}, "N2faResult": {"2fa", "result"},
		"Unnamed": {"", "日本", "-"}, "Posts2ndPage": {"posts", "2ndPage"}, "Editor": {"", "editor"},
	} {
		if got := naming.Pascal(words...); got != want {
			t.Errorf("%q: %s, want %s", words, got, want)
		}
	}
}

// No two things get one name, whatever they are called; the same things in the same order get the same names.
func TestNamesNeverCollide(t *testing.T) {
	plain := regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]*$`)
	word := rapid.StringOfN(rapid.SampledFrom([]rune("aAbB12-_.é ")), 0, 4, -1)
	rapid.Check(t, func(t *rapid.T) {
		things := rapid.SliceOf(rapid.SliceOfN(word, 1, 3)).Draw(t, "things")
		var a, b naming.Set
		seen := map[string]bool{}
		for _, words := range things {
			short, long := naming.Pascal(words[0]), naming.Pascal(words...)
			name := a.Take(short, long)
			if again := b.Take(short, long); again != name {
				t.Fatalf("%s, then %s", name, again)
			}
			fold := strings.ToLower(name)
			if seen[fold] || !plain.MatchString(name) {
				t.Fatalf("%q of %q is taken or no name", name, words)
			}
			seen[fold] = true
		}
	})
}
