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

func TestBindLists(t *testing.T) {
	lists := named.Lists{
		Is: func(name string) bool { return strings.HasPrefix(name, "l") },
		In: func(_, p string, not bool) (string, error) {
			if not {
				return "OUT" + p, nil
			}
			return "ANY" + p, nil
		},
	}
	for text, want := range map[string]string{
		"a IN (:l)":                         "a ANY<1>",
		"a in(:l) AND b = :x":               "a ANY<1> AND b = <2>",
		"a NOT\n IN ( :l ) OR c":            "a OUT<1> OR c",
		"(a IN (:l1) AND (b NOT IN (:l2)))": "(a ANY<1> AND (b OUT<2>))",
		"a IN (:x)":                         "a IN (<1>)",
		"a IN (:x, :y)":                     "a IN (<1>, <2>)",
		"a = ANY(:l)":                       "a = ANY(<1>)",
		"a IN (SELECT value FROM f(:l))":    "a IN (SELECT value FROM f(<1>))",
		"begin (:l)":                        "begin (<1>)",
		"t.in (:l)":                         "t.in (<1>)",
		"f('in' (:l))":                      "f('in' (<1>))",
		"a IN /* these */ (:l)":             "a ANY<1>",
		"-- in\n(:l)":                       "-- in\n(<1>)",
		"a IN (:l) AND b IN (:l)":           "a ANY<1> AND b ANY<1>",
	} {
		got, _, err := named.BindLists(text, mark, lists)
		if err != nil || got != want {
			t.Errorf("%s: %q %v, want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"a IN (:l, 3)", "a IN (3, :l)", "a IN (:l", "a IN (-:l)"} {
		if got, _, err := named.BindLists(text, mark, lists); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("%s: %q %v", text, got, err)
		}
	}
}

// FuzzLists: no text makes the reader of lists fail in another way than with ErrInvalid.
func FuzzLists(f *testing.F) {
	for _, s := range []string{"a IN (:l)", "a NOT IN ( :l )", "IN(:l)(", "IN ((:l))", "/*in*/(:l)", "in 'x'(:l)", "[in](:l)", "IN (:l))", "a[b IN (:l)]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, names, err := named.BindLists(text, mark, named.Lists{Is: func(string) bool { return true }, In: func(_, p string, _ bool) (string, error) { return p, nil }})
		if err != nil && !errors.Is(err, fault.ErrInvalid) {
			t.Error(err)
		}
		plain, same, other := named.Bind(text, mark)
		if err == nil && (other != nil || !reflect.DeepEqual(names, same)) {
			t.Errorf("%q: %v %v: %q %v", text, names, same, plain, other)
		}
	})
}
