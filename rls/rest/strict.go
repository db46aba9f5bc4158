package rest

import (
	"slices"
	"strings"

	"github.com/multi-orm/orm/rls/guard"
)

// strict reports whether the client wants to be refused rather than answered with something else than it asked for (RFC 7240):
// a name that the shape forces or fixes anyway is then refused, in place of not being heeded, and so is a limit that Clamp
// would make smaller, and a path that names a row by another unique set than its primary key. Programs ask so, since they cannot
// see the difference; a POST answers with the row, which shows it.
func (c *call) strict() bool {
	for _, v := range c.http.Header.Values("Prefer") {
		for p := range strings.SplitSeq(v, ",") {
			name, value, _ := strings.Cut(p, "=")
			value, _, _ = strings.Cut(value, ";")
			if strings.EqualFold(strings.TrimSpace(name), "handling") && strings.EqualFold(strings.Trim(strings.TrimSpace(value), `"`), "strict") {
				h := c.w.Header()
				h.Set("Preference-Applied", "handling=strict")
				h.Add("Vary", "Prefer")
				return true
			}
		}
	}
	return false
}

// heeded refuses what a request says and the shape would not heed, at every depth.
func heeded(n *guard.Node, o *guard.Outline, at string) error {
	for i := range n.Members {
		m := &n.Members[i]
		path := join(at, m.Name)
		switch m.Name {
		case "where":
			if err := heededWhere(&m.Value, &o.Where, path); err != nil {
				return err
			}
		case "select", "include":
			for k := range m.Value.Members {
				x := &m.Value.Members[k]
				for r := range o.Relations {
					if o.Relations[r].Name != x.Name {
						continue
					}
					if err := heeded(&x.Value, o.Relations[r].Shape, join(path, x.Name)); err != nil {
						return err
					}
				}
				if x.Name != "_count" {
					continue
				}
				for r := range o.Counts {
					counted := x.Value.Member(o.Counts[r].Name)
					if counted == nil || counted.Member("where") == nil {
						continue
					}
					if err := heededWhere(counted.Member("where"), &o.Counts[r].Where, join(join(path, x.Name), o.Counts[r].Name)); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

func heededWhere(n *guard.Node, o *guard.OutlineWhere, at string) error {
	for i := range n.Items {
		if err := heededWhere(&n.Items[i], o, at); err != nil {
			return err
		}
	}
	for i := range n.Members {
		m := &n.Members[i]
		path := join(at, m.Name)
		if r := relationOf(o, m.Name); r != nil {
			for k := range m.Value.Members {
				if err := heededWhere(&m.Value.Members[k].Value, r.Where, join(path, m.Value.Members[k].Name)); err != nil {
					return err
				}
			}
			continue
		}
		switch {
		case m.Name == "AND" || m.Name == "OR" || m.Name == "NOT":
			if err := heededWhere(&m.Value, o, path); err != nil {
				return err
			}
		case slices.Contains(o.Echoes, m.Name):
			return refuse(path, "the shape forces it: it cannot be asked for")
		}
	}
	return nil
}

// heededData refuses values of a change that the shape fixes.
func heededData(n *guard.Node, o *guard.OutlineData) error {
	if o == nil {
		return nil
	}
	for i := range n.Members {
		if slices.Contains(o.Echoes, n.Members[i].Name) {
			return refuse(join("data", n.Members[i].Name), "the shape fixes it: it cannot be given")
		}
	}
	return nil
}
