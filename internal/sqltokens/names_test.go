package sqltokens

import (
	"strings"
	"testing"
)

// A column is told from the functions, tables, types and constraints of its name.
func TestNames(t *testing.T) {
	for text, want := range map[string]bool{
		`legacy > 0`: true, `lower("Legacy")`: true, `old.legacy`: true, `UPDATE OF legacy ON t`: true, `(legacy, b)`: true, `a = [legacy]`: true, "a = `legacy`": true,
		`'legacy'`: false, `legacy(a)`: false, `legacy.a`: false, `a COLLATE legacy`: false, `CAST(a AS legacy)`: false, `a::legacy`: false, `CONSTRAINT legacy CHECK (a)`: false,
		`SELECT a FROM legacy`: false, `INSERT INTO legacy (a)`: false, `legacy_at`: false, `a -- legacy`: false, `INSERT INTO t (legacy) VALUES (1)`: true, `ON legacy = a`: true,
	} {
		if got := Names(text, "legacy", strings.EqualFold); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	for text, want := range map[string]bool{`(a DESC)`: false, `(desc)`: true, `(a, "desc" DESC)`: true} {
		if got := Names(text, "desc", strings.EqualFold); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	if Names(`SELECT a FROM t ORDER BY a`, "order", strings.EqualFold) || !Names(`SELECT "order" FROM t`, "order", strings.EqualFold) {
		t.Error("a reserved word is a column where it is quoted")
	}
	if !Mentions(`SELECT a FROM "T"`, "t", strings.EqualFold) || Mentions(`SELECT 't'`, "t", strings.EqualFold) {
		t.Error("mentions")
	}
}
