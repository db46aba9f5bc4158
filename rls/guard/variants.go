package guard

import (
	"context"
	"errors"
	"sort"
	"strings"

	"github.com/multi-orm/orm"
)

// Variants are shapes by caller. A key is a path such as "/org/{org}/projects": {name} stands for one segment, {name...} at
// the end for the rest, of one segment at least, and so does a slash at the end; {$} at the end is the end behind a slash. ""
// is for every caller that no other key is for, and for a context without one.
type Variants[T any] map[string]Shape[T]

type callerKey struct{}

// WithCaller says which part of the server asks, for Variants. The caller is the server's own word, such as the pattern or
// the path of the route, and never one of the request's: who could choose it could choose the shape.
func WithCaller(ctx context.Context, caller string) context.Context {
	return context.WithValue(ctx, callerKey{}, caller)
}

// CompileVariants reads shapes by caller. Where several keys are for one caller, the most specific one counts, as with the
// patterns of net/http; two of which neither is more specific are a mistake. A caller that no key is for is the code
// CALLER_UNKNOWN.
func CompileVariants[T any](v Variants[T]) (*Compiled[T], error) {
	var errs []error
	wrong := func(key, detail string) {
		errs = append(errs, &orm.Error{Op: "guard", Err: orm.ErrInvalid, Detail: `variant "` + key + `": ` + detail})
	}
	keys := make([]string, 0, len(v))
	for key := range v {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	set := &variants{}
	if len(keys) == 0 {
		wrong("", "there is no variant")
	}
	for _, key := range keys {
		s := v[key]
		p, err := compiled(s.plain())
		if err != nil {
			wrong(key, err.Error())
			continue
		}
		if key == "" {
			set.rest = p
			continue
		}
		pattern, why := patternOf(key)
		if why != "" {
			wrong(key, why)
			continue
		}
		for _, other := range set.list {
			if conflicting(pattern, other.pattern) {
				wrong(key, `it and "`+other.key+`" match the same callers, and neither is more specific`)
			}
		}
		set.list = append(set.list, variant{key, pattern, p})
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return &Compiled[T]{set.choose}, nil
}

// MustCompileVariants is CompileVariants for package variables: it panics where CompileVariants gives an error.
func MustCompileVariants[T any](v Variants[T]) *Compiled[T] {
	c, err := CompileVariants(v)
	if err != nil {
		panic(err)
	}
	return c
}

type variants struct {
	list []variant
	rest *plan // of ""
}

type variant struct {
	key     string
	pattern []string
	p       *plan
}

func (v *variants) choose(ctx context.Context) (*plan, error) {
	caller, _ := ctx.Value(callerKey{}).(string)
	if caller != "" {
		segments := strings.Split(strings.TrimPrefix(caller, "/"), "/")
		if last := len(segments) - 1; segments[last] == "{$}" {
			segments[last] = end
		}
		var best *variant
		for i := range v.list {
			x := &v.list[i]
			if matches(x.pattern, segments) && (best == nil || moreSpecific(x.pattern, best.pattern)) {
				best = x
			}
		}
		if best != nil {
			return best.p, nil
		}
	}
	if v.rest != nil {
		return v.rest, nil
	}
	return nil, &Error{Status: 400, Code: CodeCaller, Err: orm.ErrInvalid, detail: "there is nothing for this caller"}
}

// Segments of a pattern that stand for others: one that is not empty, one or more of any, and the empty one at the end.
const (
	single = "{}"
	rest   = "{...}"
	end    = ""
)

// patternOf cuts a key into segments; wildcards lose their names.
func patternOf(key string) (out []string, why string) {
	segments := strings.Split(strings.TrimPrefix(key, "/"), "/")
	for i, s := range segments {
		open, closed := strings.HasPrefix(s, "{"), strings.HasSuffix(s, "}")
		switch {
		case s == "" && i == len(segments)-1:
			return append(out, rest), ""
		case s == "{$}":
			if i != len(segments)-1 {
				return nil, "{$} stands at the end"
			}
			return append(out, end), ""
		case !open && !closed && !strings.ContainsAny(s, "{}"):
			out = append(out, s)
			continue
		case !open || !closed || len(s) < 3 || strings.ContainsAny(s[1:len(s)-1], "{}"):
			return nil, "a wildcard is a whole segment: {name}, or {name...} at the end"
		}
		if name, all := strings.CutSuffix(s[1:len(s)-1], "..."); all {
			if i != len(segments)-1 || name == "" {
				return nil, "{name...} stands at the end"
			}
			out = append(out, rest)
			continue
		}
		out = append(out, single)
	}
	return out, ""
}

func matches(pattern, caller []string) bool {
	for i, s := range pattern {
		if s == rest {
			return len(caller) > i
		}
		if i >= len(caller) || s != single && s != caller[i] || s == single && caller[i] == "" {
			return false
		}
	}
	return len(pattern) == len(caller)
}

// relate compares two patterns: whether each covers every caller of the other, and whether they share any.
func relate(a, b []string) (aCovers, bCovers, overlap bool) {
	aCovers, bCovers = true, true
	for i := 0; ; i++ {
		switch {
		case i == len(a) && i == len(b):
			return aCovers, bCovers, true
		case i == len(a) || i == len(b):
			return false, false, false
		case a[i] == rest:
			return aCovers, bCovers && b[i] == rest, true
		case b[i] == rest:
			return false, bCovers, true
		case a[i] == b[i]:
		case a[i] == single && b[i] != end:
			bCovers = false
		case b[i] == single && a[i] != end:
			aCovers = false
		default:
			return false, false, false
		}
	}
}

func conflicting(a, b []string) bool {
	aCovers, bCovers, overlap := relate(a, b)
	return overlap && aCovers == bCovers
}

func moreSpecific(a, b []string) bool {
	aCovers, bCovers, overlap := relate(a, b)
	return overlap && bCovers && !aCovers
}
