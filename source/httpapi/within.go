package httpapi

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
	return ok && within(below, next.URL)
}

// within reports whether u is at a path or below it, whatever dots, escaped ones too, it is written with.
func within(below string, u *url.URL) bool {
	at, below := path.Clean("/"+u.Path), path.Clean("/"+below)
	return at == below || strings.HasPrefix(at, strings.TrimSuffix(below, "/")+"/")
}
