package catalogue_test

import (
	"strings"
	"testing"

	"github.com/multi-orm/orm/source/catalogue"
)

// The conditions of partial indexes are read in the words of each database, and others are told from them.
func TestNulls(t *testing.T) {
	for where, want := range map[string]string{
		`(deleted_at IS NULL)`:                                     "deleted_at|",
		`([deleted_at] IS NULL AND [code] IS NOT NULL)`:            "deleted_at|code",
		"`A and b`\n is\tnull  AND (\"x\"\"is null\" IS NOT NULL)": `A and b|x"is null`,
		`((a IS NOT NULL) AND (b IS NOT NULL))`:                    "|a,b",
		``:                                                         "|",
		`a IS NULL OR b IS NULL`:                                   "no",
		`NOT (a IS NULL)`:                                          "no",
		`a IS NULL AND b > 1`:                                      "no",
		`a IS NULL AND`:                                            "no",
		`a IS NOT NULLABLE`:                                        "no",
		`lower(a) IS NULL`:                                         "no",
		`t.a IS NULL`:                                              "no",
		`a IS NULL b`:                                              "no",
		`"a IS NULL`:                                               "no",
		`'a' IS NULL`:                                              "no",
		`a IS`:                                                     "no",
	} {
		null, notNull, ok := (&catalogue.Index{Where: where}).Nulls()
		got := strings.Join(null, ",") + "|" + strings.Join(notNull, ",")
		if !ok {
			got = "no"
		}
		if got != want {
			t.Errorf("%s: %s, want %s", where, got, want)
		}
	}
}
