package rest

import (
	"net/http"
	"strings"

	"github.com/multi-orm/orm"
)

// choose finds the rule that counts for a caller. A flag of the URL comes first, the kinds of one such as mine|guest in their
// order; without a flag the caller's own role does, then Mine, then All. Guest counts by itself for nobody only. A role cannot
// be called as the kinds are.
func (m *method) choose(a orm.Actor, signedIn bool, flag []string) (*caller, error) {
	if flag != nil {
		needsSomebody := false
		for _, who := range flag {
			if who == Mine && !signedIn {
				needsSomebody = true
				continue
			}
			if c := m.named(who); c != nil {
				return c, nil
			}
		}
		if needsSomebody {
			return nil, unauthenticated(nil)
		}
		return nil, forbidden()
	}
	if !signedIn {
		for _, who := range []string{Guest, All} {
			if c := m.named(who); c != nil {
				return c, nil
			}
		}
		return nil, forbidden()
	}
	if a.Role != Guest && a.Role != Mine && a.Role != All && a.Role != "" {
		if c := m.named(a.Role); c != nil {
			return c, nil
		}
	}
	for _, who := range []string{Mine, All} {
		if c := m.named(who); c != nil {
			return c, nil
		}
	}
	return nil, forbidden()
}

func (m *method) named(who string) *caller {
	for _, c := range m.callers {
		if c.who == who {
			return c
		}
	}
	return nil
}

// allow lists the methods that a caller may use, for the header Allow.
func (r *resource) allow(a orm.Actor, signedIn bool, flag []string, key bool) string {
	out := "OPTIONS"
	for _, verb := range []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete} {
		m := r.methods[verb]
		if m == nil || key && verb == http.MethodPost || !r.flat.serves(verb, key) {
			continue
		}
		c, err := m.choose(a, signedIn, flag)
		if err != nil || key && len(c.outline.Unique) == 0 {
			continue
		}
		if verb == http.MethodGet {
			out += ", HEAD"
		}
		out += ", " + verb
	}
	return out
}

// mayPost reports whether a rule lets who asks make rows.
func (r *resource) mayPost(a orm.Actor, signedIn bool, flag []string) bool {
	m := r.methods[http.MethodPost]
	if m == nil {
		return false
	}
	_, err := m.choose(a, signedIn, flag)
	return err == nil
}

// segments splits the path below the API: a resource, and the parts of a key where there is one.
func segments(escaped string) (resource, key string, hasKey, ok bool) {
	resource, key, hasKey = strings.Cut(strings.TrimPrefix(escaped, "/"), "/")
	if resource == "" || hasKey && (key == "" || strings.Contains(key, "/")) {
		return "", "", false, false
	}
	return unescapePath(resource), key, hasKey, true
}

// unescapePath takes the escapes out of a segment of a path, where + stands for itself.
func unescapePath(s string) string {
	return unescape(strings.ReplaceAll(s, "+", "%2B"))
}
