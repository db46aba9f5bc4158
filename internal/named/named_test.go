package named_test

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/named"
)

func mark(n int) string { return "<" + strconv.Itoa(n) + ">" }

func TestBind(t *testing.T) {
	for _, c := range []struct{ text, want, names string }{
		{"a = :id", "a = <1>", "id"},
		{"a = :b AND c = :a OR d = :b", "a = <1> AND c = <2> OR d = <1>", "b a"},
		{"a::text = :x::text", "a::text = <1>::text", "x"},
		{"':x' \":x\" `:x` /* :x */ = :y -- :x", "':x' \":x\" `:x` /* :x */ = <1> -- :x", "y"},
		{"-- :x\n:y", "-- :x\n<1>", "y"},
		{"'it''s :x' = :y", "'it''s :x' = <1>", "y"},
		{`E'\':x' = :y`, `E'\':x' = <1>`, "y"},
		{`E'it''s \':x' = :y`, `E'it''s \':x' = <1>`, "y"},
		{`LIKE'\' || :y`, `LIKE'\' || <1>`, "y"},
		{"/* /* :x */ :x */ :y", "/* /* :x */ :x */ <1>", "y"},
		{"$$:x$$ = :y", "$$:x$$ = <1>", "y"},
		{"$a$:x $$ :x$a$ = :y", "$a$:x $$ :x$a$ = <1>", "y"},
		{"a$$ = :x AND b$$ = :y", "a$$ = <1> AND b$$ = <2>", "x y"},
		{"$1 = :y", "$1 = <1>", "y"},
		{"[a:b] = :y AND t.[c :x] = 1", "[a:b] = <1> AND t.[c :x] = 1", "y"},
		{"[it's] = :y", "[it's] = <1>", "y"},
		{"[a]]:x] = :y", "[a]]:x] = <1>", "y"},
		{"a[:i] = ARRAY[:x, ARRAY[:y]]", "a[<1>] = ARRAY[<2>, ARRAY[<3>]]", "i x y"},
		{"ARRAY[[:x], [:y]]", "ARRAY[[<1>], [<2>]]", "x y"},
		{"a[1:2] = '{}'::int[] AND b = :x", "a[1:2] = '{}'::int[] AND b = <1>", "x"},
		{"x := 1, y = :x_1", "x := 1, y = <1>", "x_1"},
		{":naïve = :été", "<1> = <2>", "naïve été"},
		{"12:30", "12:30", ""},
		{"", "", ""},
		{":", ":", ""},
	} {
		got, names, err := named.Bind(c.text, mark)
		if err != nil || got != c.want || strings.Join(names, " ") != c.names {
			t.Errorf("%s\ngot  %s %v %v\nwant %s [%s]", c.text, got, names, err, c.want, c.names)
		}
	}
}

func TestBindRefuses(t *testing.T) {
	for text, why := range map[string]string{
		"a = 'x": "a quote is not closed", `a = "x`: "a quote is not closed", "/* x": "a comment is not closed", "/* /* */": "a comment is not closed",
		`E'x\'`: "a quote is not closed", "[a": "a bracket is not closed",
	} {
		if _, _, err := named.Bind(text, mark); !errors.Is(err, fault.ErrInvalid) || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// FuzzNamed: the text is kept but for the names, each name has one number, and the answer is the same each time.
func FuzzNamed(f *testing.F) {
	for _, s := range []string{":a = :b", "':a'", `E'\':a'`, "$$:a$$", "/*:a*/", "--:a\n:b", "[a:b]", "a[:b]", "::x", ":=", "\"", "ARRAY[[:a]]", "$a$:x$a$", ":é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsAny(text, "\x01\x02") {
			t.Skip()
		}
		got, names, err := named.Bind(text, func(n int) string { return fmt.Sprintf("\x01%d\x02", n) })
		if err != nil {
			if !errors.Is(err, fault.ErrInvalid) {
				t.Error(err)
			}
			return
		}
		back, seen := got, map[string]bool{}
		for i, n := range names {
			if seen[n] || n == "" {
				t.Errorf("name %q twice", n)
			}
			seen[n] = true
			hole := fmt.Sprintf("\x01%d\x02", i+1)
			if !strings.Contains(got, hole) {
				t.Errorf("name %q has no place in %q", n, got)
			}
			back = strings.ReplaceAll(back, hole, ":"+n)
		}
		if back != text {
			t.Errorf("%q became %q", text, got)
		}
		once, order, _ := named.Bind(text, mark)
		twice, same, _ := named.Bind(text, mark)
		if once != twice || !reflect.DeepEqual(order, same) {
			t.Error("not stable")
		}
	})
}
