package model

import (
	"fmt"
	"strings"
)

// parseThrough reads table(local:remote).
func parseThrough(v string) (*Through, error) {
	table, rest, ok := strings.Cut(v, "(")
	if !ok || !strings.HasSuffix(rest, ")") {
		return nil, fmt.Errorf("word %q: write through=table(local:remote)", "through="+v)
	}
	th := &Through{Table: table}
	if schema, name, dotted := strings.Cut(table, "."); dotted {
		th.Schema, th.Table = schema, name
		if err := checkName("schema of the link table", schema); err != nil {
			return nil, err
		}
	}
	if err := checkName("link table", th.Table); err != nil {
		return nil, err
	}
	local, remote, ok := pairs(strings.TrimSuffix(rest, ")"))
	if !ok {
		return nil, fmt.Errorf("word %q: write through=table(local:remote)", "through="+v)
	}
	for _, side := range [][]string{local, remote} {
		for i, c := range side {
			if err := checkName("link column", c); err != nil {
				return nil, err
			}
			for _, before := range side[:i] {
				if before == c {
					return nil, fmt.Errorf("word %q says column %q twice on one side", "through="+v, c)
				}
			}
		}
	}
	th.Local, th.Remote = local, remote
	return th, nil
}

// pairs splits a+b:c+d.
func pairs(s string) (local, remote []string, ok bool) {
	l, r, ok := strings.Cut(s, ":")
	if !ok || l == "" || r == "" || strings.Contains(r, ":") {
		return nil, nil, false
	}
	return strings.Split(l, "+"), strings.Split(r, "+"), true
}
