package comingfrom_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The code of the guide's last column is code that runs.
func TestTheGuideShowsWhatRuns(t *testing.T) {
	read := func(name string) string {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	code := read("reading_test.go") + read("writing_test.go")
	rows := regexp.MustCompile("(?m)^\\| (\\d+) \\|.*\\| `([^`]+)` \\|$").FindAllStringSubmatch(read("README.md"), -1)
	if len(rows) != 40 {
		t.Fatalf("%d rows, want 40", len(rows))
	}
	for _, r := range rows {
		if !strings.Contains(code, r[2]) {
			t.Errorf("%s: %s stands in no example", r[1], r[2])
		}
		if !strings.Contains(code, `"`+r[1]) {
			t.Errorf("%s: no example has the number", r[1])
		}
	}
}
