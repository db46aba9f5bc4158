package rjson_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/multi-orm/orm/rls/rest/rjson"
)

// A long text of few bytes for each value is given up at the bound: it costs no more memory than the bound allows.
func TestParseMost(t *testing.T) {
	for text, values := range map[string]int{
		`1`: 1, `_(1,2,3)_`: 4, `(a:1,b:_(2)_)`: 4, `~_(1,2)_(a,b)~`: 9,
	} {
		if _, err := rjson.ParseMost([]byte(text), values); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		_, err := rjson.ParseMost([]byte(text), values/2)
		var syntax *rjson.SyntaxError
		if values > 1 && (!errors.As(err, &syntax) || !syntax.TooMany) {
			t.Errorf("%s of %d values: %v", text, values/2, err)
		}
	}
	for name, text := range map[string]string{"items": "_(" + strings.Repeat(",", 5000) + ")_", "members": members(5000)} {
		var syntax *rjson.SyntaxError
		if _, err := rjson.ParseMost([]byte(text), 4000); !errors.As(err, &syntax) || !syntax.TooMany {
			t.Errorf("%s that are left out: %v", name, err)
		}
	}
	bomb := []byte("_(" + strings.Repeat("1,", 500_000) + "1)_")
	r := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = rjson.ParseMost(bomb, 1000)
		}
	})
	if got := r.AllocedBytesPerOp(); got > 2<<20 { // the text itself is copied once
		t.Errorf("%d bytes for a text of %d", got, len(bomb))
	}
}

// members is an object of members without values.
func members(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ",a%d:", i)
	}
	return "(" + b.String()[1:] + ")"
}
