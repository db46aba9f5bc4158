package postgres

import (
	"strconv"
	"strings"

	"github.com/multi-orm/orm/source"
)

// namespace is what the settings say of the meaning of names: the same text reads other tables under another search
// path. Descriptions hold for one namespace only. The empty one is the connection's own.
type namespace string

// resolves reports whether a setting decides what names mean. A role does through "$user".
func resolves(setting string) bool {
	switch len(setting) {
	case len("role"):
		return strings.EqualFold(setting, "role")
	case len("search_path"):
		return strings.EqualFold(setting, "search_path")
	case len("session_authorization"):
		return strings.EqualFold(setting, "session_authorization")
	}
	return false
}

// namespaceOf writes such settings so that two lists give the same text only when they are the same.
func namespaceOf(settings []source.Setting) namespace {
	var b []byte
	for i := range settings {
		if s := &settings[i]; resolves(s.Name) {
			b = append(b, strings.ToLower(s.Name)...)
			b = strconv.AppendQuote(b, s.Value)
		}
	}
	return namespace(b)
}

// mayResolve reports whether SQL text of the caller's may change what names mean later in its transaction. Where it
// says so wrongly, statements are only described more often than they need be.
func mayResolve(text string) bool {
	text = strings.ToLower(text)
	for _, word := range []string{"search_path", "set_config", "reset", "discard", "rollback"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	if !strings.Contains(text, "set") {
		return false
	}
	return strings.Contains(text, "role") || strings.Contains(text, "schema") || strings.Contains(text, "authorization")
}

// naming is the namespace of a transaction, which its settings and texts change.
type naming struct {
	settings []source.Setting // those that decide; never changed in place, for marks share it
	in       namespace
	unsure   bool // a text may have changed it, so nothing is taken from memory
}

func (n *naming) set(settings []source.Setting) {
	var now []source.Setting
	for _, s := range settings {
		if resolves(s.Name) {
			now = append(now, s)
		}
	}
	if now == nil {
		return
	}
	n.settings = append(n.settings[:len(n.settings):len(n.settings)], now...)
	last := n.settings[:0:0]
	for i, s := range n.settings { // the last of a name counts
		if !overridden(n.settings[i+1:], s.Name) {
			last = append(last, s)
		}
	}
	n.settings, n.in = last, namespaceOf(last)
}

func overridden(later []source.Setting, name string) bool {
	for _, s := range later {
		if strings.EqualFold(s.Name, name) {
			return true
		}
	}
	return false
}

// mark is the naming at a savepoint.
type mark struct {
	name string
	naming
}
