package sqltokens_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/multi-orm/orm/internal/sqltokens"
)

func TestListed(t *testing.T) {
	for _, c := range []struct {
		text, column string
		values       []string
	}{
		{`role IN ('admin', 'it''s')`, "role", []string{"admin", "it's"}},
		{`("ro le" in ('a'))`, "ro le", []string{"a"}},
		{`[ro le] IN ('a') -- more`, "ro le", []string{"a"}},
		{`(role = ANY (ARRAY['a'::text, 'b'::text]))`, "role", []string{"a", "b"}},
		{`((role)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))`, "role", []string{"a", "b"}},
		{`((role)::text = 'a'::text)`, "role", []string{"a"}},
		{`((role)::text = E'a\\b'::text)`, "role", []string{`a\b`}},
		{`([role]=N'b' OR [role]='it''s')`, "role", []string{"b", "it's"}},
		{`([role]='b' OR [kind]='a')`, "", nil},
		{`([role]='b' OR [role]<>'a')`, "", nil},
		{`([role]='b' AND [role]='a')`, "", nil},
		{`role IN ('a') OR role IS NULL`, "", nil},
		{`role NOT IN ('a')`, "", nil},
		{`n IN (1, 2)`, "", nil},
		{`(role = ANY (ARRAY['a'::text])) AND (n > 0)`, "", nil},
		{`lower(role) IN ('a')`, "", nil},
		{`role <> 'a'`, "", nil},
		{``, "", nil},
	} {
		column, values, ok := sqltokens.Listed(c.text)
		if ok != (c.values != nil) || ok && (column != c.column || !slices.Equal(values, c.values)) {
			t.Errorf("%s: %q %q %v", c.text, column, values, ok)
		}
	}
}

// FuzzSplit holds that tokens are pieces of the text in their order.
func FuzzSplit(f *testing.F) {
	for _, s := range []string{"", "CREATE TABLE [a b] (\"x\"\"y\" int, 'z''', `q`)", "a -- b\n c /* d */ e", "E'a\\'b'", "'open", "[open", "1.5e3::int[]||x", "/*", "E'\\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for _, x := range sqltokens.Split(text) {
			if x.Start < end || x.End <= x.Start || x.End > len(text) {
				t.Fatalf("token %+v of %q after %d", x, text, end)
			}
			if x.Kind == sqltokens.Word && !strings.EqualFold(x.Text, text[x.Start:x.End]) {
				t.Fatalf("token %+v of %q", x, text)
			}
			end = x.End
		}
		_, _, _ = sqltokens.Listed(text)
	})
}
