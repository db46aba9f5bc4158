package identity

import (
	"fmt"
	"math"
	"math/big"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Types that say the same of every value.
type (
	liar   int64
	mask   string
	pair   struct{ A, B string }
	secret struct{ id [16]byte }
	tree   struct {
		Name string
		Next *tree
		Any  any
	}
)

func (liar) String() string             { return "x" }
func (liar) Format(s fmt.State, _ rune) { fmt.Fprint(s, "x") }
func (mask) GoString() string           { return "x" }
func (mask) Error() string              { return "x" }
func (secret) String() string           { return "secret" }

// anything draws a value of many types, user's own among them, with small ranges, so that equal ones turn up too.
func anything(t *rapid.T, depth int) any {
	most := 22
	if depth == 0 {
		most = 17
	}
	text := rapid.OneOf(rapid.SampledFrom([]string{"", "a", "b", "a b", "a\x00b", "\xff", "\ufffd", `a" "b`}), rapid.String())
	number := rapid.OneOf(rapid.Int64Range(-2, 2), rapid.SampledFrom([]int64{0xD800, 0xDFFF, 0xFFFD, 1114111, 1114112, 7000000001, 7000000002, math.MinInt64, math.MaxInt64}))
	switch rapid.IntRange(0, most).Draw(t, "kind") {
	case 0:
		return nil
	case 1:
		return rapid.Bool().Draw(t, "bool")
	case 2:
		return number.Draw(t, "int64")
	case 3:
		return int(number.Draw(t, "int"))
	case 4:
		return uint64(number.Draw(t, "uint64"))
	case 5:
		return liar(number.Draw(t, "liar"))
	case 6:
		return text.Draw(t, "text")
	case 7:
		return mask(text.Draw(t, "mask"))
	case 8:
		return []byte(text.Draw(t, "bytes"))
	case 9:
		return [16]byte{0: byte(number.Draw(t, "first")), 15: byte(number.Draw(t, "last"))}
	case 10:
		return secret{[16]byte{3: byte(number.Draw(t, "secret"))}}
	case 11:
		return pair{text.Draw(t, "A"), text.Draw(t, "B")}
	case 12:
		return float64(number.Draw(t, "float")) / 2
	case 13:
		return rapid.SliceOfN(text, 0, 3).Draw(t, "texts")
	case 14:
		return time.Unix(number.Draw(t, "second")%1e9, 0).UTC()
	case 15:
		return *big.NewInt(number.Draw(t, "big"))
	case 16:
		n := number.Draw(t, "pointer")
		return &n
	case 17:
		return int8(number.Draw(t, "int8"))
	case 18:
		return []any{anything(t, depth-1), anything(t, depth-1)}
	case 19:
		return map[string]any{text.Draw(t, "key"): anything(t, depth-1), text.Draw(t, "other"): anything(t, depth-1)}
	case 20:
		return [2]any{anything(t, depth-1), anything(t, depth-1)}
	case 21:
		return map[any]string{text.Draw(t, "key"): text.Draw(t, "value")}
	}
	return tree{text.Draw(t, "name"), &tree{Name: text.Draw(t, "next")}, anything(t, depth-1)}
}

// Different values have different keys, equal ones equal keys, and no sequence of values reads as another.
func TestDifferentValuesDifferentKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) any { return anything(t, 2) }), 1, 3).Draw(t, "a")
		b := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) any { return anything(t, 2) }), 1, 3).Draw(t, "b")
		same := reflect.DeepEqual(a, b)
		if got := string(Key(nil, a...)) == string(Key(nil, b...)); got != same {
			t.Fatalf("%#v and %#v: one key %t, equal %t", a, b, got, same)
		}
		if string(Key(nil, a...)) != string(Key(nil, a...)) {
			t.Fatalf("%#v has two keys", a)
		}
	})
}

func TestPairsThatFormatAlike(t *testing.T) {
	type local struct{ x, y int }
	n, m := 1, 1
	var nothing *int
	for name, c := range map[string]struct {
		a, b any
		same bool
	}{
		"numbers above the last character": {int64(7000000001), int64(7000000002), false},
		"surrogates":                       {0xD800, 0xD801, false},
		"number and its text":              {7, "7", false},
		"widths":                           {int32(7), int64(7), false},
		"named":                            {liar(7), int64(7), false},
		"lists joined":                     {[]string{"a b"}, []string{"a", "b"}, false},
		"maps whose text reads alike":      {map[string]any{"a": "1 b:2"}, map[string]any{"a": "1", "b": "2"}, false},
		"map order":                        {map[string]any{"a": 1, "b": 2}, map[string]any{"b": 2, "a": 1}, true},
		"nil and empty":                    {[]string(nil), []string{}, false},
		"nil pointer and nil":              {nothing, nil, false},
		"pointers to equal":                {&n, &m, true},
		"hidden fields":                    {local{1, 2}, local{1, 3}, false},
		"structs in a map":                 {map[any]any{local{1, 2}: 1}, map[any]any{local{1, 2}: 1}, true},
		"negative zero":                    {0.0, math.Copysign(0, -1), false},
		"times in zones":                   {time.Unix(0, 0).UTC(), time.Unix(0, 0).In(time.FixedZone("x", 3600)), false},
	} {
		if Equal(c.a, c.b) != c.same {
			t.Errorf("%s: %#v and %#v", name, c.a, c.b)
		}
	}
}

func TestWhatHasNoIdentityEqualsNothing(t *testing.T) {
	loop := &tree{}
	loop.Next = loop
	for name, v := range map[string]any{
		"function": func() {}, "channel": make(chan int), "in a map": map[string]any{"f": func() {}}, "loop": loop,
		"large": make([]byte, maxBytes+1),
	} {
		if Equal(v, v) {
			t.Errorf("%s equals itself", name)
		}
		if string(Key(nil, v)) == string(Key(nil, v)) {
			t.Errorf("%s: one key for two calls", name)
		}
	}
	if !Equal((func())(nil), (func())(nil)) {
		t.Error("nil functions differ")
	}
}
