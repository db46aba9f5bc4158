package httpcall

import (
	"net/http"
	"net/url"
	"path"
	"strings"
)

// belowKey holds, in a request's context, the path that its redirects must not leave.
type belowKey struct{}

// contained reports whether a redirect stays where its request may be led.
func contained(next *http.Request) bool {
	below, ok := next.Context().Value(belowKey{}).(string)
	return ok && Within(below, next.URL)
}

// Within reports whether u is at a path or below it, whatever dots, escaped ones too, it is written with.
func Within(below string, u *url.URL) bool {
	at, below := path.Clean("/"+u.Path), path.Clean("/"+below)
	return at == below || strings.HasPrefix(at, strings.TrimSuffix(below, "/")+"/")
}
