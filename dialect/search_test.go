package dialect_test

import (
	"strings"
	"testing"

	"github.com/multi-orm/orm/dialect"
)

func TestSearchText(t *testing.T) {
	for text, want := range map[string][2]string{
		"red shoes":            {`"red" "shoes"`, `("red" AND "shoes")`},
		`"red shoes" -blue`:    {`"red shoes" -"blue"`, `(("red shoes") NOT ("blue"))`},
		"a or b -c -d":         {`"a" or "b" -"c" -"d"`, `("a") OR (("b") NOT ("c" OR "d"))`},
		"-only":                {``, `""`},
		"a OR -b":              {`"a"`, `("a")`},
		`say "or`:              {`"say" "or"`, `("say" AND "or")`},
		"NEAR(x) y* title:z ^": {`"NEAR(x)" "y*" "title:z"`, `("NEAR(x)" AND "y*" AND "title:z")`},
		"-or":                  {``, `""`},
		"":                     {``, `""`},
	} {
		if got, _ := (dialect.Postgres{}).SearchText(text); got != want[0] {
			t.Errorf("%q on postgres: %s, want %s", text, got, want[0])
		}
		if got, _ := (dialect.SQLite{}).SearchText(text); got != want[1] {
			t.Errorf("%q on sqlite: %s, want %s", text, got, want[1])
		}
	}
}

// FuzzSearch: outside quotes only the translator's own words stand, and every quote is closed.
func FuzzSearch(f *testing.F) {
	for _, s := range []string{"", "a", `"a b" -c or d`, `"`, `-"x`, "or or", "NEAR(a b, 5)", "a*", "{a}:b", "a\"b\"c", "-- -", "\x00", "\xff", "ǅ ٣ 漢"} {
		f.Add(s)
	}
	outside := strings.NewReplacer("OR", "", "AND", "", "NOT", "", "or", "", "-", "", "(", "", ")", "", " ", "")
	f.Fuzz(func(t *testing.T, text string) {
		for _, d := range []dialect.Dialect{dialect.Postgres{}, dialect.SQLite{}} {
			got, words := d.SearchText(text)
			parts := strings.Split(got, `"`)
			if len(parts)%2 == 0 {
				t.Fatalf("%s: %q becomes %s, with a quote open", d.Name(), text, got)
			}
			for i := 0; i < len(parts); i += 2 {
				if left := outside.Replace(parts[i]); left != "" {
					t.Fatalf("%s: %q becomes %s, with %q outside quotes", d.Name(), text, got, left)
				}
			}
			if words != (len(parts)-1)/2 && words > 0 {
				t.Fatalf("%s: %q becomes %s: not %d words", d.Name(), text, got, words)
			}
			for _, g := range dialect.ParseSearch(text) {
				found := false
				for _, s := range g {
					found = found || !s.Not
				}
				if !found {
					t.Fatalf("%q: an alternative that only excludes", text)
				}
			}
		}
	})
}
