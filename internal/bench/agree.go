package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
)

// agree runs r twice, for what is prepared the first time, and compares its result with what the others
// gave; "" when there were none.
func agree(tb testing.TB, agreed string, r Runner) string {
	tb.Helper()
	for range 2 {
		if err := r.Run(context.Background()); err != nil {
			tb.Fatal(err)
		}
	}
	text := same(tb, r.Result())
	if agreed != "" && text != agreed {
		i := 0
		for i < min(len(text), len(agreed)) && text[i] == agreed[i] {
			i++
		}
		part := func(s string) string { return s[min(len(s), max(0, i-100)):min(len(s), i+100)] }
		tb.Fatalf("the contenders disagree:\n\t… %s\nwhere the first has\n\t… %s", part(text), part(agreed))
	}
	return text
}

// same gives v as text without what may differ: ids that the database made, and zones.
func same(tb testing.TB, v any) string {
	tb.Helper()
	switch x := v.(type) {
	case Newcomer:
		v = []Newcomer{x}
	case []User:
		v = append([]User(nil), x...)
	case User:
		v = []User{x}
	case []Scan:
		if len(x) > 20_000 { // the ends and a sum say as much
			var s sums
			for i := range x {
				s.add(&x[i])
			}
			return same(tb, x[:100]) + same(tb, x[len(x)-100:]) + fmt.Sprint(s)
		}
		v = append([]Scan(nil), x...)
	}
	switch x := v.(type) {
	case []User:
		for i := range x {
			u := &x[i]
			u.CreatedAt = u.CreatedAt.UTC()
			u.Orders = append([]Order(nil), u.Orders...)
			for j := range u.Orders {
				u.Orders[j].CreatedAt = u.Orders[j].CreatedAt.UTC()
			}
		}
	case []FarUser:
		x = append([]FarUser(nil), x...)
		for i := range x {
			x[i].CreatedAt = x[i].CreatedAt.UTC()
		}
		v = x
	case []Scan:
		for i := range x {
			x[i].CreatedAt = x[i].CreatedAt.UTC()
		}
	case []Newcomer:
		y := append([]Newcomer(nil), x...)
		for i := range y {
			if y[i].ID == 0 {
				tb.Fatal("an id did not come back")
			}
			y[i].ID = 0
		}
		v = y
	}
	out, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return string(out)
}
