package model

import (
	"fmt"
	"strings"
)

// scope reads scope=, after what the column holds is known.
func (f *Field) scope(tg tag) error {
	name, ok := tg.find("scope")
	if !ok {
		return nil
	}
	m := f.Model
	switch name {
	case "tenant", "owner":
		return fmt.Errorf("word %q: that scope has a word of its own: write %q", "scope="+name, name)
	case "rbac":
		return fmt.Errorf("word %q: the name is taken by the scope of roles", "scope="+name)
	}
	if i := strings.IndexFunc(name, notInScopeName); i >= 0 || len(name) > 64 {
		return fmt.Errorf("word %q: a scope's name is at most 64 letters, digits, hyphens and underscores", "scope="+name)
	}
	switch {
	case f.Nullable || f.Decimal != nil, f.Kind != Int && f.Kind != Uint && f.Kind != String && f.Kind != UUID:
		// whose values are told apart the same way by the library and by every source, with a zero that stands for nobody
		return fmt.Errorf(`"scope" needs an integer, a string or a UUID that is not nullable, not %s`, f.Type)
	case f.Auto && !f.Primary:
		return fmt.Errorf(`"scope" fills the column of a new row, and "auto" leaves it to the source: only a key may be both`)
	}
	for _, o := range m.Scopes {
		if o.Scope == name {
			return fmt.Errorf("word %q is on field %s already", "scope="+name, o.Name)
		}
	}
	f.Scope = name
	m.Scopes = append(m.Scopes, f)
	return nil
}

func notInScopeName(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-')
}
