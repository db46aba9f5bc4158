package model

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/multi-orm/orm/internal/decimal"
)

// document draws what JSON can hold, with numbers of any length.
func document(t *rapid.T, depth int) string {
	if depth > 0 {
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			return "[" + document(t, depth-1) + "," + document(t, depth-1) + "]"
		case 1:
			return `{"a":` + document(t, depth-1) + `,"b":` + document(t, depth-1) + "}"
		}
	}
	return rapid.StringMatching(`-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?`).Draw(t, "number")
}

// numbers lists the numbers of a document in order.
func numbers(v any) (out []string) {
	switch x := v.(type) {
	case []any:
		for _, e := range x {
			out = append(out, numbers(e)...)
		}
	case map[string]any:
		out = append(numbers(x["a"]), numbers(x["b"])...)
	default:
		text, _ := json.Marshal(x)
		return []string{string(text)}
	}
	return out
}

func TestNumbersInAnyDocumentSurvive(t *testing.T) {
	f := &Field{Kind: JSON, Base: reflect.TypeFor[any](), holdsAny: true}
	rapid.Check(t, func(t *rapid.T) {
		text := document(t, 3)
		var want, got any
		dec := json.NewDecoder(strings.NewReader(text))
		dec.UseNumber()
		if err := dec.Decode(&want); err != nil {
			t.Fatal(err)
		}
		if err := f.decodeExactly([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
		a, b := numbers(want), numbers(got)
		for i := range a {
			if x, ok := decimal.Canonical(a[i]); ok {
				if y, _ := decimal.Canonical(b[i]); x != y {
					t.Fatalf("%s came back as %s", a[i], b[i])
				}
			}
		}
	})
}

func TestExactFloatIsTheUsualNumber(t *testing.T) {
	for _, x := range []float64{0, 1, -1, 0.1, 1e21, 1e-7, 9007199254740992, math.MaxFloat64, math.SmallestNonzeroFloat64, 1.0 / 3} {
		text, _ := json.Marshal(x)
		if got, ok := exactFloat(string(text)); !ok || got != x {
			t.Errorf("%s is %v, %v", text, got, ok)
		}
	}
	for _, s := range []string{"9007199254740993", "1e400", "0.12345678901234567890", "-18446744073709551615"} {
		if _, ok := exactFloat(s); ok {
			t.Errorf("%s fits a float64", s)
		}
	}
}

func FuzzCheckJSON(f *testing.F) {
	for _, s := range []string{`"a"`, `"\u0000"`, `"\\u0000"`, `"\ud83d\ude00"`, `"\ud83d"`, `"\ude00"`, `{"\ud83d\\":1}`, "\"\xff\"", `["\\\u0000"]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !json.Valid([]byte(s)) {
			return
		}
		var v any
		if json.Unmarshal([]byte(s), &v) != nil {
			return
		}
		var strict, lenient string
		a, _ := json.Marshal(v)
		lenient = string(a)
		if checkJSON([]byte(s)) == nil {
			x, err := JSONOf(v)
			if err != nil {
				t.Fatalf("%q is good as text and not as a value: %v", s, err)
			}
			text, _ := x.Any().(JSONText)
			strict = string(text)
			var back any
			if json.Unmarshal([]byte(strict), &back) != nil || !reflect.DeepEqual(back, v) {
				t.Fatalf("%q came back as %q, encoding/json has %q", s, strict, lenient)
			}
		}
	})
}
