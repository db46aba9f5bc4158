package httpapi

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"pgregory.net/rapid"

	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/httpcall"
)

type opaque struct{ n int64 }

func (opaque) String() string { return "opaque" }

func drawID(t *rapid.T, label string) any {
	n := rapid.OneOf(rapid.Int64(), rapid.SampledFrom([]int64{-1, 0xD800, 0xD801, 1114112, 7000000001, 7000000002})).Draw(t, label)
	switch rapid.IntRange(0, 4).Draw(t, label+" type") {
	case 0:
		return n
	case 1:
		return int(n)
	case 2:
		return opaque{n}
	case 3:
		return rapid.SampledFrom([]string{"", "a", "a b", "\xff", "�", `a" "b`}).Draw(t, label+" text")
	}
	return [16]byte{byte(n)}
}

func drawActor(t *rapid.T) hook.Actor {
	a := hook.Actor{ID: drawID(t, "id"), TenantID: drawID(t, "tenant"), Role: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "role"),
		Permissions: rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "a b"}), 0, 2).Draw(t, "permissions")}
	if rapid.Bool().Draw(t, "values") {
		a.Values = map[string]any{rapid.SampledFrom([]string{"x", "x:1 y"}).Draw(t, "key"): drawID(t, "value")}
	}
	return a
}

// Actors that differ never share a key, nor does nobody share one with somebody.
func TestActorsHaveKeysOfTheirOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawActor(t), drawActor(t)
		same := a.ID == b.ID && a.TenantID == b.TenantID && a.Role == b.Role && len(a.Permissions) == len(b.Permissions) && len(a.Values) == len(b.Values)
		for i := range a.Permissions {
			same = same && a.Permissions[i] == b.Permissions[i]
		}
		for k, v := range a.Values {
			w, ok := b.Values[k]
			same = same && ok && v == w
		}
		x, y := hook.ActorKey(hook.WithActor(context.Background(), a), true), hook.ActorKey(hook.WithActor(context.Background(), b), true)
		if (x == y) != same && (x == y || (a.Permissions == nil) == (b.Permissions == nil)) {
			t.Fatalf("%#v and %#v: one key %t", a, b, x == y)
		}
		if x == "" || hook.ActorKey(context.Background(), true) != "" {
			t.Fatal("nobody's key")
		}
	})
}

// Requests that differ in anything that is sent, or in who asks, never share a key.
func TestRequestsHaveKeysOfTheirOwn(t *testing.T) {
	seen := map[string]string{}
	for name, r := range map[string]*httpcall.Request{
		"plain":        {Method: "GET", URL: &url.URL{Host: "a", Path: "/x"}},
		"method":       {Method: "PUT", URL: &url.URL{Host: "a", Path: "/x"}},
		"path":         {Method: "GET", URL: &url.URL{Host: "a", Path: "/x/"}},
		"header":       {Method: "GET", URL: &url.URL{Host: "a", Path: "/x"}, Header: http.Header{"A": {"b"}}},
		"two values":   {Method: "GET", URL: &url.URL{Host: "a", Path: "/x"}, Header: http.Header{"A": {"b", "c"}}},
		"joined":       {Method: "GET", URL: &url.URL{Host: "a", Path: "/x"}, Header: http.Header{"A": {"b c"}}},
		"other name":   {Method: "GET", URL: &url.URL{Host: "a", Path: "/x"}, Header: http.Header{"A b": {"c"}}},
		"body":         {Method: "GET", URL: &url.URL{Host: "a", Path: "/x"}, Body: []byte("b")},
		"not a header": {Method: "GET", URL: &url.URL{Host: "a", Path: "/x"}, Body: []byte(` A ["b"]`)},
	} {
		for _, actor := range []string{"", "1", "1 GET"} {
			k := keyOf(r, actor)
			if other, again := seen[k]; again {
				t.Errorf("%s for %q has the key of %s", name, actor, other)
			}
			seen[k] = name
		}
	}
}
