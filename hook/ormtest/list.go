package ormtest

import (
	"cmp"
	"encoding/json"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// list gives the rows that the query of a request asks for.
func (r *resource) list(q *http.Request) (int, any) {
	found := slices.Clone(r.rows)
	offset, limit := 0, len(found)
	var sort []string
	for name, values := range q.URL.Query() {
		switch name {
		case "offset", "limit":
			n, err := strconv.Atoi(values[0])
			if err != nil || n < 0 || len(values) > 1 {
				return wrong("%s is no number", name)
			}
			if name == "offset" {
				offset = n
			} else {
				limit = n
			}
			continue
		case "sort":
			sort = strings.Split(values[0], ",")
			continue
		}
		column, many := strings.CutSuffix(name, "[]")
		if r.column(column) == nil {
			return wrong("%s has no column %q to ask by, and there is no such parameter", r.m.Name, column)
		}
		if !many {
			values = strings.Split(strings.Join(values, ","), ",")
		}
		found = slices.DeleteFunc(found, func(doc map[string]any) bool {
			return doc[column] == nil || !slices.Contains(values, spelled(doc[column]))
		})
	}
	for _, name := range sort {
		if r.column(strings.TrimPrefix(name, "-")) == nil {
			return wrong("%s has no column %q to sort by", r.m.Name, strings.TrimPrefix(name, "-"))
		}
	}
	slices.SortStableFunc(found, func(a, b map[string]any) int {
		for _, name := range sort {
			column, down := strings.CutPrefix(name, "-")
			if c := compare(a[column], b[column]); c != 0 && down {
				return -c
			} else if c != 0 {
				return c
			}
		}
		return 0
	})
	total := len(found)
	found = found[min(offset, total):]
	found = found[:min(limit, len(found))]
	return http.StatusOK, map[string]any{"items": found, "total": total}
}

// compare orders as the library does: numbers by value, text byte by byte, null behind all.
func compare(a, b any) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	x, isX := a.(json.Number)
	y, isY := b.(json.Number)
	if isX && isY {
		p, okP := new(big.Rat).SetString(x.String())
		q, okQ := new(big.Rat).SetString(y.String())
		if okP && okQ {
			return p.Cmp(q)
		}
	}
	return cmp.Compare(spelled(a), spelled(b))
}
